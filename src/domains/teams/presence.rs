//! When people are not there, for whoever relies on them: the days, and never why.

use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::ports::presence::{self, Away};
use crate::resource::value::Date;
use crate::resource::{Check, Id};

/// Absences and leaving, as this domain knows them.
pub struct Presence;

impl presence::Presence for Presence {
    fn away(&self, check: &mut Check<'_>, person: Id, from: Date) -> Result<Vec<Away>> {
        let absences = Statement::new("SELECT starts_on, ends_on FROM absences WHERE state IN ('approved', 'taken') AND person_id = ")
            .with(person, " AND ends_on >= ")
            .with(from, " ORDER BY starts_on, id");
        let rows = absences.rows(check.connection, &[Kind::Date, Kind::Date])?;
        let mut away: Vec<Away> = rows.iter().filter_map(|row| Some(Away { starts_on: row.first()?.as_date()?, ends_on: row.get(1)?.as_date() })).collect();
        let leaving = Statement::new("SELECT state, ends_on FROM people WHERE id = ").with(person, "");
        if let Some(row) = leaving.first(check.connection, &[Kind::Text, Kind::Date])? {
            let last = row.get(1).and_then(Cell::as_date);
            let left = row.first().and_then(Cell::as_text) == Some("left");
            let gone = last.map(|last| last.plus_days(1)).or(left.then_some(check.today));
            // Who left before the day that was planned is gone today.
            let gone = if left { gone.map(|gone| gone.min(check.today)) } else { gone };
            away.extend(gone.map(|starts_on| Away { starts_on, ends_on: None }));
        }
        Ok(away)
    }
}
