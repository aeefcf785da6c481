//! Allocations that count on somebody who is not there: an absence or leaving is a fact, and raises a conflict.

use super::allocation_load::{Load, clashes};
use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::ports::presence;
use crate::resource::value::Date;
use crate::resource::{Check, Flag, Id, Watch};

/// A hard allocation that is confirmed takes time of a person on days on which the person has none.
pub const CAPACITY: Flag = Flag {
    code: "capacity",
    about: "teams/people",
    watches: &[Watch::by("finance/allocations", "person_id"), Watch::by("teams/absences", "person_id"), Watch::itself("teams/people")],
    judge: relied_on,
    hold: None,
};

fn relied_on(check: &mut Check<'_>, person: Id) -> Result<Option<String>> {
    let query = Statement::new("SELECT starts_on, ends_on FROM allocations WHERE kind = 'hard' AND state IN ('confirmed', 'active') AND person_id = ")
        .with(person, " AND ends_on >= ")
        .with(check.today, " ORDER BY starts_on, id");
    let rows = query.rows(check.connection, &[Kind::Date, Kind::Date])?;
    let loads: Vec<Load> =
        rows.iter().filter_map(|row| Some(Load { starts_on: row.first()?.as_date()?, ends_on: row.get(1)?.as_date()?, percent: 0.0 })).collect();
    if loads.is_empty() {
        return Ok(None);
    }
    let today = check.today;
    let away: Vec<(Date, Option<Date>)> = presence::away(check, person, today)?.iter().map(|away| (away.starts_on, away.ends_on)).collect();
    let found = clashes(&loads, &away, today);
    let spans: Vec<String> = found.iter().take(5).map(|(first, last)| format!("{first} to {last}")).collect();
    Ok((!spans.is_empty()).then(|| format!("Hard allocations count on the person, who is not there: {}.", spans.join(", "))))
}
