//! Exchange rates: what one currency is worth in another.

use crate::choice;
use crate::database::{Connection, Dialect};
use crate::error::Result;
use crate::resource::value::{Currency, Date, Precise, Text};
use crate::resource::{Resource, Scope, Unique, ValidationErrors};
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_schema::finance::exchange_rates;

choice! {
    /// What a rate is for.
    pub enum RateKind {
        /// Fixed for a year, so that a budget is compared with what was planned.
        Budget = "budget",
        /// The rate of that day.
        Spot = "spot",
        /// The mean over the period that ends on that day.
        Average = "average",
        /// The rate at the end of a period, for balances.
        Closing = "closing",
    }
}

crate::resource! {
    /// What one unit of a currency is worth in another. A look-up takes the last rate of its kind on or before the day.
    pub struct ExchangeRate {
        /// What the rate is for.
        pub kind: RateKind,
        /// The currency of which one unit is meant.
        pub from_currency: Currency,
        /// The currency in which its worth is told.
        pub to_currency: Currency,
        /// The day from which the rate holds, until there is a later one.
        pub valid_on: Date,
        /// How much of the second currency one unit of the first is worth: more than 0, exact.
        pub rate: Precise,
        /// Who published it, such as ECB or the group treasury. A kind, pair, day and source have one rate.
        #[field(unique)]
        pub source: Text<1, 100>,
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
    pub source: Text<1, 100>,
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

/// Candidates for the rates to a currency on a day, best first: budget rates before spot rates, and of one kind the last on or
/// before the day. The first of a pair is its rate.
fn candidates(to: Currency, on: Date) -> exchange_rates::BoxedQuery<'static, Dialect> {
    exchange_rates::table
        .into_boxed()
        .filter(exchange_rates::kind.eq_any([RateKind::Budget, RateKind::Spot]).and(exchange_rates::to_currency.eq(to)))
        .filter(exchange_rates::valid_on.le(on))
        .order((exchange_rates::kind.eq(RateKind::Budget).desc(), exchange_rates::valid_on.desc(), exchange_rates::id.desc()))
}

/// The rate of a day between two currencies: the budget rate if there is one, else the spot rate.
pub fn rate_between(connection: &mut Connection, from: Currency, to: Currency, on: Date) -> Result<Option<Decimal>> {
    let query = candidates(to, on).filter(exchange_rates::from_currency.eq(from)).select((exchange_rates::rate_units, exchange_rates::rate_pico));
    let rate: Option<Precise> = query.first(connection).optional()?;
    Ok(rate.map(|rate| rate.0))
}

/// The rates of a day from all other currencies to one, by the same rule.
pub fn rates_to(connection: &mut Connection, to: Currency, on: Date) -> Result<HashMap<&'static str, Decimal>> {
    let columns = (exchange_rates::from_currency, (exchange_rates::rate_units, exchange_rates::rate_pico));
    let candidates: Vec<(Currency, Precise)> = candidates(to, on).select(columns).load(connection)?;
    let mut rates = HashMap::new();
    for (currency, rate) in candidates {
        rates.entry(currency.code()).or_insert(rate.0);
    }
    Ok(rates)
}
