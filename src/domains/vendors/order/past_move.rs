//! Moves that a record has made, whatever state it is in now.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::Check;
use steward_schema::service::revisions;

/// True if the record has ever made one of these moves.
pub fn has_made(check: &mut Check<'_>, moves: &'static [&'static str]) -> Result<bool> {
    let made = revisions::table.filter(revisions::resource_id.eq(check.id).and(revisions::action.eq_any(moves)));
    Ok(select(exists(made)).get_result(check.connection)?)
}
