//! A page of a collection: narrowed, sorted, and continued by key, so that page 2,000 costs what page 1 costs.

use super::filter::{Condition, Filter};
use super::reader::Reader;
use super::scope;
use crate::database::{Row, SqlType, SqlValue, Statement};
use crate::error::Result;
use crate::resource::{ResourceType, Stored};
use crate::search;
use diesel::sql_types::BigInt;

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
    pub include_total: bool,
}

/// How many rows a search without an order gives at most.
pub const BEST: usize = 1000;

impl Query {
    /// True if the order is how well the rows match.
    pub fn is_ranked(&self) -> bool {
        !self.words.is_empty() && self.sort.is_empty()
    }
}

/// A column to sort by.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// The column: a name from a definition.
    pub column: String,
    /// What it holds.
    pub kind: SqlType,
    /// Greatest first.
    pub descending: bool,
}

/// A page of rows.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Stored>,
    /// True if rows follow.
    pub more: bool,
    /// The number of all rows, if it was asked for.
    pub total: Option<i64>,
}

impl Reader<'_> {
    /// A page of what the session may read of a collection; empty where it may read nothing.
    pub fn list(&mut self, definition: &'static ResourceType, query: &Query) -> Result<Page> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else {
            return Ok(Page { total: query.include_total.then_some(0), ..Page::default() });
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
        if !query.words.is_empty() {
            filter.push(" AND id IN (SELECT id FROM (").append(search::matching(self.connection, definition.path, &query.words)).push(") found)");
        }
        let total = if query.include_total { Some(self.count(definition, &filter)?) } else { None };
        if query.is_ranked() {
            let page = self.best(definition, query, filter)?;
            return Ok(Page { total: total.map(|total| total.min(BEST as i64)), ..page });
        }
        let mut select = Statement::new(format!("SELECT {} FROM {} WHERE 1 = 1", definition.columns, definition.table));
        select.append(filter);
        let collate = if self.connection.is_postgres() { " COLLATE \"C\"" } else { "" };
        if let Some(after) = &query.after {
            continue_after(&mut select, &query.sort, after, collate);
        }
        order(&mut select, &query.sort, collate);
        select.push(" LIMIT ").bind(query.limit as i64 + 1);
        let fetched = (definition.rows.load)(&select.once(), self.connection)?;
        let more = fetched.len() > query.limit;
        let rows = fetched.into_iter().take(query.limit).collect();
        Ok(Page { rows, more, total })
    }

    /// The rows that match best.
    fn best(&mut self, definition: &'static ResourceType, query: &Query, filter: Statement) -> Result<Page> {
        let limit = query.limit.min(BEST.saturating_sub(query.skip));
        let columns: Vec<String> = definition.columns.split(", ").map(|column| format!("kept.{column}")).collect();
        let mut select = Statement::new(format!("SELECT {} FROM (SELECT {} FROM {} WHERE 1 = 1", columns.join(", "), definition.columns, definition.table));
        select.append(filter).push(") kept JOIN (").append(search::matching(self.connection, definition.path, &query.words));
        select.push(") found ON found.id = kept.id ORDER BY found.rank, kept.id LIMIT ").bind(limit as i64 + 1).push(" OFFSET ").bind(query.skip as i64);
        let fetched = (definition.rows.load)(&select.once(), self.connection)?;
        let more = fetched.len() > limit && query.skip + limit < BEST;
        let rows = fetched.into_iter().take(limit).collect();
        Ok(Page { rows, more, total: None })
    }

    fn count(&mut self, definition: &ResourceType, filter: &Statement) -> Result<i64> {
        let mut count = Statement::new(format!("SELECT COUNT(*) FROM {} WHERE 1 = 1", definition.table));
        count.append(filter.clone());
        Ok(count.once().load::<BigInt, i64>(self.connection)?.pop().unwrap_or_default())
    }
}

fn order(select: &mut Statement, sort: &[SortKey], collate: &'static str) {
    select.push(" ORDER BY ");
    let mut id_direction = "ASC";
    for key in sort {
        let direction = if key.descending { "DESC" } else { "ASC" };
        select.push(format!("{}{} {direction} NULLS LAST, ", key.column, collation(key, collate)));
        id_direction = direction;
    }
    select.push(format!("id {id_direction}"));
}

/// The rows after one row in the order of `sort`, nulls last: for each key in turn, all keys before it are equal and
/// this one comes after; at the end the id decides.
fn continue_after(select: &mut Statement, sort: &[SortKey], after: &[SqlValue], collate: &'static str) {
    select.push(" AND (");
    for (at, key) in sort.iter().enumerate() {
        equal_before(select, &sort[..at], after, collate);
        comes_after(select, key, &after[at], collate);
        select.push(" OR ");
    }
    equal_before(select, sort, after, collate);
    let descending = sort.last().is_some_and(|key| key.descending);
    select.push(if descending { "id < " } else { "id > " });
    if let Some(id) = after.last() {
        select.bind(id.clone());
    }
    select.push(")");
}

fn equal_before(select: &mut Statement, keys: &[SortKey], after: &[SqlValue], collate: &'static str) {
    for (key, cell) in keys.iter().zip(after) {
        if cell.is_null() {
            select.push(format!("{} IS NULL AND ", key.column));
        } else {
            select.push(format!("{}{} = ", key.column, collation(key, collate))).bind(cell.clone()).push(" AND ");
        }
    }
}

fn comes_after(select: &mut Statement, key: &SortKey, cell: &SqlValue, collate: &'static str) {
    if cell.is_null() {
        select.push("1 = 0");
        return;
    }
    let sign = if key.descending { "<" } else { ">" };
    select.push(format!("({}{} {sign} ", key.column, collation(key, collate))).bind(cell.clone()).push(format!(" OR {} IS NULL)", key.column));
}

fn collation(key: &SortKey, collate: &'static str) -> &'static str {
    if key.kind == SqlType::Text { collate } else { "" }
}
