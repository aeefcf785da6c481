//! The second person that an override needs.

use crate::access::person_of;
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::resource::{Check, Unmet};

/// What is missing if the mover, as a person, is one of those who wrote the record.
pub(super) fn require(check: &mut Check<'_>, detail: &str) -> Result<Vec<Unmet>> {
    let mine = person_of(check.connection, check.actor)?;
    let query = Statement::new("SELECT DISTINCT actor_id FROM revisions WHERE resource_id = ").with(check.id, "");
    for row in query.rows(check.connection, &[Kind::Id])? {
        let Some(author) = row.first().and_then(|cell| cell.as_id()) else { continue };
        if author == check.actor || (mine.is_some() && mine == person_of(check.connection, author)?) {
            return Ok(vec![Unmet::new("", "four_eyes", detail)]);
        }
    }
    Ok(Vec::new())
}
