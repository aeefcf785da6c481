//! What contributes to what: a key result to its objective, an objective to the one above it, and by alignment many things
//! to either.

use crate::database::Statement;
use crate::error::{Problem, Result};
use crate::resource::{Check, Id, Lock};

/// What whoever adds a contribution takes, so that no two close a circle together.
pub(super) fn lock() -> Lock {
    Lock::Named("strategy contributions".into())
}

/// Refuses a contribution that would close a circle (409): what it goes to contributes to where it comes from already.
pub(super) fn require_no_circle(check: &mut Check<'_>, pointer: &str, from: Id, to: Id) -> Result<()> {
    let seed = if check.connection.is_postgres() { " AS uuid) UNION " } else { " AS blob) UNION " };
    let mut query = Statement::new("WITH RECURSIVE served(id) AS (SELECT CAST(").with(to, seed);
    query.push(
        "SELECT e.to_id FROM served JOIN (SELECT from_id, to_id FROM alignments UNION ALL SELECT id, objective_id FROM key_results \
         UNION ALL SELECT id, parent_id FROM objectives WHERE parent_id IS NOT NULL) e ON e.from_id = served.id) SELECT 1 FROM served WHERE id = ",
    );
    query.bind(from).push(" LIMIT 1");
    if check.finds(query)? {
        let detail = "It contributes to this one already, itself or through others. Turn the contribution round or take the other one away.";
        return Err(Problem::conflict(pointer, "circle", detail).into());
    }
    Ok(())
}
