//! Ports in another shape: some fields only, records that it refers to beside it, or as it was at a time.

use super::expand::{self, Expansion};
use crate::access::Session;
use crate::clock::end_of;
use crate::error::{Problem, Result};
use crate::http::request::query::{self, pairs_of};
use crate::resource::value::{Date, Instant, bytes};
use crate::resource::{Id, ResourceType, ResourceTypes, Stored};
use crate::store::{Allowed, Depth, FieldVisibility, Reader};
use crate::view::Figures;
use serde_json::{Map, Value, json};

/// The parameters that shape an answer.
pub const PARAMETERS: &[&str] = &["fields", "expand", "figures", "allowed", "as_of"];
/// About how many bytes a record has.
const TYPICAL: usize = 800;

/// What shape an answer is asked for.
#[derive(Default, Clone)]
pub struct Shape {
    fields: Option<Vec<String>>,
    expand: Vec<Expansion>,
    figures: Option<&'static Figures>,
    allowed: Option<Depth>,
    /// As it was at this time.
    pub as_of: Option<AsOf>,
}

/// A time in the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// An instant.
    At(Instant),
    /// The end of a day, in the time zone of the organisation.
    EndOf(Date),
}

impl AsOf {
    fn parse(text: &str) -> Option<Self> {
        Instant::parse(text).map(AsOf::At).or_else(|| Date::parse(text).map(AsOf::EndOf))
    }

    /// The instant.
    pub fn instant(self, reader: &mut Reader<'_>) -> Instant {
        match self {
            AsOf::At(at) => at,
            AsOf::EndOf(day) => {
                let store = reader.store;
                end_of(day, store.zone(reader.unscoped("the time zone of the organisation is everybody's")))
            }
        }
    }
}

impl Shape {
    /// Reads the shape, of a collection with those figures (400 for an unknown field).
    pub fn read(
        definitions: &ResourceTypes,
        definition: &'static ResourceType,
        figures: Option<&'static Figures>,
        session: &Session,
        pairs: &[(String, String)],
    ) -> Result<Shape> {
        let mut shape = Shape::default();
        let sight = FieldVisibility::of(definition, session);
        if let Some(text) = pairs_of(pairs, "fields") {
            let names: Vec<String> = text.split(',').map(str::to_owned).collect();
            for name in &names {
                if !is_readable(definition, name) || !sight.shows(name) {
                    return Err(unknown("fields", name));
                }
            }
            shape.fields = Some(names);
        }
        if let Some(text) = pairs_of(pairs, "expand") {
            shape.expand = expand::read(definitions, definition, session, text)?;
        }
        if let Some(text) = pairs_of(pairs, "as_of") {
            let refusal = || Problem::bad_request("as_of is an instant such as 2026-01-31T12:00:00Z, or a date, which means its end.");
            shape.as_of = Some(AsOf::parse(text).ok_or_else(refusal)?);
        }
        if figures.is_none() && pairs_of(pairs, "figures").is_some() {
            return Err(query::unknown("figures").into());
        }
        let asked = query::flag(pairs, "figures")?;
        shape.figures = figures.filter(|_| asked);
        if shape.figures.is_some() && shape.as_of.is_some() {
            return Err(Problem::bad_request("figures are those of today. Ask for them without as_of.").into());
        }
        shape.allowed = query::flag(pairs, "allowed")?.then_some(Depth::Permissions);
        if shape.allowed.is_some() && shape.as_of.is_some() {
            return Err(Problem::bad_request("allowed says what may be done now. Ask for it without as_of.").into());
        }
        Ok(shape)
    }

    /// The same of a single record, whose guards are asked too.
    pub fn of_one(mut self) -> Shape {
        self.allowed = self.allowed.map(|_| Depth::Guards);
        self
    }

    /// Whether a field is part of the answer.
    pub fn shows(&self, name: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.iter().any(|each| each == name))
    }

    /// True if the answer is not the bare resource, and so carries no ETag.
    pub fn is_shaped(&self) -> bool {
        self.fields.is_some() || !self.is_plain() || self.as_of.is_some()
    }

    /// True if nothing is added to the fields of the record.
    fn is_plain(&self) -> bool {
        self.expand.is_empty() && self.figures.is_none() && self.allowed.is_none()
    }

    /// Shapes stored records.
    pub fn stored(&self, reader: &mut Reader<'_>, definition: &'static ResourceType, rows: &[Stored]) -> Result<Vec<Value>> {
        let mut documents = self.documents(reader, rows.iter().map(|row| reader.document(definition, row)).collect())?;
        if let Some(depth) = self.allowed {
            for (document, allowed) in documents.iter_mut().zip(reader.allowed(definition, rows, depth)?) {
                document["allowed"] = allowed_json(&allowed);
            }
        }
        Ok(documents)
    }

    /// Shapes stored records into the bytes of a JSON array. Where every record shows the same members and nothing is added, each is
    /// written as it is.
    pub fn array(&self, reader: &mut Reader<'_>, definition: &'static ResourceType, rows: &[Stored]) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(rows.len() * TYPICAL);
        let mut separator = b'[';
        self.each(reader, definition, rows, |write| {
            out.push(separator);
            separator = b',';
            write(&mut out);
        })?;
        if rows.is_empty() {
            out.push(b'[');
        }
        out.push(b']');
        Ok(out)
    }

    /// Shapes one stored record into the bytes of a JSON object.
    pub fn record(&self, reader: &mut Reader<'_>, definition: &'static ResourceType, stored: &Stored) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(TYPICAL);
        self.each(reader, definition, std::slice::from_ref(stored), |write| write(&mut out))?;
        Ok(out)
    }

    /// Shapes stored records and hands each to who puts its JSON somewhere.
    pub fn each(&self, reader: &mut Reader<'_>, definition: &'static ResourceType, rows: &[Stored], mut put: impl FnMut(&dyn Fn(&mut Vec<u8>))) -> Result<()> {
        if let Some(hidden) = FieldVisibility::of(definition, reader.session).hidden_everywhere(definition).filter(|_| self.is_plain()) {
            rows.iter().for_each(|row| put(&|out| definition.write_json(row, &hidden, self.fields.as_deref(), out)));
            return Ok(());
        }
        self.stored(reader, definition, rows)?.iter().for_each(|document| put(&|out| bytes::append(document, out)));
        Ok(())
    }

    /// Shapes documents.
    pub fn documents(&self, reader: &mut Reader<'_>, documents: Vec<Map<String, Value>>) -> Result<Vec<Value>> {
        let mut expanded = match self.expand.as_slice() {
            [] => Vec::new(),
            expansions => expand::beside(reader, &documents, expansions)?,
        }
        .into_iter();
        let ids = || documents.iter().filter_map(id_of).collect::<Vec<Id>>();
        let mut figures = self.figures.map(|figures| (figures.compute)(reader, ids())).transpose()?;
        let mut shape = |document: Map<String, Value>| {
            let added = figures.as_mut().map(|figures| id_of(&document).and_then(|id| figures.remove(&id)).unwrap_or(Value::Null));
            self.one(document, expanded.next(), added)
        };
        Ok(documents.into_iter().map(&mut shape).collect())
    }

    fn one(&self, document: Map<String, Value>, beside: Option<Map<String, Value>>, figures: Option<Value>) -> Value {
        let mut shaped = match &self.fields {
            None => document,
            Some(names) => names.iter().filter_map(|name| document.get_key_value(name)).map(|(name, value)| (name.clone(), value.clone())).collect(),
        };
        shaped.extend(beside.map(|beside| ("expanded".to_owned(), beside.into())));
        shaped.extend(figures.map(|figures| ("figures".to_owned(), figures)));
        shaped.into()
    }
}

fn allowed_json(allowed: &Allowed) -> Value {
    json!({"update": allowed.update, "delete": allowed.delete, "transitions": allowed.transitions})
}

fn id_of(document: &Map<String, Value>) -> Option<Id> {
    document.get("id")?.as_str().and_then(Id::parse)
}

fn is_readable(definition: &'static ResourceType, name: &str) -> bool {
    definition.server_fields().contains(&name) || definition.field(name).is_some_and(|field| !field.secret)
}

fn unknown(parameter: &str, name: &str) -> crate::error::Error {
    let shown: String = name.chars().take(60).collect();
    Problem::bad_request(format!("{parameter} names {shown:?}, which is no such field here. Use the fields that the document names.")).into()
}
