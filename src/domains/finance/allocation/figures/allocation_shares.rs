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
    /// Code of the cost center.
    pub cost_center: Option<Code>,
    /// Id of the service.
    pub service_id: Option<Text<1, 36>>,
    /// Id of the unit.
    pub unit_id: Option<Text<1, 36>>,
    /// Amount of the share.
    pub amount: Money,
}

/// Amount of an allocation run and its distribution to the targets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllocationShares {
    /// Allocation run.
    pub allocation_run_id: IdOf<AllocationRun>,
    /// Amount that leaves the pool; null until the run is computed, unless one is given.
    pub amount: Option<Money>,
    /// Shares of the targets; their sum is exactly the amount.
    pub shares: Vec<AllocationShare>,
}

impl View for AllocationShares {
    const PATH: &'static str = "finance/allocation-runs/{id}/shares";
    const SUMMARY: &'static str = "Get the shares of an allocation run";
    const DESCRIPTION: &'static str = "Shares of the targets in the amount of an allocation run: by the basis of its computation, before that by the current rule. Each share is rounded down, and the remaining minor units go, one each, to the shares with the largest remainders, the earlier target first, so that the shares add up to the amount exactly.";
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
