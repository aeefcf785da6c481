//! One value as a database gave it, before it is decoded by type.

use super::sql_value::SqlValue;
use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;

/// One value that is not null, as the database gave it.
pub enum RawValue<'a> {
    /// From SQLite.
    Sqlite(<Sqlite as Backend>::RawValue<'a>),
    /// From PostgreSQL.
    Postgres(<Pg as Backend>::RawValue<'a>),
    /// A value that was read before.
    SqlValue(&'a SqlValue),
}

/// A value of another kind than the schema says.
#[cold]
pub fn unlike(cell: &SqlValue, expected: &str) -> Box<dyn std::error::Error + Send + Sync> {
    // Never the value itself: it may be private, and this goes to the log.
    format!("a value of the kind {:?} where {expected} was expected", std::mem::discriminant(cell)).into()
}
