//! Edges: every reference of every record as a row, so that what belongs together is found whatever its kind.

use crate::database::{Connection, Statement};
use crate::error::Result;
use crate::resource::Id;

/// Writes the edges of a record anew: `(field, target)` for each reference that is set.
pub fn replace(connection: &mut Connection, from: Id, new: bool, references: &[(&'static str, Id)]) -> Result<()> {
    if !new {
        // Those of custom fields are kept apart.
        Statement::new("DELETE FROM edges WHERE field NOT LIKE 'custom.%' AND from_id = ").with(from, "").execute(connection)?;
    }
    if references.is_empty() {
        return Ok(());
    }
    let mut insert = Statement::new("INSERT INTO edges (from_id, field, to_id) VALUES ");
    for (at, (field, to)) in references.iter().enumerate() {
        insert.push(if at == 0 { "(" } else { ", (" }).bind_all([from.into(), (*field).into(), (*to).into()]).push(")");
    }
    insert.execute(connection)?;
    Ok(())
}

/// Removes the edges that start at a record.
pub fn remove(connection: &mut Connection, from: Id) -> Result<()> {
    Statement::new("DELETE FROM edges WHERE from_id = ").with(from, "").execute(connection)?;
    Ok(())
}
