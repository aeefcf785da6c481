//! What is open again when an exception ends.

use super::exception_force::on as in_force_on;
use super::exception_level::ExceptionLevel;
use super::finding::{Finding, FindingKind};
use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::ports::exception::{self, Days, ExceptionKind};
use crate::resource::value::{Date, Note, Title};
use crate::resource::{Check, Effect, Id, Resource};
use serde_json::json;

/// An exception that ends.
pub struct Ended<'a> {
    /// What it allowed, in a line.
    pub title: &'a Title,
    /// What it was an exception from.
    pub kind: ExceptionKind,
    /// How much is at stake.
    pub level: ExceptionLevel,
    /// What it covered.
    pub subject_id: Id,
}

/// What an exception that ends opens again. What another one covers today stays as it is; what rests on exceptions by its state is
/// reopened by its own domain; a gap in a policy, control, technology or vendor becomes a finding; the limit of a budget and a
/// freeze hold again by themselves.
pub fn reopen(ended: &Ended<'_>, check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let mut others = Statement::new("SELECT 1 FROM exceptions WHERE kind = ");
    others.bind(ended.kind.word()).push(" AND subject_id = ").bind(ended.subject_id).push(" AND id <> ").bind(check.id);
    others.push(" AND ").append(in_force_on(Days::on(check.today))).push(" LIMIT 1");
    if check.finds(others)? {
        return Ok(Vec::new());
    }
    let effects = exception::reopen(check, ended.kind, ended.subject_id)?;
    let gap = matches!(ended.kind, ExceptionKind::PolicyWaiver | ExceptionKind::ControlGap | ExceptionKind::TechnologyWaiver | ExceptionKind::VendorWaiver);
    if !effects.is_empty() || !gap {
        return Ok(effects);
    }
    found(ended, check)
}

fn found(ended: &Ended<'_>, check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let query =
        Statement::new("SELECT r.title, e.unit_id, e.owner_id FROM exceptions e JOIN registry r ON r.id = e.subject_id WHERE r.deleted_at IS NULL AND e.id = ")
            .with(check.id, "");
    let Some(row) = query.first(check.connection, &[Kind::Text, Kind::Id, Kind::Id])? else { return Ok(Vec::new()) };
    let id = |at: usize| row.get(at).and_then(Cell::as_id).map(|id| id.to_string());
    let title = format!("Not covered any more: {}", row.first().and_then(Cell::as_text).unwrap_or_default());
    let description = format!("The exception \"{}\" has ended, and no other covers it. See whether what it allowed was put right.", ended.title.0);
    Ok(vec![Effect::create(
        Finding::PATH,
        json!({
            "title": Title::cut(&title).0,
            "kind": FindingKind::Observation.word(),
            "description": Note::cut(&description).0,
            "source_id": check.id.to_string(),
            "found_on": check.today.to_string(),
            "due_on": check.today.plus_days(ended.level.days_to_mend()).to_string(),
            "unit_id": id(1),
            "owner_id": id(2),
        }),
    )])
}

/// The records of this domain that rest on exceptions: findings that were closed because of one.
pub struct Resting;

impl exception::RestsOnExceptions for Resting {
    fn reopen(&self, check: &mut Check<'_>, _: ExceptionKind, subject: Id) -> Result<Vec<Effect>> {
        let query = Statement::new("SELECT found_on, due_on FROM findings WHERE state = 'closed' AND id = ").with(subject, "");
        let Some(row) = query.first(check.connection, &[Kind::Date, Kind::Date])? else { return Ok(Vec::new()) };
        let day = |at: usize| row.get(at).and_then(Cell::as_date);
        let due = due_anew(check.today, day(0), day(1));
        Ok(vec![Effect::transition(Finding::PATH, subject, "in_remediation"), Effect::update(Finding::PATH, subject, json!({"due_on": due.to_string()}))])
    }
}

/// The clock of a finding starts again: as many days from today as it had from the day on which it was found, else 30.
fn due_anew(today: Date, found: Option<Date>, due: Option<Date>) -> Date {
    let had = found.zip(due).and_then(|(found, due)| u32::try_from((due.0 - found.0).num_days()).ok());
    found.map_or(today, |found| found.max(today)).plus_days(had.unwrap_or(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_a_finding_starts_again_with_the_days_that_it_had() {
        let day = Date::sample;
        assert_eq!(due_anew(day("2026-06-15"), Some(day("2026-04-01")), Some(day("2026-05-01"))), day("2026-07-15"));
        assert_eq!(due_anew(day("2026-06-15"), None, Some(day("2026-05-01"))), day("2026-07-15"));
        assert_eq!(due_anew(day("2026-06-15"), Some(day("2026-07-01")), Some(day("2026-07-11"))), day("2026-07-11"), "never before it was found");
    }
}
