//! The shares of an allocation run as one call.

use super::allocation_rule::AllocationRule;
use super::allocation_run::AllocationRun;
use super::allocation_share::{AllocationTarget, shares};
use crate::error::Result;
use crate::http::view::{Call, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Code, Many, Money};
use crate::store::Reader;
use serde_json::Value;

crate::answer! {
    /// What a cost center bears.
    pub struct AllocationShare {
        /// The code of the cost center.
        pub cost_center: Code,
        /// What it bears.
        pub amount: Money,
    }
}

crate::answer! {
    /// What an allocation run takes from its pool, and who bears it.
    pub struct AllocationShares {
        /// The run.
        #[field(refers_to(&["finance/allocation-runs"]))]
        pub allocation_run_id: Id,
        /// What leaves the pool.
        pub amount: Money,
        /// Who bears how much; together exactly that.
        pub shares: Many<AllocationShare>,
    }
}

/// `GET finance/allocation-runs/{id}/shares`.
pub static SHARES: View = View {
    path: "finance/allocation-runs/{id}/shares",
    operation_id: "get_allocation_run_shares",
    summary: "Get the shares of an allocation run",
    description: "Who bears how much of what an allocation run takes from its pool. Each share is rounded down, and what is left goes, a minor unit each, to the shares with the largest remainders, the earlier target first: what goes out comes in exactly.",
    permissions: &["finance.allocation_runs:read", "finance.allocation_rules:read"],
    parameters: &[],
    answer: answer_schema::<AllocationShares>,
    run: Run::Read(run),
};

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let (_, run) = reader.get_typed::<AllocationRun>(id)?;
    let (_, rule) = reader.get_typed::<AllocationRule>(run.allocation_rule_id)?;
    let parts = shares(run.amount.minor, rule.driver, &rule.targets);
    let share =
        |(target, minor): (&AllocationTarget, i64)| AllocationShare { cost_center: target.cost_center.clone(), amount: Money::new(minor, run.amount.currency) };
    let listed = rule.targets.iter().zip(parts).map(share).collect();
    Ok(Model::to_json(&AllocationShares { allocation_run_id: id, amount: run.amount, shares: Many(listed) }).into())
}
