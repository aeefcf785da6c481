//! Which exceptions are in force: judged by their days, never by whether they were marked as active or expired yet.

use crate::database::{CHUNK, Cell, Kind, Statement};
use crate::error::Result;
use crate::ports::exception::{self, Cover, Days, ExceptionKind};
use crate::resource::value::Date;
use crate::resource::{Check, Id};
use std::collections::HashMap;

/// The condition that an exception is in force on all of some days.
pub(super) fn on(days: Days) -> Statement {
    Statement::new("state IN ('approved', 'active') AND starts_on <= ").with(days.first, " AND expires_on >= ").with(days.last, "")
}

/// The exceptions of this house.
pub struct Exceptions;

impl exception::Exceptions for Exceptions {
    fn in_force(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], days: Days) -> Result<bool> {
        if subjects.is_empty() {
            return Ok(false);
        }
        let mut query = Statement::new("SELECT 1 FROM exceptions WHERE kind = ");
        query.bind(kind.word()).push(" AND ").append(on(days));
        query.push(" AND subject_id IN (").bind_all(subjects.iter().map(|id| Cell::Id(*id))).push(") LIMIT 1");
        check.finds(query.once())
    }

    fn covered(&self, check: &mut Check<'_>, kind: ExceptionKind, subjects: &[Id], day: Date) -> Result<HashMap<Id, Cover>> {
        let mut covered: HashMap<Id, Cover> = HashMap::new();
        for chunk in subjects.chunks(CHUNK) {
            let mut query = Statement::new("SELECT subject_id, CASE WHEN ");
            query.append(on(Days::on(day))).push(" THEN CAST(1 AS bigint) ELSE 0 END, expires_on FROM exceptions");
            query.push(" WHERE state IN ('approved', 'active', 'expired', 'revoked') AND kind = ").bind(kind.word());
            query.push(" AND subject_id IN (").bind_all(chunk.iter().map(|id| Cell::Id(*id))).push(")");
            for row in query.once().rows(check.connection, &[Kind::Id, Kind::Integer, Kind::Date])? {
                let [subject, holds, until] = row.as_slice() else { continue };
                let (Some(subject), Some(until)) = (subject.as_id(), until.as_date()) else { continue };
                let cover = covered.entry(subject).or_insert(Cover { in_force: false, until });
                cover.in_force |= holds.as_integer() == Some(1);
                cover.until = cover.until.max(until);
            }
        }
        Ok(covered)
    }
}
