//! A model: a struct whose fields know their columns, their JSON, their limits and their documentation.
//!
//! [`resource!`](crate::resource!) and [`value!`](crate::value!) take an ordinary struct and write down, once, what every layer asks of it. All
//! that is generic works on [`Field`]s and [`SqlValue`]s, so a further resource adds little to compile.

use super::field::{Field, join};
use super::value::{FieldType, ValidationErrors};
use crate::database::{Row, SqlValue, Values};
use diesel::deserialize;
use serde_json::{Map, Value};
use std::any::Any;
use utoipa::openapi::schema::Schema;

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
            const FIELDS: &'static [$crate::resource::field::Field] = &[
                $($crate::resource::field::Field::of::<$Type>(stringify!($field), &[$($field_doc),*]) $($(.$attribute($($($argument),*)?))*)?),*
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
