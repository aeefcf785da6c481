//! The calendar of everything that has a date.

use crate::error::{Broken, Problem, Result};
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::value::{Date, Instant, Many, Text};
use crate::resource::{Definition, Id, Model};
use crate::store::{Dated, Reader, Span};
use serde_json::Value;

/// How many days one answer spans at most.
const LONGEST_DAYS: i64 = 400;
/// How many dates one answer has at most.
pub(super) const MOST: usize = 5000;

/// `GET platform/calendar`.
pub static CALENDAR: View = View {
    path: "platform/calendar",
    operation_id: "get_agenda",
    summary: "Get everything that has a date",
    description: "The dates of all records that you may read, the earliest first: what expires, is due, is reviewed, begins, ends or takes place from `from` to the day before `to`. \
        What is settled is left out: a deadline of what is done, a review of what is over, the time of what was called off. \
        A span has at most 400 days and an answer at most 5,000 dates; where there are more, ask for fewer days, a unit, a person or some kinds (400). Days are those of UTC.\n\n\
        `/platform/calendar-feeds` gives the same to programs that read iCalendar.",
    permissions: &[],
    parameters: &[
        Parameter { name: "from", description: "The first day, as YYYY-MM-DD.", words: &[], required: true },
        Parameter { name: "to", description: "The day after the last one, as YYYY-MM-DD.", words: &[], required: true },
        Parameter { name: "unit_id", description: "Only in this unit and those below it.", words: &[], required: false },
        Parameter { name: "person_id", description: "Only what concerns this person: who does it, or else who answers for it.", words: &[], required: false },
        Parameter { name: "kinds", description: "Only of these collections, as domain/collection, with commas between them.", words: &[], required: false },
    ],
    answer: crate::resource::model::answer_schema::<Agenda>,
    run: Run::Read(run),
};

crate::answer! {
    /// A date of a record.
    pub struct CalendarEntry {
        /// The day; of an instant the one in UTC.
        pub on: Date,
        /// The instant; null if it is a whole day.
        pub at: Option<Instant>,
        /// True if it is a whole day.
        pub all_day: bool,
        /// The collection of the record, as domain/collection.
        pub kind: Text<1, 128>,
        /// The record.
        pub id: Id,
        /// What people call it.
        pub title: Text<1, 1000>,
        /// The field that holds the date, or the one from which it is counted.
        pub what: Text<1, 100>,
        /// What happens then, in words.
        pub label: Text<1, 100>,
        /// The state of the record; null if it has none.
        pub state: Option<Text<1, 40>>,
        /// The unit that decides who may see it; null for what all share.
        pub unit_id: Option<Id>,
        /// The person whom it concerns: who does it, or else who answers for it.
        pub person_id: Option<Id>,
        /// Whether it should have been done by now.
        pub overdue: bool,
    }
}

crate::answer! {
    /// The dates of a span.
    pub struct Agenda {
        /// The first day.
        pub from: Date,
        /// The day after the last one.
        pub to: Date,
        /// The dates, the earliest first.
        pub data: Many<CalendarEntry>,
    }
}

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let span = span(reader, call)?;
    let found = reader.dates(&span, MOST)?;
    if found.len() > MOST {
        let detail = format!("There are more than {MOST} dates. Ask for fewer days, or narrow it by unit_id, person_id or kinds.");
        return Err(Problem::bad_request(detail).into());
    }
    let now = reader.store.now();
    let data = Many(found.iter().map(|dated| entry(dated, now)).collect());
    Ok(Model::to_json(&Agenda { from: span.from, to: span.to, data }).into())
}

/// Whether something should have been done by now.
pub(super) fn is_overdue(dated: &Dated, now: Instant) -> bool {
    dated.is_deadline && dated.at.map_or(dated.on < now.date(), |at| at < now)
}

fn entry(dated: &Dated, now: Instant) -> CalendarEntry {
    CalendarEntry {
        on: dated.on,
        at: dated.at,
        all_day: dated.at.is_none(),
        kind: Text::cut(dated.definition.path),
        id: dated.id,
        title: Text::cut(&dated.title),
        what: Text::cut(dated.what),
        label: Text::cut(&dated.label),
        state: dated.state.as_deref().map(Text::cut),
        unit_id: dated.unit_id,
        person_id: dated.person_id,
        overdue: is_overdue(dated, now),
    }
}

fn span(reader: &Reader<'_>, call: &Call) -> Result<Span> {
    let (from, to) = (day(call, "from")?, day(call, "to")?);
    if to <= from || (to.0 - from.0).num_days() > LONGEST_DAYS {
        return Err(refused("to", &format!("to is a day after from, at most {LONGEST_DAYS} days later.")).into());
    }
    let kinds = call.parameter("kinds").map(|text| kinds(reader, text)).transpose()?;
    Ok(Span { from, to, unit: id(call, "unit_id")?, person: id(call, "person_id")?, kinds })
}

fn refused(name: &str, detail: &str) -> Problem {
    Problem { errors: vec![Broken::new("", name, detail)], ..Problem::bad_request(detail) }
}

fn day(call: &Call, name: &str) -> Result<Date> {
    let said = call.parameter(name).and_then(Date::parse);
    said.ok_or_else(|| refused(name, &format!("Say {name} as a day such as 2026-01-31.")).into())
}

fn id(call: &Call, name: &str) -> Result<Option<Id>> {
    let Some(text) = call.parameter(name) else { return Ok(None) };
    Id::parse(text).map(Some).ok_or_else(|| refused(name, &format!("{name} is a UUID.")).into())
}

fn kinds(reader: &Reader<'_>, text: &str) -> Result<Vec<&'static Definition>> {
    let known = |path: &str| {
        let unknown =
            || refused("kinds", &format!("There is no collection {path}. Write domain/collection, such as vendors/contracts, with commas between them."));
        reader.store.definitions.get(path.trim()).ok_or_else(|| unknown().into())
    };
    text.split(',').map(known).collect()
}
