//! The look-up of an exchange rate: the last of its kind on or before a day.

use crate::rate::exchange_rate::{ExchangeRate, RateKind, rate_of};
use rust_decimal::Decimal;
use steward_core::resource::value::{Precise, Text};
use steward_core::view::prelude::*;

/// Exchange rate valid on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RateLookup {
    /// Kind of rate.
    pub kind: RateKind,
    /// Currency converted from: one unit is valued.
    pub from_currency: Currency,
    /// Currency converted to, in which the value is given.
    pub to_currency: Currency,
    /// Day of the look-up.
    pub looked_up_on: Date,
    /// Value of one unit of `from_currency` in `to_currency`; null if no rate is known for that day.
    pub rate: Option<Precise>,
    /// First day of validity of that rate; null for a currency and itself.
    pub valid_on: Option<Date>,
    /// Publisher of the rate.
    pub source: Option<Text<1, 200>>,
}

/// Parameters of the look-up.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Kind of rate; spot if left out.
    #[param(inline)]
    pub kind: Option<RateKind>,
    /// Currency converted from, such as USD.
    #[param(inline)]
    pub from_currency: Currency,
    /// Currency converted to, such as EUR.
    #[param(inline)]
    pub to_currency: Currency,
    /// Day of the look-up, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub on: Option<Date>,
}

impl View for RateLookup {
    const PATH: &'static str = "finance/rate-lookup";
    const OPERATION_ID: &'static str = "get_finance_rate_lookup";
    const SUMMARY: &'static str = "Look up an exchange rate";
    const DESCRIPTION: &'static str = "Last exchange rate of a kind and pair on or before a day; of several of that day, the one recorded last. Null if there is none: neither the inverse pair nor a third currency is used. A currency is worth 1 of itself.";
    type Reads = (ExchangeRate,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let Query { kind, from_currency, to_currency, on } = query;
        let kind = kind.unwrap_or(RateKind::Spot);
        let looked_up_on = cx.day_or_today(on);
        if from_currency == to_currency {
            return Ok(RateLookup { kind, from_currency, to_currency, looked_up_on, rate: Some(Precise(Decimal::ONE)), valid_on: None, source: None });
        }
        let found = rate_of(cx.unscoped("exchange rates are shared: a reader of some reads all"), kind, from_currency, to_currency, looked_up_on)?;
        let (rate, valid_on, source) = found.map_or((None, None, None), |found| (Some(found.rate), Some(found.valid_on), Some(found.source)));
        Ok(RateLookup { kind, from_currency, to_currency, looked_up_on, rate, valid_on, source })
    }
}
