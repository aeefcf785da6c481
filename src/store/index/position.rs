//! The positions of revisions in the feed of events: one order of all that was committed, in which those of a record follow each other.
//!
//! On SQLite, which has one writer, a revision is numbered as it is written. On PostgreSQL transactions commit in another order than they
//! write: there revisions are numbered afterwards, by one process at a time, and readers see the numbered ones only. So whoever has read up
//! to a position has seen all that there will ever be before it.

use crate::database::expression::take_turn;
use crate::database::{Connection, SqlValue, Statement};
use crate::error::Result;
use crate::resource::Id;
use diesel::dsl::{exists, max, select};
use diesel::prelude::*;
use std::collections::{BTreeMap, VecDeque};
use steward_schema::service::revisions;

/// Number of records whose revisions are numbered in one transaction.
const BATCH: i64 = 1_000;
/// Number of revisions that are numbered in one statement.
const AT_ONCE: usize = 10_000;
/// The turn of who numbers.
const TURN: i64 = 7_853_221_150;

/// The position of the last numbered revision; 0 if there is none.
pub fn last(connection: &mut Connection) -> Result<i64> {
    let last: Option<i64> = revisions::table.select(max(revisions::position)).get_result(connection)?;
    Ok(last.unwrap_or_default())
}

/// How far the feed of events is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The position of the last event; 0 if there is none.
    pub last_position: i64,
    /// Number of committed changes that have no position yet, up to [`MOST_COUNTED`].
    pub unnumbered: i64,
}

/// Number up to which changes without a position are counted.
const MOST_COUNTED: i64 = 10_000;

/// How far the feed is.
pub fn progress(connection: &mut Connection) -> Result<Progress> {
    let waiting: Vec<Id> = revisions::table.filter(revisions::position.is_null()).limit(MOST_COUNTED).select(revisions::id).load(connection)?;
    Ok(Progress { last_position: last(connection)?, unnumbered: i64::try_from(waiting.len()).unwrap_or(MOST_COUNTED) })
}

/// Whether a committed revision has no number yet.
pub fn is_behind(connection: &mut Connection) -> Result<bool> {
    Ok(select(exists(revisions::table.filter(revisions::position.is_null()))).get_result(connection)?)
}

/// Numbers committed revisions, oldest first, and says how many.
pub fn number(connection: &mut Connection) -> Result<usize> {
    take_turn(connection, TURN)?;
    let waiting = revisions::table.filter(revisions::position.is_null());
    let mut records: Vec<Id> = waiting.order(revisions::id).limit(BATCH).select(revisions::resource_id).load(connection)?;
    records.sort_unstable();
    records.dedup();
    let whole = waiting.filter(revisions::resource_id.eq_any(records)).order(revisions::id);
    let rows: Vec<(Id, Id, i64)> = whole.select((revisions::id, revisions::resource_id, revisions::revision)).load(connection)?;
    if rows.is_empty() {
        return Ok(0);
    }
    let first = last(connection)? + 1;
    let mut update = Statement::new("UPDATE revisions SET position = numbered.position FROM (VALUES ").once();
    for (at, (id, position)) in in_order(&rows).into_iter().take(AT_ONCE).zip(first..).enumerate() {
        update.push(if at > 0 { ", (" } else { "(" }).bind_all([SqlValue::Id(id), SqlValue::Integer(position)]).push(")");
    }
    update.push(") AS numbered (id, position) WHERE revisions.id = numbered.id");
    Ok(update.execute(connection)?)
}

/// Revisions `(id, record, revision)` in the order in which they stand, but those of each record among themselves by revision: clocks of
/// several processes differ.
fn in_order(rows: &[(Id, Id, i64)]) -> Vec<Id> {
    let mut of_records: BTreeMap<Id, VecDeque<(i64, Id)>> = BTreeMap::new();
    for (id, record, revision) in rows {
        of_records.entry(*record).or_default().push_back((*revision, *id));
    }
    of_records.values_mut().for_each(|own| own.make_contiguous().sort_unstable());
    rows.iter().filter_map(|(_, record, _)| Some(of_records.get_mut(record)?.pop_front()?.1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_of_a_record_keep_their_order_whatever_the_clocks_say() {
        let id = |number: u8| Id::parse(&format!("01980000-0000-7000-8000-0000000000{number:02}")).unwrap();
        let (one, other) = (id(90), id(91));
        let rows = [(id(1), one, 2), (id(2), other, 1), (id(3), one, 1), (id(4), one, 3)];
        assert_eq!(in_order(&rows), [id(3), id(2), id(1), id(4)]);
    }
}
