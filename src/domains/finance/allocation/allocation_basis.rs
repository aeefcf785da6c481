//! The basis of an allocation run: what its rule said and what its pool held when it was computed.

use super::allocation_share::{AllocationDriver, AllocationTarget};
use crate::error::Result;
use crate::ports::{estate, people};
use crate::resource::value::{Code, Currency, Money, Number, folded};
use crate::resource::{Check, Id};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::finance::{allocation_rules, budget_lines, budgets, cost_centers, cost_entries};

crate::value! {
    /// Basis of a computed allocation run; a later change of its rule does not affect it.
    pub struct AllocationBasis {
        /// Code of the cost center whose costs are allocated.
        pub pool: Code,
        /// Driver of the shares.
        pub driver: AllocationDriver,
        /// Targets that pay the cost, with the headcounts used.
        pub targets: Vec<AllocationTarget>,
    }
}

/// A rule as it is now.
#[derive(Queryable)]
pub struct Plan {
    pool: Id,
    code: Code,
    category: Option<Id>,
    driver: AllocationDriver,
    targets: Vec<AllocationTarget>,
}

impl Plan {
    /// That of a rule.
    pub fn find(check: &mut Check<'_>, rule: Id) -> Result<Option<Plan>> {
        let columns = (allocation_rules::pool_id, cost_centers::code, allocation_rules::cost_category_id, allocation_rules::driver, allocation_rules::targets);
        Ok(allocation_rules::table.inner_join(cost_centers::table).filter(allocation_rules::id.eq(rule)).select(columns).first(check.connection).optional()?)
    }

    /// The same, as a run keeps it: heads that the rule does not say are counted now.
    pub fn basis(mut self, check: &mut Check<'_>) -> Result<AllocationBasis> {
        if self.driver == AllocationDriver::Headcount {
            let codes: Vec<String> = self.targets.iter().filter_map(|target| target.cost_center.as_ref()).map(|code| folded(code)).collect();
            let rows: Vec<(String, Id)> =
                cost_centers::table.filter(cost_centers::code_key.eq_any(&codes)).select((cost_centers::code_key, cost_centers::id)).load(check.connection)?;
            let centers: HashMap<String, Id> = rows.into_iter().collect();
            let of = |target: &AllocationTarget| target.unit_id.or_else(|| centers.get(&folded(target.cost_center.as_ref()?)).copied());
            let places: Vec<Id> = self.targets.iter().filter_map(of).collect();
            let services: Vec<Id> = self.targets.iter().filter_map(|target| target.service_id).collect();
            let (people, users) = (people::headcount(check, &places)?, estate::service_users(check, &services)?);
            for target in self.targets.iter_mut().filter(|target| target.weight.is_none()) {
                let heads = match target.service_id {
                    Some(service) => users.get(&service).copied(),
                    None => of(target).and_then(|place| people.get(&place).copied()),
                };
                target.weight = Some(Number(heads.unwrap_or(0) as f64));
            }
        }
        Ok(AllocationBasis { pool: self.code, driver: self.driver, targets: self.targets })
    }

    /// What the pool holds in a period, an amount for each currency: the costs that the ledger books in its cost center, of the category of
    /// the rule where it names one.
    pub fn balances(&self, check: &mut Check<'_>, period: Id) -> Result<Vec<Money>> {
        let amount = (cost_entries::base_amount_amount, cost_entries::base_amount_currency);
        let own: Vec<(i64, Currency, Option<Id>, Option<Id>)> = cost_entries::table
            .left_join(budget_lines::table)
            .filter(cost_entries::fiscal_period_id.eq(period).and(cost_entries::cost_center_id.eq(self.pool)))
            .select((amount.0, amount.1, cost_entries::cost_category_id, budget_lines::cost_category_id.nullable()))
            .load(check.connection)?;
        let of_pool = budget_lines::cost_center_id.eq(self.pool).or(budget_lines::cost_center_id.is_null().and(budgets::scope_id.eq(self.pool)));
        let by_line: Vec<(i64, Currency, Option<Id>, Option<Id>)> = cost_entries::table
            .inner_join(budget_lines::table.inner_join(budgets::table))
            .filter(cost_entries::fiscal_period_id.eq(period).and(cost_entries::cost_center_id.is_null()).and(of_pool))
            .select((amount.0, amount.1, cost_entries::cost_category_id, budget_lines::cost_category_id.nullable()))
            .load(check.connection)?;
        let counts = |own: Option<Id>, of_line: Option<Id>| self.category.is_none() || own.or(of_line) == self.category;
        let all = own.into_iter().chain(by_line).filter(|(_, _, own, of_line)| counts(*own, *of_line));
        let amounts = all.map(|(minor, currency, ..)| (minor, currency));
        let mut balances: Vec<Money> = Vec::new();
        for (minor, currency) in amounts {
            match balances.iter_mut().find(|each| each.currency == currency) {
                Some(balance) => balance.minor = balance.minor.saturating_add(minor),
                None => balances.push(Money::new(minor, currency)),
            }
        }
        balances.retain(|balance| balance.minor != 0);
        Ok(balances)
    }
}
