//! What a read may cost before it is stopped.

use super::connection::Connection;
use crate::error::{Error, Kind, Problem, Result};
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use std::time::{Duration, Instant};

/// Longest duration of a read.
pub const LONGEST: Duration = Duration::from_secs(20);
/// Greatest number of steps of SQLite's machine for a read: about as many as it makes in that time.
const MOST_STEPS: u64 = 1_000_000_000;
/// The same for a list: some 200,000 rows that are looked at.
const LIST_STEPS: u64 = 6_000_000;
/// Longest duration of a list.
const LIST_TIME: Duration = Duration::from_secs(3);

/// Longest duration of the reads of a transaction on SQLite that has others wait for its end.
const BESIDE_WRITES: Duration = Duration::from_secs(2);

/// The limit of any read on SQLite, from now on.
pub(super) fn any_read() -> steward_sqlite_limit::Limit {
    steward_sqlite_limit::Limit { steps: MOST_STEPS, until: Instant::now() + LONGEST }
}

impl Connection {
    /// Runs the statements of a list whose rows no index finds or sorts: they are stopped once they cost more than a list may, and the
    /// answer is then `None`. It is for the end of a read, since PostgreSQL ends the transaction too.
    pub fn within_a_list<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<Option<T>> {
        let outcome = match self {
            Connection::Sqlite(_) => {
                let limit = steward_sqlite_limit::Limit { steps: LIST_STEPS, until: Instant::now() + LIST_TIME };
                steward_sqlite_limit::limited(limit, || work(self))
            }
            Connection::Postgres(_) => self.batch_execute("SET LOCAL statement_timeout = '3s'").map_err(Error::from).and_then(|()| {
                let outcome = work(self)?;
                self.batch_execute("SET LOCAL statement_timeout = '20s'")?;
                Ok(outcome)
            }),
        };
        match outcome {
            Err(Error::Database(error)) if was_stopped(&error) => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Runs the reads of a transaction that writes: on SQLite, where nobody else writes meanwhile, they are stopped after two seconds (503);
    /// on PostgreSQL, where others go on, each of them has the limit of any read.
    pub fn within_a_write<T>(&mut self, work: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        if self.is_postgres() {
            return work(self);
        }
        let limit = steward_sqlite_limit::Limit { steps: MOST_STEPS, until: Instant::now() + BESIDE_WRITES };
        match steward_sqlite_limit::limited(limit, || work(self)) {
            Err(Error::Database(error)) if was_stopped(&error) => Err(too_long_beside_writes().into()),
            outcome => outcome,
        }
    }
}

/// Refusal of reads that kept others from writing for too long (503).
fn too_long_beside_writes() -> Problem {
    let seconds = BESIDE_WRITES.as_secs();
    let detail = format!(
        "The figures took longer than {seconds} seconds, in which nobody else can write, and were stopped. Ask for fewer of them, or again when the service has less to do."
    );
    Problem::new(Kind::Unavailable, detail).header("Retry-After", "10")
}

/// What the client of a read that took too long is told (503).
pub(super) fn too_long() -> Problem {
    let detail =
        format!("Reading this took longer than {} seconds and was stopped. Ask for less of it, or again when the service has less to do.", LONGEST.as_secs());
    Problem::new(Kind::Unavailable, detail).header("Retry-After", "10")
}

/// True if a statement was ended because it cost too much, or because nobody waits for it any more.
pub(super) fn was_stopped(error: &Diesel) -> bool {
    let Diesel::DatabaseError(DatabaseErrorKind::Unknown, information) = error else { return false };
    matches!(information.message(), "interrupted" | "canceling statement due to statement timeout")
}
