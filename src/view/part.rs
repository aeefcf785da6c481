//! Ready parts of questions and answers.

use super::Context;
use crate::error::{Problem, Result};
use crate::resource::value::json::INLINE;
use crate::resource::value::{Date, Instant, Text, Title, Whole, object, of_type};
use crate::resource::{Id, Resource};
use crate::store::Reader;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;
use utoipa::__dev::ComposeSchema;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Ref as Reference, RefOr};
use utoipa::{IntoParams, ToSchema};

/// A query without parameters.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct NoQuery {}

/// A query for a day alone.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct AsOf {
    /// The day that counts as today, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub as_of: Option<Date>,
}

impl AsOf {
    /// The day given, else the day it is.
    pub fn or_today(self, cx: &Context<'_, '_>) -> Date {
        cx.day_or_today(self.as_of)
    }
}

/// A query for a span of days that have gone by.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Period {
    /// First day, as YYYY-MM-DD; 30 days before `to` if left out.
    #[param(inline)]
    pub from: Option<Date>,
    /// Day after the last, as YYYY-MM-DD; tomorrow if left out, so that today counts up to now.
    #[param(inline)]
    pub to: Option<Date>,
}

impl Period {
    /// The first day, the day after the last, and the times between which they lie, up to now (400).
    pub fn span(self, cx: &Context<'_, '_>) -> Result<(Date, Date, (Instant, Instant))> {
        let to = self.to.unwrap_or_else(|| cx.today().plus_days(1));
        let from = self.from.unwrap_or_else(|| to.earlier(30));
        require_days(from, to)?;
        let (begin, now) = (from.midnight(), cx.store.now().whole_second());
        Ok((from, to, (begin, to.midnight().min(now.max(begin)))))
    }
}

/// Refuses a span without a day (400).
pub fn require_days(from: Date, to: Date) -> Result<()> {
    if from < to {
        return Ok(());
    }
    Err(Problem::bad_request(format!("from ({from}) is not before to ({to}). Name the first day in from and the day after the last in to.")).into())
}

/// A list that is the whole answer.
#[derive(Debug, Serialize)]
pub struct Listed<T> {
    /// The entries, in the order that the description names.
    pub data: Vec<T>,
}

impl<T> FromIterator<T> for Listed<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        Listed { data: entries.into_iter().collect() }
    }
}

impl<T: ToSchema> ComposeSchema for Listed<T> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let entries =
            ArrayBuilder::new().items(Reference::from_schema_name(T::name())).description(Some("The entries, in the order that the description names."));
        object().property("data", entries).required("data").into()
    }
}

impl<T: ToSchema> ToSchema for Listed<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into_owned(), T::schema()));
        T::schemas(schemas);
    }
}

/// A record as a figure names it.
#[derive(Debug, Serialize)]
pub struct Ref<R> {
    /// The record.
    pub id: Id,
    /// Its title, or its code where it has no title.
    pub title: Text<1, 1000>,
    /// Its state; null if it has no lifecycle.
    pub state: Option<Text<1, 40>>,
    #[serde(skip)]
    of: PhantomData<R>,
}

impl<R: Resource> Ref<R> {
    /// A record by its id, title and state.
    pub fn new(id: Id, title: &str, state: Option<&str>) -> Self {
        Ref { id, title: Text::cut(title), state: state.map(Text::cut), of: PhantomData }
    }
}

impl<R: Resource> ComposeSchema for Ref<R> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        let collection = Extensions::builder().add("x-references", json!([R::PATH])).build();
        let id = of_type(Type::String).format(Some(SchemaFormat::Custom("uuid".into()))).description(Some("The record.")).extensions(Some(collection));
        let state = ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
            .description(Some("State of the record; null if it has no lifecycle."));
        let record = object().description(Some("A record by its id, title and state."));
        record
            .property("id", id)
            .property("title", of_type(Type::String).description(Some("Title of the record.")))
            .property("state", state)
            .required("id")
            .required("title")
            .into()
    }
}

impl<R: Resource> ToSchema for Ref<R> {}

/// The id of a record of a collection: the document says which one (`x-references`).
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct IdOf<R> {
    /// The id.
    pub id: Id,
    #[serde(skip)]
    of: PhantomData<R>,
}

impl<R> From<Id> for IdOf<R> {
    fn from(id: Id) -> Self {
        IdOf { id, of: PhantomData }
    }
}

impl<R: Resource> ComposeSchema for IdOf<R> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        reference(&[R::PATH])
    }
}

impl<'de, R> Deserialize<'de> for IdOf<R> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Id::deserialize(input).map(IdOf::from)
    }
}

impl<R> Clone for IdOf<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for IdOf<R> {}

/// Collections that an id may be of, for the document.
pub trait Referred {
    /// Their paths.
    const COLLECTIONS: &'static [&'static str];
}

/// Id of a record of another domain, as the document describes it: the `value_type` of a parameter.
#[derive(Debug)]
pub struct ReferenceTo<C>(PhantomData<C>);

/// The units.
#[derive(Debug)]
pub struct Units;

impl Referred for Units {
    const COLLECTIONS: &'static [&'static str] = &["teams/units"];
}

/// The people.
#[derive(Debug)]
pub struct People;

impl Referred for People {
    const COLLECTIONS: &'static [&'static str] = &["teams/people"];
}

/// The id of a unit. Parameters name an alias: utoipa would describe what stands in angle brackets.
pub type UnitReference = ReferenceTo<Units>;

/// The id of a person.
pub type PersonReference = ReferenceTo<People>;

impl<C: Referred> ComposeSchema for ReferenceTo<C> {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        reference(C::COLLECTIONS)
    }
}

impl<C: Referred> ToSchema for ReferenceTo<C> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{INLINE}ReferenceTo").into()
    }
}

fn reference(collections: &[&str]) -> RefOr<Schema> {
    let collections = Extensions::builder().add("x-references", json!(collections)).build();
    of_type(Type::String).format(Some(SchemaFormat::Custom("uuid".into()))).extensions(Some(collections)).into()
}

impl<R: Resource> ToSchema for IdOf<R> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("{INLINE}IdOf").into()
    }
}

/// How many there are of something.
pub type Count = Whole<0, 1_000_000_000>;

/// What rows hold, by what they begin with, in the order of the rows.
pub fn grouped<K: Eq + Hash, V>(rows: impl IntoIterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    rows.into_iter().for_each(|(key, value)| groups.entry(key).or_default().push(value));
    groups
}

/// Rows by record, each with the record's title; none where it is no record, or not in sight.
pub fn titled<K: Copy + Into<Option<Id>>, T>(reader: &mut Reader<'_>, collection: &str, rows: Vec<(K, T)>) -> Result<Vec<(K, Option<Title>, T)>> {
    let ids: Vec<Id> = rows.iter().filter_map(|(key, _)| (*key).into()).collect();
    let titles = reader.titles(collection, &ids)?;
    let title = |key: K| key.into().and_then(|id| titles.get(&id).cloned());
    Ok(rows.into_iter().map(|(key, row)| (key, title(key), row)).collect())
}

/// A body of bytes.
#[derive(Debug)]
pub struct Binary;

impl ComposeSchema for Binary {
    fn compose(_: Vec<RefOr<Schema>>) -> RefOr<Schema> {
        of_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary))).description(Some("The bytes of the file.")).into()
    }
}

impl ToSchema for Binary {}
