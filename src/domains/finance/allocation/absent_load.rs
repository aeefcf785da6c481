//! Allocations that count on somebody who is not there: an absence or leaving is a fact, and raises a conflict.

use super::allocation_load::{Firmness, Load, clashes};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::presence;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Flag, Id, Watch};
use steward_schema::finance::allocations;

/// A hard allocation that is confirmed takes time of a person on days on which the person has none.
pub const CAPACITY: Flag = Flag {
    code: "capacity",
    about: "teams/people",
    watches: &[Watch::by("finance/allocations", "person_id"), Watch::by("teams/absences", "person_id"), Watch::known("teams/people")],
    judge: relied_on,
    hold: None,
};

fn relied_on(check: &mut Check<'_>, person: Id) -> Result<Option<String>> {
    let rows: Vec<(Date, Date)> = allocations::table
        .filter(allocations::kind.eq(Firmness::Hard).and(allocations::state.eq_any(["confirmed", "active"])))
        .filter(allocations::person_id.eq(person).and(allocations::ends_on.ge(check.today)))
        .order((allocations::starts_on, allocations::id))
        .select((allocations::starts_on, allocations::ends_on))
        .load(check.connection)?;
    let loads: Vec<Load> = rows.into_iter().map(|(starts_on, ends_on)| Load { starts_on, ends_on, percent: 0.0 }).collect();
    if loads.is_empty() {
        return Ok(None);
    }
    let today = check.today;
    let away: Vec<(Date, Option<Date>)> = presence::away(check, person, today)?.iter().map(|away| (away.starts_on, away.ends_on)).collect();
    let found = clashes(&loads, &away, today);
    let spans: Vec<String> = found.iter().take(5).map(|(first, last)| format!("{first} to {last}")).collect();
    Ok((!spans.is_empty()).then(|| format!("Hard allocations count on the person, who is not there: {}.", spans.join(", "))))
}
