//! What a project's state makes evidence: the records that its way to the end is judged by stay, and stay with it.

use crate::schedule::frozen_item::FrozenItems;
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::Code;
use steward_core::resource::{Check, Id, Resource};
use steward_schema::projects::{baselines, progress_records, projects, work_items};

/// The states in which a project is carried out or over: what it is closed by is evidence.
const BEGUN: &[&str] = &["executing", "on_hold", "closing", "closed", "cancelled"];
/// The states in which a project comes to its end or has come to it.
const ENDING: &[&str] = &["closing", "closed", "cancelled"];
/// The states in which a project is over: what it did stays as it was.
const OVER: &[&str] = &["closed", "cancelled"];

/// The code of a project and the state that it is in, if it is one of these.
fn project_in(check: &mut Check<'_>, project: Id, states: &'static [&'static str]) -> Result<Option<(Code, String)>> {
    let found = projects::table.find(project).filter(projects::state.eq_any(states)).select((projects::code, projects::state));
    Ok(found.first(check.connection).optional()?)
}

/// Refuses to delete a record that the closing of a project waits for, once that is carried out (409).
pub fn require_deletable(check: &mut Check<'_>, project: Id, instead: &str) -> Result<()> {
    match project_in(check, project, BEGUN)? {
        Some((code, state)) => {
            let detail = format!("The project {} is {state}, and its closing is judged by this: it stays. {instead}", code.0);
            Err(Problem::conflict("", "not_deletable", detail).into())
        }
        None => Ok(()),
    }
}

/// Refuses to take people's time out of sight of a project that comes to its end (409): `instead` says what is done with it.
pub fn require_not_ending(check: &mut Check<'_>, work_item: Id, instead: &str) -> Result<()> {
    let Some(project) = project_of(check, work_item)? else { return Ok(()) };
    match project_in(check, project, ENDING)? {
        Some((code, state)) => Err(Problem::conflict("", "not_deletable", format!("The project {} is {state}. {instead}", code.0)).into()),
        None => Ok(()),
    }
}

/// Refuses to delete work that was reported on in a project that is carried out, that was agreed in a baseline, or that the end of its project is
/// judged by (409).
pub fn require_work_deletable(check: &mut Check<'_>, project: Id) -> Result<()> {
    let refuse = |code: &str, why: &str| -> Result<()> { Err(Problem::conflict("", code, format!("{why} Cancel it instead.")).into()) };
    let recorded = progress_records::table.filter(progress_records::work_item_id.eq(check.id)).select(progress_records::id);
    let begun = project_in(check, project, BEGUN)?.is_some();
    if begun && recorded.first::<Id>(check.connection).optional()?.is_some() {
        return refuse("recorded", "Progress of the work is recorded, and earned value of past days is computed from it.");
    }
    if let Some((code, state)) = project_in(check, project, ENDING)? {
        return refuse("not_deletable", &format!("The project {} is {state}, and its closing is judged by its work.", code.0));
    }
    let used = baselines::table.filter(baselines::project_id.eq(project)).filter(baselines::state.ne("draft"));
    let rows: Vec<(String, FrozenItems)> = used.order(baselines::id).select((baselines::name, baselines::items)).load(check.connection)?;
    match rows.iter().find(|(_, items)| items.0.iter().any(|item| item.work_item_id == check.id)) {
        Some((name, _)) => refuse("baseline", &format!("The baseline \"{name}\" holds the work: it was agreed.")),
        None => Ok(()),
    }
}

/// The project of a work item.
pub fn project_of(check: &mut Check<'_>, work_item: Id) -> Result<Option<Id>> {
    Ok(work_items::table.find(work_item).select(work_items::project_id).first(check.connection).optional()?)
}

/// Refuses to add to a project that is over, or to take from it (409). What the service writes follows from something that was permitted.
pub fn require_running(check: &mut Check<'_>, project: Id, field: &str) -> Result<()> {
    if check.actor == Id::system() {
        return Ok(());
    }
    match project_in(check, project, OVER)? {
        Some((code, state)) => {
            let detail = format!(
                "The project {} is {state}: its scope, work, progress and quality stay as they were. Record what is learnt since then as a lesson \
                 (projects/lessons), and what it brings in its benefits (projects/benefits).",
                code.0
            );
            Err(Problem::conflict(format!("/{field}"), "ended", detail).into())
        }
        None => Ok(()),
    }
}

/// Refuses to change the fields of a record of a project that is over (409); its moves are judged by what they lead to.
pub fn require_unchanged_once_over<R: Resource + 'static>(check: &mut Check<'_>, record: &R, project: Id, field: &str) -> Result<()> {
    match check.before::<R>()? {
        Some(before) if before.to_json() != record.to_json() => require_running(check, project, field),
        _ => Ok(()),
    }
}
