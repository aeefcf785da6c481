//! What is due by date: the moves that the house makes, and what a state is worth before they are made.
//!
//! Whatever treats a state as valid asks [`standing`]: a record whose last day has passed stands where its move by date leads,
//! whether the house has come to make that move or not.

use super::read::Reader;
use super::write::{IfMatch, Writer};
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::{Error, Problem, Result};
use crate::resource::value::Instant;
use crate::resource::{Definition, Definitions, Due, Id, Stored};

/// The longest time after which a move that was refused is tried again.
const LONGEST_SECONDS: i64 = 3600;

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
    definition: &'static Definition,
    id: Id,
    revision: i64,
    to: &'static str,
    reason: String,
}

/// The condition that the date of a move has come, on its table.
fn come(definition: &Definition, due: &Due, now: Instant, is_postgres: bool) -> Statement {
    let field = due.field;
    let instant = definition.field(field).and_then(|field| field.columns.first()).is_some_and(|column| column.kind == Kind::Instant);
    let day = match due.days {
        None => field.to_owned(),
        Some(days) => later_day(field, days, is_postgres),
    };
    let mut come = match (instant, due.ends) {
        (true, _) => Statement::new(format!("{field} <= ")).with(now, ""),
        (false, true) => Statement::new(format!("{day} < ")).with(now.date(), ""),
        (false, false) => Statement::new(format!("{day} <= ")).with(now.date(), ""),
    };
    match due.only {
        Some((name, ["true"])) => drop(come.push(format!(" AND {name}"))),
        Some((name, words)) => drop(come.push(format!(" AND {name} IN (")).bind_all(words.iter().map(|word| Cell::from(*word))).push(")")),
        None => {}
    }
    come
}

/// The SQL of a day so many days after another.
pub(super) fn later_day(field: &str, days: &str, is_postgres: bool) -> String {
    if is_postgres { format!("({field} + CAST({days} AS integer))") } else { format!("date({field}, '+' || {days} || ' days')") }
}

/// The state in which a record counts: its own, or the one to which a date that has passed moves it.
pub(super) fn standing(connection: &mut Connection, definition: &'static Definition, id: Id, state: &str, now: Instant) -> Result<String> {
    for due in definition.due_from(state).filter(|due| due.ends) {
        let mut passed = Statement::new(format!("SELECT 1 FROM {} WHERE id = ", definition.table)).with(id, " AND ");
        passed.append(come(definition, due, now, connection.is_postgres()));
        if passed.first(connection, &[])?.is_some() {
            return Ok(due.to.to_owned());
        }
    }
    Ok(state.to_owned())
}

/// The same of a record of any collection.
pub(super) fn standing_of(connection: &mut Connection, definitions: &Definitions, collection: &str, id: Id, state: &str, now: Instant) -> Result<String> {
    match definitions.get(collection) {
        Some(definition) => standing(connection, definition, id, state, now),
        None => Ok(state.to_owned()),
    }
}

/// The condition, beginning with ` AND`, that leaves the records of a table that still count as being in a state.
pub(super) fn still(definition: &'static Definition, state: &str, now: Instant, is_postgres: bool) -> Statement {
    let mut still = Statement::default();
    for due in definition.due_from(state).filter(|due| due.ends) {
        still.push(" AND NOT COALESCE(").append(come(definition, due, now, is_postgres)).push(", FALSE)");
    }
    still
}

/// The moves that are due and that were not refused a short time ago.
fn find(connection: &mut Connection, definitions: &Definitions, now: Instant, most: usize) -> Result<Vec<DueMove>> {
    let mut found = Vec::new();
    for definition in definitions.all() {
        let Some(lifecycle) = &definition.lifecycle else { continue };
        for due in definition.due {
            let (room, table) = (most.saturating_sub(found.len()), &definition.table);
            if room == 0 {
                return Ok(found);
            }
            let kind = definition.field(due.field).and_then(|field| field.columns.first()).map_or(Kind::Date, |column| column.kind);
            let mut query = Statement::new(format!("SELECT id, revision, {} FROM {table} WHERE state IN (", due.field));
            query.bind_all(due.states(lifecycle).into_iter().map(Cell::from)).push(") AND ");
            query.append(come(definition, due, now, connection.is_postgres()));
            query.push(format!(
                " AND NOT EXISTS (SELECT 1 FROM deferred_moves d WHERE d.resource_id = {table}.id AND d.revision = {table}.revision AND d.to_state = "
            ));
            query.bind(due.to).push(" AND d.next_at > ").bind(now).push(format!(") ORDER BY {}, id LIMIT ", due.field)).bind(i64::try_from(room).unwrap_or(1));
            for row in query.rows(connection, &[Kind::Id, Kind::Integer, kind])? {
                let [id, revision, at] = row.as_slice() else { continue };
                let (Some(id), Some(revision)) = (id.as_id(), revision.as_integer()) else { continue };
                found.push(DueMove { definition, id, revision, to: due.to, reason: reason(due, at) });
            }
        }
    }
    Ok(found)
}

fn reason(due: &Due, at: &Cell) -> String {
    let at = at.as_date().map(|date| date.to_string()).or_else(|| at.as_instant().map(|at| at.to_string())).unwrap_or_default();
    let (beyond, what) = (due.days.map(|days| format!(" and {days}")).unwrap_or_default(), if due.ends { "has passed" } else { "has come" });
    format!("By date: {} {at}{beyond} {what}.", due.field)
}

impl Reader<'_> {
    /// The state in which a record counts today: its own, or the one to which a date that has passed moves it.
    pub fn standing(&mut self, definition: &'static Definition, stored: &Stored) -> Result<Option<String>> {
        let Some(state) = stored.meta.state.as_deref() else { return Ok(None) };
        standing(self.connection, definition, stored.meta.id, state, self.store.now()).map(Some)
    }
}

impl Writer<'_> {
    /// Makes the moves that are due, so many at most, each by itself: what one of them lacks does not stop the others. What is refused
    /// is tried again when the record has changed or after a while.
    pub fn make_due_moves(&mut self, most: usize) -> Result<Tally> {
        let found = find(self.connection, &self.store.definitions, self.now, most)?;
        let mut tally = Tally { more: found.len() >= most, ..Tally::default() };
        for due in found {
            match self.make_due_move(&due)? {
                Ok(()) => tally.made += 1,
                Err(detail) => {
                    tally.refused += 1;
                    tracing::warn!(collection = due.definition.path, id = %due.id, to = due.to, detail, "a move that is due could not be made; it is tried again");
                    self.defer(&due, &detail)?;
                }
            }
        }
        // What is not tried again any more was settled otherwise.
        Statement::new("DELETE FROM deferred_moves WHERE next_at < ").with(self.now.plus_seconds(-LONGEST_SECONDS), "").execute(self.connection)?;
        Ok(tally)
    }

    /// Makes one move in a savepoint; says why where it cannot be made.
    fn make_due_move(&mut self, due: &DueMove) -> Result<std::result::Result<(), String>> {
        Statement::new("SAVEPOINT due_move").execute(self.connection)?;
        let mark = self.mark();
        let outcome = self.because(Some(due.reason.clone()), |writer| writer.transition(due.definition, due.id, &IfMatch::Any, due.to));
        if let Err(error) = outcome {
            Statement::new("ROLLBACK TO SAVEPOINT due_move").execute(self.connection)?;
            Statement::new("RELEASE SAVEPOINT due_move").execute(self.connection)?;
            self.return_to(mark);
            return match error {
                Error::Rehearsed => Err(error),
                error => Ok(Err(told(error.into_problem()))),
            };
        }
        Statement::new("RELEASE SAVEPOINT due_move").execute(self.connection)?;
        let kept = Statement::new("DELETE FROM deferred_moves WHERE resource_id = ").with(due.id, " AND to_state = ").with(due.to, "");
        kept.execute(self.connection)?;
        Ok(Ok(()))
    }

    /// Remembers that a move was refused, and when it is tried again: after a minute, then after twice as long each time.
    fn defer(&mut self, due: &DueMove, detail: &str) -> Result<()> {
        let known = Statement::new("SELECT attempts FROM deferred_moves WHERE resource_id = ").with(due.id, " AND to_state = ").with(due.to, "");
        let before = known.first(self.connection, &[Kind::Integer])?.and_then(|row| row.first().and_then(Cell::as_integer)).unwrap_or_default();
        let wait = (60_i64 << before.clamp(0, 6)).min(LONGEST_SECONDS);
        let mut keep = Statement::new("INSERT INTO deferred_moves (resource_id, to_state, revision, attempts, next_at, detail) VALUES (");
        keep.bind_all([
            due.id.into(),
            due.to.into(),
            due.revision.into(),
            (before + 1).into(),
            self.now.plus_seconds(wait).into(),
            detail.chars().take(1000).collect::<String>().into(),
        ]);
        keep.push(
            ") ON CONFLICT (resource_id, to_state) DO UPDATE SET revision = excluded.revision, attempts = excluded.attempts, next_at = excluded.next_at, \
             detail = excluded.detail",
        );
        keep.execute(self.connection)?;
        Ok(())
    }
}

/// A problem in one line.
fn told(problem: Problem) -> String {
    let fields: Vec<String> = problem.errors.iter().map(|broken| format!("{} {}", broken.pointer, broken.detail)).collect();
    if fields.is_empty() { problem.detail } else { format!("{} ({})", problem.detail, fields.join(" ")) }
}
