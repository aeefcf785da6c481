//! What a figure has at hand while it runs: the reader, the id in its address, and what day it is.

use super::measure::Measure;
use super::{body, query};
use crate::error::{FieldError, Problem, Result};
use crate::resource::model::read_value;
use crate::resource::value::Date;
use crate::resource::{Id, Model, ValidationErrors};
use crate::store::Reader;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::ops::{Deref, DerefMut};

/// A figure's view of the data: a [`Reader`], limited to the collections that the figure declares, and the call.
pub struct Context<'a, 'r> {
    reader: &'a mut Reader<'r>,
    id: Option<Id>,
    measures: &'a [(&'static str, Measure)],
}

impl<'a, 'r> Context<'a, 'r> {
    /// A context for a reader, with the id in the address.
    pub fn new(reader: &'a mut Reader<'r>, id: Option<Id>, measures: &'a [(&'static str, Measure)]) -> Self {
        Context { reader, id, measures }
    }

    /// The id in the address; 404 if the address has none.
    pub fn id(&self) -> Result<Id> {
        self.id.ok_or_else(|| Problem::not_found().into())
    }

    /// The day that counts as today: the one given, else the day it is.
    pub fn day_or_today(&self, day: Option<Date>) -> Date {
        day.unwrap_or_else(|| self.reader.today())
    }

    /// The measure of each domain, for the overview.
    pub fn measures(&self) -> &'a [(&'static str, Measure)] {
        self.measures
    }
}

impl<'r> Deref for Context<'_, 'r> {
    type Target = Reader<'r>;

    fn deref(&self) -> &Reader<'r> {
        self.reader
    }
}

impl<'r> DerefMut for Context<'_, 'r> {
    fn deref_mut(&mut self) -> &mut Reader<'r> {
        self.reader
    }
}

/// One call of an operation.
pub struct Call {
    /// The id in its address, if it has one.
    pub id: Option<Id>,
    /// Its query parameters: only those that it declares.
    pub query: Vec<(String, String)>,
    /// Its body.
    pub body: Bytes,
    /// The media type of its body, without parameters.
    pub form: String,
    /// The name of the file that the body is, where a form named it.
    pub name: Option<String>,
    /// The measure of each domain, for what reads.
    pub measures: Vec<(&'static str, Measure)>,
}

impl Call {
    /// A call that was stored, to be done now.
    pub fn stored(id: Option<Id>, query: Vec<(String, String)>, body: Vec<u8>, form: String) -> Self {
        Call { id, query, body: Bytes::from(body), form, name: None, measures: Vec::new() }
    }

    /// The id in the address.
    pub fn id(&self) -> Result<Id> {
        self.id.ok_or_else(|| Problem::not_found().into())
    }

    /// Its parameters (400).
    pub fn query<Q: DeserializeOwned>(&self) -> Result<Q> {
        query::read(&self.query)
    }

    /// The body as a value type; none at all is an object without members (400, 422).
    pub fn body<B: Model>(&self) -> Result<B> {
        let body = if self.body.is_empty() { Value::Object(Map::new()) } else { self.json()? };
        let mut faults = ValidationErrors::new();
        let read = read_value::<B>(body, &mut faults).filter(|_| faults.is_empty());
        read.ok_or_else(|| Problem::invalid(faults.into_vec()).into())
    }

    /// Refuses a body with members (400, 422).
    pub fn no_body(&self) -> Result<()> {
        let members = if self.body.is_empty() { Map::new() } else { body::object(&self.body)? };
        let unknown: Vec<FieldError> = members.keys().map(|name| FieldError::unknown(name)).collect();
        if unknown.is_empty() { Ok(()) } else { Err(Problem::invalid(unknown).into()) }
    }

    /// The body as JSON (400).
    pub fn json(&self) -> Result<Value> {
        body::json(&self.body)
    }

    /// The body as text (400).
    pub fn text(&self) -> Result<&str> {
        std::str::from_utf8(&self.body).map_err(|_| Problem::bad_request("The file is not UTF-8. Save it as UTF-8 and send it again.").into())
    }
}
