//! Exchange rates: what one currency is worth in another.

use crate::choice;
use crate::resource::value::{Currency, Date, Precise, Text};
use crate::resource::{Faults, Resource, Scope, Unique};
use rust_decimal::Decimal;

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

    fn rules(&self, faults: &mut Faults) {
        faults.require(self.rate.0 > Decimal::ZERO, "rate", "range", "A rate is more than 0.");
        faults.require(self.from_currency != self.to_currency, "to_currency", "same", "A currency is worth itself. Name another one.");
    }
}
