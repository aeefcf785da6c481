//! Allocation runs: costs that leave a pool and come in at those who bear them.

use super::allocation_share::{self, AllocationDriver, AllocationTarget};
use crate::database::CHUNK;
use crate::domains::finance::ledger::{
    booking::{self, Booked},
    cost_entry::CostEntry,
    posting::CostSource,
};
use crate::error::Result;
use crate::resource::record::Placement;
use crate::resource::value::{Currency, Date, Money, Note, folded};
use crate::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::finance::{allocation_rules, allocation_runs, cost_centers, fiscal_periods};

/// How far the lines of a reversal are from those that it reverses.
const REVERSED: i64 = 100_000;

crate::resource! {
    /// One use of an allocation rule in a period. Posting it books the amount out of the pool and into the cost centers that bear
    /// it, exactly; a rule is posted once for a period, unless it was reversed.
    pub struct AllocationRun {
        /// The rule.
        #[field(refers_to(&["finance/allocation-rules"]))]
        pub allocation_rule_id: Id,
        /// The period whose costs are allocated.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Id,
        /// How much leaves the pool; not 0.
        pub amount: Money,
        /// Where the amount comes from.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for AllocationRun {
    const PATH: &'static str = "finance/allocation-runs";
    type Table = steward_schema::finance::allocation_runs::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "id";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[
        Guard::referred(&["posted", "reversed"], "fiscal_period_id", &["open", "soft_closed"]),
        Guard::alone(&["posted"], &["allocation_rule_id", "fiscal_period_id"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→computed→posted→reversed"))
    }

    fn sample() -> Self {
        AllocationRun {
            allocation_rule_id: Id::sample(),
            fiscal_period_id: Id::sample(),
            amount: Money::new(4_200_000, Currency::sample("EUR")),
            description: Some("What the network cost in January.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.amount.minor != 0, "amount", "range", "Nothing is allocated. Say how much leaves the pool.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.allocation_rule_id), Lock::Row(self.fiscal_period_id)]
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(step.to, "computed" | "posted") {
            return Ok(Vec::new());
        }
        let Some(plan) = plan(check, self.allocation_rule_id)? else { return Ok(Vec::new()) };
        let centers = centers(check, &plan.targets)?;
        let missing = plan.targets.iter().filter(|target| !centers.contains_key(&folded(&target.cost_center)));
        let unmet = |target: &AllocationTarget| {
            let detail = format!("There is no cost center {}. Make it, or change the targets of the rule.", target.cost_center.0);
            UnmetGuard::new("/allocation_rule_id", "cost_center", detail)
        };
        Ok(missing.map(unmet).collect())
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let last: Option<Date> = fiscal_periods::table.find(self.fiscal_period_id).select(fiscal_periods::ends_on).first(check.connection).optional()?;
        let Some(day) = last else { return Ok(Vec::new()) };
        match step.to {
            "posted" => self.entries(check, day),
            "reversed" => {
                let booked = booking::booked(check, CostSource::Allocation, check.id)?;
                let reversal = |entry: &Booked| entry.reversal(self.fiscal_period_id, day, CostSource::Allocation, check.id, entry.line + REVERSED);
                Ok(booked.iter().map(reversal).collect())
            }
            _ => Ok(Vec::new()),
        }
    }
}

impl AllocationRun {
    /// What is booked: the amount out of the pool, and each share into its cost center.
    fn entries(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<Effect>> {
        let Some(plan) = plan(check, self.allocation_rule_id)? else { return Ok(Vec::new()) };
        let unit: Option<Id> = allocation_runs::table.find(check.id).select(allocation_runs::unit_id).first(check.connection).optional()?;
        let centers = centers(check, &plan.targets)?;
        let parts = allocation_share::shares(self.amount.minor, plan.driver, &plan.targets);
        let mut booked = vec![(plan.pool, -self.amount.minor)];
        for (target, minor) in plan.targets.iter().zip(parts).filter(|(_, minor)| *minor != 0) {
            if let Some(center) = centers.get(&folded(&target.cost_center)) {
                booked.push((*center, minor));
            }
        }
        let (run, placement) = (check.id, Placement { unit_id: unit, owner_id: None });
        let entry = |(at, (center, minor)): (usize, (Id, i64))| {
            let amount = Money::new(minor, self.amount.currency);
            let entry = booking::plain_entry(self.fiscal_period_id, day, amount, CostSource::Allocation, run, at as i64 + 1);
            Effect::create(placement, CostEntry { cost_center_id: Some(center), ..entry })
        };
        Ok(booked.into_iter().enumerate().map(entry).collect())
    }
}

/// What a rule says of its runs.
#[derive(Queryable)]
struct Plan {
    pool: Id,
    driver: AllocationDriver,
    targets: Vec<AllocationTarget>,
}

fn plan(check: &mut Check<'_>, rule: Id) -> Result<Option<Plan>> {
    let columns = (allocation_rules::pool_id, allocation_rules::driver, allocation_rules::targets);
    Ok(allocation_rules::table.find(rule).select(columns).first(check.connection).optional()?)
}

/// The cost centers that targets name, by their folded codes.
fn centers(check: &mut Check<'_>, targets: &[AllocationTarget]) -> Result<HashMap<String, Id>> {
    let codes: Vec<String> = targets.iter().map(|target| folded(&target.cost_center)).collect();
    let mut centers = HashMap::new();
    for chunk in codes.chunks(CHUNK) {
        let query = cost_centers::table.filter(cost_centers::code_key.eq_any(chunk)).select((cost_centers::code_key, cost_centers::id));
        centers.extend(query.load::<(String, Id)>(check.connection)?);
    }
    Ok(centers)
}
