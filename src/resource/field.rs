//! A field of a model: its columns, its JSON, its limits, its documentation, and what it declares beside.

use super::occasion::Occasion;
use super::value::{Column, Date, FieldType, Id, Inner, Instant, ListUse, ValidationErrors, folded};
use crate::database::{Row, SqlType, SqlValue};
use serde_json::Value;
use utoipa::openapi::schema::Schema;

/// What a reference names that may be a record of any collection.
pub const ANY: &[&str] = &["*"];

/// What the name of a column ends in that holds a text as it is compared.
pub const KEY: &str = "_key";

/// The verb without which the restricted fields of a collection do not exist for a caller.
pub const READ_RESTRICTED: &str = "read_restricted";

/// One field of a model.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in JSON, and the start of its columns' names.
    pub name: &'static str,
    /// Its documentation, a line each.
    pub doc: &'static [&'static str],
    /// Its columns.
    pub columns: &'static [Column],
    /// The place of the column by which values are greater and less.
    pub order: usize,
    /// True if it may be absent.
    pub optional: bool,
    /// True if it may be null.
    pub nullable: bool,
    /// How a list can use it.
    pub list_use: ListUse,
    /// How the API document describes its type.
    pub schema: fn() -> Schema,
    /// Its JSON, from its columns.
    pub json: fn(&[SqlValue]) -> Option<Value>,
    /// Its columns, from JSON that keeps every limit.
    pub cells: fn(Value) -> Option<Row>,
    /// Adds what is wrong with a JSON value.
    pub judge: fn(Value, &mut ValidationErrors),
    /// The collections it may refer to, as `domain/collection`; empty if it is no reference.
    pub refers_to: &'static [&'static str],
    /// The collections that each id of a list may refer to.
    pub lists: &'static [&'static str],
    /// True if it names what was: no edge, nothing is kept for it.
    pub recalls: bool,
    /// The fields of the value that it holds, or of each of its values.
    pub inside: fn() -> Vec<&'static dyn Inner>,
    /// True if no two records may have the same value.
    pub unique: bool,
    /// True if full text finds it.
    pub search: bool,
    /// True if it goes in and never comes out.
    pub secret: bool,
    /// True if, being secret, it becomes another field one day: a record is not brought back without it.
    pub sealed: bool,
    /// True if it exists only for who holds [`READ_RESTRICTED`] on its collection.
    pub restricted: bool,
    /// The fields that name the people for whom alone it exists; empty if it is open.
    pub private: &'static [&'static str],
    /// The states in which it exists for others too, and the fields that name them.
    pub shown_in: (&'static [&'static str], &'static [&'static str]),
    /// True if it is fixed when the record is made.
    pub fixed: bool,
    /// The reference beside it that must name another record.
    pub differs_from: Option<&'static str>,
    /// What it is when a new record does not say.
    pub default: Option<fn() -> Value>,
    /// The same, where it follows from who makes the record and when.
    pub assumed: Option<fn(Id, Instant) -> Value>,
    /// True if it names the person who makes the record.
    pub caller: bool,
    /// True if the service writes it and no client does.
    pub read_only: bool,
    /// True if it changes beside the record's revisions: it is never part of its history.
    pub unversioned: bool,
    /// What the service makes for it with a new record: it is shown in the answer that made the record, and never again.
    pub once: Option<fn(Id) -> Made>,
    /// What its date is to a calendar; none if it stands in none.
    pub occasion: Option<Occasion>,
    /// The field with the day or the instant until which what begins then lasts.
    pub until: Option<&'static str>,
    /// True if it says when something happened: it lies in no future.
    pub happened: bool,
    /// True if the record is over once it is set.
    pub closing: bool,
    /// True if it names a person whom the dates of the record concern.
    pub concerned: bool,
}

/// What the service has made for a field of a new record.
#[derive(Clone, PartialEq, Eq)]
pub struct Made {
    /// What is shown, once.
    pub shown: String,
    /// What is kept of it; nothing where it follows from the record's id.
    pub kept: Option<String>,
}

impl Field {
    /// A field of a type, before its attributes.
    pub const fn of<T: FieldType>(name: &'static str, doc: &'static [&'static str]) -> Field {
        Field {
            name,
            doc,
            columns: T::COLUMNS,
            order: T::ORDER,
            optional: T::OPTIONAL,
            nullable: T::NULLABLE,
            list_use: T::USE,
            schema: T::schema,
            json: |cells| T::load(cells).map(|value| value.to_json()),
            cells: cells_of::<T>,
            judge: |value, faults| drop(T::read(value, faults)),
            refers_to: &[],
            lists: &[],
            recalls: false,
            inside: T::inside,
            unique: false,
            search: false,
            secret: false,
            sealed: false,
            restricted: false,
            private: &[],
            shown_in: (&[], &[]),
            fixed: false,
            differs_from: None,
            default: None,
            assumed: None,
            caller: false,
            read_only: false,
            unversioned: false,
            once: None,
            occasion: None,
            until: None,
            happened: false,
            closing: false,
            concerned: false,
        }
    }

    /// Refers to a record of one of these collections.
    pub const fn refers_to(mut self, collections: &'static [&'static str]) -> Field {
        self.refers_to = collections;
        self
    }

    /// Each id of the list refers to a record of one of these collections.
    pub const fn lists(mut self, collections: &'static [&'static str]) -> Field {
        self.lists = collections;
        self
    }

    /// Names what was, as a snapshot does: the record may be gone since.
    pub const fn recalls(mut self) -> Field {
        self.recalls = true;
        self
    }

    /// Begins what lasts until the day, or the instant, in another field: one entry of the calendar.
    pub const fn lasts_until(mut self, end: &'static str) -> Field {
        self.until = Some(end);
        self
    }

    /// Must differ between records.
    pub const fn unique(mut self) -> Field {
        self.unique = true;
        self
    }

    /// Found by full text.
    pub const fn search(mut self) -> Field {
        self.search = true;
        self
    }

    /// Written, never read.
    pub const fn secret(mut self) -> Field {
        self.secret = true;
        self
    }

    /// Written, and read under another name once it is opened.
    pub const fn sealed(mut self) -> Field {
        self.secret = true;
        self.sealed = true;
        self
    }

    /// Exists only for who holds [`READ_RESTRICTED`] on the collection.
    pub const fn restricted(mut self) -> Field {
        self.restricted = true;
        self
    }

    /// Exists only for the people whom these fields of the record name.
    pub const fn private(mut self, to: &'static [&'static str]) -> Field {
        self.private = to;
        self
    }

    /// In these states it exists for the people whom these fields name, too.
    pub const fn shown_in(mut self, states: &'static [&'static str], to: &'static [&'static str]) -> Field {
        self.shown_in = (states, to);
        self
    }

    /// True if everybody who reads the record reads it too.
    pub fn is_open(&self) -> bool {
        !self.secret && !self.restricted && self.private.is_empty()
    }

    /// True if it may refer to a record of this collection.
    pub fn may_refer_to(&self, collection: &str) -> bool {
        self.refers_to.contains(&collection) || self.refers_to_any()
    }

    /// True if it may refer to a record of any collection.
    pub fn refers_to_any(&self) -> bool {
        self.refers_to == ANY
    }

    /// Set when the record is made, and not changed after.
    pub const fn fixed(mut self) -> Field {
        self.fixed = true;
        self
    }

    /// Must name another record than this reference beside it.
    pub const fn differs_from(mut self, other: &'static str) -> Field {
        self.differs_from = Some(other);
        self
    }

    /// What a new record has that does not say.
    pub const fn default(mut self, default: fn() -> Value) -> Field {
        self.default = Some(default);
        self
    }

    /// What a new record has that does not say, from who makes it and when. A reference to who makes it needs no permission to see them.
    pub const fn assumed(mut self, assumed: fn(Id, Instant) -> Value) -> Field {
        self.assumed = Some(assumed);
        self
    }

    /// The person who makes the record: nobody does this for another.
    pub const fn caller(mut self) -> Field {
        self.caller = true;
        self.read_only = true;
        self
    }

    /// Written by the service alone.
    pub const fn read_only(mut self) -> Field {
        self.read_only = true;
        self
    }

    /// Written by the service as it happens, without a revision.
    pub const fn unversioned(mut self) -> Field {
        self.read_only = true;
        self.unversioned = true;
        self
    }

    /// Made by the service with a new record and shown once: in no other answer, file, history or kept reply.
    pub const fn shown_once(mut self, make: fn(Id) -> Made) -> Field {
        self.read_only = true;
        self.secret = true;
        self.once = Some(make);
        self
    }

    /// Something must be done by this date, or ends then if nothing is: it stands in the calendar, and can be overdue.
    pub const fn deadline(mut self) -> Field {
        self.occasion = Some(Occasion::Deadline);
        self
    }

    /// A review, or the next time of what comes round: it stands in the calendar.
    pub const fn recurring(mut self) -> Field {
        self.occasion = Some(Occasion::Recurring);
        self
    }

    /// Something begins, ends or takes place then: it stands in the calendar.
    pub const fn event(mut self) -> Field {
        self.occasion = Some(Occasion::Event);
        self
    }

    /// When something happened: it is not dated in the future.
    pub const fn happened(mut self) -> Field {
        self.happened = true;
        self
    }

    /// Once it is set the record is over, and nothing of it is due.
    pub const fn closing(mut self) -> Field {
        self.closing = true;
        self
    }

    /// The person whom the dates of the record concern, before whoever answers for it.
    pub const fn concerned(mut self) -> Field {
        self.concerned = true;
        self
    }

    /// True if a list can be narrowed by equality with it.
    pub fn is_filterable(&self) -> bool {
        self.list_use == ListUse::Scalar && !self.secret
    }

    /// The place of the column in which two values are equal that are one value to people: that of the folded key, where there is one.
    pub fn key(&self) -> usize {
        // A key by which values are ordered, as that of an address, says less than the value.
        self.columns.iter().position(|column| column.suffix == KEY).filter(|at| *at != self.order).unwrap_or_default()
    }

    /// The cells that a text stands for, if it can be read as this type.
    pub fn parse(&self, text: &str) -> Option<Row> {
        let value = match self.columns.first()?.kind {
            SqlType::Bool => Value::Bool(text.parse().ok()?),
            SqlType::Integer => Value::from(text.parse::<i64>().ok()?),
            SqlType::Real => Value::from(text.parse::<f64>().ok().filter(|number| number.is_finite())?),
            _ => Value::from(text),
        };
        (self.cells)(value)
    }

    /// The cells that a text in a query is compared as. A value that no record can have, since it breaks a limit, is compared all the same;
    /// none for what is of another type, or no word of a closed set.
    pub fn comparable(&self, text: &str) -> Option<Row> {
        self.parse(text).or_else(|| self.beyond_limits(text))
    }

    /// The cells of a value of the right type that breaks a limit.
    fn beyond_limits(&self, text: &str) -> Option<Row> {
        let cell: SqlValue = match self.columns.first()?.kind {
            SqlType::Integer => text.parse::<i64>().ok()?.into(),
            SqlType::Real => text.parse::<f64>().ok().filter(|number| number.is_finite())?.into(),
            SqlType::Date => SqlValue::Date(Date::parse_any(text)?),
            SqlType::Instant => SqlValue::Instant(Instant::parse_any(text)?),
            SqlType::Text if self.is_free_text() => {
                let cell = |column: &Column| -> SqlValue { if column.suffix.is_empty() { text.into() } else { folded(text).into() } };
                return Some(self.columns.iter().map(cell).collect());
            }
            _ => return None,
        };
        (self.columns.len() == 1).then(|| vec![cell])
    }

    /// True for text that may be any of a length; words of a closed set, currencies and addresses of networks are none.
    fn is_free_text(&self) -> bool {
        let has_length = matches!((self.schema)(), Schema::Object(object) if object.max_length.is_some());
        has_length && (self.columns.len() == 1 || self.key() > 0)
    }

    /// Its documentation as one text.
    pub fn description(&self) -> String {
        join(self.doc)
    }
}

fn cells_of<T: FieldType>(value: Value) -> Option<Row> {
    let mut faults = ValidationErrors::new();
    let read = T::read(value, &mut faults)?;
    let mut cells = Row::new();
    read.store(&mut cells);
    faults.is_empty().then_some(cells)
}

/// Lines of documentation as one text.
pub fn join(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned()
}
