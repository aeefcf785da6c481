//! Identifiers: UUIDs of version 7, in order of creation.

use super::{Column, FieldType, ListUse, ValidationErrors, of_type};
use crate::database::{Row, SqlType, SqlValue, Values};
use diesel::{deserialize, sql_types};
use serde_json::Value;
use std::fmt;
use utoipa::openapi::schema::{Schema, SchemaFormat, Type};
use uuid::Uuid;

/// The identity of a resource, or a reference to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Uuid)]
pub struct Id(pub Uuid);

impl Id {
    /// A new id, later in order than every earlier one of this process.
    pub fn new() -> Self {
        Id(Uuid::now_v7())
    }

    /// A new id at random, which says nothing of when it was made.
    pub fn random() -> Self {
        Id(Uuid::new_v4())
    }

    /// Reads an id in its usual hyphenated form and no other.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        Uuid::try_parse(text).ok().map(Id)
    }

    /// The id that stands in examples for the id of another resource.
    pub const fn sample() -> Self {
        Id(Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001))
    }

    /// The service itself, as the author of what it does without being asked.
    pub const fn system() -> Self {
        Id(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000))
    }
}

impl Default for Id {
    fn default() -> Self {
        Id::new()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

crate::json_value!(Id);

impl FieldType for Id {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Id);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let id = value.as_str().and_then(Id::parse);
        if id.is_none() {
            let code = if value.is_string() { "format" } else { "type" };
            faults.add(code, "Expected a UUID, such as 01990000-0000-7000-8000-000000000001.");
        }
        id
    }

    fn to_json(&self) -> Value {
        self.to_string().into()
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        let mut text = uuid::Uuid::encode_buffer();
        super::bytes::append_plain(&self.0.hyphenated().encode_lower(&mut text), out);
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Id(*self));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Uuid, Self>()
    }

    fn schema() -> Schema {
        of_type(Type::String).format(Some(SchemaFormat::Custom("uuid".into()))).into()
    }
}
