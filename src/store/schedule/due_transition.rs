//! The moves that are due by date, made by the service: each by itself, and what is refused again after a while.

use super::due_amount::come;
use crate::clock::Moment;
use crate::database::{Connection, SqlType, SqlValue, Statement};
use crate::error::{Error, Problem, Result};
use crate::ports::conflict;
use crate::resource::value::{Date, Instant};
use crate::resource::{Due, Id, ResourceType, ResourceTypes};
use crate::store::index::registry;
use crate::store::write::writer::{IfMatch, Writer};
use diesel::prelude::*;
use diesel::sql_types::{self, BigInt, Timestamptz, Uuid};
use diesel::upsert::excluded;
use steward_schema::service::deferred_moves;

/// The longest time after which a move that was refused is tried again.
const LONGEST_SECONDS: i64 = 3600;

/// How many moves that are tried no more are forgotten in one round.
const SETTLED: i64 = 500;

/// What came of the moves that were due.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// So many were made.
    pub made: i64,
    /// So many were refused, and are tried again later.
    pub refused: i64,
    /// True if there may be more of them.
    pub more: bool,
}

/// A move that is due.
struct DueMove {
    definition: &'static ResourceType,
    id: Id,
    revision: i64,
    to: &'static str,
    reason: String,
}

/// The moves that are due and that were not refused a short time ago.
fn find(connection: &mut Connection, definitions: &ResourceTypes, now: Moment, most: usize) -> Result<Vec<DueMove>> {
    let mut found = Vec::new();
    for definition in definitions.all() {
        let Some(lifecycle) = &definition.lifecycle else { continue };
        for due in definition.due {
            let (room, table) = (most.saturating_sub(found.len()), &definition.table);
            if room == 0 {
                return Ok(found);
            }
            let kind = definition.field(due.field).and_then(|field| field.columns.first()).map_or(SqlType::Date, |column| column.kind);
            let mut query = Statement::new(format!("SELECT id, revision, {} FROM {table} WHERE state IN (", due.field));
            query.bind_all(due.states(lifecycle).into_iter().map(SqlValue::from)).push(") AND ");
            query.append(come(definition, due, now, connection.is_postgres()));
            query.push(format!(
                " AND NOT EXISTS (SELECT 1 FROM deferred_moves d WHERE d.resource_id = {table}.id AND d.revision = {table}.revision AND d.to_state = "
            ));
            query
                .bind(due.to)
                .push(" AND d.next_at > ")
                .bind(now.at)
                .push(format!(") ORDER BY {}, id LIMIT ", due.field))
                .bind(i64::try_from(room).unwrap_or(1));
            let rows: Vec<(Id, i64, String)> = if kind == SqlType::Instant {
                let rows = query.load::<(Uuid, BigInt, Timestamptz), (Id, i64, Instant)>(connection)?;
                rows.into_iter().map(|(id, revision, at)| (id, revision, at.to_string())).collect()
            } else {
                let rows = query.load::<(Uuid, BigInt, sql_types::Date), (Id, i64, Date)>(connection)?;
                rows.into_iter().map(|(id, revision, on)| (id, revision, on.to_string())).collect()
            };
            found.extend(rows.into_iter().map(|(id, revision, at)| DueMove { definition, id, revision, to: due.to, reason: reason(due, &at) }));
        }
    }
    Ok(found)
}

fn reason(due: &Due, at: &str) -> String {
    let (beyond, what) = (due.days.map(|days| format!(" and {days}")).unwrap_or_default(), if due.ends { "has passed" } else { "has come" });
    format!("By date: {} {at}{beyond} {what}.", due.field)
}

impl Writer<'_> {
    /// Makes the moves that are due, so many at most, each by itself: what one of them lacks does not stop the others. What is refused
    /// is tried again when the record has changed or after a while.
    pub fn make_due_moves(&mut self, most: usize) -> Result<Tally> {
        let now = self.store.moment(self.connection, self.now);
        let found = find(self.connection, &self.store.definitions, now, most)?;
        let mut tally = Tally { more: found.len() >= most, ..Tally::default() };
        for due in found {
            match self.make_due_move(&due)? {
                Ok(()) => tally.made += 1,
                Err(detail) => {
                    tally.refused += 1;
                    tracing::warn!(collection = due.definition.path, id = %due.id, to = due.to, detail, "a move that is due could not be made; it is tried again");
                    self.defer(&due, &detail)?;
                    let told = format!("It cannot become {}: {detail} ({})", due.to, due.reason.trim_end_matches('.'));
                    self.tell_of_due_move(due.definition, due.id, due.to, Some(&told))?;
                }
            }
        }
        // What is not tried again any more was settled otherwise.
        let settled = deferred_moves::table.filter(deferred_moves::next_at.lt(self.now.plus_seconds(-LONGEST_SECONDS)));
        let rows: Vec<(Id, String)> = settled.select((deferred_moves::resource_id, deferred_moves::to_state)).limit(SETTLED).load(self.connection)?;
        for (id, to) in rows {
            self.forget_due_move(id, &to)?;
        }
        Ok(tally)
    }

    /// Opens a conflict on a record about a move by date that cannot be made, or ends it.
    fn tell_of_due_move(&mut self, definition: &'static ResourceType, id: Id, to: &str, detail: Option<&str>) -> Result<()> {
        let rule = definition.permission(&format!("due_{to}"));
        let settled = self.savepoint(|writer| {
            let settled = writer.with_check(id, None, None, |check| conflict::settle(check, id, &rule, detail))?;
            writer.apply_effects(settled.effects)
        })?;
        match settled {
            Err(Error::Problem(problem)) => tracing::warn!(%id, rule, detail = problem.detail, "a conflict about a move by date could not be written"),
            other => other?,
        }
        Ok(())
    }

    /// Forgets that a move by date was refused: it was made, or is due no more.
    fn forget_due_move(&mut self, id: Id, to: &str) -> Result<()> {
        let forgotten = diesel::delete(deferred_moves::table.find((id, to))).execute(self.connection)?;
        let entry = if forgotten > 0 { registry::find_one(self.connection, id)? } else { None };
        match entry.and_then(|entry| self.store.definitions.get(&entry.collection)) {
            Some(definition) => self.tell_of_due_move(definition, id, to, None),
            None => Ok(()),
        }
    }

    /// The same of all moves of a record, which has left the state that they were to be made from.
    pub(in crate::store) fn forget_due_moves(&mut self, definition: &'static ResourceType, id: Id) -> Result<()> {
        if definition.due.is_empty() {
            return Ok(());
        }
        let refused: Vec<String> = deferred_moves::table.filter(deferred_moves::resource_id.eq(id)).select(deferred_moves::to_state).load(self.connection)?;
        refused.iter().try_for_each(|to| self.forget_due_move(id, to))
    }

    /// Makes one move in a savepoint; says why where it cannot be made.
    fn make_due_move(&mut self, due: &DueMove) -> Result<std::result::Result<(), String>> {
        let reason = Some(due.reason.clone());
        match self.savepoint(|writer| writer.because(reason, |writer| writer.transition(due.definition, due.id, &IfMatch::Any, due.to)))? {
            Ok(_) => {}
            Err(Error::Rehearsed) => return Err(Error::Rehearsed),
            Err(error) => return Ok(Err(told(error.into_problem()))),
        }
        self.forget_due_move(due.id, due.to)?;
        Ok(Ok(()))
    }

    /// Remembers that a move was refused, and when it is tried again: after a minute, then after twice as long each time.
    fn defer(&mut self, due: &DueMove, detail: &str) -> Result<()> {
        let known = deferred_moves::table.find((due.id, due.to)).select(deferred_moves::attempts);
        let before: i64 = known.get_result(self.connection).optional()?.unwrap_or_default();
        let wait = (60_i64 << before.clamp(0, 6)).min(LONGEST_SECONDS);
        let row = (
            deferred_moves::resource_id.eq(due.id),
            deferred_moves::to_state.eq(due.to),
            deferred_moves::revision.eq(due.revision),
            deferred_moves::attempts.eq(before + 1),
            deferred_moves::next_at.eq(self.now.plus_seconds(wait)),
            deferred_moves::detail.eq(detail.chars().take(1000).collect::<String>()),
        );
        let anew = (
            deferred_moves::revision.eq(excluded(deferred_moves::revision)),
            deferred_moves::attempts.eq(excluded(deferred_moves::attempts)),
            deferred_moves::next_at.eq(excluded(deferred_moves::next_at)),
            deferred_moves::detail.eq(excluded(deferred_moves::detail)),
        );
        let place = (deferred_moves::resource_id, deferred_moves::to_state);
        diesel::insert_into(deferred_moves::table).values(row).on_conflict(place).do_update().set(anew).execute(self.connection)?;
        Ok(())
    }
}

/// A problem in one line.
fn told(problem: Problem) -> String {
    let fields: Vec<String> = problem.errors.iter().map(|broken| format!("{} {}", broken.pointer, broken.detail)).collect();
    if fields.is_empty() { problem.detail } else { format!("{} ({})", problem.detail, fields.join(" ")) }
}
