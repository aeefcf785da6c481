//! The limit of an award: no more is ordered for it than its price.

use super::line_price::LinePrice;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Money;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::{awards, offers, purchase_order_lines, purchase_orders, sourcing_events};

/// The states of an order that takes its share of an award, and of the ceiling of a contract.
pub const STANDING: [&str; 5] = ["submitted", "approved", "sent", "acknowledged", "closed"];

/// The permission to see the price of an award.
const SEE_PRICES: &str = "vendors.awards:read_restricted";

/// What is ordered for an award beyond its price by an order and all others that stand. An award in another currency, or without a price, sets
/// no limit.
pub fn unmet(check: &mut Check<'_>, award: Id) -> Result<Option<UnmetGuard>> {
    let price = (awards::price_amount, awards::price_currency);
    let price: Option<Option<Money>> = awards::table.find(award).select(price).first(check.connection).optional()?;
    let Some(price) = price.flatten() else { return Ok(None) };
    let lines: Vec<(Id, LinePrice)> = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .filter(purchase_orders::award_id.eq(award))
        .filter(purchase_orders::state.eq_any(STANDING).or(purchase_orders::id.eq(check.id)))
        .select((purchase_orders::id, LinePrice::as_select()))
        .load(check.connection)?;
    let same = lines.iter().filter(|(_, line)| line.unit_price.currency == price.currency);
    // A line that is beyond any amount is beyond the price.
    let cost = |line: &LinePrice| line.amount().map_or(i128::from(i64::MAX), |amount| i128::from(amount.minor));
    let (own, others) =
        same.fold((0_i128, 0_i128), |(own, others), (order, line)| if *order == check.id { (own + cost(line), others) } else { (own, others + cost(line)) });
    if own == 0 || own + others <= i128::from(price.minor) {
        return Ok(None);
    }
    let left = i64::try_from((i128::from(price.minor) - others).max(0)).unwrap_or_default();
    let left = Money::new(left, price.currency);
    let detail = if sees_price(check, award)? {
        format!("{left} of the awarded price of {price} is left for this order. Order less, or have the rest awarded.")
    } else {
        "With this order more would be ordered for the award than its price. Order less, or have the rest awarded.".to_owned()
    };
    Ok(Some(UnmetGuard::new("/award_id", "award_price", detail)))
}

/// Whether the caller may see the price of an award.
fn sees_price(check: &mut Check<'_>, award: Id) -> Result<bool> {
    let of_award = awards::table.filter(awards::id.eq(award)).select(awards::offer_id);
    let unit = offers::table.inner_join(sourcing_events::table).filter(offers::id.eq_any(of_award)).select(sourcing_events::unit_id);
    let unit: Option<Id> = unit.first(check.connection).optional()?;
    let holds = check.holds;
    holds(check.connection, SEE_PRICES, unit)
}
