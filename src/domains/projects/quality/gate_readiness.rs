//! Whether the criteria of a gate are met, computed from the records that they name.

use super::gate_criterion::{CriterionKind, GateCriterion};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::{Check, Id};
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

/// The states in which what a kind of criterion names meets it, and its collection.
fn expected(kind: CriterionKind) -> (&'static [&'static str], &'static str) {
    MET_IN.iter().find(|(each, ..)| *each == kind).map_or((&[], ""), |(_, collection, states)| (*states, *collection))
}

/// Refuses criteria, each with its place, that name what can never meet them (422): a record of another kind than theirs, another budget than the
/// project's own, or a deliverable of another project.
pub fn require_fitting(check: &mut Check<'_>, project: Id, criteria: &[(usize, &GateCriterion)]) -> Result<()> {
    let ids: Vec<Id> = criteria.iter().filter_map(|(_, criterion)| criterion.subject_id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let budget = own_budget(check, project)?;
    let rows: Vec<(Id, String)> = registry::table.filter(registry::id.eq_any(&ids)).select((registry::id, registry::collection)).load(check.connection)?;
    let collections: HashMap<Id, String> = rows.into_iter().collect();
    let own = deliverables::table.filter(deliverables::id.eq_any(&ids)).filter(deliverables::project_id.eq(project));
    let own: Vec<Id> = own.select(deliverables::id).load(check.connection)?;
    let unfit = |criterion: &GateCriterion, subject: Id| -> Option<(&'static str, String)> {
        let Some(kind) = criterion.kind else {
            return Some(("contradiction", "A criterion without a kind is recorded by a person. Give its kind, or leave out the record.".into()));
        };
        let (found, (_, collection)) = (collections.get(&subject)?, expected(kind));
        match kind {
            _ if found != collection => {
                Some(("collection", format!("A criterion of the kind {} names a record of {collection}, not of {found}.", kind.word())))
            }
            CriterionKind::Funds if budget != Some(subject) => {
                Some(("budget", "The funds of a project are its own budget (budget_id of the project). Name that, or leave the record out.".into()))
            }
            CriterionKind::Deliverables if !own.contains(&subject) => {
                Some(("project", "That deliverable is of another project. Name one of this project.".into()))
            }
            _ => None,
        }
    };
    let faults = criteria.iter().filter_map(|(at, criterion)| {
        let (code, detail) = unfit(criterion, criterion.subject_id?)?;
        Some(FieldError::new(format!("/criteria/{at}/subject_id"), code, detail))
    });
    let faults: Vec<FieldError> = faults.collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults).into()) }
}

fn own_budget(check: &mut Check<'_>, project: Id) -> Result<Option<Id>> {
    Ok(projects::table.find(project).select(projects::budget_id).first(check.connection).optional()?.flatten())
}

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
    let budget = own_budget(check, project)?;
    // The funds are those that the project has now, whatever was named before.
    let subject = |criterion: &GateCriterion| if criterion.kind == Some(CriterionKind::Funds) { budget } else { criterion.subject_id };
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
    let expected = expected(kind);
    match (subject.and_then(|id| Some((id, states.get(&id)?))), kind) {
        (Some((id, (collection, state))), _) => {
            let met = collection == expected.1 && expected.0.contains(&state.as_str());
            let detail = format!("It is {state}; that must be {}.", expected.0.join(" or "));
            Ok(Finding { met, subject: Some((id, collection.clone())), detail })
        }
        (None, CriterionKind::Deliverables) => {
            let of_project = deliverables::table.filter(deliverables::project_id.eq(project));
            let all: i64 = of_project.count().get_result(check.connection)?;
            let open: i64 = of_project.filter(deliverables::state.ne_all(["accepted", "waived"])).count().get_result(check.connection)?;
            let detail = match all {
                0 => "The project has no deliverables. Name what it hands over first.".to_owned(),
                _ => format!("Deliverables that are neither accepted nor waived: {open}."),
            };
            Ok(Finding { met: all > 0 && open == 0, subject: None, detail })
        }
        (None, CriterionKind::Funds) => Ok(Finding { met: false, subject: None, detail: "The project has no budget (budget_id). Name it first.".into() }),
        (None, _) => Ok(Finding { met: false, subject: None, detail: format!("It names no record of {}.", expected.1) }),
    }
}
