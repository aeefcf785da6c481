//! Additions to Diesel's own expressions: conditions that the store has built, sums, row locks and turns, and combined queries.

use super::connection::Connection;
use super::dialect::Dialect;
use super::statement::Statement;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate};
use diesel::query_builder::{All, AstPass, Distinct, ParenthesisWrapper, Query, QueryFragment, QueryId, SupportsCombinationClause, Union};
use diesel::query_source::{AppearsInFromClause, Once};
use diesel::sql_types::{BigInt, Bool, Double, Jsonb, Nullable, SqlType, Text, is_nullable};
use diesel::{Column, QueryResult, RunQueryDsl};
use std::marker::PhantomData;
use steward_schema::Described;

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

impl<T, Q> SelectableExpression<Q> for Narrowed<T> where Self: AppearsOnTable<Q> {}

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

/// A value as text in small letters.
#[derive(Debug, Clone, Copy)]
pub struct Lowercase<E>(E);

/// A value as text in small letters, as far as these are of ASCII.
pub fn lowercase<E>(of: E) -> Lowercase<E> {
    Lowercase(of)
}

impl<E: Expression> Expression for Lowercase<E> {
    type SqlType = Text;
}

impl<E: AppearsOnTable<Q>, Q> AppearsOnTable<Q> for Lowercase<E> where Self: Expression {}

impl<E: SelectableExpression<Q>, Q> SelectableExpression<Q> for Lowercase<E> where Self: AppearsOnTable<Q> {}

impl<E: ValidGrouping<G>, G> ValidGrouping<G> for Lowercase<E> {
    type IsAggregate = E::IsAggregate;
}

impl<E> QueryId for Lowercase<E> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<E: QueryFragment<Dialect>> QueryFragment<Dialect> for Lowercase<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql("LOWER(CAST(");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(" AS text))");
        Ok(())
    }
}

/// The first characters of a text.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<E> {
    of: E,
    length: usize,
}

/// The first so many characters of a text.
pub fn beginning<E>(of: E, length: usize) -> Beginning<E> {
    Beginning { of, length }
}

impl<E: Expression<SqlType = Text>> Expression for Beginning<E> {
    type SqlType = Text;
}

impl<E: AppearsOnTable<Q>, Q> AppearsOnTable<Q> for Beginning<E> where Self: Expression {}

impl<E: SelectableExpression<Q>, Q> SelectableExpression<Q> for Beginning<E> where Self: AppearsOnTable<Q> {}

impl<E: ValidGrouping<G>, G> ValidGrouping<G> for Beginning<E> {
    type IsAggregate = E::IsAggregate;
}

impl<E> QueryId for Beginning<E> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<E: QueryFragment<Dialect>> QueryFragment<Dialect> for Beginning<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql("substr(");
        self.of.walk_ast(pass.reborrow())?;
        // As numbers in the text: PostgreSQL takes no bigint here, and that is what is bound.
        pass.push_sql(", 1, ");
        pass.push_sql(&self.length.to_string());
        pass.push_sql(")");
        Ok(())
    }
}

/// Locks the rows that a query finds until the end of the transaction. SQLite has one writer and needs no lock.
pub fn locked<Q>(query: Q) -> Locked<Q> {
    Locked { query, lock: PhantomData }
}

/// Keeps others from changing the rows that a query finds, and lets them be read and kept by others at the same time.
pub fn shared<Q>(query: Q) -> Locked<Q, ForShare> {
    Locked { query, lock: PhantomData }
}

/// A strength of row locks.
pub trait RowLock {
    /// Its clause on PostgreSQL.
    const CLAUSE: &'static str;
}

/// `FOR UPDATE`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct ForUpdate;

/// `FOR SHARE`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct ForShare;

impl RowLock for ForUpdate {
    const CLAUSE: &'static str = " FOR UPDATE";
}

impl RowLock for ForShare {
    const CLAUSE: &'static str = " FOR SHARE";
}

/// A query whose rows are locked: run it with `load` or `get_result`.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct Locked<Q, L = ForUpdate> {
    query: Q,
    lock: PhantomData<L>,
}

impl<Q: Query, L> Query for Locked<Q, L> {
    type SqlType = Q::SqlType;
}

impl<Q, L, C> RunQueryDsl<C> for Locked<Q, L> {}

impl<Q: QueryFragment<Dialect>, L: RowLock> QueryFragment<Dialect> for Locked<Q, L> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.query.walk_ast(pass.reborrow())?;
        if *pass.backend() == Dialect::Postgres {
            pass.push_sql(L::CLAUSE);
        }
        Ok(())
    }
}

/// The value of the first row of a query that nobody else has locked, which is locked then; null if there is none. It is a
/// sub-select, so that one statement takes the row and changes it.
pub fn locked_skipping<Q>(query: Q) -> LockedSkipping<Q> {
    LockedSkipping(query)
}

/// A sub-select that passes over locked rows.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct LockedSkipping<Q>(Q);

impl<Q: Query> Expression for LockedSkipping<Q>
where
    Q::SqlType: SqlType<IsNull = is_nullable::NotNull>,
    Nullable<Q::SqlType>: TypedExpressionType,
{
    type SqlType = Nullable<Q::SqlType>;
}

impl<Q, T> AppearsOnTable<T> for LockedSkipping<Q> where Self: Expression {}

impl<Q, G> ValidGrouping<G> for LockedSkipping<Q> {
    type IsAggregate = is_aggregate::No;
}

impl<Q: QueryFragment<Dialect>> QueryFragment<Dialect> for LockedSkipping<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql("(");
        self.0.walk_ast(pass.reborrow())?;
        if *pass.backend() == Dialect::Postgres {
            pass.push_sql(" FOR UPDATE SKIP LOCKED");
        }
        pass.push_sql(")");
        Ok(())
    }
}

/// A stored document as text, to look for words in it.
pub fn document_text<E>(document: E) -> DocumentText<E> {
    DocumentText(document)
}

/// The cast of a document to text.
#[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
pub struct DocumentText<E>(E);

impl<E: Expression<SqlType = Jsonb>> Expression for DocumentText<E> {
    type SqlType = Text;
}

impl<E: AppearsOnTable<Q>, Q> AppearsOnTable<Q> for DocumentText<E> where Self: Expression {}

impl<E: SelectableExpression<Q>, Q> SelectableExpression<Q> for DocumentText<E> where Self: AppearsOnTable<Q> {}

impl<E: QueryFragment<Dialect>> QueryFragment<Dialect> for DocumentText<E> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql("CAST(");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(" AS text)");
        Ok(())
    }
}

// Both databases combine queries; SQLite takes them without parentheses only.

impl SupportsCombinationClause<Union, All> for Dialect {}
impl SupportsCombinationClause<Union, Distinct> for Dialect {}

impl<Q: QueryFragment<Dialect>> QueryFragment<Dialect> for ParenthesisWrapper<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql(if *pass.backend() == Dialect::Postgres { "(" } else { "SELECT * FROM (" });
        self.inner.walk_ast(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}

diesel::define_sql_function! {
    /// Waits for a lock and holds it until the end of the transaction; its answer is void.
    fn pg_advisory_xact_lock(number: BigInt) -> Nullable<Text>;
}

/// Lets one transaction at a time go on that takes a turn by this number, on whichever replica. SQLite has one writer.
pub fn take_turn(connection: &mut Connection, number: i64) -> QueryResult<()> {
    if connection.is_postgres() {
        diesel::select(pg_advisory_xact_lock(number)).execute(connection)?;
    }
    Ok(())
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

/// The next number of a column, where a row is numbered as it is written; null on PostgreSQL, where it waits until it is committed.
#[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
pub struct NextNumber<C>(PhantomData<C>);

impl<C> NextNumber<C> {
    /// That of a column.
    pub fn of(_: C) -> Self {
        NextNumber(PhantomData)
    }
}

impl<C: Column> Expression for NextNumber<C> {
    type SqlType = Nullable<BigInt>;
}

impl<C: Column, T> AppearsOnTable<T> for NextNumber<C> {}

impl<C: Column<Table: Described>> QueryFragment<Dialect> for NextNumber<C> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        if *pass.backend() == Dialect::Postgres {
            pass.push_sql("NULL");
            return Ok(());
        }
        pass.push_sql("(SELECT COALESCE(MAX(");
        pass.push_identifier(C::NAME)?;
        pass.push_sql("), 0) + 1 FROM ");
        pass.push_identifier(<C::Table as Described>::NAME)?;
        pass.push_sql(")");
        Ok(())
    }
}

/// A statement whose text follows from `K` alone: Diesel writes that of an insert or update anew each time, this one once.
#[derive(Debug)]
pub struct Fixed<K, Q> {
    statement: Q,
    of: PhantomData<fn() -> K>,
}

impl<K: 'static, Q> Fixed<K, Q> {
    /// A statement that has the same text whenever it is made for `K`, a type of its own.
    pub fn of(statement: Q) -> Self {
        Fixed { statement, of: PhantomData }
    }
}

impl<K: 'static, Q> QueryId for Fixed<K, Q> {
    type QueryId = Fixed<K, ()>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<K, Q, C> RunQueryDsl<C> for Fixed<K, Q> {}

impl<K, Q: QueryFragment<Dialect>> QueryFragment<Dialect> for Fixed<K, Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }
}
