//! The work that is delayed when something or somebody is lost.

use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::work::DelayedWork;
use steward_core::resource::{Check, Id};
use steward_schema::projects::{assignments, work_dependencies, work_items};

/// The states in which work is over.
const OVER: [&str; 2] = ["done", "cancelled"];

/// The work that waits for one of some records, that one of some people is assigned to or responsible for, and all that waits for that work;
/// each once, the nearest first.
pub fn delayed(check: &mut Check<'_>, records: &[Id], people: &[Id]) -> Result<Vec<DelayedWork>> {
    let mut found = assigned(check, people)?;
    found.extend(answered_for(check, people)?);
    let mut known: HashSet<Id> = HashSet::new();
    found.retain(|work| known.insert(work.work_item));
    let mut frontier: Vec<Id> = records.iter().copied().chain(found.iter().map(|work| work.work_item)).collect();
    while !frontier.is_empty() {
        let next: Vec<DelayedWork> = waiting(check, &frontier)?.into_iter().filter(|work| known.insert(work.work_item)).collect();
        frontier = next.iter().map(|work| work.work_item).collect();
        found.extend(next);
    }
    Ok(found)
}

/// The work that is not over and that some people are assigned to, today or later.
fn assigned(check: &mut Check<'_>, people: &[Id]) -> Result<Vec<DelayedWork>> {
    let (mut found, today) = (Vec::new(), check.today);
    for chunk in people.chunks(CHUNK) {
        let query = assignments::table
            .inner_join(work_items::table)
            .filter(assignments::person_id.eq_any(chunk))
            .filter(assignments::ends_on.is_null().or(assignments::ends_on.ge(today)))
            .filter(work_items::state.ne_all(OVER))
            .order(work_items::id)
            .select((work_items::id, work_items::project_id, assignments::person_id));
        found.extend(query.load::<DelayedWork>(check.connection)?);
    }
    Ok(found)
}

/// The work that is not over and that some people are responsible for.
fn answered_for(check: &mut Check<'_>, people: &[Id]) -> Result<Vec<DelayedWork>> {
    let mut found = Vec::new();
    for chunk in people.chunks(CHUNK) {
        let query = work_items::table.filter(work_items::responsible_id.eq_any(chunk)).filter(work_items::state.ne_all(OVER)).order(work_items::id).select((
            work_items::id,
            work_items::project_id,
            work_items::responsible_id.assume_not_null(),
        ));
        found.extend(query.load::<DelayedWork>(check.connection)?);
    }
    Ok(found)
}

/// The work that is not over and waits for one of some records.
fn waiting(check: &mut Check<'_>, predecessors: &[Id]) -> Result<Vec<DelayedWork>> {
    let mut found = Vec::new();
    for chunk in predecessors.chunks(CHUNK) {
        let query = work_dependencies::table
            .inner_join(work_items::table.on(work_items::id.eq(work_dependencies::successor_id)))
            .filter(work_dependencies::predecessor_id.eq_any(chunk))
            .filter(work_items::state.ne_all(OVER))
            .order(work_items::id)
            .select((work_items::id, work_items::project_id, work_dependencies::predecessor_id));
        found.extend(query.load::<DelayedWork>(check.connection)?);
    }
    Ok(found)
}
