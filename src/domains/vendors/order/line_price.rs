//! Cost of an order line.

use diesel::prelude::*;
use steward_core::database::Dialect;
use steward_core::resource::value::{Money, Percent, Precise, PreciseMoney};
use steward_core::resource::{UnmetGuard, ValidationErrors};
use steward_schema::vendors::purchase_order_lines;

/// Quantity, unit price and discount of an order line.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = purchase_order_lines, check_for_backend(Dialect))]
pub struct LinePrice {
    /// Quantity ordered.
    #[diesel(select_expression = (purchase_order_lines::quantity_units, purchase_order_lines::quantity_pico))]
    pub quantity: Precise,
    /// Price of one before tax.
    #[diesel(select_expression = (purchase_order_lines::unit_price_units, purchase_order_lines::unit_price_pico, purchase_order_lines::unit_price_currency))]
    pub unit_price: PreciseMoney,
    /// Discount in percent.
    pub discount_percent: Option<Percent>,
}

impl LinePrice {
    /// The cost of the line before tax; none if it is beyond any amount.
    pub fn amount(&self) -> Option<Money> {
        line_amount(self.quantity, self.unit_price, self.discount_percent)
    }
}

/// Quantity × unit price × (1 − discount), rounded once at the end.
pub fn line_amount(quantity: Precise, unit_price: PreciseMoney, discount: Option<Percent>) -> Option<Money> {
    unit_price.times(quantity, discount.map_or(0.0, |discount| discount.0))
}

/// Refuses a quantity and a price whose product is beyond any amount (422): it would pass every limit.
pub fn require_amount(quantity: Precise, unit_price: PreciseMoney, discount: Option<Percent>, faults: &mut ValidationErrors) {
    let is_told = line_amount(quantity, unit_price, discount).is_some();
    faults.require(is_told, "quantity", "range", "Quantity × unit price is beyond any amount that can be told. Correct the quantity or the price.");
}

/// What is wrong with the lines of an order or a requisition whose sum is beyond any amount.
pub fn unmet_of_sum(amounts: impl Iterator<Item = Option<Money>>) -> Option<UnmetGuard> {
    let sum = amounts.map(|amount| amount.map(|money| money.minor)).try_fold(0_i64, |sum, minor| sum.checked_add(minor?));
    let detail = "Its lines are beyond any amount that can be told. Correct their quantities or prices.";
    sum.is_none().then(|| UnmetGuard::new("", "amount", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_costs_quantity_times_price_less_discount_rounded_once() {
        let cost = |quantity: &str, price: &str, discount: Option<f64>| {
            let discount = discount.map(steward_core::resource::value::Number);
            line_amount(Precise::parse(quantity).unwrap(), PreciseMoney::sample(price, "EUR"), discount).map(Money::amount)
        };
        assert_eq!(cost("3", "0.335", None).as_deref(), Some("1.01"));
        assert_eq!(cost("12", "99.99", Some(12.5)).as_deref(), Some("1049.90"));
        assert_eq!(cost("1000", "0.000125", None).as_deref(), Some("0.13"));
        assert_eq!(cost("1000000000000", "100000000000", None), None, "beyond any amount");
    }
}
