//! Ports in another shape: some fields only, records that it refers to beside it, or as it was at a time.

use crate::access::Session;
use crate::error::{Problem, Result};
use crate::http::request::query::{self, pairs_of};
use crate::resource::value::{Date, Instant, bytes};
use crate::resource::{Field, Id, ResourceType, Stored};
use crate::store::{FieldVisibility, Reader};
use crate::view::Figures;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The parameters that shape an answer.
pub const PARAMETERS: &[&str] = &["fields", "expand", "figures", "as_of"];
/// About how many bytes a record has.
const TYPICAL: usize = 800;
/// How many references one request may expand.
const EXPANSIONS: usize = 10;

/// What shape an answer is asked for.
#[derive(Default, Clone)]
pub struct Shape {
    fields: Option<Vec<String>>,
    expand: Vec<&'static Field>,
    figures: Option<&'static Figures>,
    /// As it was at this time.
    pub as_of: Option<Instant>,
}

impl Shape {
    /// Reads the shape, of a collection with those figures (400 for an unknown field).
    pub fn read(definition: &'static ResourceType, figures: Option<&'static Figures>, session: &Session, pairs: &[(String, String)]) -> Result<Shape> {
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
            for name in text.split(',') {
                let field =
                    definition.references().find(|field| field.name == name && !field.secret && sight.shows(name)).ok_or_else(|| unknown("expand", name))?;
                if !shape.expand.iter().any(|other| other.name == field.name) {
                    shape.expand.push(field);
                }
            }
            if shape.expand.len() > EXPANSIONS {
                return Err(Problem::bad_request(format!("At most {EXPANSIONS} references can be expanded at once.")).into());
            }
        }
        if let Some(text) = pairs_of(pairs, "as_of") {
            let end_of = |date: Date| Instant(date.0.and_hms_micro_opt(23, 59, 59, 999_999).unwrap_or_default().and_utc());
            let at = Instant::parse(text).or_else(|| Date::parse(text).map(end_of));
            shape.as_of = Some(at.ok_or_else(|| Problem::bad_request("as_of is an instant such as 2026-01-31T12:00:00Z, or a date, which means its end."))?);
        }
        if figures.is_none() && pairs_of(pairs, "figures").is_some() {
            return Err(query::unknown("figures").into());
        }
        let asked = query::flag(pairs, "figures")?;
        shape.figures = figures.filter(|_| asked);
        if shape.figures.is_some() && shape.as_of.is_some() {
            return Err(Problem::bad_request("figures are those of today. Ask for them without as_of.").into());
        }
        Ok(shape)
    }

    /// Whether a field is part of the answer.
    pub fn shows(&self, name: &str) -> bool {
        self.fields.as_ref().is_none_or(|fields| fields.iter().any(|each| each == name))
    }

    /// True if the answer is not the bare resource, and so carries no ETag.
    pub fn is_shaped(&self) -> bool {
        self.fields.is_some() || !self.expand.is_empty() || self.figures.is_some() || self.as_of.is_some()
    }

    /// Shapes stored records.
    pub fn stored(&self, reader: &mut Reader<'_>, definition: &'static ResourceType, rows: &[Stored]) -> Result<Vec<Value>> {
        self.documents(reader, rows.iter().map(|row| reader.document(definition, row)).collect())
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
        let plain = self.expand.is_empty() && self.figures.is_none();
        if let Some(hidden) = FieldVisibility::of(definition, reader.session).hidden_everywhere(definition).filter(|_| plain) {
            rows.iter().for_each(|row| put(&|out| definition.write_json(row, &hidden, self.fields.as_deref(), out)));
            return Ok(());
        }
        self.stored(reader, definition, rows)?.iter().for_each(|document| put(&|out| bytes::append(document, out)));
        Ok(())
    }

    /// Shapes documents.
    pub fn documents(&self, reader: &mut Reader<'_>, documents: Vec<Map<String, Value>>) -> Result<Vec<Value>> {
        let expanded = self.expansions(reader, &documents)?;
        let ids = || documents.iter().filter_map(id_of).collect::<Vec<Id>>();
        let mut figures = self.figures.map(|figures| (figures.compute)(reader, ids())).transpose()?;
        let mut shape = |document: Map<String, Value>| {
            let added = figures.as_mut().map(|figures| id_of(&document).and_then(|id| figures.remove(&id)).unwrap_or(Value::Null));
            self.one(document, &expanded, added)
        };
        Ok(documents.into_iter().map(&mut shape).collect())
    }

    fn one(&self, document: Map<String, Value>, expanded: &HashMap<Id, Value>, figures: Option<Value>) -> Value {
        let mut beside = Map::new();
        for field in &self.expand {
            let target = document.get(field.name).and_then(Value::as_str).and_then(Id::parse).and_then(|id| expanded.get(&id));
            beside.insert(field.name.into(), target.cloned().unwrap_or(Value::Null));
        }
        let mut shaped = match &self.fields {
            None => document,
            Some(names) => names.iter().filter_map(|name| document.get_key_value(name)).map(|(name, value)| (name.clone(), value.clone())).collect(),
        };
        if !self.expand.is_empty() {
            shaped.insert("expanded".into(), beside.into());
        }
        shaped.extend(figures.map(|figures| ("figures".to_owned(), figures)));
        shaped.into()
    }

    /// The records that the references name, those that the session may read: one query for each collection.
    fn expansions(&self, reader: &mut Reader<'_>, documents: &[Map<String, Value>]) -> Result<HashMap<Id, Value>> {
        let mut found = HashMap::new();
        let mut wanted: HashMap<&'static str, Vec<Id>> = HashMap::new();
        for field in &self.expand {
            let ids = documents.iter().filter_map(|document| document.get(field.name)?.as_str().and_then(Id::parse));
            let ids: Vec<Id> = ids.collect();
            let any = reader.store.definitions.all().iter().filter(|each| field.refers_to_any() && !each.fact).map(|each| each.path);
            for path in any.chain(field.refers_to.iter().copied()) {
                wanted.entry(path).or_default().extend(ids.iter().copied());
            }
        }
        for (path, mut ids) in wanted {
            ids.sort();
            ids.dedup();
            let Some(target) = reader.store.definitions.get(path) else { continue };
            for stored in reader.find_all(target, &ids)? {
                found.insert(stored.meta.id, reader.document(target, &stored).into());
            }
        }
        Ok(found)
    }
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
