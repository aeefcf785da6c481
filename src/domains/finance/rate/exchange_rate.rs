//! Exchange rates: what one currency is worth in another.

use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::choice;
use steward_core::database::{Connection, Dialect};
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Currency, Date, Name, Precise, Text};
use steward_core::resource::{Check, Resource, Scope, Unique, ValidationErrors};
use steward_schema::finance::{exchange_rates, fiscal_years};

choice! {
    /// Kind of exchange rate.
    pub enum RateKind {
        /// Budget rate, fixed for a year, so that a budget is compared with its plan.
        Budget = "budget",
        /// Spot rate of the day.
        Spot = "spot",
        /// Average rate over the period that ends on that day.
        Average = "average",
        /// Closing rate at the end of a period, for balances.
        Closing = "closing",
    }
}

steward_core::resource! {
    /// Exchange rate from one currency to another. A look-up takes the last rate of its kind on or before the day.
    pub struct ExchangeRate {
        /// Kind of rate.
        pub kind: RateKind,
        /// Currency converted from: one unit is valued.
        pub from_currency: Currency,
        /// Currency converted to, in which the value is given.
        pub to_currency: Currency,
        /// First day of validity; a later rate replaces it. Only a budget rate may begin in the future.
        pub valid_on: Date,
        /// Value of one unit of `from_currency` in `to_currency`: more than 0, exact.
        pub rate: Precise,
        /// Publisher of the rate, such as ECB or the group treasury. A kind, pair, day and source, whatever its case, have one rate.
        #[field(unique)]
        pub source: Name,
    }
}

impl Resource for ExchangeRate {
    const PATH: &'static str = "finance/exchange-rates";
    type Table = steward_schema::finance::exchange_rates::table;
    const SCOPE: Scope = Scope::Shared;
    const TITLE: &'static str = "kind";
    const UNIQUE: &'static [Unique] = &[Unique { index: "exchange_rates_pair_key", fields: &["kind", "from_currency", "to_currency", "valid_on", "source"] }];

    fn sample() -> Self {
        ExchangeRate {
            kind: RateKind::Spot,
            from_currency: Currency::sample("USD"),
            to_currency: Currency::sample("EUR"),
            valid_on: Date::sample("2026-01-02"),
            rate: Precise::parse("0.9217").unwrap_or(Precise(Decimal::ONE)),
            source: "ECB".into(),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.rate.0 > Decimal::ZERO, "rate", "range", "A rate is more than 0.");
        faults.require(self.from_currency != self.to_currency, "to_currency", "same", "A currency is worth itself. Name another one.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // Somebody east of Greenwich may be a day ahead.
        if self.kind == RateKind::Budget || self.valid_on <= check.today.plus_days(1) {
            return Ok(());
        }
        let detail = format!("A {} rate is observed: its day cannot be in the future. Give its own day, or record a budget rate.", self.kind.word());
        Err(Problem::invalid(vec![FieldError::new("/valid_on", "future", detail)]).into())
    }
}

/// A rate that holds on a day.
#[derive(Queryable, Selectable)]
#[diesel(table_name = exchange_rates, check_for_backend(Dialect))]
pub struct RateOfDay {
    /// What one unit is worth.
    #[diesel(select_expression = (exchange_rates::rate_units, exchange_rates::rate_pico))]
    pub rate: Precise,
    /// The day from which it holds.
    pub valid_on: Date,
    /// Its publisher.
    pub source: Text<1, 200>,
}

/// The last rate of a kind and pair on or before a day; of several of that day, the one recorded last.
pub fn rate_of(connection: &mut Connection, kind: RateKind, from: Currency, to: Currency, on: Date) -> Result<Option<RateOfDay>> {
    Ok(exchange_rates::table
        .filter(exchange_rates::kind.eq(kind).and(exchange_rates::from_currency.eq(from)).and(exchange_rates::to_currency.eq(to)))
        .filter(exchange_rates::valid_on.le(on))
        .order((exchange_rates::valid_on.desc(), exchange_rates::id.desc()))
        .select(RateOfDay::as_select())
        .first(connection)
        .optional()?)
}

/// The first and the last day of a fiscal year.
pub type Year = (Date, Date);

/// The rates by which amounts of a fiscal year count in a currency: the budget rate of the year, which is the last that held on its first
/// day or else the first of the year, and where there is none the spot rate of a day. Outside a year the last budget rate counts.
pub fn rates_to(connection: &mut Connection, to: Currency, year: Option<Year>, on: Date) -> Result<HashMap<&'static str, Decimal>> {
    let columns = (exchange_rates::from_currency, exchange_rates::valid_on, (exchange_rates::rate_units, exchange_rates::rate_pico));
    let (first, last) = year.unwrap_or((on, on));
    let of_kind = |kind: RateKind, until: Date| {
        let query = exchange_rates::table.filter(exchange_rates::kind.eq(kind).and(exchange_rates::to_currency.eq(to)));
        query.filter(exchange_rates::valid_on.le(until)).order((exchange_rates::valid_on.desc(), exchange_rates::id.desc())).select(columns)
    };
    let planned: Vec<(Currency, Date, Precise)> = of_kind(RateKind::Budget, last).load(connection)?;
    let mut of_year: HashMap<&'static str, (Date, Decimal)> = HashMap::new();
    for (currency, valid_on, rate) in planned {
        let known = of_year.get(currency.code()).map(|(day, _)| *day);
        if known.is_none_or(|day| day > first && valid_on < day) {
            of_year.insert(currency.code(), (valid_on, rate.0));
        }
    }
    let mut rates: HashMap<&'static str, Decimal> = of_year.into_iter().map(|(code, (_, rate))| (code, rate)).collect();
    let spot: Vec<(Currency, Date, Precise)> = of_kind(RateKind::Spot, on).load(connection)?;
    for (currency, _, rate) in spot {
        rates.entry(currency.code()).or_insert(rate.0);
    }
    Ok(rates)
}

/// The rate at which a fact of a day is booked: the spot rate of the day, and where there is none the rate by which it was planned.
pub fn booking_rate(connection: &mut Connection, from: Currency, to: Currency, on: Date) -> Result<Option<Decimal>> {
    match rate_of(connection, RateKind::Spot, from, to, on)? {
        Some(spot) => Ok(Some(spot.rate.0)),
        None => rate_between(connection, from, to, on),
    }
}

/// The rate of a day between two currencies: the budget rate of the fiscal year that has the day if there is one, else the spot rate.
pub fn rate_between(connection: &mut Connection, from: Currency, to: Currency, on: Date) -> Result<Option<Decimal>> {
    let year: Option<Year> = fiscal_years::table
        .filter(fiscal_years::starts_on.le(on).and(fiscal_years::ends_on.ge(on)))
        .order(fiscal_years::id)
        .select((fiscal_years::starts_on, fiscal_years::ends_on))
        .first(connection)
        .optional()?;
    Ok(rates_to(connection, to, year, on)?.remove(from.code()))
}
