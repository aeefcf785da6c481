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
pub enum Kind {
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
pub enum Cell {
    Null(Kind),
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

impl Cell {
    /// The id, if it is one.
    pub fn as_id(&self) -> Option<Id> {
        if let Cell::Id(id) = self { Some(*id) } else { None }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Cell::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Cell::Integer(number) = self { Some(*number) } else { None }
    }

    /// True if it is the truth value true.
    pub fn is_true(&self) -> bool {
        matches!(self, Cell::Bool(true))
    }

    /// The bytes, if that is what it holds.
    pub fn into_bytes(self) -> Option<Vec<u8>> {
        if let Cell::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    /// True for SQL null.
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null(_))
    }

    /// The date, if it is one.
    pub fn as_date(&self) -> Option<Date> {
        if let Cell::Date(date) = self { Some(*date) } else { None }
    }

    /// The instant, if it is one.
    pub fn as_instant(&self) -> Option<Instant> {
        if let Cell::Instant(instant) = self { Some(*instant) } else { None }
    }
}

/// The cells of one row, in the order that was asked for.
pub type Row = Vec<Cell>;

impl Cell {
    pub(super) fn from_sqlite(value: <Sqlite as Backend>::RawValue<'_>, kind: Kind) -> diesel::deserialize::Result<Cell> {
        Ok(match kind {
            Kind::Id => {
                let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                Cell::Id(Id(uuid::Uuid::from_slice(&bytes)?))
            }
            Kind::Text => Cell::Text(FromSql::<Text, Sqlite>::from_sql(value)?),
            Kind::Integer => Cell::Integer(FromSql::<BigInt, Sqlite>::from_sql(value)?),
            Kind::Real => Cell::Real(FromSql::<Double, Sqlite>::from_sql(value)?),
            Kind::Bool => Cell::Bool(FromSql::<Bool, Sqlite>::from_sql(value)?),
            Kind::Date => Cell::Date(Date(FromSql::<diesel::sql_types::Date, Sqlite>::from_sql(value)?)),
            Kind::Instant => {
                let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
                Cell::Instant(Instant(chrono::DateTime::parse_from_rfc3339(&text)?.to_utc()))
            }
            Kind::Doc => {
                let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
                Cell::Doc(Doc(serde_json::from_str(&text)?))
            }
            Kind::Bytes => Cell::Bytes(FromSql::<Binary, Sqlite>::from_sql(value)?),
        })
    }

    pub(super) fn from_postgres(value: <Pg as Backend>::RawValue<'_>, kind: Kind) -> diesel::deserialize::Result<Cell> {
        Ok(match kind {
            Kind::Id => Cell::Id(Id(FromSql::<SqlUuid, Pg>::from_sql(value)?)),
            Kind::Text => Cell::Text(FromSql::<Text, Pg>::from_sql(value)?),
            Kind::Integer => Cell::Integer(FromSql::<BigInt, Pg>::from_sql(value)?),
            Kind::Real => Cell::Real(FromSql::<Double, Pg>::from_sql(value)?),
            Kind::Bool => Cell::Bool(FromSql::<Bool, Pg>::from_sql(value)?),
            Kind::Date => Cell::Date(Date(FromSql::<diesel::sql_types::Date, Pg>::from_sql(value)?)),
            Kind::Instant => Cell::Instant(Instant(FromSql::<Timestamptz, Pg>::from_sql(value)?)),
            Kind::Doc => Cell::Doc(Doc(FromSql::<Jsonb, Pg>::from_sql(value)?)),
            Kind::Bytes => Cell::Bytes(FromSql::<Binary, Pg>::from_sql(value)?),
        })
    }

    pub(super) fn bind_sqlite<'b>(&'b self, pass: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        match self {
            Cell::Null(_) => pass.push_bind_param::<Nullable<Text>, Option<String>>(&None),
            Cell::Id(id) => pass.push_bind_param::<Binary, [u8]>(id.0.as_bytes().as_slice()),
            Cell::Text(text) => pass.push_bind_param::<Text, str>(text),
            Cell::Integer(number) => pass.push_bind_param::<BigInt, _>(number),
            Cell::Real(number) => pass.push_bind_param::<Double, _>(number),
            Cell::Bool(truth) => pass.push_bind_param::<Bool, _>(truth),
            Cell::Date(date) => pass.push_bind_param::<diesel::sql_types::Date, _>(&date.0),
            Cell::Instant(instant) => pass.push_bind_param::<Text, Instant>(instant),
            Cell::Doc(document) => pass.push_bind_param::<Text, Doc>(document),
            Cell::Bytes(bytes) => pass.push_bind_param::<Binary, [u8]>(bytes.as_slice()),
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
            Cell::Null(Kind::Id) => null::<SqlUuid>(pass),
            Cell::Null(Kind::Text) => null::<Text>(pass),
            Cell::Null(Kind::Integer) => null::<BigInt>(pass),
            Cell::Null(Kind::Real) => null::<Double>(pass),
            Cell::Null(Kind::Bool) => null::<Bool>(pass),
            Cell::Null(Kind::Date) => null::<diesel::sql_types::Date>(pass),
            Cell::Null(Kind::Instant) => null::<Timestamptz>(pass),
            Cell::Null(Kind::Doc) => null::<Jsonb>(pass),
            Cell::Null(Kind::Bytes) => null::<Binary>(pass),
            Cell::Id(id) => pass.push_bind_param::<SqlUuid, _>(&id.0),
            Cell::Text(text) => pass.push_bind_param::<Text, str>(text),
            Cell::Integer(number) => pass.push_bind_param::<BigInt, _>(number),
            Cell::Real(number) => pass.push_bind_param::<Double, _>(number),
            Cell::Bool(truth) => pass.push_bind_param::<Bool, _>(truth),
            Cell::Date(date) => pass.push_bind_param::<diesel::sql_types::Date, _>(&date.0),
            Cell::Instant(instant) => pass.push_bind_param::<Timestamptz, _>(&instant.0),
            Cell::Doc(document) => pass.push_bind_param::<Jsonb, Value>(&document.0),
            Cell::Bytes(bytes) => pass.push_bind_param::<Binary, [u8]>(bytes.as_slice()),
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
        $(impl From<$from> for Cell { fn from($value: $from) -> Cell { Cell::$variant($to) } })*
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
