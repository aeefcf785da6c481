//! The second person that an override needs.

use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::service::revisions;

/// What is missing if the mover, as a person, is one of those who wrote the record, or the one whom it names as its author.
pub fn require(check: &mut Check<'_>, named: Option<Id>, detail: &str) -> Result<Vec<UnmetGuard>> {
    let mine = person_of(check.connection, check.actor)?;
    if mine.is_some() && mine == named {
        return Ok(vec![UnmetGuard::new("/assessor_id", "four_eyes", detail)]);
    }
    let authors: Vec<Id> = revisions::table.filter(revisions::resource_id.eq(check.id)).select(revisions::actor_id).distinct().load(check.connection)?;
    for author in authors {
        if author == check.actor || (mine.is_some() && mine == person_of(check.connection, author)?) {
            return Ok(vec![UnmetGuard::new("", "four_eyes", detail)]);
        }
    }
    Ok(Vec::new())
}
