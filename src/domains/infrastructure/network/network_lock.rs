//! A lock that rules of networks take on a record inside their checks, where its id is not a field of what is written.

use diesel::prelude::*;
use steward_core::database::Connection;
use steward_core::database::expression::locked;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_schema::service::registry;

/// Holds a record until the end of the transaction. SQLite has one writer and needs none.
pub fn hold(connection: &mut Connection, id: Id) -> Result<()> {
    if connection.is_postgres() {
        locked(registry::table.find(id).select(registry::id)).load::<Id>(connection)?;
    }
    Ok(())
}
