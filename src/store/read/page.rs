//! A page of a collection: narrowed, sorted, and continued by key, so that page 2,000 costs what page 1 costs.

use super::facet::{self, Facets};
use super::filter::{Condition, Filter};
use super::order::{SortKey, continue_after, order};
use super::reader::Reader;
use super::scope;
use crate::database::{Connection, Row, Statement};
use crate::error::{Problem, Result};
use crate::resource::{Field, ResourceType, Stored};
use crate::search;
use crate::store::schema::lookup;
use diesel::sql_types::{BigInt, Text};

/// What a list is asked for.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What the rows must satisfy, all of it.
    pub conditions: Vec<Condition>,
    /// What the rows must satisfy beside that.
    pub filter: Option<Filter>,
    /// Words that the rows must have; without `sort` the best come first, at most [`BEST`] of them.
    pub words: Vec<String>,
    /// Of the best, how many came on earlier pages.
    pub skip: usize,
    /// The order; `id` is always last.
    pub sort: Vec<SortKey>,
    /// The sort values and the id of the row after which the page starts.
    pub after: Option<Row>,
    /// How many rows.
    pub limit: usize,
    /// Whether all rows are counted too.
    pub total: Total,
    /// The fields by whose values all rows are counted.
    pub facets: Vec<&'static Field>,
}

/// How all rows of a list are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Total {
    /// Not at all.
    #[default]
    No,
    /// Up to [`COUNTED`], beyond which the number is an estimate.
    Yes,
    /// All of them.
    Exact,
}

/// Number of rows up to which a total is counted unless the exact one is asked for.
pub const COUNTED: i64 = 10_000;

/// Number of matching rows from which SQLite's estimate of all of them follows.
const SAMPLED: i64 = 1_000;

/// Refusal of a list that would read too many rows.
const TOO_MANY: &str = "This list would read too many records to answer. Narrow it by a reference, the state, or a field whose values are \
    unique; sort it by id, created_at, updated_at, state or what the records are called; leave out include_total=exact.";

/// How many rows a search without an order gives at most.
pub const BEST: usize = 1000;

impl Query {
    /// True if the order is how well the rows match.
    pub fn is_ranked(&self) -> bool {
        !self.words.is_empty() && self.sort.is_empty()
    }

    /// True if an index has the rows in their order, whatever is asked, so that a page costs its own rows only.
    fn is_flat(&self, definition: &ResourceType) -> bool {
        let narrow = self.conditions.is_empty() && self.filter.is_none() && self.words.is_empty() && self.total == Total::No && self.facets.is_empty();
        narrow && self.sort.first().is_none_or(|key| self.sort.len() == 1 && lookup::sorted(definition).any(|name| name == key.column))
    }
}

/// A page of rows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Stored>,
    /// True if rows follow.
    pub more: bool,
    /// The number of all rows, if it was asked for.
    pub total: Option<Count>,
    /// The number of all rows by value, for each field that was asked for.
    pub facets: Option<Facets>,
}

/// How many rows there are in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub rows: i64,
    /// Whether it is an estimate: there are more than [`COUNTED`].
    pub estimated: bool,
}

impl Reader<'_> {
    /// A page of what the session may read of a collection; empty where it may read nothing. Where no index finds or sorts the rows, it
    /// reads so many of them and no more (400).
    pub fn list(&mut self, definition: &'static ResourceType, query: &Query) -> Result<Page> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else {
            let facets = (!query.facets.is_empty()).then(|| facet::none(&query.facets));
            return Ok(Page { total: (query.total != Total::No).then(Count::default), facets, ..Page::default() });
        };
        let mut filter = Statement::default();
        if let Some(narrowed) = narrowed {
            filter.push(" AND ").append(narrowed);
        }
        for condition in &query.conditions {
            filter.push(" AND ");
            condition.write(&mut filter);
        }
        if let Some(asked) = &query.filter {
            filter.push(" AND ");
            asked.write(&mut filter, self.connection);
        }
        if query.is_flat(definition) {
            return rows(self.connection, definition, query, filter);
        }
        let listed = self.connection.within_a_list(|connection| page(connection, definition, query, filter))?;
        listed.ok_or_else(|| Problem::bad_request(TOO_MANY).into())
    }
}

/// A page whose rows may have to be searched for, sorted or counted.
fn page(connection: &mut Connection, definition: &'static ResourceType, query: &Query, mut filter: Statement) -> Result<Page> {
    let narrow = filter.clone();
    if !query.words.is_empty() {
        filter.push(" AND id IN (").append(search::matching(connection, definition.path, &query.words)).push(")");
    }
    let total = match query.total {
        Total::No => None,
        kind => Some(count(connection, definition, &filter, kind)?),
    };
    let facets = match query.facets.as_slice() {
        [] => None,
        fields => Some(facet::count(connection, definition, fields, &filter)?),
    };
    if query.is_ranked() {
        let page = best(connection, definition, query, narrow)?;
        return Ok(Page { total: total.map(|total| Count { rows: total.rows.min(BEST as i64), estimated: false }), facets, ..page });
    }
    Ok(Page { total, facets, ..rows(connection, definition, query, filter)? })
}

/// The rows of a page in the order of its keys.
fn rows(connection: &mut Connection, definition: &'static ResourceType, query: &Query, filter: Statement) -> Result<Page> {
    let select = select(connection, definition, query, filter).if_often();
    let fetched = (definition.rows.load)(&select, connection)?;
    let more = fetched.len() > query.limit;
    let rows = fetched.into_iter().take(query.limit).collect();
    Ok(Page { rows, more, ..Page::default() })
}

fn select(connection: &Connection, definition: &ResourceType, query: &Query, filter: Statement) -> Statement {
    let mut select = Statement::new(format!("SELECT {} FROM {} WHERE 1 = 1", definition.columns, definition.table));
    select.append(filter);
    if let Some(after) = &query.after {
        continue_after(&mut select, &query.sort, after, connection.is_postgres());
    }
    order(&mut select, &query.sort, connection.is_postgres());
    select.push(" LIMIT ").bind(query.limit as i64 + 1);
    select
}

/// How the database goes about the rows of a page of all records, in its own words: for the tests that hold lists to their indexes.
pub fn plan(connection: &mut Connection, definition: &ResourceType, query: &Query) -> Result<Vec<String>> {
    let select = select(connection, definition, query, Statement::default());
    if connection.is_postgres() {
        let mut explain = Statement::new("EXPLAIN ");
        return Ok(explain.append(select).load::<Text, String>(connection)?);
    }
    let mut explain = Statement::new("EXPLAIN QUERY PLAN ");
    let steps = explain.append(select).load::<(BigInt, BigInt, BigInt, Text), (i64, i64, i64, String)>(connection)?;
    Ok(steps.into_iter().map(|(_, _, _, step)| step).collect())
}

/// The rows that match best: with most of the words as whole words, and little else.
fn best(connection: &mut Connection, definition: &'static ResourceType, query: &Query, filter: Statement) -> Result<Page> {
    let limit = query.limit.min(BEST.saturating_sub(query.skip));
    let columns: Vec<String> = definition.columns.split(", ").map(|column| format!("kept.{column}")).collect();
    let mut narrow = Statement::new(format!("EXISTS (SELECT 1 FROM {} WHERE id = t.id", definition.table));
    narrow.append(filter).push(")");
    let mut select = Statement::new(format!("SELECT {} FROM (", columns.join(", ")));
    select.append(search::best(connection, definition.path, &query.words, narrow));
    select.push(format!(") found JOIN {} kept ON kept.id = found.id ORDER BY found.whole DESC, found.size, kept.id LIMIT ", definition.table));
    select.bind(limit as i64 + 1).push(" OFFSET ").bind(query.skip as i64);
    let fetched = (definition.rows.load)(&select.if_often(), connection)?;
    let more = fetched.len() > limit && query.skip + limit < BEST;
    let rows = fetched.into_iter().take(limit).collect();
    Ok(Page { rows, more, ..Page::default() })
}

/// How many rows there are: exactly up to [`COUNTED`], and beyond that only where it is asked for.
fn count(connection: &mut Connection, definition: &ResourceType, filter: &Statement, kind: Total) -> Result<Count> {
    let table: &str = &definition.table;
    let mut count = Statement::new(format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE 1 = 1"));
    count.append(filter.clone());
    if kind == Total::Yes {
        count.push(" LIMIT ").bind(COUNTED + 1);
    }
    count.push(") counted");
    let rows = count.if_often().load::<BigInt, i64>(connection)?.pop().unwrap_or_default();
    if kind == Total::Exact || rows <= COUNTED {
        return Ok(Count { rows, estimated: false });
    }
    let estimate = if connection.is_postgres() { planned(connection, table, filter)? } else { extrapolated(connection, table, filter)? };
    Ok(Count { rows: estimate.max(rows), estimated: true })
}

/// How many rows PostgreSQL's planner expects.
fn planned(connection: &mut Connection, table: &str, filter: &Statement) -> Result<i64> {
    let mut explain = Statement::new(format!("EXPLAIN SELECT 1 FROM {table} WHERE 1 = 1"));
    explain.append(filter.clone());
    let plan = explain.if_often().load::<Text, String>(connection)?;
    let rows = plan.first().and_then(|line| line.split_once(" rows=")?.1.split(' ').next()?.parse().ok());
    Ok(rows.unwrap_or_default())
}

/// On SQLite: as many in the whole table as among its first rows, up to the last of the first [`SAMPLED`] that match.
fn extrapolated(connection: &mut Connection, table: &str, filter: &Statement) -> Result<i64> {
    let mut reach =
        Statement::new(format!("SELECT COALESCE((SELECT MAX(rowid) FROM {table}), 0), COALESCE((SELECT rowid FROM {table} NOT INDEXED WHERE 1 = 1"));
    reach.append(filter.clone()).push(" ORDER BY rowid LIMIT 1 OFFSET ").bind(SAMPLED).push("), 1)");
    let (all, seen) = reach.if_often().load::<(BigInt, BigInt), (i64, i64)>(connection)?.pop().unwrap_or((0, 1));
    Ok(i64::try_from(i128::from(all) * i128::from(SAMPLED + 1) / i128::from(seen.max(1))).unwrap_or(i64::MAX))
}
