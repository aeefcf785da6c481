//! The look-up of an exchange rate: the last of its kind on or before a day.

use super::exchange_rate::{RateKind, rate_of};
use crate::error::{Problem, Result};
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Currency, Date, Precise, Text};
use crate::store::Reader;
use serde_json::Value;

crate::answer! {
    /// The rate that holds on a day.
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
}

/// `GET finance/rate-lookup`.
pub static LOOKUP: View = View {
    path: "finance/rate-lookup",
    operation_id: "get_finance_rate_lookup",
    summary: "Look up an exchange rate",
    description: "The last rate of a kind and pair on or before a day; of several of that day, the one recorded last. Null if there is none: nothing is taken from the inverse pair or through a third currency.",
    permissions: &["finance.exchange_rates:read"],
    parameters: &[
        Parameter { name: "kind", description: "what the rate is for; spot if left out", words: RateKind::WORDS, required: false },
        Parameter { name: "from_currency", description: "the currency of which one unit is meant, such as USD", words: &[], required: true },
        Parameter { name: "to_currency", description: "the currency in which its worth is told, such as EUR", words: &[], required: true },
        Parameter { name: "on", description: "the day, as YYYY-MM-DD; today if left out", words: &[], required: false },
    ],
    answer: answer_schema::<RateLookup>,
    run: Run::Read(run),
};

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let currency = |name: &str| -> Result<Currency> {
        let read = call.parameter(name).and_then(Currency::parse);
        read.ok_or_else(|| Problem::bad_request(format!("{name} is a currency code of ISO 4217, such as EUR.")).into())
    };
    let (from_currency, to_currency) = (currency("from_currency")?, currency("to_currency")?);
    let kind = call.parameter("kind").map_or(Some(RateKind::Spot), RateKind::from_word);
    let kind = kind.ok_or_else(|| Problem::bad_request(format!("kind is one of {}.", RateKind::WORDS.join(", "))))?;
    let looked_up_on = call.day("on")?.unwrap_or_else(|| reader.today());
    let found = rate_of(reader.unscoped("exchange rates are shared: a reader of some reads all"), kind, from_currency, to_currency, looked_up_on)?;
    let (rate, valid_on, source) = found.map_or((None, None, None), |found| (Some(found.rate), Some(found.valid_on), Some(found.source)));
    Ok(Model::to_json(&RateLookup { kind, from_currency, to_currency, looked_up_on, rate, valid_on, source }).into())
}
