//! The jobs that wait and those that are being done.

use crate::database::Connection;
use crate::error::Result;
use crate::resource::value::Instant;
use diesel::dsl::min;
use diesel::prelude::*;
use steward_schema::service::jobs;

/// How many jobs there are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Number of jobs that are due and that no worker has.
    pub waiting: i64,
    /// Number of jobs that a worker has.
    pub running: i64,
    /// Seconds for which the oldest of those that wait has been due; 0 if none waits.
    pub oldest_seconds: i64,
}

impl Backlog {
    /// What waits at a moment.
    pub fn at(connection: &mut Connection, now: Instant) -> Result<Self> {
        let leased = jobs::leased_until.is_not_null().and(jobs::leased_until.assume_not_null().gt(now));
        let free = jobs::leased_until.is_null().or(jobs::leased_until.assume_not_null().le(now));
        let due = jobs::table.filter(jobs::run_at.le(now)).filter(free);
        let oldest: Option<Instant> = due.select(min(jobs::run_at)).get_result(connection)?;
        Ok(Backlog {
            waiting: due.count().get_result(connection)?,
            running: jobs::table.filter(leased).count().get_result(connection)?,
            oldest_seconds: oldest.map_or(0, |oldest| (now.0 - oldest.0).num_seconds().max(0)),
        })
    }
}
