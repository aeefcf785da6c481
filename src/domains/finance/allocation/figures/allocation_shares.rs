//! The shares of an allocation run as one call.

use crate::allocation::{
    allocation_basis::{AllocationBasis, Plan},
    allocation_rule::AllocationRule,
    allocation_run::{AllocationRun, parts_of},
    allocation_share::{AllocationTarget, shares_of_parts},
    target_place::located,
};
use crate::ledger::cost_center::CostCenter;
use std::collections::HashMap;
use steward_core::resource::value::{Code, Text};
use steward_core::view::prelude::*;
use steward_schema::finance::cost_centers;

/// Share of a cost center, a service or a unit in an allocation.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AllocationShare {
    /// Cost center that bears the share; null where a service or a unit bears it, or the caller may not read cost centers.
    pub cost_center_id: Option<IdOf<CostCenter>>,
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
    const DESCRIPTION: &'static str = "Shares of the targets in the amount of an allocation run: by the basis of its computation, before that by the current rule. Each cost category of the pool is shared by itself. Each share is rounded down, and the remaining minor units go, one each, to the shares with the largest remainders, the earlier target first, so that the shares add up to the amount exactly.";
    type Reads = (AllocationRun, AllocationRule, IfPermitted<CostCenter>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, run) = cx.get_typed::<AllocationRun>(id)?;
        let basis = match run.basis {
            Some(basis) => Some(basis),
            None => cx.ask(|check| match Plan::find(check, run.allocation_rule_id)? {
                Some(plan) => plan.basis(check, None).map(Some),
                None => Ok(None),
            })?,
        };
        let listed = match run.amount.zip(basis) {
            Some((amount, basis)) => {
                let targets = cx.ask(|check| located(check, basis.targets.clone()))?;
                let codes = codes(cx, &targets)?;
                shares_of(amount, &AllocationBasis { targets, ..basis }, &codes)
            }
            None => Vec::new(),
        };
        Ok(AllocationShares { allocation_run_id: id.into(), amount: run.amount, shares: listed })
    }
}

/// The codes of the cost centers among some targets that the reader sees.
fn codes(reader: &mut Reader<'_>, targets: &[AllocationTarget]) -> Result<HashMap<Id, Code>> {
    let seen = reader.sees::<CostCenter>()?;
    let ids: Vec<Id> = targets.iter().filter_map(|target| target.cost_center_id).collect();
    if seen.is_nothing() || ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = cost_centers::table.filter(cost_centers::id.eq_any(ids)).filter(seen.clone()).select((cost_centers::id, cost_centers::code));
    Ok(query.load(reader.within(&seen))?.into_iter().collect())
}

/// What each target of a basis bears of an amount, over all its parts.
fn shares_of(amount: Money, basis: &AllocationBasis, codes: &HashMap<Id, Code>) -> Vec<AllocationShare> {
    let parts: Vec<i64> = parts_of(basis, amount).iter().map(|part| part.amount.minor).collect();
    let shares = shares_of_parts(&parts, basis.driver, &basis.targets);
    let share = |(at, target): (usize, &AllocationTarget)| {
        let minor = shares.iter().filter_map(|of_part| of_part.get(at)).fold(0, |sum: i64, minor| sum.saturating_add(*minor));
        let center = target.cost_center_id.filter(|id| codes.contains_key(id));
        AllocationShare {
            cost_center_id: center.map(Into::into),
            cost_center: center.and_then(|id| codes.get(&id).cloned()).or_else(|| target.cost_center.clone()),
            service_id: target.service_id.map(|id| Text::cut(&id.to_string())),
            unit_id: target.unit_id.map(|id| Text::cut(&id.to_string())),
            amount: Money::new(minor, amount.currency),
        }
    };
    basis.targets.iter().enumerate().map(share).collect()
}
