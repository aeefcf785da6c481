//! The value types that fields are made of: each reads itself from JSON and says what is wrong, writes itself to JSON
//! and to its columns, and describes itself for the API document. A limit is written once, in the type.

pub mod bytes;
pub mod choice;
mod custom;
mod date;
mod decimal;
mod fold;
mod id;
pub mod json;
mod list;
mod money;
mod number;
mod password;
mod secret;
mod text;
mod tidy;

pub use custom::{Custom, Json};
pub use date::{Date, Instant};
pub use decimal::{Precise, round_half_away};
pub use fold::{domain_key, folded, letters, letters_in_sql};
pub use id::Id;
pub use list::List;
pub use money::{Currency, Money, PreciseMoney};
pub use number::{Figure, Number, Percent, Ratio, Whole, figure};
pub use password::{Password, normalized};
pub use secret::{Digest, Sealed, Shown};
pub use text::{Code, DocumentNumber, Email, Label, ListFilter, Name, Note, OutlineCode, Text, Title, Url, hex};
pub use tidy::{say_the_same, tidy};

use crate::database::{Dialect, RawValue, Row, SqlType, SqlValue, Values};
use crate::error::{self, FieldError};
use diesel::deserialize::{self, FromSql};
use diesel::sql_types::{self, Jsonb};
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};

/// One column behind a field: what is added to the field's name, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Added to the field's name, e.g. `_amount`; empty for the usual single column.
    pub suffix: &'static str,
    /// What the column holds.
    pub kind: SqlType,
}

impl Column {
    /// The single column that most fields have.
    pub const fn only(kind: SqlType) -> [Column; 1] {
        [Column { suffix: "", kind }]
    }
}

/// A field inside a value, as far as the references in it go.
pub trait Inner: Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// The collections that it refers to; empty if it is no reference.
    fn names(&self) -> &'static [&'static str];
    /// The collections that each id of a list refers to.
    fn lists(&self) -> &'static [&'static str];
    /// True if it is an id and nothing says of what.
    fn is_loose(&self) -> bool;
    /// True if it names what was.
    fn recalls(&self) -> bool;
    /// The fields in it.
    fn inside(&self) -> Vec<&'static dyn Inner>;
}

/// A type that a field of a resource can have.
pub trait FieldType: Sized + Send + 'static {
    /// True if the field may be absent.
    const OPTIONAL: bool = false;
    /// True if the field may be null.
    const NULLABLE: bool = Self::OPTIONAL;
    /// The columns behind the field, the one that filters and sorts use first.
    const COLUMNS: &'static [Column];
    /// The place of the column by which values are greater and less, where that is not how the first one is.
    const ORDER: usize = 0;
    /// How a list can use the field.
    const USE: ListUse;

    /// The fields of the value, or of each in a list of values; empty for what has none.
    fn inside() -> Vec<&'static dyn Inner> {
        Vec::new()
    }

    /// Reads a JSON value. Everything wrong with it is added to `faults`; `None` if it cannot be read at all.
    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self>;

    /// The value of a field that is absent or null, for optional fields.
    fn absent() -> Option<Self> {
        None
    }

    /// The JSON form.
    fn to_json(&self) -> Value;

    /// Writes the JSON form behind the bytes of an answer: the same as [`FieldType::to_json`], without a value in between.
    fn write_json(&self, out: &mut Vec<u8>) {
        bytes::append(&self.to_json(), out);
    }

    /// Writes the columns, in the order of [`FieldType::COLUMNS`].
    fn store(&self, cells: &mut Row);

    /// Reads the columns back. What does not decode is an error: it says that the row is not what the schema says.
    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self>;

    /// Reads columns that were read before.
    fn load(cells: &[SqlValue]) -> Option<Self> {
        Values::of_cells(cells, Self::decode).ok()
    }

    /// The columns of a null.
    fn store_null(cells: &mut Row) {
        cells.extend(Self::COLUMNS.iter().map(|column| SqlValue::Null(column.kind)));
    }

    /// How the API document describes it.
    fn schema() -> Schema;
}

/// Reads a value that the service has stored as a document.
pub fn read_stored<T: FieldType>(document: Value) -> deserialize::Result<T> {
    T::read(document, &mut ValidationErrors::new()).ok_or_else(|| "a stored document is not what its type says".into())
}

impl<T: FieldType> FromSql<Jsonb, Dialect> for Vec<T> {
    fn from_sql(raw: RawValue<'_>) -> deserialize::Result<Self> {
        read_stored(<Value as FromSql<Jsonb, Dialect>>::from_sql(raw)?)
    }
}

/// Lets a value type that stands in one column be bound and read by typed queries.
#[macro_export]
macro_rules! column_value {
    ($(@[$($generics:tt)*])? $Type:ty, $Sql:ty, $value:ident => $cell:expr, $found:ident: $Raw:ty => $from:expr) => {
        impl$(<$($generics)*>)? diesel::serialize::ToSql<$Sql, $crate::database::Dialect> for $Type {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, $crate::database::Dialect>) -> diesel::serialize::Result {
                let $value = self;
                out.set_value($cell);
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl$(<$($generics)*>)? diesel::deserialize::FromSql<$Sql, $crate::database::Dialect> for $Type {
            fn from_sql(raw: $crate::database::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let $found = <$Raw as diesel::deserialize::FromSql<$Sql, $crate::database::Dialect>>::from_sql(raw)?;
                $from
            }
        }
    };
}

/// How a list can use a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListUse {
    /// Compared and sorted by its first column.
    Scalar,
    /// Compared by its parts, never sorted (money).
    Parts,
    /// Neither (documents).
    Opaque,
}

/// The broken fields found so far, and where reading is now.
#[derive(Debug, Default)]
pub struct ValidationErrors {
    found: Vec<FieldError>,
    path: Vec<String>,
}

impl ValidationErrors {
    /// No faults yet.
    pub fn new() -> Self {
        ValidationErrors::default()
    }

    /// Reads something at a member or index of the current place.
    pub fn within<T>(&mut self, segment: &str, read: impl FnOnce(&mut ValidationErrors) -> T) -> T {
        self.path.push(error::pointer_segment(segment));
        let outcome = read(self);
        self.path.pop();
        outcome
    }

    /// Something is wrong at the current place.
    pub fn add(&mut self, code: &str, detail: impl Into<String>) {
        self.add_with(code, detail, Value::Null);
    }

    /// The same with the limits of the rule.
    pub fn add_with(&mut self, code: &str, detail: impl Into<String>, params: Value) {
        let pointer = self.path.iter().map(|segment| format!("/{segment}")).collect::<String>();
        self.found.push(FieldError::new(pointer, code, detail).with_params(params));
    }

    /// Something is wrong at a field of the current place.
    pub fn at(&mut self, field: &str, code: &str, detail: impl Into<String>) {
        self.within(field, |faults| faults.add(code, detail));
    }

    /// Fails unless a rule between fields holds.
    pub fn require(&mut self, holds: bool, field: &str, code: &str, detail: &str) {
        if !holds {
            self.at(field, code, detail);
        }
    }

    /// Fails if a span ends before it starts.
    pub fn span<T: PartialOrd>(&mut self, start: Option<T>, end: Option<T>, field: &str) {
        if let (Some(start), Some(end)) = (start, end) {
            self.require(end >= start, field, "before_start", "The end must not be before the start.");
        }
    }

    /// True if nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// How many things are wrong.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// All that is wrong.
    pub fn into_vec(self) -> Vec<FieldError> {
        self.found
    }
}

/// The title of a value type that is a component of the document: the path of the type, and what it is. It stands in no document
/// (`http::openapi::named` takes it away).
pub fn title(path: &str, doc: &str) -> String {
    format!("{path}\n{doc}")
}

/// An object schema of one JSON type, to be narrowed.
pub fn of_type(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(kind))
}

/// The schema of an object whose properties are added one by one.
pub fn object() -> ObjectBuilder {
    of_type(Type::Object)
}

/// The schema of a JSON document of any shape.
pub fn any_object(description: &str) -> ObjectBuilder {
    object().additional_properties(Some(AdditionalProperties::FreeForm(true))).description(Some(description))
}

impl<T: FieldType> FieldType for Option<T> {
    const OPTIONAL: bool = true;
    const COLUMNS: &'static [Column] = T::COLUMNS;
    const ORDER: usize = T::ORDER;
    const USE: ListUse = T::USE;

    fn inside() -> Vec<&'static dyn Inner> {
        T::inside()
    }

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::read(value, faults).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_json)
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write_json(out),
            None => out.extend_from_slice(b"null"),
        }
    }

    fn store(&self, cells: &mut Row) {
        match self {
            Some(value) => value.store(cells),
            None => T::store_null(cells),
        }
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        if values.are_null(T::COLUMNS.len()) {
            values.skip(T::COLUMNS.len());
            return Ok(None);
        }
        T::decode(values).map(Some)
    }

    fn schema() -> Schema {
        T::schema()
    }
}

/// A value that may be null but must be said: nothing is assumed where it is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explicit<T>(pub Option<T>);

impl<T: FieldType> FieldType for Explicit<T> {
    const NULLABLE: bool = true;
    const COLUMNS: &'static [Column] = T::COLUMNS;
    const ORDER: usize = T::ORDER;
    const USE: ListUse = T::USE;

    fn inside() -> Vec<&'static dyn Inner> {
        T::inside()
    }

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        Option::<T>::read(value, faults).map(Explicit)
    }

    fn to_json(&self) -> Value {
        self.0.to_json()
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        self.0.write_json(out);
    }

    fn store(&self, cells: &mut Row) {
        self.0.store(cells);
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        Option::<T>::decode(values).map(Explicit)
    }

    fn schema() -> Schema {
        T::schema()
    }
}

impl FieldType for bool {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Bool);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let truth = value.as_bool();
        if truth.is_none() {
            faults.add("type", "Expected true or false.");
        }
        truth
    }

    fn to_json(&self) -> Value {
        (*self).into()
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        bytes::append(self, out);
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Bool(*self));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Bool, bool>()
    }

    fn schema() -> Schema {
        of_type(Type::Boolean).into()
    }
}

/// How many items a list inside a resource may have.
const ITEMS: usize = 1000;

/// Reads a list of at most so many items, each fault within its place.
pub fn read_items<T: FieldType>(value: Value, most: usize, faults: &mut ValidationErrors) -> Option<Vec<T>> {
    let Value::Array(items) = value else {
        faults.add("type", "Expected an array.");
        return None;
    };
    if items.len() > most {
        faults.add("too_many", format!("Expected at most {most} items."));
        return None;
    }
    let count = items.len();
    let read: Vec<T> = items.into_iter().enumerate().filter_map(|(at, item)| faults.within(&at.to_string(), |faults| T::read(item, faults))).collect();
    (read.len() == count).then_some(read)
}

impl<T: FieldType> FieldType for Vec<T> {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Doc);
    const USE: ListUse = ListUse::Opaque;

    fn inside() -> Vec<&'static dyn Inner> {
        T::inside()
    }

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        read_items(value, ITEMS, faults)
    }

    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(self.to_json().into());
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        read_stored(values.take::<Jsonb, Value>()?)
    }

    fn schema() -> Schema {
        ArrayBuilder::new().items(RefOr::T(T::schema())).max_items(Some(ITEMS)).into()
    }
}
