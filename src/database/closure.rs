//! What is reached step by step: ancestors, descendants, circles. The one recursion of the service; Diesel has none of its own.

use super::dialect::Dialect;
use crate::resource::value::Id;
use diesel::expression::array_comparison::{AsInExpression, InExpression};
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Nullable, SqlType, Uuid};
use diesel::{QueryResult, RunQueryDsl};
use std::marker::PhantomData;

/// The ids that are reached from some, by steps that are queries for pairs: from where, to where. Those it starts from are among
/// them.
///
/// ```text
/// let above = Closure::from_id(unit).along(units::table.select((units::id, units::parent_id)));
/// ```
pub struct Closure<'q> {
    start: Start<'q>,
    steps: Vec<Fragment<'q>>,
}

type Fragment<'q> = Box<dyn QueryFragment<Dialect> + Send + Sync + 'q>;

enum Start<'q> {
    Id(Id),
    Ids(Fragment<'q>),
}

/// The SQL types of a step: two ids, of which either may be null and then leads nowhere.
pub trait Step {}

impl Step for (Uuid, Uuid) {}
impl Step for (Uuid, Nullable<Uuid>) {}
impl Step for (Nullable<Uuid>, Uuid) {}
impl Step for (Nullable<Uuid>, Nullable<Uuid>) {}

impl<'q> Closure<'q> {
    /// Closure of one id.
    pub fn from_id(id: Id) -> Self {
        Closure { start: Start::Id(id), steps: Vec::new() }
    }

    /// Closure of the ids that a query finds.
    pub fn from_all(ids: impl Query<SqlType = Uuid> + QueryFragment<Dialect> + Send + Sync + 'q) -> Self {
        Closure { start: Start::Ids(Box::new(ids)), steps: Vec::new() }
    }

    /// The same, also along these steps.
    pub fn along<Q>(mut self, steps: Q) -> Self
    where
        Q: Query<SqlType: Step> + QueryFragment<Dialect> + Send + Sync + 'q,
    {
        self.steps.push(Box::new(steps));
        self
    }

    /// The same along steps that the store has built.
    pub fn along_built(mut self, steps: super::Statement) -> Self {
        self.steps.push(Box::new(steps));
        self
    }

    /// Whether an id is reached.
    pub fn reaches(self, id: Id) -> Reaches<'q> {
        Reaches { closure: self, id }
    }

    fn write<'b>(&'b self, pass: &mut AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        pass.push_sql("WITH RECURSIVE steps(from_id, to_id) AS (");
        for (at, step) in self.steps.iter().enumerate() {
            if at > 0 {
                pass.push_sql(" UNION ALL ");
            }
            step.walk_ast(pass.reborrow())?;
        }
        pass.push_sql("), reached(id) AS (");
        match &self.start {
            Start::Id(id) => {
                // Either database must know what the value is before there is a column to compare it with.
                pass.push_sql("SELECT CAST(");
                pass.push_bind_param::<Uuid, Id>(id)?;
                pass.push_sql(if *pass.backend() == Dialect::Postgres { " AS uuid)" } else { " AS blob)" });
            }
            Start::Ids(ids) => ids.walk_ast(pass.reborrow())?,
        }
        pass.push_sql(" UNION SELECT steps.to_id FROM reached JOIN steps ON steps.from_id = reached.id WHERE steps.to_id IS NOT NULL)");
        Ok(())
    }
}

impl Query for Closure<'_> {
    type SqlType = Uuid;
}

impl QueryId for Closure<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Closure<'_> {}

impl QueryFragment<Dialect> for Closure<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.write(&mut pass)?;
        pass.push_sql(" SELECT id FROM reached");
        Ok(())
    }
}

/// The ids that are reached, as the right side of `eq_any`.
pub struct Reached<'q, ST> {
    closure: Closure<'q>,
    sql_type: PhantomData<ST>,
}

impl<'q, ST> AsInExpression<ST> for Closure<'q>
where
    ST: OfIds,
{
    type InExpression = Reached<'q, ST>;

    fn as_in_expression(self) -> Reached<'q, ST> {
        Reached { closure: self, sql_type: PhantomData }
    }
}

/// The SQL types of ids.
pub trait OfIds: SqlType + TypedExpressionType {}

impl OfIds for Uuid {}
impl OfIds for Nullable<Uuid> {}

impl<ST: OfIds> InExpression for Reached<'_, ST> {
    type SqlType = ST;

    fn is_empty(&self) -> bool {
        false
    }

    fn is_array(&self) -> bool {
        false
    }
}

impl<ST: OfIds> Expression for Reached<'_, ST> {
    type SqlType = ST;
}

impl<ST: OfIds, Q> AppearsOnTable<Q> for Reached<'_, ST> {}

impl<ST: OfIds, Q> SelectableExpression<Q> for Reached<'_, ST> {}

impl<ST> ValidGrouping<()> for Reached<'_, ST> {
    type IsAggregate = is_aggregate::Never;
}

impl<ST> QueryId for Reached<'_, ST> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<ST> QueryFragment<Dialect> for Reached<'_, ST> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.closure.walk_ast(pass)
    }
}

/// Whether an id is reached: `Closure::from_id(…).along(…).reaches(id).get_result(connection)`.
pub struct Reaches<'q> {
    closure: Closure<'q>,
    id: Id,
}

impl Query for Reaches<'_> {
    type SqlType = Bool;
}

impl QueryId for Reaches<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Reaches<'_> {}

impl QueryFragment<Dialect> for Reaches<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        self.closure.write(&mut pass)?;
        pass.push_sql(" SELECT EXISTS (SELECT 1 FROM reached WHERE id = ");
        pass.push_bind_param::<Uuid, Id>(&self.id)?;
        pass.push_sql(")");
        Ok(())
    }
}
