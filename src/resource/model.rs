//! A model: a struct whose fields know their columns, their JSON, their limits and their documentation.
//!
//! [`resource!`](crate::resource!) and [`value!`](crate::value!) take an ordinary struct and write down, once, what every layer asks of it. All
//! that is generic works on [`Field`]s and [`SqlValue`]s, so a further resource adds little to compile.

use super::value::{Column, FieldType, Id, Inner, Instant, ListUse, ValidationErrors};
use crate::database::{Row, SqlType, SqlValue, Values};
use diesel::deserialize;
use serde_json::{Map, Value};
use std::any::Any;
use utoipa::openapi::schema::Schema;

/// What a reference names that may be a record of any collection.
pub const ANY: &[&str] = &["*"];

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

    /// True if a list can be narrowed by equality with it.
    pub fn is_filterable(&self) -> bool {
        self.list_use == ListUse::Scalar && !self.secret
    }

    /// The cells that a query parameter stands for, if it can be read as this type.
    pub fn parse(&self, text: &str) -> Option<Row> {
        let value = match self.columns.first()?.kind {
            SqlType::Bool => Value::Bool(text.parse().ok()?),
            SqlType::Integer => Value::from(text.parse::<i64>().ok()?),
            SqlType::Real => Value::from(text.parse::<f64>().ok()?),
            _ => Value::from(text),
        };
        (self.cells)(value)
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

/// The members of a JSON object on their way into a model.
pub struct Input<'a> {
    members: Map<String, Value>,
    fields: &'static [Field],
    faults: &'a mut ValidationErrors,
}

impl<'a> Input<'a> {
    /// Reads an object into the fields of a model.
    pub fn new(members: Map<String, Value>, fields: &'static [Field], faults: &'a mut ValidationErrors) -> Self {
        for name in members.keys() {
            if !fields.iter().any(|field| field.name == name) {
                faults.at(name, "unknown", "There is no such field here. Remove it.");
            }
        }
        Input { members, fields, faults }
    }

    /// Takes one field; what is wrong with it is noted, and reading goes on.
    pub fn take<T: FieldType>(&mut self, name: &'static str) -> Option<T> {
        match self.members.shift_remove(name) {
            Some(Value::Null) if !T::NULLABLE => {
                self.faults.at(name, "required", "Must not be null.");
                None
            }
            Some(value) => self.faults.within(name, |faults| T::read(value, faults)),
            None => self.missing(name),
        }
    }

    fn missing<T: FieldType>(&mut self, name: &'static str) -> Option<T> {
        let default = self.fields.iter().find(|field| field.name == name).and_then(|field| field.default);
        match default {
            Some(default) => T::read(default(), &mut ValidationErrors::new()),
            None => {
                let absent = T::absent();
                if absent.is_none() {
                    self.faults.at(name, "required", "This field is required.");
                }
                absent
            }
        }
    }
}

/// What the macros write for a struct.
pub trait Model: Sized + Send + Sync + 'static {
    /// The type's name, e.g. `ControlTest`.
    const NAME: &'static str;
    /// Its documentation, a line each.
    const DOC: &'static [&'static str];
    /// Its fields, in order.
    const FIELDS: &'static [Field];

    /// Reads a whole object. Everything wrong with it is added to the input's faults.
    fn read(input: &mut Input<'_>) -> Option<Self>;
    /// Its JSON, in the order of its fields.
    fn to_json(&self) -> Map<String, Value>;
    /// Writes the same into an answer.
    fn write_json(&self, members: &mut Members<'_>);
    /// Its columns, in the order of its fields.
    fn store(&self, cells: &mut Row);
    /// Reads its columns back.
    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self>;

    /// Reads columns that were read before.
    fn load(cells: &[SqlValue]) -> Option<Self> {
        Values::of_cells(cells, Self::decode).ok()
    }
}

/// Reads one field of a model; the error names it.
pub fn decode<T: FieldType>(name: &'static str, values: &mut Values<'_>) -> deserialize::Result<T> {
    T::decode(values).map_err(|error| format!("{name}: {error}").into())
}

/// The members of a JSON object on their way out: written as bytes, those that the reader sees.
pub struct Members<'a> {
    out: &'a mut Vec<u8>,
    hidden: &'a [&'static str],
    only: Option<&'a [String]>,
    separator: u8,
}

impl<'a> Members<'a> {
    /// Begins an object without the hidden members and, if only some are wanted, with those alone.
    pub fn begin(out: &'a mut Vec<u8>, hidden: &'a [&'static str], only: Option<&'a [String]>) -> Self {
        Members { out, hidden, only, separator: b'{' }
    }

    /// Writes a field.
    pub fn put<T: FieldType>(&mut self, name: &'static str, value: &T) {
        self.write(name, |out| value.write_json(out));
    }

    /// Writes a member. Names of fields have no character to escape.
    pub fn write(&mut self, name: &'static str, value: impl FnOnce(&mut Vec<u8>)) {
        if self.hidden.contains(&name) || self.only.is_some_and(|only| only.iter().all(|wanted| wanted != name)) {
            return;
        }
        self.out.extend_from_slice(&[self.separator, b'"']);
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        value(self.out);
        self.separator = b',';
    }

    /// Ends the object.
    pub fn end(self) {
        if self.separator == b'{' {
            self.out.push(b'{');
        }
        self.out.push(b'}');
    }
}

/// A model whose type the caller does not know.
pub trait Entity: std::fmt::Debug + Send + Sync {
    /// Its JSON.
    fn to_json(&self) -> Map<String, Value>;
    /// Writes the same into an answer.
    fn write_json(&self, members: &mut Members<'_>);
    /// Its columns.
    fn cells(&self) -> Row;
    /// Itself, for who knows its type.
    fn as_any(&self) -> &dyn Any;
}

impl<M: Model + std::fmt::Debug> Entity for M {
    fn to_json(&self) -> Map<String, Value> {
        Model::to_json(self)
    }

    fn write_json(&self, members: &mut Members<'_>) {
        Model::write_json(self, members);
    }

    fn cells(&self) -> Row {
        let mut cells = Row::new();
        self.store(&mut cells);
        cells
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Writes [`Model`] for the struct of a resource, with the JSON names of its fields and the documentation of each. In an answer
/// the resource stands for a record as its collection answers with it.
#[macro_export]
macro_rules! resource {
    ($(#[doc = $doc:literal])* pub struct $Name:ident { $($body:tt)* }) => {
        $crate::model! { $(#[doc = $doc])* pub struct $Name { $($body)* } }

        impl utoipa::__dev::ComposeSchema for $Name {
            fn compose(_: Vec<utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>>) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::Ref::from_schema_name(stringify!($Name)).into()
            }
        }

        impl utoipa::ToSchema for $Name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($Name).into()
            }
        }
    };
}

/// Writes [`Model`] for a struct.
#[macro_export]
macro_rules! model {
    (
        $(#[doc = $doc:literal])*
        pub struct $Name:ident {
            $($(#[doc = $field_doc:literal])* $(#[field($($attribute:ident $(($($argument:expr),* $(,)?))?),* $(,)?)])? pub $field:ident: $Type:ty),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub struct $Name { $($(#[doc = $field_doc])* pub $field: $Type),* }

        impl $crate::resource::model::Model for $Name {
            const NAME: &'static str = stringify!($Name);
            const DOC: &'static [&'static str] = &[$($doc),*];
            const FIELDS: &'static [$crate::resource::model::Field] = &[
                $($crate::resource::model::Field::of::<$Type>(stringify!($field), &[$($field_doc),*]) $($(.$attribute($($($argument),*)?))*)?),*
            ];

            fn read(input: &mut $crate::resource::model::Input<'_>) -> Option<Self> {
                $(let $field = input.take::<$Type>(stringify!($field));)*
                Some($Name { $($field: $field?),* })
            }

            fn to_json(&self) -> serde_json::Map<String, serde_json::Value> {
                let mut members = serde_json::Map::new();
                $(members.insert(stringify!($field).to_owned(), $crate::resource::value::FieldType::to_json(&self.$field));)*
                members
            }

            fn write_json(&self, members: &mut $crate::resource::model::Members<'_>) {
                $(members.put(stringify!($field), &self.$field);)*
            }

            fn store(&self, cells: &mut $crate::database::Row) {
                $($crate::resource::value::FieldType::store(&self.$field, cells);)*
            }

            fn decode(values: &mut $crate::database::Values<'_>) -> diesel::deserialize::Result<Self> {
                $(let $field = $crate::resource::model::decode(stringify!($field), values)?;)*
                Ok($Name { $($field),* })
            }
        }
    };
}

/// A typed value inside a resource, kept as one JSON document: the same struct syntax as [`resource!`](crate::resource!).
#[macro_export]
macro_rules! value {
    ($(#[doc = $doc:literal])* pub struct $Name:ident { $($body:tt)* }) => {
        $crate::model! { $(#[doc = $doc])* pub struct $Name { $($body)* } }
        $crate::value_of! { $Name, $crate::resource::model::named_schema(
            concat!(module_path!(), "::", stringify!($Name)),
            &[$($doc),*],
            <$Name as $crate::resource::model::Model>::FIELDS,
        ) }
    };
}

/// Makes a field type of a model, with the schema given: for values that name themselves.
#[macro_export]
macro_rules! value_of {
    ($Name:ident, $schema:expr) => {
        $crate::column_value!($Name, diesel::sql_types::Jsonb,
            value => $crate::database::SqlValue::Doc($crate::database::Doc($crate::resource::model::Model::to_json(value).into())),
            found: serde_json::Value => $crate::resource::value::read_stored(found));

        impl diesel::deserialize::Queryable<diesel::sql_types::Jsonb, $crate::database::Dialect> for $Name {
            type Row = Self;

            fn build(row: Self) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }

        $crate::json_value!($Name, stringify!($Name));

        impl $crate::resource::value::FieldType for $Name {
            const COLUMNS: &'static [$crate::resource::value::Column] = &$crate::resource::value::Column::only($crate::database::SqlType::Doc);
            const USE: $crate::resource::value::ListUse = $crate::resource::value::ListUse::Opaque;

            fn inside() -> Vec<&'static dyn $crate::resource::value::Inner> {
                <$Name as $crate::resource::model::Model>::FIELDS.iter().map(|field| field as &'static dyn $crate::resource::value::Inner).collect()
            }

            fn read(value: serde_json::Value, faults: &mut $crate::resource::value::ValidationErrors) -> Option<Self> {
                $crate::resource::model::read_value::<Self>(value, faults)
            }

            fn to_json(&self) -> serde_json::Value {
                $crate::resource::model::Model::to_json(self).into()
            }

            fn store(&self, cells: &mut $crate::database::Row) {
                cells.push(serde_json::Value::Object($crate::resource::model::Model::to_json(self)).into());
            }

            fn decode(values: &mut $crate::database::Values<'_>) -> diesel::deserialize::Result<Self> {
                values.take::<diesel::sql_types::Jsonb, Self>()
            }

            fn schema() -> utoipa::openapi::schema::Schema {
                $schema
            }
        }
    };
}

/// Reads a value inside a resource.
pub fn read_value<M: Model>(value: Value, faults: &mut ValidationErrors) -> Option<M> {
    let Value::Object(members) = value else {
        faults.add("type", "Expected an object.");
        return None;
    };
    M::read(&mut Input::new(members, M::FIELDS, faults))
}

/// A closed object with the fields given, as a component of the document.
pub fn named_schema(path: &str, doc: &[&str], fields: &[Field]) -> Schema {
    let mut schema = object_schema(fields);
    if let Schema::Object(object) = &mut schema {
        object.title = Some(super::value::title(path, &join(doc)));
    }
    schema
}

/// A closed object with the fields given; those without null and default are required.
pub fn object_schema(fields: &[Field]) -> Schema {
    let mut object = super::value::of_type(utoipa::openapi::schema::Type::Object)
        .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)));
    for field in fields {
        object = object.property(field.name, super::schema::property(field));
        if !field.optional && field.default.is_none() {
            object = object.required(field.name);
        }
    }
    object.into()
}
