//! The tables that the portable migrations make, as a migrated SQLite database has them.

use crate::database::{Connection, SqlType, Statement};
use crate::error::{Error, Result};
use diesel::sql_types::{BigInt, Text};

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: SqlType,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it is of the primary key.
    pub in_key: bool,
}

/// The names of the tables, in order.
pub fn names(connection: &mut Connection) -> Result<Vec<String>> {
    let query = Statement::new(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' \
         AND name NOT LIKE 'search\\_%' ESCAPE '\\' ORDER BY name",
    );
    Ok(query.load::<Text, String>(connection)?)
}

/// The columns of a table, in order.
pub fn columns(connection: &mut Connection, table: &str) -> Result<Vec<Column>> {
    let query = Statement::new("SELECT name, lower(type), \"notnull\", pk FROM pragma_table_info(").with(table.to_owned(), ") ORDER BY cid");
    let rows = query.load::<(Text, Text, BigInt, BigInt), (String, String, i64, i64)>(connection)?;
    let column = |(name, portable, not_null, key): (String, String, i64, i64)| {
        let kind = kind(&portable).ok_or_else(|| Error::broken(format!("{table}.{name} has a type that is not portable: {portable}")))?;
        Ok(Column { name, kind, nullable: not_null == 0 && key == 0, in_key: key > 0 })
    };
    rows.into_iter().map(column).collect()
}

/// What a portable type holds.
fn kind(portable: &str) -> Option<SqlType> {
    Some(match portable {
        "uuid" => SqlType::Id,
        "text" => SqlType::Text,
        "bigint" => SqlType::Integer,
        "double precision" => SqlType::Real,
        "boolean" => SqlType::Bool,
        "date" => SqlType::Date,
        "timestamptz" => SqlType::Instant,
        "jsonb" => SqlType::Doc,
        "bytea" => SqlType::Bytes,
        _ => return None,
    })
}
