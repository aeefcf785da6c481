//! The plain values on their way into and out of either database.

use super::dialect::Dialect;
use super::raw::{RawValue, unlike};
use super::sql_value::{Doc, SqlType, SqlValue};
use crate::resource::value::{Date, Id, Instant};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::deserialize::{self, FromSql};
use diesel::pg::Pg;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{self, BigInt, Binary, Bool, Double, HasSqlType, Jsonb, Text, Timestamptz, Uuid};
use diesel::sqlite::Sqlite;
use serde_json::Value;

macro_rules! written {
    ($($Rust:ty, $Sql:ty: $value:ident => $cell:expr;)*) => {
        $(
            impl ToSql<$Sql, Dialect> for $Rust {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Dialect>) -> serialize::Result {
                    let $value = self;
                    out.set_value($cell);
                    Ok(IsNull::No)
                }
            }
        )*
    };
}

written! {
    i64, BigInt: value => SqlValue::Integer(*value);
    f64, Double: value => SqlValue::Real(*value);
    bool, Bool: value => SqlValue::Bool(*value);
    str, Text: value => SqlValue::Text(value.to_owned());
    [u8], Binary: value => SqlValue::Bytes(value.to_owned());
    Id, Uuid: value => SqlValue::Id(*value);
    Date, sql_types::Date: value => SqlValue::Date(*value);
    Instant, Timestamptz: value => SqlValue::Instant(*value);
    Value, Jsonb: value => SqlValue::Doc(Doc(value.clone()));
    SqlValue, Any: value => value.clone();
}

macro_rules! read_alike {
    ($($Rust:ty, $Sql:ty: $SqlValue:ident($found:ident) => $from:expr;)*) => {
        $(
            impl FromSql<$Sql, Dialect> for $Rust {
                fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
                    match raw {
                        RawValue::Sqlite(value) => FromSql::<$Sql, Sqlite>::from_sql(value),
                        RawValue::Postgres(value) => FromSql::<$Sql, Pg>::from_sql(value),
                        RawValue::SqlValue(SqlValue::$SqlValue($found)) => Ok($from),
                        RawValue::SqlValue(other) => Err(unlike(other, stringify!($SqlValue))),
                    }
                }
            }
        )*
    };
}

read_alike! {
    i64, BigInt: Integer(found) => *found;
    f64, Double: Real(found) => *found;
    bool, Bool: Bool(found) => *found;
    String, Text: Text(found) => found.clone();
    Vec<u8>, Binary: Bytes(found) => found.clone();
}

impl FromSql<Uuid, Dialect> for Id {
    fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
        match raw {
            RawValue::Sqlite(mut value) => Ok(Id(uuid::Uuid::from_slice(value.read_blob())?)),
            RawValue::Postgres(value) => Ok(Id(FromSql::<Uuid, Pg>::from_sql(value)?)),
            RawValue::SqlValue(SqlValue::Id(found)) => Ok(*found),
            RawValue::SqlValue(other) => Err(unlike(other, "Id")),
        }
    }
}

impl FromSql<sql_types::Date, Dialect> for Date {
    fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
        let read = match raw {
            RawValue::Sqlite(value) => <NaiveDate as FromSql<sql_types::Date, Sqlite>>::from_sql(value)?,
            RawValue::Postgres(value) => FromSql::<sql_types::Date, Pg>::from_sql(value)?,
            RawValue::SqlValue(SqlValue::Date(found)) => return Ok(*found),
            RawValue::SqlValue(other) => return Err(unlike(other, "Date")),
        };
        Ok(Date(read))
    }
}

impl FromSql<Timestamptz, Dialect> for Instant {
    fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
        match raw {
            RawValue::Sqlite(mut value) => Ok(Instant(DateTime::parse_from_rfc3339(value.read_text())?.to_utc())),
            RawValue::Postgres(value) => Ok(Instant(<DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value)?)),
            RawValue::SqlValue(SqlValue::Instant(found)) => Ok(*found),
            RawValue::SqlValue(other) => Err(unlike(other, "Instant")),
        }
    }
}

impl FromSql<Jsonb, Dialect> for Value {
    fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
        match raw {
            RawValue::Sqlite(mut value) => Ok(serde_json::from_str(value.read_text())?),
            RawValue::Postgres(value) => FromSql::<Jsonb, Pg>::from_sql(value),
            RawValue::SqlValue(SqlValue::Doc(found)) => Ok(found.0.clone()),
            RawValue::SqlValue(other) => Err(unlike(other, "Doc")),
        }
    }
}

/// Any value, bound as what it is.
#[derive(Debug, Clone, Copy, sql_types::SqlType, QueryId)]
pub struct Any;

impl HasSqlType<Any> for Dialect {
    fn metadata(_: &mut ()) -> SqlType {
        SqlType::Text
    }
}
