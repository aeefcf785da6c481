//! Commitments that orders and contracts make in the budget: what a line costs, and what is released when it ends.

use crate::database::{Kind, Statement};
use crate::error::Result;
use crate::resource::value::{FieldType, Money, Percent, Precise, PreciseMoney};
use crate::resource::{Check, Effect, Id};
use serde_json::json;

/// The commitment of a line to a budget line in a period.
pub fn of(source: Id, budget_line: Id, fiscal_period: Id, amount: Money) -> Effect {
    Effect::create(
        "finance/commitments",
        json!({
            "budget_line_id": budget_line.to_string(),
            "fiscal_period_id": fiscal_period.to_string(),
            "amount": amount.to_json(),
            "source_id": source.to_string(),
        }),
    )
}

/// Releases what is left of the commitments of the lines that a query, closed by the id of the record, finds.
pub fn release(check: &mut Check<'_>, lines: Statement) -> Result<Vec<Effect>> {
    let mut query = Statement::new("SELECT id FROM commitments WHERE state IN ('open', 'partially_relieved') AND source_id IN (");
    query.append(lines).bind(check.id).push(") ORDER BY id");
    let rows = query.rows(check.connection, &[Kind::Id])?;
    Ok(rows.iter().filter_map(|row| row[0].as_id()).map(|id| Effect::transition("finance/commitments", id, "released")).collect())
}

/// Quantity × unit price × (1 − discount), rounded once at the end.
pub fn line_amount(quantity: Precise, unit_price: PreciseMoney, discount: Option<Percent>) -> Option<Money> {
    unit_price.times(quantity, discount.map_or(0.0, |discount| discount.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_costs_quantity_times_price_less_discount_rounded_once() {
        let cost = |quantity: &str, price: &str, discount: Option<f64>| {
            let discount = discount.map(crate::resource::value::Number);
            line_amount(Precise::parse(quantity).unwrap(), PreciseMoney::sample(price, "EUR"), discount).map(Money::amount)
        };
        assert_eq!(cost("3", "0.335", None).as_deref(), Some("1.01"));
        assert_eq!(cost("12", "99.99", Some(12.5)).as_deref(), Some("1049.90"));
        assert_eq!(cost("1000", "0.000125", None).as_deref(), Some("0.13"));
    }
}
