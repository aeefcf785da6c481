//! What is open again when an exception ends.

use super::exception_level::ExceptionLevel;
use super::exceptions_in_force::in_force;
use crate::audit::finding::{Finding, FindingKind};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::exception::{self, Days, ExceptionKind};
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Effect, Id, Placement};
use steward_schema::governance::{exceptions, findings};
use steward_schema::service::registry;

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
    let others = in_force(Days::on(check.today))
        .filter(exceptions::kind.eq(ended.kind))
        .filter(exceptions::subject_id.eq(ended.subject_id).and(exceptions::id.ne(check.id)));
    if select(exists(others)).get_result(check.connection)? {
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
    let covered = exceptions::table.find(check.id).inner_join(registry::table).filter(registry::deleted_at.is_null()).select((
        registry::title,
        exceptions::unit_id,
        exceptions::owner_id,
    ));
    let covered: Option<(String, Id, Option<Id>)> = covered.first(check.connection).optional()?;
    let Some((subject, unit, owner)) = covered else { return Ok(Vec::new()) };
    let title = format!("Not covered any more: {subject}");
    let description = format!("The exception \"{}\" has ended, and no other covers it. See whether what it allowed was put right.", ended.title.0);
    let finding = Finding {
        source_id: Some(check.id),
        found_on: Some(check.today),
        due_on: Some(check.today.plus_days(ended.level.days_to_mend())),
        ..Finding::found(Title::cut(&title), FindingKind::Observation, Note::cut(&description))
    };
    Ok(vec![Effect::create(Placement { unit_id: Some(unit), owner_id: owner }, finding)])
}

/// The records of this domain that rest on exceptions: findings that were closed because of one.
pub struct Resting;

impl exception::RestsOnExceptions for Resting {
    fn reopen(&self, check: &mut Check<'_>, _: ExceptionKind, subject: Id) -> Result<Vec<Effect>> {
        let closed = findings::table.find(subject).filter(findings::state.eq("closed")).select((findings::found_on, findings::due_on));
        let closed: Option<(Option<Date>, Option<Date>)> = closed.first(check.connection).optional()?;
        let Some((found, due)) = closed else { return Ok(Vec::new()) };
        let due = due_anew(check.today, found, due);
        let due_again = Effect::update(subject, move |finding: &mut Finding| finding.due_on = Some(due));
        Ok(vec![Effect::transition::<Finding>(subject, "in_remediation"), due_again])
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
