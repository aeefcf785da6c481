//! What queries need beside Diesel's own expressions: a condition that the store has built, and sums of whole numbers.

use super::dialect::Dialect;
use super::statement::Statement;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, Distinct, ParenthesisWrapper, Query, QueryFragment, QueryId, SupportsCombinationClause, Union};
use diesel::query_source::{AppearsInFromClause, Once};
use diesel::sql_types::{BigInt, Bool, Double, Nullable};
use diesel::{QueryResult, RunQueryDsl};
use std::marker::PhantomData;

/// A condition on a table (or on an alias of one) that the store has built, such as what a session may read of it. Its type keeps
/// it from being put on another table.
pub struct Narrowed<T> {
    condition: Narrowing,
    table: PhantomData<fn() -> T>,
}

#[derive(Debug, Clone)]
enum Narrowing {
    Everything,
    Nothing,
    Where(Statement),
}

impl<T> Clone for Narrowed<T> {
    fn clone(&self) -> Self {
        Narrowed { condition: self.condition.clone(), table: PhantomData }
    }
}

impl<T> Narrowed<T> {
    /// None of its rows.
    pub fn nothing() -> Self {
        Narrowed { condition: Narrowing::Nothing, table: PhantomData }
    }

    /// All of its rows.
    pub fn everything() -> Self {
        Narrowed { condition: Narrowing::Everything, table: PhantomData }
    }

    /// The rows that satisfy a condition whose columns name their table.
    pub fn to(condition: Statement) -> Self {
        Narrowed { condition: Narrowing::Where(condition), table: PhantomData }
    }

    /// True if it is known without asking that no row satisfies it.
    pub fn is_nothing(&self) -> bool {
        matches!(self.condition, Narrowing::Nothing)
    }
}

impl<T> Expression for Narrowed<T> {
    type SqlType = Bool;
}

impl<T, Q> AppearsOnTable<Q> for Narrowed<T> where Q: AppearsInFromClause<T, Count = Once> {}

impl<T> ValidGrouping<()> for Narrowed<T> {
    type IsAggregate = is_aggregate::No;
}

impl<T> QueryId for Narrowed<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Dialect> for Narrowed<T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        match &self.condition {
            Narrowing::Everything => pass.push_sql("1 = 1"),
            Narrowing::Nothing => pass.push_sql("1 = 0"),
            Narrowing::Where(condition) => {
                pass.push_sql("(");
                condition.walk_ast(pass.reborrow())?;
                pass.push_sql(")");
            }
        }
        Ok(())
    }
}

/// A cast of an aggregate to the type that both databases then agree on.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Cast<E, ST> {
    before: &'static str,
    of: E,
    after: &'static str,
    sql_type: PhantomData<ST>,
}

/// The sum of whole numbers; null of no rows. PostgreSQL by itself sums `bigint` as `numeric`.
pub fn total<E>(of: E) -> Cast<E, Nullable<BigInt>> {
    Cast { before: "CAST(SUM(", of, after: ") AS bigint)", sql_type: PhantomData }
}

/// The sum of measurements; null of no rows. SQLite by itself sums whole values of a `double precision` column as such, too.
pub fn total_of_reals<E>(of: E) -> Cast<E, Nullable<Double>> {
    Cast { before: "CAST(SUM(", of, after: ") AS double precision)", sql_type: PhantomData }
}

impl<E: Expression, ST: diesel::sql_types::SqlType + diesel::expression::TypedExpressionType> Expression for Cast<E, ST> {
    type SqlType = ST;
}

impl<E: AppearsOnTable<Q>, Q, ST> AppearsOnTable<Q> for Cast<E, ST> where Self: Expression {}

impl<E: SelectableExpression<Q>, Q, ST> SelectableExpression<Q> for Cast<E, ST> where Self: AppearsOnTable<Q> {}

impl<E, G, ST> ValidGrouping<G> for Cast<E, ST> {
    type IsAggregate = is_aggregate::Yes;
}

impl<E: QueryFragment<Dialect>, ST> QueryFragment<Dialect> for Cast<E, ST> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql(self.before);
        self.of.walk_ast(pass.reborrow())?;
        pass.push_sql(self.after);
        Ok(())
    }
}

/// Locks the rows that a query finds until the end of the transaction. SQLite has one writer and needs no lock.
pub fn locked<Q>(query: Q) -> Locked<Q> {
    Locked(query)
}

/// A query whose rows are locked: run it with `load` or `get_result`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Locked<Q>(Q);

impl<Q: Query> Query for Locked<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Locked<Q> {}

impl<Q: QueryFragment<Dialect>> QueryFragment<Dialect> for Locked<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        if *pass.backend() == Dialect::Postgres {
            pass.push_sql(" FOR UPDATE");
        }
        Ok(())
    }
}

/// A condition on a table, as `filter` takes it, for functions that are given one.
pub trait Condition<'a, T>:
    Expression<SqlType = Bool> + AppearsOnTable<T> + ValidGrouping<(), IsAggregate = is_aggregate::No> + QueryFragment<Dialect> + QueryId + Send + 'a
{
}

impl<'a, T, E> Condition<'a, T> for E where
    E: Expression<SqlType = Bool> + AppearsOnTable<T> + ValidGrouping<(), IsAggregate = is_aggregate::No> + QueryFragment<Dialect> + QueryId + Send + 'a
{
}

/// Keeps the rows that a query finds from being changed until the end of the transaction, while others may do the same. Only the
/// table that it reads from is held, not those of its sub-selects. SQLite has one writer and needs no lock.
pub fn shared<Q>(query: Q) -> Shared<Q> {
    Shared(query)
}

/// A query whose rows stay as they are: run it with `load` or `get_result`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Shared<Q>(Q);

impl<Q: Query> Query for Shared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Shared<Q> {}

impl<Q: QueryFragment<Dialect>> QueryFragment<Dialect> for Shared<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        if *pass.backend() == Dialect::Postgres {
            pass.push_sql(" FOR SHARE");
        }
        Ok(())
    }
}

impl SupportsCombinationClause<Union, Distinct> for Dialect {}

/// One side of a union. SQLite takes no parentheses there.
impl<Q: QueryFragment<Dialect>> QueryFragment<Dialect> for ParenthesisWrapper<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        let sqlite = *pass.backend() == Dialect::Sqlite;
        pass.push_sql(if sqlite { "SELECT * FROM (" } else { "(" });
        self.inner.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}
