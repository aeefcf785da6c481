//! Custom fields in lists: by what a list compares and sorts them.

use super::order::SortKey;
use super::reader::Reader;
use crate::database::{Connection, SqlType, SqlValue};
use crate::error::Result;
use crate::resource::value::Date;
use crate::resource::{Id, ResourceType, Stored};
use diesel::prelude::*;
use serde_json::Value;
use std::collections::HashMap;
use steward_schema::platform::custom_fields;

/// The custom fields of a collection: what each holds, by its code.
#[derive(Debug, Clone, Default)]
pub struct CustomKinds(HashMap<String, String>);

/// A custom field as a column of a list.
#[derive(Debug, Clone)]
pub struct CustomColumn {
    /// Its code.
    pub code: String,
    /// The expression that stands for it.
    pub expression: String,
    /// What that holds.
    pub kind: SqlType,
    holds: String,
}

impl CustomKinds {
    /// A field by its code.
    pub fn column(&self, code: &str) -> Option<CustomColumn> {
        // A code is a word of small letters, digits and underscores: nothing of it ends a text.
        let plain = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let holds = self.0.get(code).filter(|_| plain)?.clone();
        let value = format!("(custom ->> '{code}')");
        let (expression, kind) = match holds.as_str() {
            "number" => (format!("CAST({value} AS double precision)"), SqlType::Real),
            // One database says true and false, the other 1 and 0.
            "bool" => (format!("(CASE CAST({value} AS text) WHEN 'true' THEN 1 WHEN '1' THEN 1 WHEN 'false' THEN 0 WHEN '0' THEN 0 END)"), SqlType::Integer),
            _ => (value, SqlType::Text),
        };
        Some(CustomColumn { code: code.to_owned(), expression, kind, holds })
    }
}

impl CustomColumn {
    /// The cell that a text of a filter stands for; none if the field cannot have it.
    pub fn cell(&self, text: &str) -> Option<SqlValue> {
        Some(match self.holds.as_str() {
            "number" => text.parse::<f64>().ok().filter(|number| number.is_finite())?.into(),
            "bool" => i64::from(text.parse::<bool>().ok()?).into(),
            "date" => Date::parse_any(text)?.to_string().as_str().into(),
            "reference" => Id::parse(text)?.to_string().as_str().into(),
            _ => text.into(),
        })
    }

    /// Whether a filter may look for a part of it.
    pub fn is_text(&self) -> bool {
        matches!(self.holds.as_str(), "text" | "choice")
    }
}

impl SortKey {
    /// The cell of a record by which it is sorted, where that is a custom field.
    pub fn custom_cell(&self, stored: &Stored) -> Option<SqlValue> {
        let value = stored.custom.as_ref().and_then(|custom| custom.0.get(self.custom.as_ref()?));
        self.custom.as_ref()?;
        Some(match (self.kind, value) {
            (SqlType::Real, Some(value)) => value.as_f64().map_or(SqlValue::Null(self.kind), SqlValue::from),
            (SqlType::Integer, Some(Value::Bool(truth))) => i64::from(*truth).into(),
            (SqlType::Text, Some(Value::String(text))) => text.as_str().into(),
            _ => SqlValue::Null(self.kind),
        })
    }
}

impl Reader<'_> {
    /// The custom fields of a collection.
    pub fn custom_kinds(&mut self, definition: &ResourceType) -> Result<CustomKinds> {
        custom_kinds(self.connection, definition)
    }
}

/// The custom fields of a collection. Everybody may know them.
pub fn custom_kinds(connection: &mut Connection, definition: &ResourceType) -> Result<CustomKinds> {
    if definition.beside.is_empty() {
        return Ok(CustomKinds::default());
    }
    let of_collection = custom_fields::table.filter(custom_fields::collection.eq(definition.path));
    let kinds: Vec<(String, String)> = of_collection.select((custom_fields::code, custom_fields::kind)).load(connection)?;
    Ok(CustomKinds(kinds.into_iter().collect()))
}
