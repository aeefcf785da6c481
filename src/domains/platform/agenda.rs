//! The calendar of everything that has a date.

use std::collections::{BTreeSet, HashMap};
use steward_core::clock::Moment;
use steward_core::error::FieldError;
use steward_core::resource::value::{Text, Title};
use steward_core::resource::{PEOPLE, ResourceType};
use steward_core::store::{Dated, Span};
use steward_core::view::due::dates;
use steward_core::view::prelude::*;
use steward_core::view::{PersonReference, UnitReference};

/// How many days one answer spans at most.
const LONGEST_DAYS: i64 = 400;
/// How many dates one answer has at most.
pub(super) const MOST: usize = 5000;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// First day, as YYYY-MM-DD.
    #[param(inline)]
    pub from: Date,
    /// Day after the last one, as YYYY-MM-DD.
    #[param(inline)]
    pub to: Date,
    /// Filter by unit, with all units below.
    #[param(inline, value_type = Option<UnitReference>)]
    pub unit_id: Option<Id>,
    /// Filter by person concerned: the assignee, or else the accountable owner.
    #[param(inline, value_type = Option<PersonReference>)]
    pub person_id: Option<Id>,
    /// Filter by collections, as domain/collection, with commas between them.
    pub kinds: Option<String>,
}

/// Date of a record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CalendarEntry {
    /// Day; of an instant the one in UTC.
    pub on: Date,
    /// Instant; null for a whole day.
    pub at: Option<Instant>,
    /// True if it is a whole day, or several.
    pub all_day: bool,
    /// Last day of an entry of several days (in UTC for an instant); null for a single day.
    pub ends_on: Option<Date>,
    /// End of an entry that begins and ends at an instant; null for whole days and for what has no end.
    pub ends_at: Option<Instant>,
    /// Collection of the record, as domain/collection.
    pub kind: Text<1, 128>,
    /// The record.
    pub id: Id,
    /// Title of the record.
    pub title: Text<1, 1000>,
    /// Field that holds the date, or the one from which it is counted.
    pub what: Text<1, 100>,
    /// Meaning of the date, in words.
    pub label: Text<1, 100>,
    /// State of the record; null if it has none.
    pub state: Option<Text<1, 40>>,
    /// Unit that decides who may see it; null for catalogues shared by all.
    pub unit_id: Option<Id>,
    /// Person concerned: the assignee, or else the accountable owner.
    pub person_id: Option<Id>,
    /// Name of that person, where you may read it.
    pub person_name: Option<Title>,
    /// True if it is overdue.
    pub overdue: bool,
}

/// Dates of a period.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Agenda {
    /// The first day.
    pub from: Date,
    /// The day after the last one.
    pub to: Date,
    /// Dates, the earliest first.
    pub data: Vec<CalendarEntry>,
}

impl View for Agenda {
    const PATH: &'static str = "platform/calendar";
    const OPERATION_ID: &'static str = "get_agenda";
    const SUMMARY: &'static str = "Get the calendar of all records";
    const DESCRIPTION: &'static str = "Dates of all records that you may read, from `from` to the day before `to`, the earliest first: expiries, due days, reviews, beginnings, ends and events, and dates that follow from them, such as the last day for notice. \
        What lasts, such as an absence or a change window, is one entry from its first to its last day, as long as any of them lies in the period. \
        Settled dates are left out: deadlines of finished work, reviews of records that are over, times of cancelled events. \
        A period has at most 400 days and an answer at most 5,000 dates; where there are more, ask for fewer days, a unit, a person or some kinds (400). `overdue` follows the day in `settings.time_zone`; the day of an instant is that of UTC.\n\n\
        `/platform/calendar-feeds` gives the same to programs that read iCalendar.";
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let span = span(cx, &query)?;
        let found = dates(cx, &span, MOST)?;
        if found.len() > MOST {
            let detail = format!("There are more than {MOST} dates. Ask for fewer days, or narrow it by unit_id, person_id or kinds.");
            return Err(Problem::bad_request(detail).into());
        }
        let now = cx.moment();
        let names = names(cx, &found)?;
        let data = found.iter().map(|dated| entry(dated, &names, now)).collect();
        Ok(Agenda { from: span.from, to: span.to, data })
    }
}

/// Whether something should have been done by now.
pub(super) fn is_overdue(dated: &Dated, now: Moment) -> bool {
    dated.is_deadline && dated.at.map_or(dated.on < now.today, |at| at < now.at)
}

/// The names of the people whom dates concern, as far as the reader may read them.
pub(super) fn names(reader: &mut Reader<'_>, found: &[Dated]) -> Result<HashMap<Id, Title>> {
    let people: BTreeSet<Id> = found.iter().filter_map(|dated| dated.person_id).collect();
    reader.titles(PEOPLE[0], &people.into_iter().collect::<Vec<_>>())
}

fn entry(dated: &Dated, names: &HashMap<Id, Title>, now: Moment) -> CalendarEntry {
    CalendarEntry {
        on: dated.on,
        at: dated.at,
        all_day: dated.at.is_none(),
        ends_on: dated.until,
        ends_at: dated.until_at,
        kind: Text::cut(dated.definition.path),
        id: dated.id,
        title: Text::cut(&dated.title),
        what: Text::cut(dated.what),
        label: Text::cut(&dated.label),
        state: dated.state.as_deref().map(Text::cut),
        unit_id: dated.unit_id,
        person_id: dated.person_id,
        person_name: dated.person_id.and_then(|person| names.get(&person).cloned()),
        overdue: is_overdue(dated, now),
    }
}

fn span(reader: &Reader<'_>, query: &Query) -> Result<Span> {
    let Query { from, to, unit_id: unit, person_id: person, .. } = *query;
    if to <= from || (to.0 - from.0).num_days() > LONGEST_DAYS {
        return Err(refused("to", &format!("to is a day after from, at most {LONGEST_DAYS} days later.")).into());
    }
    let kinds = query.kinds.as_deref().map(|text| kinds(reader, text)).transpose()?;
    Ok(Span { from, to, unit, person, kinds })
}

fn refused(name: &str, detail: &str) -> Problem {
    Problem { errors: vec![FieldError::new("", name, detail)], ..Problem::bad_request(detail) }
}

fn kinds(reader: &Reader<'_>, text: &str) -> Result<Vec<&'static ResourceType>> {
    let known = |path: &str| {
        let unknown =
            || refused("kinds", &format!("There is no collection {path}. Write domain/collection, such as vendors/contracts, with commas between them."));
        reader.store.definitions.get(path.trim()).ok_or_else(|| unknown().into())
    };
    text.split(',').map(known).collect()
}
