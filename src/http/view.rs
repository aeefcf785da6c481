//! What a domain adds to the usual operations of its collections: a figure to read, an import to run.

use super::measure::Measure;
use crate::access::Session;
use crate::error::{Broken, Error, Problem, Result};
use crate::resource::value::Date;
use crate::resource::{Definition, Id, Resource};
use crate::store::{Outcome, Reader, Store, Writer};
use actix_web::web::Bytes;
use serde_json::{Map, Value};
use std::any::Any;
use std::collections::HashMap;
use utoipa::openapi::schema::Schema;

/// An operation beside list, get, create, update, delete and transition.
pub struct View {
    /// Its path under `/api/v1/`, e.g. `governance/frameworks/{id}/coverage`.
    pub path: &'static str,
    /// Its operation id.
    pub operation_id: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// What it does, and the source of its formulas.
    pub description: &'static str,
    /// The permissions it asks for, all of them.
    pub permissions: &'static [&'static str],
    /// Its query parameters.
    pub parameters: &'static [Parameter],
    /// The schema of its answer.
    pub answer: fn() -> Schema,
    /// What it does.
    pub run: Run,
}

/// A query parameter of a view.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// The words it may be; empty for any text.
    pub words: &'static [&'static str],
    /// True if it must be given.
    pub required: bool,
}

/// What a view does.
pub enum Run {
    /// `GET`: reads.
    Read(fn(&mut Reader<'_>, &Call) -> Result<Value>),
    /// `GET` of bytes.
    Download(fn(&mut Reader<'_>, &Call) -> Result<Download>),
    /// `POST` with a body: reads the body before the transaction, then writes.
    Write {
        /// The forms of body that it reads.
        forms: &'static [&'static str],
        /// The greatest size of the body, in bytes.
        limit: usize,
        /// True if it can take so long that a client may have it done later (202).
        long: bool,
        /// The schema of the body.
        body: fn() -> Schema,
        /// An example of the body in a form.
        example: fn(&str) -> Value,
        /// Reads the body.
        prepare: fn(&Store, &Session, &Call) -> Result<Prepared>,
        /// Writes; may run more than once.
        apply: fn(&mut Writer<'_>, &Call, &Prepared) -> Result<Outcome>,
    },
}

/// Bytes to download.
pub struct Download {
    /// What they are called.
    pub name: String,
    /// Their media type.
    pub content_type: String,
    /// SHA-256 of them, in hexadecimal.
    pub sha256: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What was read from a body.
pub type Prepared = Box<dyn Any + Send + Sync>;

/// What was prepared, by its type.
pub fn of_prepared<T: 'static>(prepared: &Prepared) -> Result<&T> {
    prepared.downcast_ref().ok_or_else(|| Error::broken("a view that was prepared as another kind"))
}

/// One call of a view.
pub struct Call {
    /// The id in its path, if it has one.
    pub id: Option<Id>,
    /// Its query parameters: only those that it declares.
    pub query: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
    /// The form of its body, without parameters.
    pub form: String,
    /// The measure of each domain, for a view that reads.
    pub measures: Vec<(&'static str, &'static Measure)>,
}

/// The form of most bodies.
pub const JSON: &[&str] = &["application/json"];

impl Call {
    /// A call that was kept, to be done now.
    pub fn kept(id: Option<Id>, query: Vec<(String, String)>, body: Vec<u8>, form: String) -> Self {
        Call { id, query, body: Bytes::from(body), form, measures: Vec::new() }
    }

    /// The id in the path.
    pub fn id(&self) -> Result<Id> {
        self.id.ok_or_else(|| Problem::not_found().into())
    }

    /// A query parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str())
    }

    /// The day that a query parameter names; none if it is left out (400).
    pub fn day(&self, name: &str) -> Result<Option<Date>> {
        let unreadable = || Problem::bad_request(format!("{name} is a day, such as 2026-06-30."));
        self.parameter(name).map(|text| Date::parse(text).ok_or_else(|| unreadable().into())).transpose()
    }

    /// The day that counts as today: what `as_of` names, else the day it is (400).
    pub fn as_of(&self, reader: &Reader<'_>) -> Result<Date> {
        Ok(self.day("as_of")?.unwrap_or_else(|| reader.today()))
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        super::body::json(&self.body)
    }
}

/// What `figures=true` adds to each record of a collection, under `figures`: computed for a whole page at once.
pub struct Figures {
    /// Their schema, with the source of each formula.
    pub schema: fn() -> Schema,
    /// The figures of some records, over what the reader may see.
    pub compute: fn(&mut Reader<'_>, &[Id]) -> Result<HashMap<Id, Value>>,
}

/// A named schema.
pub type Component = (&'static str, fn() -> Schema);

/// A domain of the API: its collections and what it adds to them.
pub struct Domain {
    /// `governance`.
    pub name: &'static str,
    /// What it is for, in a paragraph.
    pub doc: &'static str,
    /// Its collections, in order.
    pub collections: Vec<&'static Definition>,
    /// What it adds.
    pub views: Vec<&'static View>,
    /// Schemas that its resources name.
    pub components: Vec<Component>,
    /// The figures that its lists can add, by collection.
    pub figures: HashMap<&'static str, &'static Figures>,
    /// The one figure that says how it stands.
    pub measure: Option<&'static Measure>,
}

impl Domain {
    /// A domain without collections yet.
    pub fn new(name: &'static str, doc: &'static str) -> Self {
        Domain { name, doc, collections: Vec::new(), views: Vec::new(), components: Vec::new(), figures: HashMap::new(), measure: None }
    }

    /// With a collection.
    pub fn resource<R: Resource>(mut self) -> Self {
        // Definitions live as long as the process: one allocation for each collection, at the start.
        self.collections.push(Box::leak(Box::new(Definition::of::<R>())));
        self
    }

    /// With a schema that its resources name.
    pub fn component(mut self, name: &'static str, schema: fn() -> Schema) -> Self {
        self.components.push((name, schema));
        self
    }

    /// With figures that a list can add.
    pub fn figures<R: Resource>(mut self, figures: &'static Figures) -> Self {
        self.figures.insert(R::PATH, figures);
        self
    }

    /// With the figure that says how it stands.
    pub fn measure(mut self, measure: &'static Measure) -> Self {
        self.measure = Some(measure);
        self
    }

    /// With a view.
    pub fn view(mut self, view: &'static View) -> Self {
        self.views.push(view);
        self
    }
}

pub use super::body::object;

/// Refuses a caller who holds none of a view's permissions anywhere (404, as where nothing of it is readable) or not
/// all of them (403).
pub fn require(session: &Session, permissions: &[&str]) -> Result<()> {
    use crate::access::Reach;
    let missing: Vec<_> = permissions.iter().filter(|permission| session.reach(permission) == Reach::Nothing).collect();
    let Some(first) = missing.first() else { return Ok(()) };
    let place = first.split_once(':').map_or(**first, |(place, _)| place);
    let sees_some = session.reach(&format!("{place}:read")) != Reach::Nothing;
    Err(if sees_some { Problem::forbidden(first) } else { Problem::not_found() }.into())
}

/// Reads `{"to", "reason"}` (422).
pub fn read_transition(definition: &Definition, members: Map<String, Value>) -> Result<(String, Option<String>)> {
    let mut broken = Vec::new();
    let states = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.states.clone()).unwrap_or_default();
    for name in members.keys().filter(|name| !matches!(name.as_str(), "to" | "reason")) {
        broken.push(Broken::unknown(name));
    }
    let to = members.get("to").and_then(Value::as_str).filter(|to| states.contains(to));
    if to.is_none() {
        let code = if members.contains_key("to") { "choice" } else { "required" };
        broken.push(Broken::new("/to", code, format!("Expected one of {}.", states.join(", "))));
    }
    let reason = match members.get("reason") {
        None | Some(Value::Null) => None,
        Some(Value::String(reason)) if reason.chars().count() <= 1000 && !reason.contains('\0') => Some(reason.clone()),
        Some(_) => {
            broken.push(Broken::new("/reason", "type", "Expected text of at most 1,000 characters."));
            None
        }
    };
    match to {
        Some(to) if broken.is_empty() => Ok((to.to_owned(), reason.filter(|reason| !reason.trim().is_empty()))),
        _ => Err(Problem::invalid(broken).into()),
    }
}
