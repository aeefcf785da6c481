//! Money: an amount in its currency's own scale (ISO 4217), and unit prices that need more places.

use super::decimal::{self, Precise, parse_decimal};
use super::{Column, FieldType, ListUse, ValidationErrors, of_type, title};
use crate::column_value;
use crate::database::{Dialect, Row, SqlType, SqlValue, Values};
use diesel::deserialize::{self, Queryable};
use diesel::sql_types::{BigInt, Nullable, Text};
use iso_currency::IntoEnumIterator;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::fmt;
use std::sync::LazyLock;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// A currency of ISO 4217, such as `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Currency(iso_currency::Currency);

/// An amount of money in whole minor units: cents for EUR, yen for JPY, fils (thousandths) for KWD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// In minor units of the currency.
    pub minor: i64,
    /// Its currency.
    pub currency: Currency,
}

/// A unit price, a rate or a metered cost: up to 12 decimals, exact, rounded only when it becomes [`Money`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreciseMoney {
    /// In major units of the currency.
    pub amount: Precise,
    /// Its currency.
    pub currency: Currency,
}

/// The greatest amount in minor units: a thousand million million, so that sums over any ledger fit.
const GREATEST: i64 = 1_000_000_000_000_000;

impl Currency {
    /// The currency with that three-letter code, upper case.
    pub fn parse(code: &str) -> Option<Self> {
        let upper = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        iso_currency::Currency::from_code(code).filter(|_| upper).map(Currency)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// All currencies by the number of their decimals.
    pub fn by_scale() -> &'static [(u32, Vec<&'static str>)] {
        static BY_SCALE: LazyLock<Vec<(u32, Vec<&'static str>)>> = LazyLock::new(|| {
            let mut groups: Vec<(u32, Vec<&'static str>)> = Vec::new();
            for currency in iso_currency::Currency::iter().map(Currency) {
                match groups.iter_mut().find(|(scale, _)| *scale == currency.scale()) {
                    Some((_, codes)) => codes.push(currency.code()),
                    None => groups.push((currency.scale(), vec![currency.code()])),
                }
            }
            groups
        });
        &BY_SCALE
    }

    /// How many decimals an amount in it has.
    pub fn scale(self) -> u32 {
        self.0.exponent().unwrap_or(0).into()
    }
}

impl Money {
    /// An amount in minor units.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Money { minor, currency }
    }

    /// Reads an amount in major units; `None` if it has more decimals than the currency.
    pub fn parse(amount: &str, currency: Currency) -> Option<Self> {
        let mut value = parse_decimal(amount)?.normalize();
        if value.scale() > currency.scale() {
            return None;
        }
        value.rescale(currency.scale());
        let minor = i64::try_from(value.mantissa()).ok()?;
        (minor.abs() <= GREATEST).then_some(Money { minor, currency })
    }

    /// The amount in major units as it is drawn: not exact.
    pub fn drawn(self) -> f64 {
        self.minor as f64 / 10f64.powi(i32::try_from(self.currency.scale()).unwrap_or_default())
    }

    /// The amount in major units, with the currency's scale.
    pub fn amount(self) -> String {
        Decimal::new(self.minor, self.currency.scale()).to_string()
    }
}

/// An amount as people write it: `88.00 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency.code())
    }
}

impl Money {
    /// An amount of a sample, which stands in the source.
    pub fn sample(amount: &str, currency: &str) -> Self {
        let currency = Currency::sample(currency);
        Money::parse(amount, currency).unwrap_or(Money { minor: 0, currency })
    }
}

impl PreciseMoney {
    /// What a quantity costs at this price, less a discount in percent, rounded once at the end.
    pub fn times(self, quantity: Precise, discount_percent: f64) -> Option<Money> {
        let kept = Decimal::ONE - Decimal::try_from(discount_percent).ok()? / Decimal::ONE_HUNDRED;
        let amount = quantity.0.checked_mul(self.amount.0)?.checked_mul(kept)?;
        PreciseMoney { amount: Precise(amount), currency: self.currency }.rounded()
    }

    /// The amount in the currency's own scale, rounded half away from zero.
    pub fn rounded(self) -> Option<Money> {
        let mut value = decimal::round_half_away(self.amount.0, self.currency.scale());
        value.rescale(self.currency.scale());
        i64::try_from(value.mantissa()).ok().map(|minor| Money { minor, currency: self.currency })
    }
}

/// Reads `{"amount", "currency"}` and nothing else.
fn read_parts(value: Value, faults: &mut ValidationErrors) -> Option<(String, Currency)> {
    let Value::Object(mut members) = value else {
        faults.add("type", "Expected an object such as {\"amount\": \"12.50\", \"currency\": \"EUR\"}.");
        return None;
    };
    let amount = text_member(&mut members, "amount", "Expected the amount as text, such as \"12.50\".", faults);
    let code = text_member(&mut members, "currency", "Expected a currency code of ISO 4217, such as \"EUR\".", faults);
    for unknown in members.keys() {
        faults.at(unknown, "unknown", "There is no such field here. Remove it.");
    }
    let currency = code.and_then(|code| {
        let currency = Currency::parse(&code);
        faults.require(currency.is_some(), "currency", "currency", "Expected a currency code of ISO 4217, such as \"EUR\".");
        currency
    });
    Some((amount?, currency?))
}

fn text_member(members: &mut Map<String, Value>, name: &str, expected: &str, faults: &mut ValidationErrors) -> Option<String> {
    match members.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        Some(_) => {
            faults.at(name, "type", expected);
            None
        }
        None => {
            faults.at(name, "required", expected);
            None
        }
    }
}

fn schema(name: &str, doc: &str, amount_pattern: &str) -> Schema {
    ObjectBuilder::new()
        .title(Some(title(name, doc)))
        .property(
            "amount",
            of_type(Type::String).pattern(Some(amount_pattern)).description(Some("Decimal amount in major units.")).examples([json!("1234.50")]),
        )
        .property("currency", of_type(Type::String).pattern(Some("^[A-Z]{3}$")).description(Some("Currency code of ISO 4217.")).examples([json!("EUR")]))
        .required("amount")
        .required("currency")
        .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(false)))
        .into()
}

impl Currency {
    /// A currency of a sample, which stands in the source.
    pub fn sample(code: &str) -> Self {
        Currency::parse(code).unwrap_or(Currency(iso_currency::Currency::EUR))
    }
}

impl PreciseMoney {
    /// An amount of a sample, which stands in the source.
    pub fn sample(amount: &str, currency: &str) -> Self {
        PreciseMoney { amount: Precise::parse(amount).unwrap_or(Precise(rust_decimal::Decimal::ZERO)), currency: Currency::sample(currency) }
    }
}

column_value!(Currency, Text, value => SqlValue::Text(value.code().into()), found: String => Currency::parse(&found).ok_or_else(|| "a code that is no currency".into()));

/// Money stands in two columns: `(budgets::total_amount, budgets::total_currency)`.
impl Queryable<(BigInt, Text), Dialect> for Money {
    type Row = (i64, Currency);

    fn build((minor, currency): (i64, Currency)) -> deserialize::Result<Self> {
        Ok(Money { minor, currency })
    }
}

impl Queryable<(Nullable<BigInt>, Nullable<Text>), Dialect> for Option<Money> {
    type Row = (Option<i64>, Option<Currency>);

    fn build((minor, currency): (Option<i64>, Option<Currency>)) -> deserialize::Result<Self> {
        Ok(minor.zip(currency).map(|(minor, currency)| Money { minor, currency }))
    }
}

/// A precise price stands in three columns: whole units, parts, and the currency.
impl Queryable<(BigInt, BigInt, Text), Dialect> for PreciseMoney {
    type Row = (i64, i64, Currency);

    fn build((units, pico, currency): (i64, i64, Currency)) -> deserialize::Result<Self> {
        Ok(PreciseMoney { amount: Precise::build((units, pico))?, currency })
    }
}

impl Queryable<(Nullable<BigInt>, Nullable<BigInt>, Nullable<Text>), Dialect> for Option<PreciseMoney> {
    type Row = (Option<i64>, Option<i64>, Option<Currency>);

    fn build((units, pico, currency): (Option<i64>, Option<i64>, Option<Currency>)) -> deserialize::Result<Self> {
        let Some(((units, pico), currency)) = units.zip(pico).zip(currency) else { return Ok(None) };
        PreciseMoney::build((units, pico, currency)).map(Some)
    }
}

crate::json_value!(Money);
crate::json_value!(PreciseMoney);
crate::json_value!(Currency);

impl FieldType for Money {
    const COLUMNS: &'static [Column] = &[Column { suffix: "_amount", kind: SqlType::Integer }, Column { suffix: "_currency", kind: SqlType::Text }];
    const USE: ListUse = ListUse::Parts;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let (amount, currency) = read_parts(value, faults)?;
        let money = Money::parse(&amount, currency);
        if money.is_none() {
            let decimals = || format!("Expected a decimal such as \"1234.50\" with at most {} decimals, as {} has.", currency.scale(), currency.code());
            let fits = parse_decimal(&amount).is_some_and(|value| value.normalize().scale() <= currency.scale());
            let limit = Money::new(GREATEST, currency).amount();
            let detail = if fits { format!("Expected an amount from −{limit} to {limit} {}.", currency.code()) } else { decimals() };
            faults.within("amount", |faults| faults.add_with("format", detail, json!({"decimals": currency.scale()})));
        }
        money
    }

    fn to_json(&self) -> Value {
        json!({"amount": self.amount(), "currency": self.currency.code()})
    }

    fn store(&self, cells: &mut Row) {
        cells.extend([SqlValue::Integer(self.minor), SqlValue::Text(self.currency.code().into())]);
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        Self::build((values.take::<BigInt, i64>()?, values.take::<Text, Currency>()?))
    }

    fn schema() -> Schema {
        schema("Money", "An amount of money, with the decimals of its currency.", r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?$")
    }
}

impl FieldType for PreciseMoney {
    const COLUMNS: &'static [Column] = &[
        Column { suffix: "_units", kind: SqlType::Integer },
        Column { suffix: "_pico", kind: SqlType::Integer },
        Column { suffix: "_currency", kind: SqlType::Text },
    ];
    const USE: ListUse = ListUse::Parts;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let (amount, currency) = read_parts(value, faults)?;
        let amount = faults.within("amount", |faults| Precise::read(amount.into(), faults))?;
        Some(PreciseMoney { amount, currency })
    }

    fn to_json(&self) -> Value {
        json!({"amount": self.amount.to_string(), "currency": self.currency.code()})
    }

    fn store(&self, cells: &mut Row) {
        self.amount.store(cells);
        cells.push(SqlValue::Text(self.currency.code().into()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        Ok(PreciseMoney { amount: Precise::decode(values)?, currency: values.take::<Text, Currency>()? })
    }

    fn schema() -> Schema {
        schema("PreciseMoney", "A unit price, a rate or a metered cost: exact, with up to 12 decimals.", r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?$")
    }
}

impl FieldType for Currency {
    const COLUMNS: &'static [Column] = &Column::only(SqlType::Text);
    const USE: ListUse = ListUse::Scalar;

    fn read(value: Value, faults: &mut ValidationErrors) -> Option<Self> {
        let currency = value.as_str().and_then(Currency::parse);
        if currency.is_none() {
            faults.add("currency", "Expected a currency code of ISO 4217, such as \"EUR\".");
        }
        currency
    }

    fn to_json(&self) -> Value {
        self.code().into()
    }

    fn store(&self, cells: &mut Row) {
        cells.push(SqlValue::Text(self.code().into()));
    }

    fn decode(values: &mut Values<'_>) -> deserialize::Result<Self> {
        values.take::<Text, Self>()
    }

    fn schema() -> Schema {
        of_type(Type::String).pattern(Some("^[A-Z]{3}$")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: &str, currency: &str) -> Option<String> {
        Money::parse(amount, Currency::parse(currency)?).map(Money::amount)
    }

    #[test]
    fn an_amount_has_the_scale_of_its_currency() {
        assert_eq!(money("1234.5", "EUR").as_deref(), Some("1234.50"));
        assert_eq!(money("12", "JPY").as_deref(), Some("12"));
        assert_eq!(money("1.2", "KWD").as_deref(), Some("1.200"));
        assert_eq!(money("-0.01", "EUR").as_deref(), Some("-0.01"));
    }

    #[test]
    fn an_amount_finer_than_its_currency_is_refused_unless_the_rest_is_zero() {
        assert_eq!(money("1.5", "JPY"), None);
        assert_eq!(money("1.005", "EUR"), None);
        assert_eq!(money("1.500", "EUR").as_deref(), Some("1.50"));
    }

    #[test]
    fn a_precise_price_is_rounded_once_half_away_from_zero() {
        let price = |text: &str| PreciseMoney { amount: Precise::parse(text).unwrap(), currency: Currency::parse("EUR").unwrap() };
        assert_eq!(price("0.005").rounded().unwrap().amount(), "0.01");
        assert_eq!(price("-0.005").rounded().unwrap().amount(), "-0.01");
        assert_eq!(price("0.004999999999").rounded().unwrap().amount(), "0.00");
    }

    #[test]
    fn an_unknown_currency_is_refused() {
        assert!(Currency::parse("EURO").is_none() && Currency::parse("eur").is_none() && Currency::parse("ZZZ").is_none());
    }
}
