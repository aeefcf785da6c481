//! Cost centers that allocation targets name by their codes.

use super::allocation_share::AllocationTarget;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Code, folded};
use steward_core::resource::{Check, Id};
use steward_schema::finance::cost_centers;

/// The permission without which a cost center does not exist for a caller.
const READ: &str = "finance.cost_centers:read";

/// A cost center, and the unit that has it.
type Center = (Id, Id);

/// Some targets with the ids of the cost centers that they name by code. One that the caller cannot see is refused like one that there is
/// not (422), and so is a cost center that is named twice.
pub fn resolved(check: &mut Check<'_>, targets: &[AllocationTarget]) -> Result<Vec<AllocationTarget>> {
    let centers = centers(check, targets)?;
    let mut faults = Vec::new();
    let mut resolved: Vec<AllocationTarget> = Vec::with_capacity(targets.len());
    for (at, target) in targets.iter().enumerate() {
        let mut own = target.clone();
        if let Some(code) = &target.cost_center {
            let found = centers.get(&folded(code)).copied();
            let visible = match found {
                Some((id, unit)) => (check.holds)(check.connection, READ, Some(unit))?.then_some(id),
                None => None,
            };
            if visible.is_none() {
                let detail = format!("There is no cost center with the code {}, or it is not visible to you.", code.0);
                faults.push(FieldError::new(format!("/targets/{at}/cost_center"), "reference", detail));
            }
            (own.cost_center_id, own.cost_center) = (visible, None);
        }
        if own.cost_center_id.is_some() && resolved.iter().any(|other| other.cost_center_id == own.cost_center_id) {
            faults.push(FieldError::new(format!("/targets/{at}"), "duplicate", "A target is named twice. Give it one share."));
        }
        resolved.push(own);
    }
    if faults.is_empty() { Ok(resolved) } else { Err(Problem::invalid(faults).into()) }
}

/// Some targets as they were written before ids were: what their codes name now, whoever may see it. A code that names nothing any more stays.
pub fn located(check: &mut Check<'_>, targets: Vec<AllocationTarget>) -> Result<Vec<AllocationTarget>> {
    if targets.iter().all(|target| target.cost_center.is_none()) {
        return Ok(targets);
    }
    let centers = centers(check, &targets)?;
    let located = |target: AllocationTarget| match target.cost_center.as_ref().and_then(|code| centers.get(&folded(code))) {
        Some((id, _)) => AllocationTarget { cost_center_id: Some(*id), cost_center: None, ..target },
        None => target,
    };
    Ok(targets.into_iter().map(located).collect())
}

fn centers(check: &mut Check<'_>, targets: &[AllocationTarget]) -> Result<HashMap<String, Center>> {
    let codes: Vec<String> = targets.iter().filter_map(|target| target.cost_center.as_ref()).map(|code: &Code| folded(code)).collect();
    let mut centers = HashMap::new();
    for chunk in codes.chunks(CHUNK) {
        let query =
            cost_centers::table.filter(cost_centers::code_key.eq_any(chunk)).select((cost_centers::code_key, (cost_centers::id, cost_centers::unit_id)));
        centers.extend(query.load::<(String, Center)>(check.connection)?);
    }
    Ok(centers)
}
