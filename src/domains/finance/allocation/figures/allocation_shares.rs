//! The shares of an allocation run as one call.

use crate::domains::finance::allocation::{
    allocation_basis::{AllocationBasis, Plan},
    allocation_rule::AllocationRule,
    allocation_run::AllocationRun,
    allocation_share::{AllocationTarget, shares},
};
use crate::resource::value::{Code, Text};
use crate::view::IdOf;
use crate::view::prelude::*;

/// Share of a cost center, a service or a unit in an allocation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllocationShare {
    /// The code of the cost center.
    pub cost_center: Option<Code>,
    /// Id of the service.
    pub service_id: Option<Text<1, 36>>,
    /// Id of the unit.
    pub unit_id: Option<Text<1, 36>>,
    /// What it bears.
    pub amount: Money,
}

/// What an allocation run takes from its pool, and who bears it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllocationShares {
    /// The run.
    pub allocation_run_id: IdOf<AllocationRun>,
    /// Amount that leaves the pool; null until the run is computed, unless one is given.
    pub amount: Option<Money>,
    /// Who bears how much; together exactly that.
    pub shares: Vec<AllocationShare>,
}

impl View for AllocationShares {
    const PATH: &'static str = "finance/allocation-runs/{id}/shares";
    const SUMMARY: &'static str = "Get the shares of an allocation run";
    const DESCRIPTION: &'static str = "Who bears how much of what an allocation run takes from its pool: by the basis with which it was computed, before that by its rule as it is now. Each share is rounded down, and what is left goes, a minor unit each, to the shares with the largest remainders, the earlier target first: what goes out comes in exactly.";
    type Reads = (AllocationRun, AllocationRule);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, run) = cx.get_typed::<AllocationRun>(id)?;
        let basis = match run.basis {
            Some(basis) => Some(basis),
            None => cx.ask(|check| match Plan::find(check, run.allocation_rule_id)? {
                Some(plan) => plan.basis(check).map(Some),
                None => Ok(None),
            })?,
        };
        let listed = run.amount.zip(basis).map(|(amount, basis)| shares_of(amount, &basis)).unwrap_or_default();
        Ok(AllocationShares { allocation_run_id: id.into(), amount: run.amount, shares: listed })
    }
}

/// What each target of a basis bears of an amount.
fn shares_of(amount: Money, basis: &AllocationBasis) -> Vec<AllocationShare> {
    let parts = shares(amount.minor, basis.driver, &basis.targets);
    let share = |(target, minor): (&AllocationTarget, i64)| AllocationShare {
        cost_center: target.cost_center.clone(),
        service_id: target.service_id.map(|id| Text::cut(&id.to_string())),
        unit_id: target.unit_id.map(|id| Text::cut(&id.to_string())),
        amount: Money::new(minor, amount.currency),
    };
    basis.targets.iter().zip(parts).map(share).collect()
}
