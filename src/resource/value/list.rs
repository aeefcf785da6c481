//! Lists that are longer than a list inside a resource may be.

use super::{Column, FieldType, Inner, ListUse, ValidationErrors, read_items, read_stored};
use crate::database::{Row, SqlType, Values};
use diesel::deserialize;
use diesel::sql_types::Jsonb;
use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};

/// A list that says how many items it may have.
#[derive(Debug, Clone)]
pub struct List<T, const MOST: usize>(pub Vec<T>);

impl<T: FieldType, const MOST: usize> FieldType for List<T, MOST> {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Doc);
    const USE: ListUse = ListUse::Opaque;

    fn inside() -> Vec<&'static dyn Inner> {
        T::inside()
    }

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        read_items(value, MOST, faults).map(List)
    }

    fn to_json(&self) -> Value {
        self.0.iter().map(T::to_json).collect()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(self.to_json().into());
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        read_stored(values.take::<Jsonb, Value>()?)
    }

    fn schema() -> Schema {
        ArrayBuilder::new().items(RefOr::T(T::schema())).max_items(Some(MOST)).into()
    }
}
