//! Exact costs of cloud charges: a sum as money, and its share of another.

use rust_decimal::Decimal;
use steward_core::resource::value::{Currency, Figure, Precise, PreciseMoney};

/// A sum as money of a currency, without trailing zeros.
pub fn exact_cost(amount: Decimal, currency: Currency) -> PreciseMoney {
    PreciseMoney { amount: Precise(amount.normalize()), currency }
}

/// A part in percent of a whole; none where the whole is 0.
pub fn percent_of(part: Decimal, whole: Decimal) -> Figure {
    Figure(part.checked_div(whole).and_then(|share| f64::try_from(share).ok()).map(|share| share * 100.0))
}
