//! A lock that rules of networks take on a record inside their checks, where its id is not a field of what is written.

use crate::database::Connection;
use crate::database::expression::locked;
use crate::error::Result;
use crate::resource::Id;
use diesel::prelude::*;
use steward_schema::service::registry;

/// Holds a record until the end of the transaction. SQLite has one writer and needs none.
pub fn hold(connection: &mut Connection, id: Id) -> Result<()> {
    if connection.is_postgres() {
        locked(registry::table.find(id).select(registry::id)).load::<Id>(connection)?;
    }
    Ok(())
}
