//! The dates of all records that a session may read, in one order: one query for each collection, however many records there are.

use super::field_visibility::FieldVisibility;
use super::reader::Reader;
use super::scope;
use super::search::shown_title;
use crate::access::units_within;
use crate::database::{CHUNK, SqlType, SqlValue, Statement};
use crate::error::Result;
use crate::resource::dates::{Appointment, capitalised};
use crate::resource::occasion::Occasion;
use crate::resource::value::{Date, Instant};
use crate::resource::{Field, Id, ResourceType};
use crate::store::schedule::due_amount::later_day;
use diesel::sql_types::{self, Nullable, Text, Timestamptz, Uuid};
use std::collections::HashMap;

/// Which dates.
#[derive(Clone)]
pub struct Span {
    /// The first day.
    pub from: Date,
    /// The day after the last one.
    pub to: Date,
    /// Only in this unit and below it.
    pub unit: Option<Id>,
    /// Only of this person.
    pub person: Option<Id>,
    /// Only of these collections; none: of all.
    pub kinds: Option<Vec<&'static ResourceType>>,
}

/// A date of a record.
#[derive(Clone)]
pub struct Dated {
    /// The day, in UTC where it is that of an instant.
    pub on: Date,
    /// The instant, where it is one.
    pub at: Option<Instant>,
    /// The last day, in UTC where it is that of an instant, of what lasts longer than a day.
    pub until: Option<Date>,
    /// The instant until which it lasts, where it is one.
    pub until_at: Option<Instant>,
    /// The collection.
    pub definition: &'static ResourceType,
    /// The record.
    pub id: Id,
    /// What people call it.
    pub title: String,
    /// The field.
    pub what: &'static str,
    /// What happens then, in words.
    pub label: String,
    /// The record's state, where it has one.
    pub state: Option<String>,
    /// The unit that decides who may see it.
    pub unit_id: Option<Id>,
    /// The person whom it concerns.
    pub person_id: Option<Id>,
    /// True if it must be done by then.
    pub is_deadline: bool,
    /// When the record was last changed.
    pub updated_at: Instant,
}

/// A date that follows from others of a record.
#[derive(Debug, Clone, Copy)]
pub struct DerivedDate {
    /// The record.
    pub id: Id,
    /// The day, in UTC where it is that of an instant.
    pub on: Date,
    /// The instant, where it is one.
    pub at: Option<Instant>,
    /// The field from which it is counted.
    pub what: &'static str,
    /// What happens then, in words.
    pub label: &'static str,
    /// The person whom it concerns, where the record itself names nobody.
    pub person_id: Option<Id>,
}

impl DerivedDate {
    /// A day by which something is to be done about a record.
    pub fn day(id: Id, on: Date, what: &'static str, label: &'static str) -> Self {
        DerivedDate { id, on, at: None, what, label, person_id: None }
    }

    /// The same, where the record names nobody, of a person.
    pub fn of(self, person_id: Option<Id>) -> Self {
        DerivedDate { person_id, ..self }
    }
}

/// What stands beside a derived date: the record, its person and last change, and its title, state and unit.
type Beneath = (Id, Option<Id>, Instant, String, Option<String>, Option<Id>);
type BeneathOf = (Uuid, Nullable<Uuid>, Timestamptz, Text, Nullable<Text>, Nullable<Uuid>);

/// A row beside its day: the record, the field, the person, the last change, and the title, state and unit of the record.
type Beside = (Id, String, Option<Id>, Instant, String, Option<String>, Option<Id>);
type BesideOf = (Uuid, Text, Nullable<Uuid>, Timestamptz, Text, Nullable<Text>, Nullable<Uuid>);

/// Time of an entry.
struct Time {
    on: Date,
    at: Option<Instant>,
    until: Option<Date>,
    until_at: Option<Instant>,
}

impl Time {
    fn of_days(on: Date, until: Option<Date>) -> Time {
        Time { on, at: None, until: until.filter(|until| *until > on), until_at: None }
    }

    fn of_instants(at: Instant, until: Option<Instant>) -> Time {
        let until_at = until.filter(|until| *until > at);
        Time { on: at.date(), at: Some(at), until: until_at.map(|until| until.date()).filter(|until| *until > at.date()), until_at }
    }
}

impl Reader<'_> {
    /// The dates in a span, the earliest first, so many at most and one more if there are more.
    pub fn dates(&mut self, span: &Span, most: usize) -> Result<Vec<Dated>> {
        let definitions = self.store.definitions.clone();
        let mut found: Vec<Dated> = Vec::new();
        for definition in definitions.all().iter().copied() {
            if span.kinds.as_ref().is_some_and(|kinds| kinds.iter().all(|kind| kind.path != definition.path)) {
                continue;
            }
            let sight = FieldVisibility::of(definition, self.session);
            let is_shown = |each: &Appointment| [Some(each.field.name), each.days, each.field.until].into_iter().flatten().all(|name| sight.shows(name));
            let shown = definition.appointments().into_iter().filter(is_shown);
            let (days, instants): (Vec<_>, Vec<_>) = shown.partition(Appointment::is_day);
            for (appointments, kind) in [(days, SqlType::Date), (instants, SqlType::Instant)] {
                found.extend(self.dates_of(definition, &sight, &appointments, kind, span, most)?);
            }
            if found.len() > most {
                in_order(&mut found);
                found.truncate(most + 1);
            }
        }
        in_order(&mut found);
        Ok(found)
    }

    /// Dates of a collection that follow from others, as its own dates are shown: those in a span, of records in sight. Each is a deadline.
    pub fn derived_dates(&mut self, definition: &'static ResourceType, span: &Span, derived: Vec<DerivedDate>) -> Result<Vec<Dated>> {
        let derived: Vec<DerivedDate> = derived.into_iter().filter(|each| (span.from..span.to).contains(&each.on)).collect();
        let ids: Vec<Id> = derived.iter().map(|each| each.id).collect();
        let mut beneath: HashMap<Id, Beneath> = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            beneath.extend(self.beneath(definition, span, chunk)?.into_iter().map(|row| (row.0, row)));
        }
        let dated = |each: DerivedDate| {
            let (id, person, updated_at, title, state, unit_id) = beneath.get(&each.id)?.clone();
            let person_id = person.or(each.person_id);
            Some(Dated {
                on: each.on,
                at: each.at,
                until: None,
                until_at: None,
                definition,
                id,
                title: self.calendar_title(definition, &title),
                what: each.what,
                label: each.label.to_owned(),
                state,
                unit_id,
                person_id,
                is_deadline: true,
                updated_at,
            })
        };
        Ok(derived.into_iter().filter_map(dated).filter(|dated| span.person.is_none_or(|wanted| dated.person_id == Some(wanted))).collect())
    }

    /// What is shown of some records of a collection beside a date, where they are in sight and in the unit of a span.
    fn beneath(&mut self, definition: &'static ResourceType, span: &Span, ids: &[Id]) -> Result<Vec<Beneath>> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else { return Ok(Vec::new()) };
        let sight = FieldVisibility::of(definition, self.session);
        let people: Vec<&'static Field> = definition.concerned().into_iter().filter(|field| sight.shows(field.name)).collect();
        let mut query = Statement::new(format!(
            "SELECT t.id, t.person, t.updated_at, r.title, r.state, o.unit_id FROM (SELECT id, {} AS person, updated_at FROM {} WHERE id IN (",
            person(&people),
            definition.table
        ));
        query.bind_all(ids.iter().map(|id| SqlValue::from(*id))).push(")");
        if let Some(narrowed) = narrowed {
            query.push(" AND ").append(narrowed);
        }
        query.push(") t JOIN registry r ON r.id = t.id JOIN registry o ON o.id = r.root_id WHERE r.deleted_at IS NULL");
        if let Some(unit) = span.unit {
            query.push(" AND o.unit_id IN (").append(units_within(&[unit])).push(")");
        }
        Ok(query.once().load::<BeneathOf, Beneath>(self.connection)?)
    }

    fn calendar_title(&self, definition: &'static ResourceType, title: &str) -> String {
        if definition.title == "id" { definition.singular.replace('_', " ") } else { shown_title(definition, self.session, title) }
    }

    fn dates_of(
        &mut self,
        definition: &'static ResourceType,
        sight: &FieldVisibility,
        appointments: &[Appointment],
        kind: SqlType,
        span: &Span,
        most: usize,
    ) -> Result<Vec<Dated>> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else { return Ok(Vec::new()) };
        let people: Vec<&'static Field> = definition.concerned().into_iter().filter(|field| sight.shows(field.name)).collect();
        if appointments.is_empty() || (span.person.is_some() && people.is_empty()) {
            return Ok(Vec::new());
        }
        let is_postgres = self.connection.is_postgres();
        let mut query = Statement::new("SELECT t.day, t.until, t.id, t.what, t.person, t.updated_at, r.title, r.state, o.unit_id FROM (");
        for (at, appointment) in appointments.iter().enumerate() {
            query.push(if at == 0 { "" } else { " UNION ALL " });
            query.append(one(definition, appointment, &people, kind, span, is_postgres));
            if let Some(narrowed) = &narrowed {
                query.push(" AND ").append(narrowed.clone());
            }
        }
        query.push(") t JOIN registry r ON r.id = t.id JOIN registry o ON o.id = r.root_id WHERE r.deleted_at IS NULL");
        if let Some(unit) = span.unit {
            query.push(" AND o.unit_id IN (").append(units_within(&[unit])).push(")");
        }
        query.push(" ORDER BY t.day, t.id, t.what LIMIT ").bind(i64::try_from(most).unwrap_or(i64::MAX - 1) + 1);
        let query = query.once();
        let rows: Vec<(Time, Beside)> = if kind == SqlType::Instant {
            let rows = query.load::<(Timestamptz, Nullable<Timestamptz>, BesideOf), (Instant, Option<Instant>, Beside)>(self.connection)?;
            rows.into_iter().map(|(at, until, beside)| (Time::of_instants(at, until), beside)).collect()
        } else {
            let rows = query.load::<(sql_types::Date, Nullable<sql_types::Date>, BesideOf), (Date, Option<Date>, Beside)>(self.connection)?;
            rows.into_iter().map(|(on, until, beside)| (Time::of_days(on, until), beside)).collect()
        };
        Ok(rows.into_iter().filter_map(|(time, beside)| self.dated(definition, appointments, time, beside)).collect())
    }

    fn dated(&self, definition: &'static ResourceType, appointments: &[Appointment], time: Time, beside: Beside) -> Option<Dated> {
        let (id, what, person_id, updated_at, title, state, unit_id) = beside;
        let appointment = appointments.iter().find(|each| what == each.field.name)?;
        let title = self.calendar_title(definition, &title);
        let is_deadline = appointment.occasion != Occasion::Event;
        Some(Dated {
            on: time.on,
            at: time.at,
            until: time.until,
            until_at: time.until_at,
            definition,
            id,
            title,
            what: appointment.field.name,
            label: if appointment.field.until.is_some() { capitalised(definition.singular.replace('_', " ")) } else { appointment.label() },
            state,
            unit_id,
            person_id,
            is_deadline,
            updated_at,
        })
    }
}

/// The dates of one field.
fn one(definition: &ResourceType, appointment: &Appointment, people: &[&'static Field], kind: SqlType, span: &Span, is_postgres: bool) -> Statement {
    let field = appointment.field.name;
    let day = appointment.days.map_or_else(|| field.to_owned(), |days| later_day(field, days, is_postgres));
    let person = person(people);
    let bound = |date: Date| -> SqlValue { if kind == SqlType::Instant { date.midnight().into() } else { date.into() } };
    let sql_type = if kind == SqlType::Instant { "timestamptz" } else { "date" };
    let until = appointment.field.until.map_or_else(|| format!("CAST(NULL AS {sql_type})"), str::to_owned);
    let mut one = Statement::new(format!(
        "SELECT {day} AS day, {until} AS until, id, '{field}' AS what, {person} AS person, updated_at FROM {} WHERE ({day} >= ",
        definition.table
    ));
    one.bind(bound(span.from));
    if let Some(end) = appointment.field.until {
        // An instant that is the beginning of the span lies before it; a last day lies in it.
        one.push(format!(" OR {end} {} ", if kind == SqlType::Instant { ">" } else { ">=" })).bind(bound(span.from));
    }
    one.push(format!(") AND {day} < ")).bind(bound(span.to));
    if let Some(states) = appointment.states(definition) {
        one.push(" AND state IN (").bind_all(states.into_iter().map(SqlValue::from)).push(")");
    }
    for ended in appointment.ended_by(definition) {
        one.push(format!(" AND {ended} IS NULL"));
    }
    if let Some(wanted) = span.person {
        one.push(format!(" AND {person} = ")).bind(wanted);
    }
    one
}

/// The SQL of the person whom the dates of a record concern.
fn person(people: &[&'static Field]) -> String {
    match people {
        [] => "CAST(NULL AS uuid)".to_owned(),
        [only] => only.name.to_owned(),
        many => format!("COALESCE({})", many.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")),
    }
}

/// Puts dates in the order of a calendar.
pub fn in_order(found: &mut [Dated]) {
    found.sort_by(|one, other| (one.on, one.at, one.id, one.what).cmp(&(other.on, other.at, other.id, other.what)));
}
