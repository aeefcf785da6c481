//! Totals of exception debt.

use super::exception_debt::Debt;
use std::hash::Hash;
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Number of items.
pub type Count = Whole<0, 1_000_000_000_000>;

/// Totals of a group of exceptions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DebtSum {
    /// Number of exceptions, each chain of extensions once.
    pub exceptions: Count,
    /// Number of overdue exceptions.
    pub overdue: Count,
    /// Number of exceptions past their first expiry.
    pub past_first_expiry: Count,
    /// Number of extended exceptions.
    pub extended: Count,
    /// Number of extensions in all.
    pub extensions: Count,
    /// Mean age in days; null if there are no exceptions.
    pub mean_age_days: Figure,
    /// Days past the first expiry, in all.
    pub days_past_first_expiry: Count,
    /// Days past the first expiry, weighted by the level.
    pub weighted_days: Count,
}

impl DebtSum {
    /// The totals of some debts.
    pub fn of<'d>(debts: impl Iterator<Item = &'d Debt> + Clone) -> Self {
        let count = |counts: fn(&Debt) -> bool| Whole(i64::try_from(debts.clone().filter(|debt| counts(debt)).count()).unwrap_or(i64::MAX));
        let add = |of: fn(&Debt) -> i64| debts.clone().map(of).sum::<i64>();
        let all = count(|_| true);
        DebtSum {
            overdue: count(|debt| debt.overdue),
            past_first_expiry: count(|debt| debt.debt_days > 0),
            extended: count(|debt| debt.extensions > 0),
            extensions: Whole(add(|debt| debt.extensions)),
            mean_age_days: Figure((all.0 > 0).then(|| add(|debt| debt.age_days) as f64 / all.0 as f64)),
            days_past_first_expiry: Whole(add(|debt| debt.debt_days)),
            weighted_days: Whole(add(|debt| debt.weighted_days)),
            exceptions: all,
        }
    }
}

/// The totals of debts by a key that they have in common, the most weighted days first.
pub fn summed<K: Ord + Copy + Hash>(debts: impl Iterator<Item = (K, Debt)>) -> Vec<(K, DebtSum)> {
    let mut sums: Vec<(K, DebtSum)> = grouped(debts).into_iter().map(|(key, debts)| (key, DebtSum::of(debts.iter()))).collect();
    sums.sort_by_key(|(key, sum)| (-sum.weighted_days.0, *key));
    sums
}
