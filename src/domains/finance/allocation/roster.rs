//! People with what takes their time, as far as the caller sees them.

use super::allocation_load::Firmness;
use super::capacity::{Task, Worker};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::{CHUNK, Narrowed};
use steward_core::error::Result;
use steward_core::ports::people::{self, Rostered};
use steward_core::ports::presence;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, Title};
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::finance::allocations;

/// A person of the roster.
pub struct Listed {
    /// The person.
    pub person: Rostered,
    /// The name.
    pub name: Title,
    /// What takes the time.
    pub worker: Worker,
}

/// The people in sight who work in a span, with their absences and the allocations in sight, by name.
pub fn read(cx: &mut Reader<'_>, (from, to): (Date, Date), seen: &Narrowed<allocations::table>) -> Result<Vec<Listed>> {
    let last = to.0.pred_opt().map_or(to, Date);
    let all = cx.ask(|check| people::roster(check, from, last))?;
    let ids: Vec<Id> = all.iter().map(|person| person.id).collect();
    let names: HashMap<Id, Title> = cx.titles("teams/people", &ids)?;
    let mut tasks = tasks(cx, &ids, (from, last), seen)?;
    let mut away = cx.ask(|check| presence::all_away(check, &ids, from))?;
    let mut listed = Vec::new();
    for person in all {
        let Some(name) = names.get(&person.id).cloned() else { continue };
        let worker = Worker {
            weekly_hours: person.weekly_hours,
            away: away.remove(&person.id).unwrap_or_default().into_iter().map(|away| (away.starts_on, away.ends_on)).collect(),
            tasks: tasks.remove(&person.id).unwrap_or_default(),
        };
        listed.push(Listed { person, name, worker });
    }
    listed.sort_by(|one, other| (&one.name.0, one.person.id).cmp(&(&other.name.0, other.person.id)));
    Ok(listed)
}

fn tasks(cx: &mut Reader<'_>, people: &[Id], (from, last): (Date, Date), seen: &Narrowed<allocations::table>) -> Result<HashMap<Id, Vec<Task>>> {
    let mut found: Vec<(Id, Task)> = Vec::new();
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    type Row = (Id, Id, Date, Date, Option<f64>, Option<f64>, Firmness, String);
    for chunk in people.chunks(CHUNK) {
        let rows: Vec<Row> = allocations::table
            .filter(allocations::person_id.eq_any(chunk).and(allocations::state.eq_any(["proposed", "confirmed", "active", "completed"])))
            .filter(allocations::ends_on.ge(from).and(allocations::starts_on.le(last)))
            .filter(seen.clone())
            .order((allocations::starts_on, allocations::id))
            .select((
                allocations::person_id,
                allocations::id,
                allocations::starts_on,
                allocations::ends_on,
                allocations::percent,
                allocations::weekly_hours,
                allocations::kind,
                allocations::state,
            ))
            .load(cx.within(seen))?;
        found.extend(rows.into_iter().map(|(person, id, starts_on, ends_on, percent, weekly_hours, kind, state)| {
            (person, Task { id, starts_on, ends_on, percent, weekly_hours, hard: kind == Firmness::Hard && state != "proposed" })
        }));
    }
    Ok(grouped(found))
}
