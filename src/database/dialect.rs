//! One Diesel backend for both databases: a typed query is compiled once, and written for the one that is open.

use super::raw::RawValue;
use super::sql_value::{SqlType, SqlValue};
use diesel::QueryResult;
use diesel::backend::{Backend, DieselReserveSpecialization, SqlDialect, TrustedBackend, sql_dialect};
use diesel::internal::derives::multiconnection::{BoxedLimitOffsetClause, LimitClause, LimitOffsetClause, NoLimitClause, NoOffsetClause, OffsetClause};
use diesel::query_builder::{AstPass, BindCollector, IntoBoxedClause, QueryBuilder, QueryFragment};
use diesel::result::Error;
use diesel::serialize::{IsNull, Output, ToSql};
use diesel::sql_types::{self, HasSqlType, TypeMetadata};

/// The SQL that a query is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl Backend for Dialect {
    type QueryBuilder = SqlPieces;
    type RawValue<'a> = RawValue<'a>;
    type BindCollector<'a> = Binds;
}

impl TypeMetadata for Dialect {
    type TypeMetadata = SqlType;
    type MetadataLookup = ();
}

/// `ON CONFLICT … DO …`, which both understand.
#[derive(Debug, Clone, Copy)]
pub struct OnConflict;

impl sql_dialect::on_conflict_clause::SupportsOnConflictClause for OnConflict {}
impl sql_dialect::on_conflict_clause::SupportsOnConflictClauseWhere for OnConflict {}
impl sql_dialect::on_conflict_clause::PgLikeOnConflictClause for OnConflict {}

impl SqlDialect for Dialect {
    type ReturningClause = sql_dialect::returning_clause::PgLikeReturningClause;
    type OnConflictClause = OnConflict;
    type InsertWithDefaultKeyword = sql_dialect::default_keyword_for_insert::IsoSqlDefaultKeyword;
    type BatchInsertSupport = sql_dialect::batch_insert_support::PostgresLikeBatchInsertSupport;
    type ConcatClause = sql_dialect::concat_clause::ConcatWithPipesClause;
    type DefaultValueClauseForInsert = sql_dialect::default_value_clause::AnsiDefaultValueClause;
    type EmptyFromClauseSyntax = sql_dialect::from_clause_syntax::AnsiSqlFromClauseSyntax;
    type ExistsSyntax = sql_dialect::exists_syntax::AnsiSqlExistsSyntax;
    type ArrayComparison = sql_dialect::array_comparison::AnsiSqlArrayComparison;
    type SelectStatementSyntax = sql_dialect::select_statement_syntax::AnsiSqlSelectStatement;
    type AliasSyntax = sql_dialect::alias_syntax::AsAliasSyntax;
    type WindowFrameClauseGroupSupport = sql_dialect::window_frame_clause_group_support::IsoGroupWindowFrameUnit;
    type WindowFrameExclusionSupport = sql_dialect::window_frame_exclusion_support::FrameExclusionSupport;
    type AggregateFunctionExpressions = sql_dialect::aggregate_function_expressions::PostgresLikeAggregateFunctionExpressions;
    type BuiltInWindowFunctionRequireOrder = sql_dialect::built_in_window_function_require_order::NoOrderRequired;
}

impl DieselReserveSpecialization for Dialect {}
impl TrustedBackend for Dialect {}

macro_rules! kinds {
    ($($Sql:ident => $SqlType:ident),* $(,)?) => {
        $(impl HasSqlType<sql_types::$Sql> for Dialect { fn metadata(_: &mut ()) -> SqlType { SqlType::$SqlType } })*
    };
}

kinds! {
    SmallInt => Integer, Integer => Integer, BigInt => Integer, Float => Real, Double => Real, Text => Text, Binary => Bytes, Date => Date,
    Time => Text, Timestamp => Instant, Bool => Bool, Uuid => Id, Timestamptz => Instant, Jsonb => Doc,
}

/// SQL as it is written, in pieces between its bound values.
#[derive(Debug, Default)]
pub struct SqlPieces {
    before_binds: Vec<String>,
    last: String,
}

impl SqlPieces {
    /// The pieces: one before each bound value, and one after the last.
    pub fn into_pieces(mut self) -> Vec<String> {
        self.before_binds.push(self.last);
        self.before_binds
    }
}

impl QueryBuilder<Dialect> for SqlPieces {
    fn push_sql(&mut self, sql: &str) {
        self.last.push_str(sql);
    }

    fn push_identifier(&mut self, name: &str) -> QueryResult<()> {
        self.last.push('"');
        self.last.push_str(name);
        self.last.push('"');
        Ok(())
    }

    fn push_bind_param(&mut self) {
        self.before_binds.push(std::mem::take(&mut self.last));
    }

    fn finish(self) -> String {
        self.into_pieces().join("?")
    }
}

/// The bound values of a query.
#[derive(Debug, Default)]
pub struct Binds(pub(super) Vec<SqlValue>);

impl<'a> BindCollector<'a, Dialect> for Binds {
    type Buffer = Option<SqlValue>;

    fn push_bound_value<T, U>(&mut self, bind: &'a U, lookup: &mut ()) -> QueryResult<()>
    where
        Dialect: HasSqlType<T>,
        U: ToSql<T, Dialect> + ?Sized + 'a,
    {
        let mut out = Output::<Dialect>::new(None, lookup);
        let is_null = bind.to_sql(&mut out).map_err(Error::SerializationError)?;
        let cell = match (is_null, out.into_inner()) {
            (IsNull::No, Some(cell)) => cell,
            _ => SqlValue::Null(<Dialect as HasSqlType<T>>::metadata(&mut ())),
        };
        self.0.push(cell);
        Ok(())
    }

    fn push_null_value(&mut self, kind: SqlType) -> QueryResult<()> {
        self.0.push(SqlValue::Null(kind));
        Ok(())
    }
}

// Diesel leaves these clauses to each backend.

impl<L: QueryFragment<Dialect>, O: QueryFragment<Dialect>> QueryFragment<Dialect> for LimitOffsetClause<L, O> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.limit_clause.walk_ast(pass.reborrow())?;
        self.offset_clause.walk_ast(pass.reborrow())
    }
}

impl QueryFragment<Dialect> for BoxedLimitOffsetClause<'_, Dialect> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        if let Some(limit) = &self.limit {
            limit.walk_ast(pass.reborrow())?;
        }
        if let Some(offset) = &self.offset {
            offset.walk_ast(pass.reborrow())?;
        }
        Ok(())
    }
}

impl<'a> IntoBoxedClause<'a, Dialect> for LimitOffsetClause<NoLimitClause, NoOffsetClause> {
    type BoxedClause = BoxedLimitOffsetClause<'a, Dialect>;

    fn into_boxed(self) -> Self::BoxedClause {
        BoxedLimitOffsetClause { limit: None, offset: None }
    }
}

impl<'a, L> IntoBoxedClause<'a, Dialect> for LimitOffsetClause<LimitClause<L>, NoOffsetClause>
where
    LimitClause<L>: QueryFragment<Dialect> + Send + 'a,
{
    type BoxedClause = BoxedLimitOffsetClause<'a, Dialect>;

    fn into_boxed(self) -> Self::BoxedClause {
        BoxedLimitOffsetClause { limit: Some(Box::new(self.limit_clause)), offset: None }
    }
}

impl<'a, L, O> IntoBoxedClause<'a, Dialect> for LimitOffsetClause<LimitClause<L>, OffsetClause<O>>
where
    LimitClause<L>: QueryFragment<Dialect> + Send + 'a,
    OffsetClause<O>: QueryFragment<Dialect> + Send + 'a,
{
    type BoxedClause = BoxedLimitOffsetClause<'a, Dialect>;

    fn into_boxed(self) -> Self::BoxedClause {
        BoxedLimitOffsetClause { limit: Some(Box::new(self.limit_clause)), offset: Some(Box::new(self.offset_clause)) }
    }
}
