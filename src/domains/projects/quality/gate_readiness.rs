//! Whether the criteria of a gate are met, computed from the records that they name.

use super::gate_criterion::{CriterionKind, GateCriterion};
use crate::error::Result;
use crate::resource::{Check, Id};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::projects::{deliverables, projects};
use steward_schema::service::registry;

/// The states in which what a criterion names meets it, by kind and collection.
const MET_IN: &[(CriterionKind, &str, &[&str])] = &[
    (CriterionKind::Risk, "security/risks", &["monitored", "closed"]),
    (CriterionKind::Control, "governance/controls", &["operating"]),
    (CriterionKind::RecoveryTest, "security/recovery-tests", &["completed", "closed"]),
    (CriterionKind::Diligence, "vendors/due-diligence", &["completed"]),
    (CriterionKind::Funds, "finance/budgets", &["approved", "active"]),
    (CriterionKind::Skills, "finance/resource-requests", &["fulfilled"]),
    (CriterionKind::Deliverables, "projects/deliverables", &["accepted"]),
];

/// What was found of a criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// True if it is met.
    pub met: bool,
    /// The record that decides it, with its collection.
    pub subject: Option<(Id, String)>,
    /// The state of that record, and what is missing.
    pub detail: String,
}

/// What is found of each criterion of a project's gate, in order.
pub fn findings(check: &mut Check<'_>, project: Id, criteria: &[GateCriterion]) -> Result<Vec<Finding>> {
    let budget: Option<Id> = projects::table.find(project).select(projects::budget_id).first(check.connection).optional()?.flatten();
    let subject = |criterion: &GateCriterion| criterion.subject_id.or(budget.filter(|_| criterion.kind == Some(CriterionKind::Funds)));
    let ids: Vec<Id> = criteria.iter().filter_map(subject).collect();
    let columns = (registry::id, registry::collection, registry::state);
    let rows: Vec<(Id, String, Option<String>)> =
        registry::table.filter(registry::id.eq_any(&ids)).filter(registry::deleted_at.is_null()).select(columns).load(check.connection)?;
    let states: HashMap<Id, (String, String)> = rows.into_iter().map(|(id, collection, state)| (id, (collection, state.unwrap_or_default()))).collect();
    criteria.iter().map(|criterion| finding(check, project, criterion, subject(criterion), &states)).collect()
}

fn finding(check: &mut Check<'_>, project: Id, criterion: &GateCriterion, subject: Option<Id>, states: &HashMap<Id, (String, String)>) -> Result<Finding> {
    let Some(kind) = criterion.kind else {
        let detail = if criterion.met { "It was recorded as met." } else { "It was not recorded as met." };
        return Ok(Finding { met: criterion.met, subject: None, detail: detail.into() });
    };
    let expected = MET_IN.iter().find(|(each, ..)| *each == kind).map_or((&[] as &[&str], ""), |(_, collection, states)| (*states, *collection));
    match (subject.and_then(|id| Some((id, states.get(&id)?))), kind) {
        (Some((id, (collection, state))), _) => {
            let met = collection == expected.1 && expected.0.contains(&state.as_str());
            let detail = format!("It is {state}; that must be {}.", expected.0.join(" or "));
            Ok(Finding { met, subject: Some((id, collection.clone())), detail })
        }
        (None, CriterionKind::Deliverables) => {
            let of_project = deliverables::table.filter(deliverables::project_id.eq(project));
            let open: i64 =
                of_project.filter(deliverables::state.ne("accepted")).filter(deliverables::waived_on.is_null()).count().get_result(check.connection)?;
            Ok(Finding { met: open == 0, subject: None, detail: format!("Deliverables that are neither accepted nor waived: {open}.") })
        }
        (None, _) => Ok(Finding { met: false, subject: None, detail: format!("It names no record of {}.", expected.1) }),
    }
}
