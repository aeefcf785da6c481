//! What contributes to what: a key result to its objective, an objective to the one above it, and by alignment many things
//! to either.

use diesel::prelude::*;
use steward_core::database::Closure;
use steward_core::error::{Problem, Result};
use steward_core::resource::{Check, Id, Lock};
use steward_schema::strategy::{alignments, key_results, objectives};

/// What whoever adds a contribution takes, so that no two close a circle together.
pub fn lock() -> Lock {
    Lock::Named("strategy contributions".into())
}

/// Refuses a contribution that would close a circle (409): what it goes to contributes to where it comes from already.
pub fn require_no_circle(check: &mut Check<'_>, pointer: &str, from: Id, to: Id) -> Result<()> {
    let served = Closure::from_id(to)
        .along(alignments::table.select((alignments::from_id, alignments::to_id)))
        .along(key_results::table.select((key_results::id, key_results::objective_id)))
        .along(objectives::table.select((objectives::id, objectives::parent_id)));
    if served.reaches(from).get_result(check.connection)? {
        let detail = "It contributes to this one already, itself or through others. Turn the contribution round or take the other one away.";
        return Err(Problem::conflict(pointer, "circle", detail).into());
    }
    Ok(())
}
