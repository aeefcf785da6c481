//! The rules of outages, whether of a service or of a component: one that has ended is evidence, and a wrong one is voided.

use steward_core::error::{Problem, Result};
use steward_core::resource::value::Instant;
use steward_core::resource::{Guard, Lifecycle, StateException};

/// The conditions of the moves.
pub const GUARDS: &[Guard] = &[Guard::set(&["ended"], &["ended_at"]), Guard::set(&["voided"], &["void_reason"])];
/// The states in which all fields may change.
pub const EDITABLE_IN: &[&str] = &["open"];
/// The fields that may change beside that.
pub const STATE_EXCEPTIONS: &[StateException] =
    &[StateException::editable(&["ended"], &["void_reason"], "An outage that was recorded wrongly is voided, with the reason, and recorded anew.")];

/// The lifecycle.
pub fn lifecycle() -> Lifecycle {
    Lifecycle::new("open→ended:end→voided:void; open→voided").given_up(&["voided"]).settled(&["ended"])
}

/// Refuses to take back that an outage has ended (409).
pub fn require_still_ended(had_ended: bool, ended_at: Option<Instant>) -> Result<()> {
    if had_ended && ended_at.is_none() {
        return Err(evidence("Correct the time of its end, or void it with the reason."));
    }
    Ok(())
}

/// Refuses to delete an outage that has ended (409).
pub fn require_lasting(ended_at: Option<Instant>) -> Result<()> {
    if ended_at.is_some() {
        return Err(evidence("Void it instead, with the reason."));
    }
    Ok(())
}

fn evidence(remedy: &str) -> steward_core::error::Error {
    Problem::conflict("/ended_at", "ended", format!("The outage has ended and is evidence of availability. {remedy}")).into()
}
