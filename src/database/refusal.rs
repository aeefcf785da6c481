//! What a client is told when the database does not do what it was asked.

use crate::error::{Kind, Problem};
use std::time::Duration;

/// Longest wait of a request for the database, before it is told that the service is busy.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The member of a problem that says what became of a change.
pub const OUTCOME: &str = "outcome";

/// The database is busy or away (503).
pub fn busy() -> Problem {
    Problem::new(Kind::Unavailable, "The database is busy or away. Nothing was changed; try again in a moment.").header("Retry-After", "1")
}

/// The database went away between a commit and its answer (503): what became of the change, only the data can tell.
pub fn outcome_unknown() -> Problem {
    let detail = "The database went away while the change was being committed: it may have been made, or not. Look for it before you send it again; with the Idempotency-Key of this request, sending it again is safe.";
    Problem::new(Kind::Unavailable, detail).with(OUTCOME, "unknown".into()).header("Retry-After", "1")
}

/// The disk is full (503).
pub fn no_room() -> Problem {
    let detail = "The disk of the database is full. Nothing was changed; reading goes on. Whoever runs the service must make room, then try again.";
    Problem::new(Kind::Unavailable, detail).header("Retry-After", "30")
}
