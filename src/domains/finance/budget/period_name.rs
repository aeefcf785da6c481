//! A fiscal period as clients name it: by its number in the year, or by its id.

use diesel::deserialize;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use steward_core::database::{Row, SqlType, SqlValue, Values};
use steward_core::error::Result;
use steward_core::resource::value::{Column, FieldType, ListUse};
use steward_core::resource::{Check, Id, ValidationErrors};
use steward_schema::finance::fiscal_periods;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

/// The number of a period in its fiscal year, or its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodName {
    /// Its number in the year.
    Number(i64),
    /// Its id.
    Id(Id),
}

impl PeriodName {
    /// The period of a fiscal year that it names.
    pub fn find(self, check: &mut Check<'_>, year: Id) -> Result<Option<Id>> {
        let all = fiscal_periods::table.select(fiscal_periods::id).into_boxed();
        let named = match self {
            PeriodName::Number(number) => all.filter(fiscal_periods::fiscal_year_id.eq(year).and(fiscal_periods::number.eq(number))),
            PeriodName::Id(id) => all.filter(fiscal_periods::id.eq(id)),
        };
        Ok(named.first(check.connection).optional()?)
    }
}

steward_core::json_value!(PeriodName);

impl FieldType for PeriodName {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let number = value.as_i64().filter(|number| (1..=366).contains(number)).map(PeriodName::Number);
        let read = number.or_else(|| value.as_str().and_then(Id::parse).map(PeriodName::Id));
        if read.is_none() {
            faults.add("format", "Expected the number of a period in its fiscal year, from 1 to 366, or the id of a fiscal period.");
        }
        read
    }

    fn to_json(&self) -> Value {
        match self {
            PeriodName::Number(number) => json!(number),
            PeriodName::Id(id) => json!(id.to_string()),
        }
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.to_json().to_string()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        let text = values.take::<Text, String>()?;
        let value = serde_json::from_str(&text)?;
        Self::read(value, &mut ValidationErrors::new()).ok_or_else(|| "a text that names no period".into())
    }

    fn schema() -> Schema {
        ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Integer, Type::String])).examples([json!(3)]).into()
    }
}
