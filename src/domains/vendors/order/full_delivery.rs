//! When orders had come in full, for whoever waits for them, and what is not waited for any more.

use super::line_cost;
use crate::contract::charges::ENDED;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::deliveries;
use steward_core::resource::value::{Date, Money, Precise};
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{contract_lines, contracts, purchase_order_lines, purchase_orders, receipt_lines, receipts};

/// Receipts, as this domain keeps them.
pub struct Deliveries;

/// A line of an order: how much of it makes it complete, which is what was ordered less its tolerance, and what came of it day by day.
#[derive(Debug, Clone, Default)]
struct OrderedLine {
    least: Decimal,
    came: BTreeMap<Date, Decimal>,
}

impl OrderedLine {
    /// The day on which all of it had come.
    fn complete_on(&self) -> Option<Date> {
        let mut sum = Decimal::ZERO;
        self.came.iter().find_map(|(day, quantity)| {
            sum += quantity;
            (sum >= self.least).then_some(*day)
        })
    }
}

impl deliveries::Deliveries for Deliveries {
    fn received_on(&self, check: &mut Check<'_>, orders: &[Id]) -> Result<HashMap<Id, Date>> {
        let mut found: HashMap<Id, HashMap<Id, OrderedLine>> = HashMap::new();
        for chunk in orders.chunks(CHUNK) {
            let of_order = purchase_order_lines::purchase_order_id.eq_any(chunk);
            let quantity = (purchase_order_lines::quantity_units, purchase_order_lines::quantity_pico);
            let columns = (purchase_order_lines::purchase_order_id, purchase_order_lines::id, quantity, purchase_order_lines::tolerance_percent);
            let lines: Vec<(Id, Id, Precise, f64)> = purchase_order_lines::table.filter(of_order).select(columns).load(check.connection)?;
            for (order, line, ordered, tolerance) in lines {
                let share = Decimal::ONE - Decimal::try_from(tolerance).unwrap_or_default() / Decimal::ONE_HUNDRED;
                found.entry(order).or_default().insert(line, OrderedLine { least: ordered.0 * share, came: BTreeMap::new() });
            }
            let accepted = (receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico);
            let came: Vec<(Id, Id, Date, Precise)> = receipt_lines::table
                .inner_join(purchase_order_lines::table)
                .inner_join(receipts::table)
                .filter(purchase_order_lines::purchase_order_id.eq_any(chunk))
                .filter(receipts::state.eq("posted"))
                .select((purchase_order_lines::purchase_order_id, purchase_order_lines::id, receipts::received_on, accepted))
                .load(check.connection)?;
            for (order, line, day, accepted) in came {
                if let Some(line) = found.get_mut(&order).and_then(|lines| lines.get_mut(&line)) {
                    *line.came.entry(day).or_default() += accepted.0;
                }
            }
        }
        let complete = |lines: HashMap<Id, OrderedLine>| {
            let days: Option<Vec<Date>> = lines.values().map(OrderedLine::complete_on).collect();
            days.and_then(|days| days.into_iter().max())
        };
        Ok(found.into_iter().filter_map(|(order, lines)| Some((order, complete(lines)?))).collect())
    }

    fn over(&self, check: &mut Check<'_>, lines: &[Id]) -> Result<HashSet<Id>> {
        let mut over = HashSet::new();
        for chunk in lines.chunks(CHUNK) {
            let of_orders = purchase_order_lines::table
                .inner_join(purchase_orders::table)
                .filter(purchase_order_lines::id.eq_any(chunk).and(purchase_orders::state.eq_any(["closed", "cancelled"])));
            over.extend(of_orders.select(purchase_order_lines::id).load::<Id>(check.connection)?);
            let ended = contracts::state.eq_any(ENDED);
            let of_contracts = contract_lines::table.inner_join(contracts::table).filter(contract_lines::id.eq_any(chunk).and(ended));
            over.extend(of_contracts.select(contract_lines::id).load::<Id>(check.connection)?);
        }
        Ok(over)
    }

    fn unused(&self, check: &mut Check<'_>, lines: &[Id]) -> Result<HashMap<Id, Money>> {
        let mut unused = HashMap::new();
        for chunk in lines.chunks(CHUNK) {
            unused.extend(line_cost::unused(check, chunk)?);
        }
        Ok(unused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_complete_on_the_day_of_the_last_part_that_was_missing() {
        let day = |text: &str| Date::sample(text);
        let came = BTreeMap::from([(day("2026-06-01"), Decimal::from(4)), (day("2026-06-10"), Decimal::from(6)), (day("2026-06-12"), Decimal::ONE)]);
        let line = OrderedLine { least: Decimal::from(10), came };
        assert_eq!(line.complete_on(), Some(day("2026-06-10")));
        assert_eq!(OrderedLine { least: Decimal::from(12), ..line.clone() }.complete_on(), None);
        assert_eq!(OrderedLine { least: Decimal::from(1), came: BTreeMap::new() }.complete_on(), None);
    }
}
