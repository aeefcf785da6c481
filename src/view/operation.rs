//! Operations as the HTTP face knows them: the types of a figure or action erased, so that what serves them is compiled once.

use super::measure::{Basis, Measure, Measured};
use super::query::{Parameter, check, parameters};
use super::{Action, Answered, Call, Context, JSON, PerRecord, Prepare, Reads, Records, View, answered, sent};
use crate::access::Session;
use crate::error::{Error, Result};
use crate::resource::Id;
use crate::store::{Outcome, Reader, Store, Writer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::any::Any;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// An operation beside list, get, create, update, delete and transition.
pub struct Operation {
    /// Its address under `/api/v1/`, e.g. `governance/frameworks/{id}/coverage`.
    pub path: &'static str,
    /// Its operation id.
    pub operation_id: String,
    /// A few words.
    pub summary: &'static str,
    /// Meaning, formula and source.
    pub description: String,
    /// The permissions that it needs, all of them.
    pub permissions: Vec<String>,
    /// Its query parameters.
    pub parameters: Vec<Parameter>,
    /// Refuses a query that cannot be read (400).
    pub check: fn(&[Parameter], &[(String, String)]) -> Result<()>,
    /// The schema of its answer.
    pub answer: fn() -> Answered,
    /// True if its answer can stay open, as server-sent events.
    pub is_feed: bool,
    /// The parameter for which `Accept-Language` stands where it is left out.
    pub language: Option<&'static str>,
    /// True if its body may be left out: a JSON object of which no member is required.
    pub takes_nothing: bool,
    /// Its answer as a picture (SVG), where it can be drawn.
    pub picture: Option<Draw>,
    /// What it does.
    pub run: Run,
}

/// Computes an answer and draws it.
pub type Draw = fn(&mut Reader<'_>, &Call) -> Result<Vec<u8>>;

/// What an operation does.
#[derive(Clone, Copy)]
pub enum Run {
    /// `GET`: computes an answer, as JSON.
    Read(fn(&mut Reader<'_>, &Call) -> Result<Vec<u8>>),
    /// `GET` of bytes.
    Download(fn(&mut Reader<'_>, &Call) -> Result<Download>),
    /// `POST` with a body.
    Write(Write),
}

/// An operation that writes: reads the body before the transaction, then writes.
#[derive(Clone, Copy)]
pub struct Write {
    /// The media types of body that it reads.
    pub forms: &'static [&'static str],
    /// The greatest size of the body, in bytes.
    pub limit: usize,
    /// True if it can take so long that a client may have it done later (202).
    pub long: bool,
    /// True if what it writes is always taken back.
    pub rehearsed: bool,
    /// The name and schema of the body.
    pub body: fn() -> Answered,
    /// An example of the body in a media type.
    pub example: fn(&str) -> Value,
    /// Reads the body.
    pub prepare: fn(&Store, &Session, &Call) -> Result<Prepared>,
    /// Writes; may run more than once.
    pub apply: Apply,
}

/// Writes what was prepared.
pub type Apply = fn(&mut Writer<'_>, &Call, &Prepared) -> Result<Outcome>;
/// A body as an action has read it.
pub type Prepared = Box<dyn Any + Send + Sync>;

/// Bytes to download.
#[derive(Debug)]
pub struct Download {
    /// The name of the file.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The figures that `figures=true` adds to each record of a collection, under `figures`.
pub struct Figures {
    /// The collection.
    pub path: &'static str,
    /// Formula and source.
    pub description: String,
    /// Their schema.
    pub answer: fn() -> Answered,
    /// The figures of some records, over what the reader may see.
    pub compute: fn(&mut Reader<'_>, Vec<Id>) -> Result<HashMap<Id, Value>>,
}

impl Operation {
    /// A view that answers with JSON.
    pub fn read<V: View<Query: DeserializeOwned + IntoParams, Answer: Serialize + ToSchema>>() -> Self {
        let read = |reader: &mut Reader<'_>, call: &Call| {
            let answer = run::<V>(reader, call.id, &call.measures, call.query()?)?;
            serde_json::to_vec(&answer).map_err(Error::unwritable)
        };
        let draw: Draw = |reader, call| {
            let draw = V::PICTURE.ok_or_else(|| Error::broken("a picture of what cannot be drawn"))?;
            let answer = run::<V>(reader, call.id, &call.measures, call.query()?)?;
            Ok(draw(&answer).svg()?.into_bytes())
        };
        let picture = V::PICTURE.map(|_| draw);
        Operation { picture, ..Self::of::<V>(check::<V::Query>, parameters::<V::Query>(), answered::<V::Answer>, Run::Read(read)) }
    }

    /// A view that answers with bytes.
    pub fn download<V: View<Query: DeserializeOwned + IntoParams, Answer = Download>>() -> Self {
        let run = |reader: &mut Reader<'_>, call: &Call| run::<V>(reader, call.id, &[], call.query()?);
        Self::of::<V>(check::<V::Query>, parameters::<V::Query>(), || Answered { whole: Value::Null, components: Vec::new() }, Run::Download(run))
    }

    fn of<V: View>(check: fn(&[Parameter], &[(String, String)]) -> Result<()>, parameters: Vec<Parameter>, answer: fn() -> Answered, run: Run) -> Self {
        let read = V::Reads::ALL.iter().filter(|each| each.required).map(super::Collection::permission);
        Operation {
            path: V::PATH,
            operation_id: operation_id(V::PATH, V::OPERATION_ID),
            summary: V::SUMMARY,
            description: description::<V>(),
            permissions: read.chain(V::PERMISSIONS.iter().map(ToString::to_string)).collect(),
            parameters,
            check,
            answer,
            is_feed: V::IS_FEED,
            language: V::LANGUAGE,
            takes_nothing: false,
            picture: None,
            run,
        }
    }

    /// An action.
    pub fn write<A: Action>() -> Self {
        let write = Write {
            forms: A::FORMS,
            limit: A::LIMIT,
            long: A::LONG,
            rehearsed: A::REHEARSED,
            body: sent::<A::Body>,
            example: A::example,
            prepare: |store, session, call| Ok(Box::new(A::Prepared::prepare(store, session, call)?)),
            apply: |writer, call, prepared| {
                let prepared = prepared.downcast_ref().ok_or_else(|| Error::broken("an action that was prepared as another kind"))?;
                A::apply(writer, call, prepared)
            },
        };
        Operation {
            path: A::PATH,
            operation_id: A::OPERATION_ID.to_owned(),
            summary: A::SUMMARY,
            description: A::DESCRIPTION.to_owned(),
            permissions: A::PERMISSIONS.iter().map(ToString::to_string).collect(),
            parameters: parameters::<A::Query>(),
            check: check::<A::Query>,
            answer: answered::<A::Answer>,
            is_feed: false,
            language: None,
            takes_nothing: A::FORMS == JSON && sent::<A::Body>().takes_nothing(),
            picture: None,
            run: Run::Write(write),
        }
    }
}

impl Figures {
    /// The figures of the records of a collection.
    pub fn of<V: View<Query = Records, Answer = PerRecord<A>>, A: Serialize + ToSchema>() -> Self {
        let compute = |reader: &mut Reader<'_>, records: Vec<Id>| {
            if records.is_empty() {
                return Ok(HashMap::new());
            }
            let figures = run::<V>(reader, None, &[], Records(records))?;
            figures.into_iter().map(|(id, figures)| Ok((id, serde_json::to_value(figures).map_err(Error::unwritable)?))).collect()
        };
        Figures { path: V::PATH, description: description::<V>(), answer: answered::<A>, compute }
    }
}

impl Measure {
    /// The measure of a domain.
    pub fn of<V: View<Query = Basis, Answer = Measured>>() -> Self {
        let name = V::PATH.rsplit_once('/').map_or(V::PATH, |(_, name)| name);
        Measure { name, description: V::FORMULA, compute: |reader, basis| run::<V>(reader, None, &[], basis) }
    }
}

/// Runs a view without an id, for an action that goes on from its answer.
pub fn run_view<V: View>(reader: &mut Reader<'_>, query: V::Query) -> Result<V::Answer> {
    run::<V>(reader, None, &[], query)
}

/// Runs a view over the collections that it declares.
fn run<V: View>(reader: &mut Reader<'_>, id: Option<Id>, measures: &[(&'static str, Measure)], query: V::Query) -> Result<V::Answer> {
    let domain = V::PATH.split_once('/').map_or(V::PATH, |(domain, _)| domain);
    let before = reader.declare(Some((domain, V::Reads::PATHS)));
    let answer = V::run(&mut Context::new(reader, id, measures), query);
    reader.declare(before);
    answer
}

/// Description, formula and source in one text.
fn description<V: View>() -> String {
    let drawn =
        if V::PICTURE.is_some() { "With `Accept: image/svg+xml` the answer is a picture, its data told in words for those who do not see it." } else { "" };
    let parts = [("", V::DESCRIPTION), ("Formula: ", V::FORMULA), ("Source: ", V::SOURCE), ("", drawn)];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name}{text}"));
    said.collect::<Vec<_>>().join("\n\n")
}

/// The operation id given, or the one that the address makes.
fn operation_id(path: &str, given: &str) -> String {
    if !given.is_empty() {
        return given.to_owned();
    }
    let segments: Vec<&str> = path.split('/').collect();
    let last = segments.last().copied().unwrap_or_default().replace('-', "_");
    match segments.as_slice() {
        [_, collection, "{id}", _] => format!("get_{}_{last}", collection.replace('-', "_").trim_end_matches('s')),
        _ => format!("get_{last}"),
    }
}
