//! One statement that both databases understand: constant SQL with bound cells, and the rows it gives.

use super::codec::Any;
use super::compiled::count_statement;
use super::connection::Connection;
use super::dialect::Dialect;
use super::frequent::comes_often;
use super::sql_value::{Row, SqlType, SqlValue};
use diesel::backend::Backend;
use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::CompatibleType;
use diesel::row::{Field, Row as _};
use diesel::sql_types::Untyped;
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;

#[derive(Debug, Clone)]
enum Part {
    Sql(Cow<'static, str>),
    Bind(SqlValue),
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
    pub fn bind(&mut self, cell: impl Into<SqlValue>) -> &mut Self {
        self.parts.push(Part::Bind(cell.into()));
        self
    }

    /// Adds bound values with commas between them.
    pub fn bind_all(&mut self, cells: impl IntoIterator<Item = SqlValue>) -> &mut Self {
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
    pub fn with(mut self, cell: impl Into<SqlValue>, then: impl Into<Cow<'static, str>>) -> Self {
        self.bind(cell).push(then);
        self
    }

    /// Marks a statement whose text depends on the request, so that it is not kept prepared.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Marks a statement whose text depends on the request, so that it is kept prepared only if it comes often.
    pub fn if_often(mut self) -> Self {
        let mut hasher = DefaultHasher::new();
        for part in &self.parts {
            match part {
                Part::Sql(sql) => sql.hash(&mut hasher),
                Part::Bind(_) => 0u8.hash(&mut hasher),
            }
        }
        self.once = !comes_often(hasher.finish());
        self
    }

    /// Runs it and returns the number of rows it changed.
    pub fn execute(&self, connection: &mut Connection) -> QueryResult<usize> {
        count_statement();
        match connection {
            Connection::Sqlite(sqlite) => diesel::RunQueryDsl::execute(self, sqlite),
            Connection::Postgres(postgres) => diesel::RunQueryDsl::execute(self, postgres.ready()?),
        }
    }

    /// Runs it and returns its rows by their types: `query.load::<(Uuid, Nullable<Text>), (Id, Option<String>)>(connection)`.
    pub fn load<ST, U>(&self, connection: &mut Connection) -> QueryResult<Vec<U>>
    where
        Dialect: QueryMetadata<ST>,
        ST: CompatibleType<U, Dialect, SqlType = ST> + 'static,
        U: FromSqlRow<ST, Dialect> + 'static,
    {
        RunQueryDsl::load(Typed { statement: self, sql_type: PhantomData::<ST> }, connection)
    }

    /// Whether it finds any row.
    pub fn finds(&self, connection: &mut Connection) -> QueryResult<bool> {
        Ok(self.first(connection, &[])?.is_some())
    }

    /// Runs it and returns its rows as cells of the kinds given.
    pub fn rows(&self, connection: &mut Connection, kinds: &[SqlType]) -> QueryResult<Vec<Row>> {
        count_statement();
        match connection {
            Connection::Sqlite(sqlite) => rows(self, sqlite, kinds, |value, kind| SqlValue::from_sqlite(value, kind)),
            Connection::Postgres(postgres) => rows(self, postgres.ready()?, kinds, |value, kind| SqlValue::from_postgres(value, kind)),
        }
    }

    /// The first row, if there is one.
    pub fn first(&self, connection: &mut Connection, kinds: &[SqlType]) -> QueryResult<Option<Row>> {
        Ok(self.rows(connection, kinds)?.into_iter().next())
    }
}

/// The rows of a statement, each of its cells read by the kind that it has.
fn rows<C>(statement: &Statement, connection: &mut C, kinds: &[SqlType], read: ReadCell<C::Backend>) -> QueryResult<Vec<Row>>
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
                None => SqlValue::Null(*kind),
                Some(value) => read(value, *kind).map_err(diesel::result::Error::DeserializationError)?,
            });
        }
        rows.push(cells);
    }
    Ok(rows)
}

/// How a database's value becomes a cell.
type ReadCell<B> = for<'a> fn(<B as Backend>::RawValue<'a>, SqlType) -> diesel::deserialize::Result<SqlValue>;

/// A statement whose columns have types.
struct Typed<'s, ST> {
    statement: &'s Statement,
    sql_type: PhantomData<ST>,
}

impl<ST> Query for Typed<'_, ST> {
    type SqlType = ST;
}

impl<ST> QueryId for Typed<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST, C> RunQueryDsl<C> for Typed<'_, ST> {}

impl<ST> QueryFragment<Dialect> for Typed<'_, ST> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }
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
                Part::Bind(cell) => pass.push_bind_param::<Any, SqlValue>(cell)?,
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
