//! The dates of all records that a session may read, in one order: one query for each collection, however many records there are.

use super::field_visibility::FieldVisibility;
use super::reader::Reader;
use super::scope;
use super::search::shown_title;
use crate::access::units_within;
use crate::database::{SqlType, SqlValue, Statement};
use crate::error::Result;
use crate::resource::dates::Appointment;
use crate::resource::occasion::Occasion;
use crate::resource::value::{Date, Instant};
use crate::resource::{Field, Id, ResourceType};
use crate::store::schedule::due_amount::later_day;
use diesel::sql_types::{self, Nullable, Text, Timestamptz, Uuid};

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

/// A row beside its day: the record, the field, the person, the last change, and the title, state and unit of the record.
type Beside = (Id, String, Option<Id>, Instant, String, Option<String>, Option<Id>);
type BesideOf = (Uuid, Text, Nullable<Uuid>, Timestamptz, Text, Nullable<Text>, Nullable<Uuid>);

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
            let shown = definition.appointments().into_iter().filter(|each| sight.shows(each.field.name) && each.days.is_none_or(|days| sight.shows(days)));
            let (days, instants): (Vec<_>, Vec<_>) = shown.partition(Appointment::is_day);
            for (appointments, kind) in [(days, SqlType::Date), (instants, SqlType::Instant)] {
                found.extend(self.dates_of(definition, &sight, &appointments, kind, span, most)?);
            }
            if found.len() > most {
                sort(&mut found);
                found.truncate(most + 1);
            }
        }
        sort(&mut found);
        Ok(found)
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
        let mut query = Statement::new("SELECT t.day, t.id, t.what, t.person, t.updated_at, r.title, r.state, o.unit_id FROM (");
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
        let rows: Vec<(Date, Option<Instant>, Beside)> = if kind == SqlType::Instant {
            let rows = query.load::<(Timestamptz, BesideOf), (Instant, Beside)>(self.connection)?;
            rows.into_iter().map(|(at, beside)| (at.date(), Some(at), beside)).collect()
        } else {
            let rows = query.load::<(sql_types::Date, BesideOf), (Date, Beside)>(self.connection)?;
            rows.into_iter().map(|(on, beside)| (on, None, beside)).collect()
        };
        Ok(rows.into_iter().filter_map(|(on, at, beside)| self.dated(definition, appointments, (on, at), beside)).collect())
    }

    fn dated(&self, definition: &'static ResourceType, appointments: &[Appointment], (on, at): (Date, Option<Instant>), beside: Beside) -> Option<Dated> {
        let (id, what, person_id, updated_at, title, state, unit_id) = beside;
        let appointment = appointments.iter().find(|each| what == each.field.name)?;
        let title = if definition.title == "id" { definition.singular.replace('_', " ") } else { shown_title(definition, self.session, &title) };
        let is_deadline = appointment.occasion != Occasion::Event;
        Some(Dated {
            on,
            at,
            definition,
            id,
            title,
            what: appointment.field.name,
            label: appointment.label(),
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
    let person = match people {
        [] => "CAST(NULL AS uuid)".to_owned(),
        [only] => only.name.to_owned(),
        many => format!("COALESCE({})", many.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")),
    };
    let bound = |date: Date| -> SqlValue { if kind == SqlType::Instant { date.midnight().into() } else { date.into() } };
    let mut one =
        Statement::new(format!("SELECT {day} AS day, id, '{field}' AS what, {person} AS person, updated_at FROM {} WHERE {day} >= ", definition.table));
    one.bind(bound(span.from)).push(format!(" AND {day} < ")).bind(bound(span.to));
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

fn sort(found: &mut [Dated]) {
    found.sort_by(|one, other| (one.on, one.at, one.id, one.what).cmp(&(other.on, other.at, other.id, other.what)));
}
