//! A lock that rules of networks take on a record inside their checks, where its id is not a field of what is written.

use crate::database::{Connection, Statement};
use crate::error::Result;
use crate::resource::Id;

/// Holds a record until the end of the transaction. SQLite has one writer and needs none.
pub(super) fn hold(connection: &mut Connection, id: Id) -> Result<()> {
    if connection.is_postgres() {
        Statement::new("SELECT 1 FROM registry WHERE id = ").with(id, " FOR UPDATE").execute(connection)?;
    }
    Ok(())
}
