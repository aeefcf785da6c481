//! What a state is worth before the move that is due by date is made.
//!
//! Whatever treats a state as valid asks [`standing`]: a record whose last day has passed stands where its move by date leads,
//! whether the service has come to make that move or not.

use crate::clock::Moment;
use crate::database::{Connection, SqlType, SqlValue, Statement};
use crate::error::Result;
use crate::resource::{Due, Id, ResourceType, ResourceTypes, Stored};
use crate::store::read::reader::Reader;

/// The condition that the date of a move has come, on its table.
pub(in crate::store) fn come(definition: &ResourceType, due: &Due, now: Moment, is_postgres: bool) -> Statement {
    let field = due.field;
    let instant = definition.field(field).and_then(|field| field.columns.first()).is_some_and(|column| column.kind == SqlType::Instant);
    let day = match due.days {
        None => field.to_owned(),
        Some(days) => later_day(field, days, is_postgres),
    };
    let mut come = match (instant, due.ends) {
        (true, _) => Statement::new(format!("{field} <= ")).with(now.at, ""),
        (false, true) => Statement::new(format!("{day} < ")).with(now.today, ""),
        (false, false) => Statement::new(format!("{day} <= ")).with(now.today, ""),
    };
    match due.only {
        Some((name, ["true"])) => drop(come.push(format!(" AND {name}"))),
        Some((name, words)) => drop(come.push(format!(" AND {name} IN (")).bind_all(words.iter().map(|word| SqlValue::from(*word))).push(")")),
        None => {}
    }
    come
}

/// The SQL of a day so many days after another.
pub(in crate::store) fn later_day(field: &str, days: &str, is_postgres: bool) -> String {
    if is_postgres { format!("({field} + CAST({days} AS integer))") } else { format!("date({field}, '+' || {days} || ' days')") }
}

/// The state in which a record counts: its own, or the one to which a date that has passed moves it.
pub(in crate::store) fn standing(connection: &mut Connection, definition: &'static ResourceType, id: Id, state: &str, now: Moment) -> Result<String> {
    for due in definition.due_from(state).filter(|due| due.ends) {
        let mut passed = Statement::new(format!("SELECT 1 FROM {} WHERE id = ", definition.table)).with(id, " AND ");
        passed.append(come(definition, due, now, connection.is_postgres()));
        if passed.finds(connection)? {
            return Ok(due.to.to_owned());
        }
    }
    Ok(state.to_owned())
}

/// The same of a record of any collection.
pub(in crate::store) fn standing_of(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    collection: &str,
    id: Id,
    state: &str,
    now: Moment,
) -> Result<String> {
    match definitions.get(collection) {
        Some(definition) => standing(connection, definition, id, state, now),
        None => Ok(state.to_owned()),
    }
}

/// The condition, beginning with ` AND`, that leaves the records of a table that still count as being in a state.
pub(in crate::store) fn still(definition: &'static ResourceType, state: &str, now: Moment, is_postgres: bool) -> Statement {
    let mut still = Statement::default();
    for due in definition.due_from(state).filter(|due| due.ends) {
        still.push(" AND NOT COALESCE(").append(come(definition, due, now, is_postgres)).push(", FALSE)");
    }
    still
}

impl Reader<'_> {
    /// The state in which a record counts today: its own, or the one to which a date that has passed moves it.
    pub fn standing(&mut self, definition: &'static ResourceType, stored: &Stored) -> Result<Option<String>> {
        let Some(state) = stored.meta.state.as_deref() else { return Ok(None) };
        standing(self.connection, definition, stored.meta.id, state, self.moment()).map(Some)
    }
}
