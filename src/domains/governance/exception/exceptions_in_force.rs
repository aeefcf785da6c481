//! Which exceptions are in force: judged by their days, never by whether they were marked as active or expired yet.

use super::exception_level::ExceptionLevel;
use super::subject_level;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::expression::Condition;
use steward_core::database::{CHUNK, Dialect};
use steward_core::error::Result;
use steward_core::ports::exception::{self, Cover, Days, ExceptionKind};
use steward_core::resource::value::{Date, Instant};
use steward_core::resource::{Check, Id};
use steward_schema::governance::exceptions;
use steward_schema::service::revisions;

/// The states of exceptions that were given.
pub const GIVEN: [&str; 4] = ["approved", "active", "expired", "revoked"];

/// The condition that an exception is in force on all of some days.
fn on(days: Days) -> impl Condition<'static, exceptions::table> + SelectableExpression<exceptions::table> {
    let approved = exceptions::state.eq("approved").or(exceptions::state.eq("active"));
    approved.and(exceptions::starts_on.le(days.first)).and(exceptions::expires_on.ge(days.last))
}

/// The exceptions in force on all of some days.
pub fn in_force(days: Days) -> exceptions::BoxedQuery<'static, Dialect> {
    exceptions::table.filter(on(days)).into_boxed()
}

/// The exceptions of this service.
pub struct Exceptions;

impl exception::Exceptions for Exceptions {
    fn in_force(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], days: Days) -> Result<bool> {
        if subjects.is_empty() {
            return Ok(false);
        }
        let covering = in_force(days).filter(exceptions::kind.eq(kind)).filter(exceptions::subject_id.eq_any(subjects.to_vec()));
        Ok(select(exists(covering)).get_result(check.connection)?)
    }

    fn suffices(&self, check: &mut Check<'_>, kind: ExceptionKind, subject: Id, day: Date) -> Result<bool> {
        let covering = in_force(Days::on(day)).filter(exceptions::kind.eq(kind)).filter(exceptions::subject_id.eq(subject));
        let levels: Vec<ExceptionLevel> = covering.select(exceptions::level).load(check.connection)?;
        let least = subject_level::of(check, subject)?.map_or(0, ExceptionLevel::rank);
        Ok(levels.into_iter().any(|level| level.rank() >= least))
    }

    fn covered(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], day: Date) -> Result<HashMap<Id, Cover>> {
        let mut covered: HashMap<Id, Cover> = HashMap::new();
        for chunk in subjects.chunks(CHUNK) {
            let given: Vec<(Id, bool, Date)> = exceptions::table
                .filter(exceptions::state.eq_any(GIVEN))
                .filter(exceptions::kind.eq(kind).and(exceptions::subject_id.eq_any(chunk)))
                .select((exceptions::subject_id, on(Days::on(day)), exceptions::expires_on))
                .load(check.connection)?;
            for (subject, holds, until) in given {
                let cover = covered.entry(subject).or_insert(Cover { in_force: false, until });
                cover.in_force |= holds;
                cover.until = cover.until.max(until);
            }
        }
        Ok(covered)
    }

    fn covered_days(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id]) -> Result<HashMap<Id, Vec<Days>>> {
        let mut covered: HashMap<Id, Vec<Days>> = HashMap::new();
        for chunk in subjects.chunks(CHUNK) {
            let given: Vec<(Id, Id, Date, Date)> = exceptions::table
                .filter(exceptions::state.eq_any(GIVEN))
                .filter(exceptions::kind.eq(kind).and(exceptions::subject_id.eq_any(chunk)))
                .order(exceptions::id)
                .select((exceptions::subject_id, exceptions::id, exceptions::starts_on, exceptions::expires_on))
                .load(check.connection)?;
            let revoked = revoked_on(check, &given.iter().map(|(_, id, ..)| *id).collect::<Vec<_>>())?;
            for (subject, id, first, expires_on) in given {
                let last = revoked.get(&id).map_or(expires_on, |on| expires_on.min(on.earlier(1)));
                if first <= last {
                    covered.entry(subject).or_default().push(Days { first, last });
                }
            }
        }
        Ok(covered)
    }
}

/// The day on which each of some exceptions was revoked.
fn revoked_on(check: &mut Check<'_>, ids: &[Id]) -> Result<HashMap<Id, Date>> {
    let moves = revisions::table.filter(revisions::action.eq("revoke").and(revisions::resource_id.eq_any(ids)));
    let rows: Vec<(Id, Instant)> = moves.select((revisions::resource_id, revisions::at)).load(check.connection)?;
    Ok(rows.into_iter().map(|(id, at)| (id, at.date())).collect())
}
