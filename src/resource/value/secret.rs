//! What is kept of that which is shown once: a digest, or nothing at all.

use super::{Column, Faults, FieldType, ListUse, of_type};
use crate::database::{Cell, Kind, Row};
use serde_json::Value;
use utoipa::openapi::schema::{Schema, Type};

/// A secret of which only its SHA-256 is kept, in hexadecimal. It is random and long, so nobody finds it from that.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(pub String);

/// What follows from the record's id and is kept nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown;

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

fn shown() -> Schema {
    of_type(Type::String).min_length(Some(1)).into()
}

impl FieldType for Digest {
    const COLUMNS: &'static [Column] = &Column::only(Kind::Text);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut Faults) -> Option<Self> {
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
        cells.push(Cell::Text(self.0.clone()));
    }

    fn load(cells: &[Cell]) -> Option<Self> {
        if let [Cell::Text(text)] = cells { Some(Digest(text.clone())) } else { None }
    }

    fn schema() -> Schema {
        shown()
    }
}

impl FieldType for Shown {
    const COLUMNS: &'static [Column] = &[];
    const USE: ListUse = ListUse::Opaque;

    fn read(_: Value, faults: &mut Faults) -> Option<Self> {
        faults.add("server_field", "The service makes this. Remove it.");
        None
    }

    fn to_json(&self) -> Value {
        Value::Null
    }

    fn store(&self, _: &mut Row) {}

    fn load(_: &[Cell]) -> Option<Self> {
        Some(Shown)
    }

    fn schema() -> Schema {
        shown()
    }
}
