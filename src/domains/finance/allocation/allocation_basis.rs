//! The basis of an allocation run: what its rule said and what its pool held when it was computed.

use super::allocation_share::{AllocationDriver, AllocationTarget};
use super::target_place;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::{estate, people};
use steward_core::resource::value::{Code, Currency, Money, Number};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{allocation_rules, budget_lines, budgets, cost_centers, cost_entries};

steward_core::value! {
    /// Costs of a pool in one cost category.
    pub struct AllocatedPart {
        /// Cost category; null for costs without one.
        #[field(recalls)]
        pub cost_category_id: Option<Id>,
        /// Amount that the pool held of it.
        pub amount: Money,
    }
}

steward_core::value! {
    /// Basis of a computed allocation run; a later change of its rule does not affect it.
    pub struct AllocationBasis {
        /// Code of the cost center whose costs are allocated.
        pub pool: Code,
        /// Id of that cost center; null of runs computed before ids were kept.
        #[field(recalls)]
        pub pool_id: Option<Id>,
        /// Driver of the shares.
        pub driver: AllocationDriver,
        /// Targets that pay the cost, with the headcounts used.
        pub targets: Vec<AllocationTarget>,
        /// Costs of the pool by cost category: each is allocated by itself and keeps its category. Together they are the amount of the run;
        /// null until it is computed.
        pub parts: Option<Vec<AllocatedPart>>,
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
        let found: Option<Plan> =
            allocation_rules::table.inner_join(cost_centers::table).filter(allocation_rules::id.eq(rule)).select(columns).first(check.connection).optional()?;
        let Some(plan) = found else { return Ok(None) };
        let targets = target_place::located(check, plan.targets)?;
        Ok(Some(Plan { targets, ..plan }))
    }

    /// The same, as a run keeps it with what the pool held: heads that the rule does not say are counted now.
    pub fn basis(mut self, check: &mut Check<'_>, parts: Option<Vec<AllocatedPart>>) -> Result<AllocationBasis> {
        if self.driver == AllocationDriver::Headcount {
            let of = |target: &AllocationTarget| target.unit_id.or(target.cost_center_id);
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
        Ok(AllocationBasis { pool: self.code, pool_id: Some(self.pool), driver: self.driver, targets: self.targets, parts })
    }

    /// What the pool holds in a period, by cost category and currency: the costs that the ledger books in its cost center, of the category of
    /// the rule where it names one.
    pub fn held(&self, check: &mut Check<'_>, period: Id) -> Result<Vec<AllocatedPart>> {
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
        let mut held: Vec<AllocatedPart> = Vec::new();
        for (minor, currency, own, of_line) in own.into_iter().chain(by_line) {
            let cost_category_id = own.or(of_line);
            if self.category.is_some() && cost_category_id != self.category {
                continue;
            }
            match held.iter_mut().find(|part| part.cost_category_id == cost_category_id && part.amount.currency == currency) {
                Some(part) => part.amount.minor = part.amount.minor.saturating_add(minor),
                None => held.push(AllocatedPart { cost_category_id, amount: Money::new(minor, currency) }),
            }
        }
        held.retain(|part| part.amount.minor != 0);
        held.sort_by_key(|part| (part.cost_category_id, part.amount.currency.code()));
        Ok(held)
    }
}

/// What parts come to, an amount for each currency.
pub fn balances(parts: &[AllocatedPart]) -> Vec<Money> {
    let mut balances: Vec<Money> = Vec::new();
    for part in parts {
        match balances.iter_mut().find(|each| each.currency == part.amount.currency) {
            Some(balance) => balance.minor = balance.minor.saturating_add(part.amount.minor),
            None => balances.push(part.amount),
        }
    }
    balances.retain(|balance| balance.minor != 0);
    balances
}
