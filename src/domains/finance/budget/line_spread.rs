//! How the amount of a budget line falls on the periods of its year.

use super::budget_line::{BudgetLine, Distribution, PeriodWeight};
use super::distribution::split;
use super::period_amount::PeriodAmount;
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use steward_core::database::{CHUNK, Connection, Dialect};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, Money, Whole};
use steward_schema::finance::{budget_lines, budgets, fiscal_periods};

/// The most lines that are followed from one that copies another.
const COPIES: usize = 9;

/// A period of a year: its number and how many days it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its number.
    pub number: i64,
    /// Its days, both ends included.
    pub days: i64,
}

/// What the amounts of a line by period follow from.
#[derive(Queryable, Selectable)]
#[diesel(table_name = budget_lines, check_for_backend(Dialect))]
pub struct Spreadable {
    /// Its budget.
    pub budget_id: Id,
    /// Its amount.
    #[diesel(select_expression = (budget_lines::amount_amount, budget_lines::amount_currency))]
    pub amount: Money,
    /// Its distribution.
    pub distribution: Distribution,
    /// Its amounts, if they are given.
    pub amounts: Option<Vec<PeriodAmount>>,
    /// Its weights.
    pub weights: Option<Vec<PeriodWeight>>,
    /// The line that it copies.
    pub copied_from_id: Option<Id>,
}

impl From<BudgetLine> for Spreadable {
    fn from(line: BudgetLine) -> Self {
        let BudgetLine { budget_id, amount, distribution, amounts, weights, copied_from_id, .. } = line;
        Spreadable { budget_id, amount, distribution, amounts, weights, copied_from_id }
    }
}

/// What falls on each period of a line's year.
pub fn amounts_of(connection: &mut Connection, line: Spreadable) -> Result<Vec<PeriodAmount>> {
    followed(connection, line, &mut HashMap::new(), COPIES)
}

/// What falls on each period of the years of some lines, line by line: one query for the periods, however many budgets.
pub fn amounts_of_all(connection: &mut Connection, lines: Vec<Spreadable>) -> Result<Vec<Vec<PeriodAmount>>> {
    let mut ids: Vec<Id> = lines.iter().map(|line| line.budget_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = periods_of_all(connection, &ids)?;
    lines.into_iter().map(|line| followed(connection, line, &mut known, COPIES)).collect()
}

/// The same, where so many lines more are followed that copy one another.
fn followed(connection: &mut Connection, line: Spreadable, known: &mut HashMap<Id, Vec<Period>>, copies: usize) -> Result<Vec<PeriodAmount>> {
    if let Some(amounts) = line.amounts {
        return Ok(amounts);
    }
    let copied = match line.copied_from_id.filter(|_| line.distribution == Distribution::Copy && copies > 0) {
        Some(other) => budget_lines::table.find(other).select(Spreadable::as_select()).first(connection).optional()?,
        None => None,
    };
    let copied = match copied {
        Some(other) => followed(connection, other, known, copies - 1)?,
        None => Vec::new(),
    };
    let periods = match known.entry(line.budget_id) {
        Entry::Occupied(periods) => periods.into_mut(),
        Entry::Vacant(place) => place.insert(periods_of(connection, line.budget_id)?),
    };
    Ok(spread(line.amount, line.distribution, line.weights.as_deref().unwrap_or_default(), &copied, periods))
}

/// Splits an amount over periods. A copied line of which nothing falls on a period is followed as if it were equal.
pub fn spread(amount: Money, distribution: Distribution, weights: &[PeriodWeight], copied: &[PeriodAmount], periods: &[Period]) -> Vec<PeriodAmount> {
    let weight_of = |period: &Period| match distribution {
        Distribution::ByDays => period.days,
        Distribution::Weights => weights.iter().find(|each| each.period.0 == period.number).map_or(0, |each| each.weight.0),
        Distribution::Copy if !copied.is_empty() => copied.iter().find(|each| each.period.0 == period.number).map_or(0, |each| each.amount.minor.max(0)),
        Distribution::Equal | Distribution::Copy | Distribution::Manual => 1,
    };
    let weighed: Vec<i64> = periods.iter().map(weight_of).collect();
    let parts = split(amount.minor, &weighed);
    periods.iter().zip(parts).map(|(period, minor)| PeriodAmount { period: Whole(period.number), amount: Money::new(minor, amount.currency) }).collect()
}

/// The periods of a budget's year that are not for adjustments, in order.
fn periods_of(connection: &mut Connection, budget: Id) -> Result<Vec<Period>> {
    Ok(periods_of_all(connection, &[budget])?.remove(&budget).unwrap_or_default())
}

/// The same of each of some budgets.
fn periods_of_all(connection: &mut Connection, ids: &[Id]) -> Result<HashMap<Id, Vec<Period>>> {
    let mut periods: HashMap<Id, Vec<Period>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Id, i64, Date, Date)> = fiscal_periods::table
            .inner_join(budgets::table.on(budgets::fiscal_year_id.eq(fiscal_periods::fiscal_year_id)))
            .filter(budgets::id.eq_any(chunk).and(not(fiscal_periods::adjustment)))
            .order(fiscal_periods::number)
            .select((budgets::id, fiscal_periods::number, fiscal_periods::starts_on, fiscal_periods::ends_on))
            .load(connection)?;
        for (budget, number, starts_on, ends_on) in rows {
            let period = Period { number, days: (ends_on.0 - starts_on.0).num_days() + 1 };
            periods.entry(budget).or_default().push(period);
        }
    }
    Ok(periods)
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Currency;

    fn euros(minor: i64) -> Money {
        Money::new(minor, Currency::sample("EUR"))
    }

    fn minors(spread: &[PeriodAmount]) -> Vec<(i64, i64)> {
        spread.iter().map(|each| (each.period.0, each.amount.minor)).collect()
    }

    const QUARTER: [Period; 3] = [Period { number: 1, days: 31 }, Period { number: 2, days: 28 }, Period { number: 3, days: 31 }];

    #[test]
    fn an_amount_is_split_by_its_distribution_to_the_cent() {
        let split = |distribution, weights: &[PeriodWeight], copied: &[PeriodAmount]| minors(&spread(euros(10_000), distribution, weights, copied, &QUARTER));
        assert_eq!(split(Distribution::Equal, &[], &[]), [(1, 3334), (2, 3333), (3, 3333)]);
        // 100.00 · 31/90 = 34.44…, · 28/90 = 31.11…: 34.44 + 31.11 + 34.44 leaves a cent, for the first of the largest remainders.
        assert_eq!(split(Distribution::ByDays, &[], &[]), [(1, 3445), (2, 3111), (3, 3444)]);
        let weights = [PeriodWeight { period: Whole(3), weight: Whole(2) }, PeriodWeight { period: Whole(1), weight: Whole(1) }];
        assert_eq!(split(Distribution::Weights, &weights, &[]), [(1, 3333), (2, 0), (3, 6667)]);
        let copied = [PeriodAmount { period: Whole(2), amount: euros(500) }, PeriodAmount { period: Whole(3), amount: euros(1500) }];
        assert_eq!(split(Distribution::Copy, &[], &copied), [(1, 0), (2, 2500), (3, 7500)]);
    }
}
