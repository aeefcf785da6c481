//! One value on its way into or out of a database, in words that both share.

use crate::resource::value::{Date, Id, Instant};
use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::deserialize::FromSql;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{BigInt, Binary, Bool, Double, HasSqlType, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::sqlite::Sqlite;
use serde_json::Value;

/// Type of a column, in words that both databases share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SqlType {
    /// `uuid`; 16 bytes on SQLite.
    Id,
    /// `text`.
    Text,
    /// `bigint`.
    Integer,
    /// `double precision`: measurements, never money.
    Real,
    /// `boolean`.
    Bool,
    /// `date`; ISO 8601 text on SQLite.
    Date,
    /// `timestamptz` in microseconds; RFC 3339 text of fixed width on SQLite.
    Instant,
    /// `jsonb`; text on SQLite.
    Doc,
    /// `bytea`; a blob on SQLite.
    Bytes,
}

/// One value on its way into or out of a database.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum SqlValue {
    Null(SqlType),
    Id(Id),
    Text(String),
    Integer(i64),
    Real(f64),
    Bool(bool),
    Date(Date),
    Instant(Instant),
    Doc(Doc),
    Bytes(Vec<u8>),
}

impl SqlValue {
    /// The id, if it is one.
    pub fn as_id(&self) -> Option<Id> {
        if let SqlValue::Id(id) = self { Some(*id) } else { None }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let SqlValue::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let SqlValue::Integer(number) = self { Some(*number) } else { None }
    }

    /// True if it is the truth value true.
    pub fn is_true(&self) -> bool {
        matches!(self, SqlValue::Bool(true))
    }

    /// The bytes, if that is what it holds.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        if let SqlValue::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// True for SQL null.
    pub fn is_null(&self) -> bool {
        matches!(self, SqlValue::Null(_))
    }

    /// The date, if it is one.
    pub fn as_date(&self) -> Option<Date> {
        if let SqlValue::Date(date) = self { Some(*date) } else { None }
    }

    /// The instant, if it is one.
    pub fn as_instant(&self) -> Option<Instant> {
        if let SqlValue::Instant(instant) = self { Some(*instant) } else { None }
    }
}

/// The cells of one row, in the order that was asked for.
pub type Row = Vec<SqlValue>;

impl SqlValue {
    pub(super) fn from_sqlite(value: <Sqlite as Backend>::RawValue<'_>, kind: SqlType) -> diesel::deserialize::Result<SqlValue> {
        Ok(match kind {
            SqlType::Id => {
                let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                SqlValue::Id(Id(uuid::Uuid::from_slice(&bytes)?))
            }
            SqlType::Text => SqlValue::Text(FromSql::<Text, Sqlite>::from_sql(value)?),
            SqlType::Integer => SqlValue::Integer(FromSql::<BigInt, Sqlite>::from_sql(value)?),
            SqlType::Real => SqlValue::Real(FromSql::<Double, Sqlite>::from_sql(value)?),
            SqlType::Bool => SqlValue::Bool(FromSql::<Bool, Sqlite>::from_sql(value)?),
            SqlType::Date => SqlValue::Date(Date(FromSql::<diesel::sql_types::Date, Sqlite>::from_sql(value)?)),
            SqlType::Instant => {
                let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
                SqlValue::Instant(Instant(chrono::DateTime::parse_from_rfc3339(&text)?.to_utc()))
            }
            SqlType::Doc => {
                let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
                SqlValue::Doc(Doc(serde_json::from_str(&text)?))
            }
            SqlType::Bytes => SqlValue::Bytes(FromSql::<Binary, Sqlite>::from_sql(value)?),
        })
    }

    pub(super) fn from_postgres(value: <Pg as Backend>::RawValue<'_>, kind: SqlType) -> diesel::deserialize::Result<SqlValue> {
        Ok(match kind {
            SqlType::Id => SqlValue::Id(Id(FromSql::<SqlUuid, Pg>::from_sql(value)?)),
            SqlType::Text => SqlValue::Text(FromSql::<Text, Pg>::from_sql(value)?),
            SqlType::Integer => SqlValue::Integer(FromSql::<BigInt, Pg>::from_sql(value)?),
            SqlType::Real => SqlValue::Real(FromSql::<Double, Pg>::from_sql(value)?),
            SqlType::Bool => SqlValue::Bool(FromSql::<Bool, Pg>::from_sql(value)?),
            SqlType::Date => SqlValue::Date(Date(FromSql::<diesel::sql_types::Date, Pg>::from_sql(value)?)),
            SqlType::Instant => SqlValue::Instant(Instant(FromSql::<Timestamptz, Pg>::from_sql(value)?)),
            SqlType::Doc => SqlValue::Doc(Doc(FromSql::<Jsonb, Pg>::from_sql(value)?)),
            SqlType::Bytes => SqlValue::Bytes(FromSql::<Binary, Pg>::from_sql(value)?),
        })
    }

    pub(super) fn bind_sqlite<'b>(&'b self, pass: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        match self {
            SqlValue::Null(_) => pass.push_bind_param::<Nullable<Text>, Option<String>>(&None),
            SqlValue::Id(id) => pass.push_bind_param::<Binary, [u8]>(id.0.as_bytes().as_slice()),
            SqlValue::Text(text) => pass.push_bind_param::<Text, str>(text),
            SqlValue::Integer(number) => pass.push_bind_param::<BigInt, _>(number),
            SqlValue::Real(number) => pass.push_bind_param::<Double, _>(number),
            SqlValue::Bool(truth) => pass.push_bind_param::<Bool, _>(truth),
            SqlValue::Date(date) => pass.push_bind_param::<diesel::sql_types::Date, _>(&date.0),
            SqlValue::Instant(instant) => pass.push_bind_param::<Text, Instant>(instant),
            SqlValue::Doc(document) => pass.push_bind_param::<Text, Doc>(document),
            SqlValue::Bytes(bytes) => pass.push_bind_param::<Binary, [u8]>(bytes.as_slice()),
        }
    }

    pub(super) fn bind_postgres<'b>(&'b self, pass: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        fn null<'b, T>(pass: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>
        where
            T: diesel::sql_types::SqlType<IsNull = diesel::sql_types::is_nullable::NotNull> + 'static,
            Pg: HasSqlType<T>,
            Option<NeverBound>: diesel::serialize::ToSql<Nullable<T>, Pg>,
        {
            const NONE: &Option<NeverBound> = &None;
            pass.push_bind_param::<Nullable<T>, Option<NeverBound>>(NONE)
        }
        match self {
            SqlValue::Null(SqlType::Id) => null::<SqlUuid>(pass),
            SqlValue::Null(SqlType::Text) => null::<Text>(pass),
            SqlValue::Null(SqlType::Integer) => null::<BigInt>(pass),
            SqlValue::Null(SqlType::Real) => null::<Double>(pass),
            SqlValue::Null(SqlType::Bool) => null::<Bool>(pass),
            SqlValue::Null(SqlType::Date) => null::<diesel::sql_types::Date>(pass),
            SqlValue::Null(SqlType::Instant) => null::<Timestamptz>(pass),
            SqlValue::Null(SqlType::Doc) => null::<Jsonb>(pass),
            SqlValue::Null(SqlType::Bytes) => null::<Binary>(pass),
            SqlValue::Id(id) => pass.push_bind_param::<SqlUuid, _>(&id.0),
            SqlValue::Text(text) => pass.push_bind_param::<Text, str>(text),
            SqlValue::Integer(number) => pass.push_bind_param::<BigInt, _>(number),
            SqlValue::Real(number) => pass.push_bind_param::<Double, _>(number),
            SqlValue::Bool(truth) => pass.push_bind_param::<Bool, _>(truth),
            SqlValue::Date(date) => pass.push_bind_param::<diesel::sql_types::Date, _>(&date.0),
            SqlValue::Instant(instant) => pass.push_bind_param::<Timestamptz, _>(&instant.0),
            SqlValue::Doc(document) => pass.push_bind_param::<Jsonb, Value>(&document.0),
            SqlValue::Bytes(bytes) => pass.push_bind_param::<Binary, [u8]>(bytes.as_slice()),
        }
    }
}

/// A value of any type that is never there: only its null is bound.
#[derive(Debug)]
enum NeverBound {}

impl<T> diesel::serialize::ToSql<T, Pg> for NeverBound {
    fn to_sql<'b>(&'b self, _: &mut diesel::serialize::Output<'b, '_, Pg>) -> diesel::serialize::Result {
        match *self {}
    }
}

/// A JSON document: `jsonb` on PostgreSQL, text on SQLite.
#[derive(Debug, Clone, PartialEq)]
pub struct Doc(pub Value);

impl diesel::serialize::ToSql<Text, Sqlite> for Doc {
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
        out.set_value(self.0.to_string());
        Ok(diesel::serialize::IsNull::No)
    }
}

impl diesel::serialize::ToSql<Text, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, Sqlite>) -> diesel::serialize::Result {
        out.set_value(self.to_string());
        Ok(diesel::serialize::IsNull::No)
    }
}

macro_rules! cell_from {
    ($($from:ty => $variant:ident ($value:ident) $to:expr;)*) => {
        $(impl From<$from> for SqlValue { fn from($value: $from) -> SqlValue { SqlValue::$variant($to) } })*
    };
}

cell_from! {
    Id => Id(value) value;
    String => Text(value) value;
    &str => Text(value) value.to_owned();
    i64 => Integer(value) value;
    f64 => Real(value) value;
    bool => Bool(value) value;
    Date => Date(value) value;
    Instant => Instant(value) value;
    Value => Doc(value) Doc(value);
    Vec<u8> => Bytes(value) value;
}
