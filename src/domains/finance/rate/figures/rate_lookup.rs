//! The look-up of an exchange rate: the last of its kind on or before a day.

use crate::domains::finance::rate::exchange_rate::{ExchangeRate, RateKind, rate_of};
use crate::resource::value::{Precise, Text};
use crate::view::prelude::*;

/// The rate that holds on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RateLookup {
    /// What the rate is for.
    pub kind: RateKind,
    /// The currency of which one unit is meant.
    pub from_currency: Currency,
    /// The currency in which its worth is told.
    pub to_currency: Currency,
    /// The day that was asked for.
    pub looked_up_on: Date,
    /// How much of the second currency one unit of the first is worth; null if no rate is known for that day.
    pub rate: Option<Precise>,
    /// The day from which that rate holds.
    pub valid_on: Option<Date>,
    /// Who published it.
    pub source: Option<Text<1, 100>>,
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// What the rate is for; spot if left out.
    #[param(inline)]
    pub kind: Option<RateKind>,
    /// The currency of which one unit is meant, such as USD.
    #[param(inline)]
    pub from_currency: Currency,
    /// The currency in which its worth is told, such as EUR.
    #[param(inline)]
    pub to_currency: Currency,
    /// The day, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub on: Option<Date>,
}

impl View for RateLookup {
    const PATH: &'static str = "finance/rate-lookup";
    const OPERATION_ID: &'static str = "get_finance_rate_lookup";
    const SUMMARY: &'static str = "Look up an exchange rate";
    const DESCRIPTION: &'static str = "The last rate of a kind and pair on or before a day; of several of that day, the one recorded last. Null if there is none: nothing is taken from the inverse pair or through a third currency.";
    type Reads = (ExchangeRate,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let Query { kind, from_currency, to_currency, on } = query;
        let kind = kind.unwrap_or(RateKind::Spot);
        let looked_up_on = cx.day_or_today(on);
        let found = rate_of(cx.unscoped("exchange rates are shared: a reader of some reads all"), kind, from_currency, to_currency, looked_up_on)?;
        let (rate, valid_on, source) = found.map_or((None, None, None), |found| (Some(found.rate), Some(found.valid_on), Some(found.source)));
        Ok(RateLookup { kind, from_currency, to_currency, looked_up_on, rate, valid_on, source })
    }
}
