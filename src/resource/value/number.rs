//! Numbers with a range: whole ones, measurements, percents and ratios.

use super::{Column, FieldType, ListUse, ValidationErrors, of_type};
use crate::column_value;
use crate::database::{Row, SqlType, SqlValue, Values};
use diesel::{deserialize, sql_types};
use serde_json::{Value, json};
use utoipa::openapi::schema::{Schema, Type};
use validator::ValidateRange;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Whole<const MIN: i64, const MAX: i64>(pub i64);

/// A measurement from `MIN` to `MAX` (whole limits): a finite number, never money.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Double)]
pub struct Number<const MIN: i64, const MAX: i64>(pub f64);

/// Parts in a hundred, from 0 to 100.
pub type Percent = Number<0, 100>;
/// A share, from 0 to 1.
pub type Ratio = Number<0, 1>;

column_value!(@[const MIN: i64, const MAX: i64] Whole<MIN, MAX>, sql_types::BigInt, value => SqlValue::Integer(value.0), found: i64 => Ok(Whole(found)));
column_value!(@[const MIN: i64, const MAX: i64] Number<MIN, MAX>, sql_types::Double, value => SqlValue::Real(value.0), found: f64 => Ok(Number(found)));

crate::json_value!(@[const MIN: i64, const MAX: i64] Whole<MIN, MAX>);
crate::json_value!(@[const MIN: i64, const MAX: i64] Number<MIN, MAX>);
crate::json_value!(Figure);

impl<const MIN: i64, const MAX: i64> FieldType for Whole<MIN, MAX> {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Integer);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        // JSON does not tell 3 from 3.0, so neither do we.
        let number = value.as_i64().or_else(|| value.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9.0e15).map(|n| n as i64));
        let Some(number) = number else {
            faults.add("type", "Expected a whole number.");
            return None;
        };
        if !number.validate_range(Some(MIN), Some(MAX), None, None) {
            faults.add_with("range", format!("Expected a whole number from {MIN} to {MAX}."), json!({"min": MIN, "max": MAX}));
        }
        Some(Whole(number))
    }

    fn to_json(&self) -> Value {
        self.0.into()
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        super::bytes::append(&self.0, out);
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Integer(self.0));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::BigInt, Self>()
    }

    fn schema() -> Schema {
        of_type(Type::Integer).minimum(Some(MIN as f64)).maximum(Some(MAX as f64)).into()
    }
}

impl<const MIN: i64, const MAX: i64> FieldType for Number<MIN, MAX> {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Real);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let Some(number) = value.as_f64().filter(|number| number.is_finite()) else {
            faults.add("type", "Expected a number.");
            return None;
        };
        if !number.validate_range(Some(MIN as f64), Some(MAX as f64), None, None) {
            faults.add_with("range", format!("Expected a number from {MIN} to {MAX}."), json!({"min": MIN, "max": MAX}));
        }
        Some(Number(number))
    }

    fn to_json(&self) -> Value {
        plain(self.0)
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Real(self.0));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Double, Self>()
    }

    fn schema() -> Schema {
        of_type(Type::Number).minimum(Some(MIN as f64)).maximum(Some(MAX as f64)).into()
    }
}

/// A computed number, rounded to 6 decimals, half away from zero; null when it could not be computed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figure(pub Option<f64>);

impl FieldType for Figure {
    const NULLABLE: bool = true;
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Real);
    const USE: ListUse = ListUse::Opaque;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        if !value.is_null() && !value.is_number() {
            faults.add("type", "Expected a number.");
        }
        Some(Figure(value.as_f64()))
    }

    fn to_json(&self) -> Value {
        figure(self.0)
    }

    fn store(&self, cells: &mut Row) {
        cells.push(self.0.map_or(SqlValue::Null(SqlType::Real), SqlValue::Real));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<sql_types::Nullable<sql_types::Double>, Option<f64>>().map(Figure)
    }

    fn schema() -> Schema {
        of_type(Type::Number).into()
    }
}

/// A number as JSON, without a fraction where it has none.
fn plain(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9.0e15 { (number as i64).into() } else { number.into() }
}

/// A figure as it leaves the API: rounded to 6 decimals, half away from zero; null when it could not be computed.
pub fn figure(value: Option<f64>) -> Value {
    match value.filter(|number| number.is_finite()) {
        Some(number) => plain((number * 1e6).round() / 1e6),
        None => Value::Null,
    }
}
