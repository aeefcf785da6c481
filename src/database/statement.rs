//! One statement that both databases understand: constant SQL with bound cells, and the rows it gives.

use super::codec::Any;
use super::connection::{Connection, count_statement};
use super::dialect::Dialect;
use crate::resource::value::{Date, Id, Instant};
use diesel::backend::Backend;
use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize::FromSql;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::row::{Field, Row as _};
use diesel::sql_types::{BigInt, Binary, Bool, Double, HasSqlType, Jsonb, Nullable, Text, Timestamptz, Untyped, Uuid as SqlUuid};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};
use serde_json::Value;
use std::borrow::Cow;

/// What a column holds, in words that both databases share.
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

#[derive(Debug, Clone)]
enum Part {
    Sql(Cow<'static, str>),
    Bind(Cell),
}

/// Constant SQL with bound cells. Text enters only as `&'static str` or as a name that the catalogue made at the start;
/// what a client sends enters only by [`Statement::bind`].
#[derive(Debug, Clone, Default)]
pub struct Statement {
    parts: Vec<Part>,
    once: bool,
}

impl Statement {
    /// Starts with constant SQL.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Statement { parts: vec![Part::Sql(sql.into())], once: false }
    }

    /// Adds constant SQL.
    pub fn push(&mut self, sql: impl Into<Cow<'static, str>>) -> &mut Self {
        self.parts.push(Part::Sql(sql.into()));
        self
    }

    /// Adds a bound value.
    pub fn bind(&mut self, cell: impl Into<Cell>) -> &mut Self {
        self.parts.push(Part::Bind(cell.into()));
        self
    }

    /// Adds bound values with commas between them.
    pub fn bind_all(&mut self, cells: impl IntoIterator<Item = Cell>) -> &mut Self {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.bind(cell);
        }
        self
    }

    /// Adds another statement's text and values.
    pub fn append(&mut self, other: Statement) -> &mut Self {
        self.parts.extend(other.parts);
        self
    }

    /// Constant SQL, then a bound value, then the rest by further calls: for short statements.
    pub fn with(mut self, cell: impl Into<Cell>, then: impl Into<Cow<'static, str>>) -> Self {
        self.bind(cell).push(then);
        self
    }

    /// Marks a statement whose text depends on the request, so that it is not kept prepared.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Runs it and returns the number of rows it changed.
    pub fn execute(&self, connection: &mut Connection) -> QueryResult<usize> {
        count_statement();
        match connection {
            Connection::Sqlite(sqlite) => diesel::RunQueryDsl::execute(self, sqlite),
            Connection::Postgres(postgres) => diesel::RunQueryDsl::execute(self, postgres),
        }
    }

    /// Runs it and returns its rows as cells of the kinds given.
    pub fn rows(&self, connection: &mut Connection, kinds: &[Kind]) -> QueryResult<Vec<Row>> {
        count_statement();
        match connection {
            Connection::Sqlite(sqlite) => rows(self, sqlite, kinds, |value, kind| Cell::from_sqlite(value, kind)),
            Connection::Postgres(postgres) => rows(self, postgres, kinds, |value, kind| Cell::from_postgres(value, kind)),
        }
    }

    /// The first row, if there is one.
    pub fn first(&self, connection: &mut Connection, kinds: &[Kind]) -> QueryResult<Option<Row>> {
        Ok(self.rows(connection, kinds)?.into_iter().next())
    }
}

/// The rows of a statement, each of its cells read by the kind that it has.
fn rows<C>(statement: &Statement, connection: &mut C, kinds: &[Kind], read: ReadCell<C::Backend>) -> QueryResult<Vec<Row>>
where
    C: LoadConnection<DefaultLoadingMode>,
    Statement: Query + QueryFragment<C::Backend> + QueryId,
{
    let mut rows = Vec::new();
    for row in LoadConnection::<DefaultLoadingMode>::load(connection, statement)? {
        let row = row?;
        let mut cells = Vec::with_capacity(kinds.len());
        for (index, kind) in kinds.iter().enumerate() {
            let field = row.get(index).ok_or(diesel::result::Error::NotFound)?;
            cells.push(match field.value() {
                None => Cell::Null(*kind),
                Some(value) => read(value, *kind).map_err(diesel::result::Error::DeserializationError)?,
            });
        }
        rows.push(cells);
    }
    Ok(rows)
}

/// How a database's value becomes a cell.
type ReadCell<B> = for<'a> fn(<B as Backend>::RawValue<'a>, Kind) -> diesel::deserialize::Result<Cell>;

impl Cell {
    fn from_sqlite(value: <Sqlite as Backend>::RawValue<'_>, kind: Kind) -> diesel::deserialize::Result<Cell> {
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

    fn from_postgres(value: <Pg as Backend>::RawValue<'_>, kind: Kind) -> diesel::deserialize::Result<Cell> {
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

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl<C> RunQueryDsl<C> for &Statement {}

impl QueryFragment<Dialect> for Statement {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        if self.once {
            pass.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Sql(sql) => pass.push_sql(sql),
                Part::Bind(cell) => pass.push_bind_param::<Any, Cell>(cell)?,
            }
        }
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Statement {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        if self.once {
            pass.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Sql(sql) => pass.push_sql(sql),
                Part::Bind(cell) => cell.bind_sqlite(&mut pass)?,
            }
        }
        Ok(())
    }
}

impl QueryFragment<Pg> for Statement {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if self.once {
            pass.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
            match part {
                Part::Sql(sql) => pass.push_sql(sql),
                Part::Bind(cell) => cell.bind_postgres(&mut pass)?,
            }
        }
        Ok(())
    }
}
