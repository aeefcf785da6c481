//! What is kept of that which is shown once: a digest, the secret itself where the service uses it, or nothing at all.

use super::{Column, FieldType, ListUse, ValidationErrors, of_type};
use crate::column_value;
use crate::database::{Row, SqlType, SqlValue, Values};
use diesel::{deserialize, sql_types};
use serde_json::Value;
use utoipa::openapi::schema::{Schema, Type};

/// A secret of which only its SHA-256 is kept, in hexadecimal. It is random and long, so nobody finds it from that.
#[derive(Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Digest(pub String);

/// A secret that the service itself uses, sealed where the service has a key for that. Only who knows its purpose opens it.
#[derive(Clone, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Sealed(pub String);

/// What follows from the record's id and is kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown;

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}

fn shown() -> Schema {
    of_type(Type::String).min_length(Some(1)).into()
}

column_value!(Digest, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Digest(found)));
column_value!(Sealed, sql_types::Text, value => SqlValue::Text(value.0.clone()), found: String => Ok(Sealed(found)));

impl FieldType for Digest {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let digest = value.as_str().filter(|text| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if digest.is_none() {
            faults.add("server_field", "The service makes this. Remove it.");
        }
        digest.map(|text| Digest(text.to_owned()))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Text, Self>()
    }

    fn schema() -> Schema {
        shown()
    }
}

impl FieldType for Sealed {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let sealed = value.as_str();
        if sealed.is_none() {
            faults.add("server_field", "The service makes this. Remove it.");
        }
        sealed.map(|text| Sealed(text.to_owned()))
    }

    fn to_json(&self) -> Value {
        self.0.clone().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.0.clone()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Text, Self>()
    }

    fn schema() -> Schema {
        shown()
    }
}

impl FieldType for Shown {
    const COLUMNS: &'static [Column] = &[];
    const USE: ListUse = ListUse::Opaque;

    fn read(_: Value, faults: &mut ValidationErrors) -> Option<Self> {
        faults.add("server_field", "The service makes this. Remove it.");
        None
    }

    fn to_json(&self) -> Value {
        Value::Null
    }

    fn store(&self, _: &mut Row) {}

    fn decode(_: &mut Values<'_>) -> deserialize::Result<Self> {
        Ok(Shown)
    }

    fn schema() -> Schema {
        shown()
    }
}
