//! Edges: every reference of every record as a row, so that what belongs together is found whatever its kind.

use crate::database::{Compiled, Connection, Dialect};
use crate::error::Result;
use crate::resource::Id;
use diesel::prelude::*;
use steward_schema::service::edges;

/// What the fields of edges begin with that stand for custom fields.
pub const CUSTOM: &str = "custom.";

/// The edges of a record as they are to be written: `(field, target)` for each reference that is set; none if none is.
pub fn put(dialect: Dialect, from: Id, references: &[(&'static str, Id)]) -> Result<Option<Compiled>> {
    if references.is_empty() {
        return Ok(None);
    }
    let rows: Vec<_> = references.iter().map(|(field, to)| (edges::from_id.eq(from), edges::field.eq(*field), edges::to_id.eq(*to))).collect();
    Ok(Some(Compiled::of(&diesel::insert_into(edges::table).values(rows), dialect)?))
}

/// What a reference of a record leads to.
pub fn target(connection: &mut Connection, from: Id, field: &str) -> Result<Option<Id>> {
    let found = edges::table.filter(edges::from_id.eq(from).and(edges::field.eq(field))).select(edges::to_id);
    Ok(found.first(connection).optional()?)
}

/// Removes the edges of a record, those of custom fields aside.
pub fn remove_own(connection: &mut Connection, from: Id) -> Result<()> {
    let own = edges::table.filter(edges::from_id.eq(from)).filter(edges::field.not_like(format!("{CUSTOM}%")));
    diesel::delete(own).execute(connection)?;
    Ok(())
}

/// Adds the edge of a custom field.
pub fn add_custom(connection: &mut Connection, from: Id, code: &str, to: Id) -> Result<()> {
    let row = (edges::from_id.eq(from), edges::field.eq(format!("{CUSTOM}{code}")), edges::to_id.eq(to));
    diesel::insert_into(edges::table).values(row).execute(connection)?;
    Ok(())
}

/// Removes the edges of a record's custom fields.
pub fn remove_customs(connection: &mut Connection, from: Id) -> Result<()> {
    let customs = edges::table.filter(edges::from_id.eq(from)).filter(edges::field.like(format!("{CUSTOM}%")));
    diesel::delete(customs).execute(connection)?;
    Ok(())
}

/// Removes the edges that start at a record.
pub fn remove(connection: &mut Connection, from: Id) -> Result<()> {
    diesel::delete(edges::table.filter(edges::from_id.eq(from))).execute(connection)?;
    Ok(())
}
