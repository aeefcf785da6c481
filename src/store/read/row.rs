//! One row by its id, as a record.

use crate::database::{Connection, Statement};
use crate::error::Result;
use crate::resource::{Id, ResourceType, Stored};

/// Loads a row of a definition by its id, narrowed, and on PostgreSQL locked if it is to be written.
pub(in crate::store) fn load(
    connection: &mut Connection,
    definition: &'static ResourceType,
    id: Id,
    narrowed: Option<Statement>,
    lock: bool,
) -> Result<Option<Stored>> {
    let mut query = Statement::new(format!("SELECT {} FROM {} WHERE id = ", definition.columns, definition.table)).with(id, "");
    if let Some(narrowed) = narrowed {
        query.push(" AND ").append(narrowed);
    }
    if lock && connection.is_postgres() {
        query.push(" FOR UPDATE");
    }
    Ok((definition.rows.load)(&query, connection)?.pop())
}
