//! Values of the fields that an organisation has defined for itself: an object of plain values by the code of the field.

use super::{Column, FieldType, ListUse, ValidationErrors, of_type, title};
use crate::database::{Row, SqlType, Values};
use diesel::{deserialize, sql_types};
use serde_json::{Map, Value};
use utoipa::openapi::schema::{AdditionalProperties, Schema, Type};

/// How many custom fields one record may have a value for.
const VALUES: usize = 100;

/// The values of a record's custom fields, by code. What they mean is checked where their definitions are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Custom(pub Map<String, Value>);

crate::json_value!(Custom);
crate::json_value!(Json);

impl FieldType for Custom {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Doc);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let Value::Object(mut members) = value else {
            faults.add("type", "Expected an object of values by the code of a custom field.");
            return None;
        };
        members.retain(|_, value| !value.is_null());
        if members.len() > VALUES {
            faults.add("too_many", format!("Expected at most {VALUES} values."));
            return None;
        }
        let before = faults.len();
        for (code, value) in &members {
            let plain = match value {
                Value::String(text) => text.chars().count() <= 4000 && !text.contains('\0'),
                Value::Bool(_) | Value::Number(_) => true,
                _ => false,
            };
            faults.require(plain, code, "type", "Expected text of at most 4,000 characters without U+0000, a number, or true or false.");
        }
        // An order of its own, so that the same values are the same document.
        members.sort_keys();
        (faults.len() == before).then_some(Custom(members))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(self.to_json().into());
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        let Value::Object(mut members) = values.take::<sql_types::Jsonb, Value>()? else { return Err("custom values that are no object".into()) };
        members.sort_keys();
        Ok(Custom(members))
    }

    fn schema() -> Schema {
        of_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .max_properties(Some(VALUES))
            .title(Some(title(
                "CustomFields",
                "Values of the fields that your organisation has defined for the collection (platform/custom-fields), by their code.",
            )))
            .into()
    }
}

/// Any JSON: only for what another operation answered, which has its own schema.
#[derive(Debug, Clone, PartialEq)]
pub struct Json(pub Value);

impl FieldType for Json {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Doc);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, _: &mut ValidationErrors) -> Option<Self> {
        Some(Json(value))
    }

    fn to_json(&self) -> Value {
        self.0.clone()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(self.0.clone().into());
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Jsonb, Value>().map(Json)
    }

    fn schema() -> Schema {
        of_type(Type::Object).additional_properties(Some(AdditionalProperties::FreeForm(true))).into()
    }
}
