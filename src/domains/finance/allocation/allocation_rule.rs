//! Allocation rules: how the costs of one cost center are borne by others.

use super::allocation_share::{self, AllocationDriver, AllocationTarget};
use super::target_place;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Date, Note, Title, Whole};
use steward_core::resource::{Cause, Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::finance::allocation_rules;

steward_core::resource! {
    /// Rule that allocates the costs collected by a cost center to others. The shares add up to 100 %, and rules are acyclic: no cost
    /// returns to its origin.
    pub struct AllocationRule {
        /// Short code, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the rule.
        #[field(search)]
        pub name: Title,
        /// Pool: the cost center whose costs are allocated.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub pool_id: Id,
        /// Cost category allocated; all categories if left out.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Driver that determines the shares.
        pub driver: AllocationDriver,
        /// Execution order among several rules, the lowest first.
        #[field(default(|| json!(1)))]
        pub step: Whole<1, 1000>,
        /// Targets that pay the cost; a rule without targets is not run. A cost center can be given by its code as well, as in an imported
        /// file.
        #[field(default(|| json!([])))]
        pub targets: Vec<AllocationTarget>,
        /// First day of validity.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of validity; none while the rule is current.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Rationale for the fairness of the rule.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for AllocationRule {
    const PATH: &'static str = "finance/allocation-rules";
    type Table = steward_schema::finance::allocation_rules::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "allocation_rules_code_key", fields: &["code"] }];

    fn sample() -> Self {
        AllocationRule {
            code: "AR-NET".into(),
            name: "Network to the business lines".into(),
            pool_id: Id::sample(),
            cost_category_id: None,
            driver: AllocationDriver::Fixed,
            step: Whole(1),
            targets: vec![],
            starts_on: Date::parse("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
            description: Some("By the ports that each line has, counted in December.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        if self.targets.is_empty() {
            return;
        }
        let mut keys: Vec<String> = self.targets.iter().filter_map(AllocationTarget::key).collect();
        faults.require(keys.len() == self.targets.len(), "targets", "one_of", "Each target is one of a cost center, a service and a unit.");
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        faults.require(keys.len() == count, "targets", "duplicate", "A target is named twice. Give it one share.");
        match self.driver {
            AllocationDriver::Fixed => {
                faults.require(
                    allocation_share::makes_a_hundred(&self.targets),
                    "targets",
                    "sum",
                    "Each target has a share, and together they make 100 % exactly.",
                );
            }
            // Heads that are not said are counted.
            AllocationDriver::Headcount if self.targets.iter().any(|target| target.weight.is_none()) => {}
            AllocationDriver::Headcount | AllocationDriver::Metric => {
                let weighed = self.targets.iter().all(|target| target.weight.is_some())
                    && self.targets.iter().any(|target| target.weight.is_some_and(|weight| weight.0 > 0.0));
                faults.require(weighed, "targets", "required", "Say how much each target weighs; at least one weighs more than 0.");
            }
            AllocationDriver::Even => {}
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Named("finance.allocation_rules".into())]
    }

    fn stamped(&self, _: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if self.targets.iter().all(|target| target.cost_center.is_none()) {
            return Ok(None);
        }
        let targets = target_place::resolved(check, &self.targets)?;
        Ok(Some(AllocationRule { targets, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let others: Vec<(Id, Vec<AllocationTarget>)> = allocation_rules::table
            .filter(allocation_rules::id.ne(check.id))
            .select((allocation_rules::pool_id, allocation_rules::targets))
            .load(check.connection)?;
        let mut found = edges(self.pool_id, &self.targets);
        for (pool, targets) in others {
            found.extend(edges(pool, &target_place::located(check, targets)?));
        }
        if allocation_share::comes_back(self.pool_id, &found) {
            return Err(
                Problem::conflict("/targets", "circle", "The cost would come back to its pool, by this rule or through others. Change the targets.").into()
            );
        }
        Ok(())
    }
}

/// The edges from a pool to the cost centers of its rule.
fn edges(pool: Id, targets: &[AllocationTarget]) -> Vec<(Id, Id)> {
    targets.iter().filter_map(|target| Some((pool, target.cost_center_id?))).collect()
}
