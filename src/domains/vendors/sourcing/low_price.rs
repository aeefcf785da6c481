//! Abnormally low prices: those that a vendor must explain before the offer can win.

use super::evaluation::current_prices;
use super::price_explanation::{ExplanationStatus, PriceExplanation};
use diesel::prelude::*;
use serde_json::{Map, json};
use steward_core::error::Result;
use steward_core::resource::effect::Change;
use steward_core::resource::{Check, Effect, Id};
use steward_schema::vendors::offers;

/// The fewest offers that tell what is usual.
const FEWEST: usize = 3;
/// The share under the mean of the others from which on a price is abnormally low, in percent.
const UNDER_MEAN: i128 = 40;
/// The share under the next price from which on the lowest one is abnormally low, in percent.
const UNDER_NEXT: i128 = 30;

/// The offers of an event whose price is abnormally low among those that are opened.
pub fn abnormally_low(check: &mut Check<'_>, event: Id) -> Result<Vec<Id>> {
    let prices = current_prices(check, event)?;
    let Some((_, first)) = prices.first() else { return Ok(Vec::new()) };
    let comparable = prices.iter().filter(|(_, price)| price.currency == first.currency);
    Ok(low(&comparable.map(|(id, price)| (*id, price.minor)).collect::<Vec<_>>()))
}

/// Requests of an explanation of each abnormally low price of an event that nobody has asked about.
pub fn explanations(check: &mut Check<'_>, event: Id) -> Result<Vec<Effect>> {
    let low = abnormally_low(check, event)?;
    let rows: Vec<(Id, PriceExplanation)> =
        offers::table.filter(offers::id.eq_any(low)).order(offers::id).select((offers::id, offers::price_explanation)).load(check.connection)?;
    let unasked = rows.into_iter().filter(|(_, explanation)| explanation.status == ExplanationStatus::None);
    let asked = Map::from_iter([("price_explanation".to_owned(), json!({"status": ExplanationStatus::Requested.word()}))]);
    Ok(unasked.map(|(id, _)| Effect::Update { collection: "vendors/offers", id, change: Change::to(asked.clone()) }).collect())
}

/// Those that are far under the mean of the others, or far under the next.
fn low(prices: &[(Id, i64)]) -> Vec<Id> {
    if prices.len() < FEWEST {
        return Vec::new();
    }
    let sum: i128 = prices.iter().map(|(_, minor)| i128::from(*minor)).sum();
    let others = prices.len() as i128 - 1;
    let mut sorted: Vec<i128> = prices.iter().map(|(_, minor)| i128::from(*minor)).collect();
    sorted.sort_unstable();
    let is_low = |minor: i128| {
        let under_mean = minor * 100 * others <= (sum - minor) * (100 - UNDER_MEAN);
        let under_next = minor == sorted[0] && minor * 100 <= sorted[1] * (100 - UNDER_NEXT);
        (under_mean || under_next) && minor < sorted[sorted.len() - 1]
    };
    prices.iter().filter(|(_, minor)| is_low(i128::from(*minor))).map(|(id, _)| *id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn which(prices: &[i64]) -> Vec<usize> {
        let prices: Vec<(Id, i64)> = prices.iter().map(|minor| (Id::new(), *minor)).collect();
        low(&prices).into_iter().filter_map(|id| prices.iter().position(|(each, _)| *each == id)).collect()
    }

    #[test]
    fn a_price_far_under_the_mean_of_the_others_or_under_the_next_is_abnormally_low() {
        assert_eq!(which(&[500, 1_000, 1_100]), [0], "half of 1,000 and of the mean of 1,050");
        assert_eq!(which(&[600, 1_000, 1_000]), [0], "40 % under the mean");
        assert_eq!(which(&[701, 1_000, 1_000]), Vec::<usize>::new());
        assert_eq!(which(&[700, 1_000, 1_100]), [0], "30 % under the next");
        assert_eq!(which(&[500, 510, 2_000]), [0, 1], "both are far under the mean of the others");
        assert_eq!(which(&[500, 1_000]), Vec::<usize>::new(), "two tell nothing");
        assert_eq!(which(&[0, 0, 0]), Vec::<usize>::new());
    }
}
