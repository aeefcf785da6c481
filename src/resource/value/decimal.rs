//! Exact decimals with up to 12 places, kept as whole units and 10⁻¹² parts so that databases add them exactly.

use super::{Column, FieldType, ListUse, ValidationErrors, of_type};
use crate::database::{Dialect, Row, SqlType, SqlValue, Values};
use diesel::deserialize::{self, Queryable};
use diesel::sql_types::{BigInt, Nullable};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::schema::{Schema, Type};

/// How many decimal places a precise amount keeps.
pub const PLACES: u32 = 12;
const PICO: i128 = 1_000_000_000_000;
/// The greatest whole part, on either side of zero.
const GREATEST: i64 = 999_999_999_999_999;

/// A decimal with up to 12 places and 15 digits before the point, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Precise(pub Decimal);

/// Rounds to so many places, half away from zero: the one rounding of this service, done once at the end.
pub fn round_half_away(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Reads a plain decimal such as `-12.50`: no exponent, no plus, no spaces, no bare point.
pub fn parse_decimal(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let all_digits = |part: &str| !part.is_empty() && part.len() <= 28 && part.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = all_digits(whole) && fraction.is_none_or(all_digits) && (whole.len() == 1 || !whole.starts_with('0'));
    if shaped { Decimal::from_str(text).ok() } else { None }
}

impl Precise {
    /// Reads a plain decimal with at most 12 places; trailing zeros do not count.
    pub fn parse(text: &str) -> Option<Self> {
        let value = parse_decimal(text)?.normalize();
        (value.scale() <= PLACES && value.abs() < Decimal::from(GREATEST + 1)).then_some(Precise(value))
    }

    /// Whole units and the 10⁻¹² parts above them (never negative), as the two columns hold them.
    pub fn parts(self) -> (i64, i64) {
        let mut scaled = self.0;
        scaled.rescale(PLACES);
        let pico = scaled.mantissa();
        // At most 15 digits before the point: both parts fit.
        (pico.div_euclid(PICO) as i64, pico.rem_euclid(PICO) as i64)
    }

    /// The decimal that two columns hold.
    pub fn from_parts(units: i64, pico: i64) -> Option<Self> {
        let mantissa = i128::from(units) * PICO + i128::from(pico);
        Decimal::try_from_i128_with_scale(mantissa, PLACES).ok().map(|value| Precise(value.normalize()))
    }
}

impl fmt::Display for Precise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

/// The columns of a precise decimal.
pub const COLUMNS: &[Column] = &[Column { suffix: "_units", kind: SqlType::Integer }, Column { suffix: "_pico", kind: SqlType::Integer }];

impl Queryable<(BigInt, BigInt), Dialect> for Precise {
    type Row = (i64, i64);

    fn build((units, pico): (i64, i64)) -> deserialize::Result<Self> {
        Precise::from_parts(units, pico).ok_or_else(|| "units and parts that are no decimal".into())
    }
}

impl Queryable<(Nullable<BigInt>, Nullable<BigInt>), Dialect> for Option<Precise> {
    type Row = (Option<i64>, Option<i64>);

    fn build((units, pico): (Option<i64>, Option<i64>)) -> deserialize::Result<Self> {
        units.zip(pico).map(Precise::build).transpose()
    }
}

crate::json_value!(Precise);

impl FieldType for Precise {
    const COLUMNS: &'static [Column] = COLUMNS;
    const USE: ListUse = ListUse::Parts;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let read = value.as_str().and_then(Precise::parse);
        if read.is_none() {
            let code = if value.is_string() { "format" } else { "type" };
            faults.add(code, "Expected a decimal as text, such as \"0.000125\": at most 15 digits before the point and 12 after it.");
        }
        read
    }

    fn to_json(&self) -> Value {
        self.to_string().into()
    }

    fn store(&self, cells: &mut Row) {
        let (units, pico) = self.parts();
        cells.extend([SqlValue::Integer(units), SqlValue::Integer(pico)]);
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        Self::build((values.take::<BigInt, i64>()?, values.take::<BigInt, i64>()?))
    }

    fn schema() -> Schema {
        of_type(Type::String).pattern(Some(r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?$")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_precise_decimal_survives_its_two_columns() {
        for text in ["0", "-0.000000000001", "999999999999999.999999999999", "-999999999999999.999999999999", "1.1", "-1.5"] {
            let value = Precise::parse(text).unwrap();
            let (units, pico) = value.parts();
            assert!((0..1_000_000_000_000).contains(&pico));
            assert_eq!(Precise::from_parts(units, pico).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_refused() {
        for text in ["", "-", ".5", "5.", "+1", "1e3", " 1", "01", "1.0000000000001", "1000000000000000", "NaN", "1,5"] {
            assert_eq!(Precise::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn halves_round_away_from_zero() {
        for (value, rounded) in [("2.345", "2.35"), ("-2.345", "-2.35"), ("2.344", "2.34")] {
            assert_eq!(round_half_away(parse_decimal(value).unwrap(), 2).to_string(), rounded);
        }
    }
}
