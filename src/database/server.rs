//! What a PostgreSQL server says of itself, for whoever sets it up.

use super::connection::Connection;
use super::sql_value::{SqlType, SqlValue};
use super::statement::Statement;
use crate::resource::value::Instant;

/// What is to be known of a server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its version.
    pub version: String,
    /// The encoding of the database.
    pub encoding: String,
    /// How many connections it takes, those for its administrators aside.
    pub connections: i64,
    /// Whether this role may make tables in the database.
    pub may_create: bool,
    /// What time it is there.
    pub now: Instant,
}

/// Asks a server; none where there is none.
pub fn server(connection: &mut Connection) -> Result<Option<Server>, String> {
    if !connection.is_postgres() {
        return Ok(None);
    }
    let query = Statement::new(
        "SELECT current_setting('server_version'), current_setting('server_encoding'), \
         CAST(current_setting('max_connections') AS bigint) - CAST(current_setting('superuser_reserved_connections') AS bigint), \
         has_schema_privilege(current_schema(), 'CREATE'), clock_timestamp()",
    );
    let kinds = [SqlType::Text, SqlType::Text, SqlType::Integer, SqlType::Bool, SqlType::Instant];
    let row = query.first(connection, &kinds).map_err(|error| error.to_string())?;
    Ok(row.and_then(|row| match <[SqlValue; 5]>::try_from(row) {
        Ok([SqlValue::Text(version), SqlValue::Text(encoding), SqlValue::Integer(connections), may_create, SqlValue::Instant(now)]) => {
            Some(Server { version, encoding, connections, may_create: may_create.is_true(), now })
        }
        _ => None,
    }))
}

/// Number of tables in a database.
pub fn tables(connection: &mut Connection) -> Result<i64, String> {
    let query = match connection.is_postgres() {
        true => Statement::new("SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema()"),
        false => Statement::new("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'"),
    };
    let row = query.first(connection, &[SqlType::Integer]).map_err(|error| error.to_string())?;
    Ok(row.and_then(|row| row.first().and_then(SqlValue::as_integer)).unwrap_or_default())
}
