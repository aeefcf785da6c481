//! What of order lines was accepted and is not billed: it is a cost that no invoice tells yet.

use super::invoice_kind::{APPROVED, InvoiceKind};
use super::line_price::{LinePrice, line_amount};
use diesel::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::ports::estate::ReceivedGoods;
use steward_core::ports::purchase::AccruedLine;
use steward_core::resource::value::{Date, Money, Precise, Text, Title};
use steward_core::resource::{Check, Id};
use steward_core::view::grouped;
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines, purchase_orders, receipt_lines, receipts};

/// An order line that a budget pays for.
#[derive(Queryable)]
struct Ordered {
    id: Id,
    vendor: Id,
    budget_line: Id,
    fiscal_period: Id,
    price: LinePrice,
}

/// A receipt line that was posted once, and how much it accepted; nothing where it was reversed.
pub type Accepted = (Id, Decimal);

/// What is accepted and not billed of order lines, by their receipt lines; nothing where no budget pays. The first that came is the first
/// that is billed. Credit notes change nothing of it: what they take back was not delivered, or is not to be paid.
pub fn unbilled(check: &mut Check<'_>, order_lines: &[Id]) -> Result<Vec<AccruedLine>> {
    let (budget_line, period) = (purchase_order_lines::budget_line_id, purchase_order_lines::fiscal_period_id);
    let ordered: Vec<Ordered> = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .filter(purchase_order_lines::id.eq_any(order_lines))
        .filter(budget_line.is_not_null().and(period.is_not_null()))
        .order(purchase_order_lines::id)
        .select((purchase_order_lines::id, purchase_orders::vendor_id, budget_line.assume_not_null(), period.assume_not_null(), LinePrice::as_select()))
        .load(check.connection)?;
    let ids: Vec<Id> = ordered.iter().map(|line| line.id).collect();
    let (mut accepted, billed) = (accepted(check, &ids)?, billed(check, &ids)?);
    let mut accrued = Vec::new();
    for line in ordered {
        let came = accepted.remove(&line.id).unwrap_or_default();
        let open = left(&came, billed.get(&line.id).copied().unwrap_or_default());
        accrued.extend(open.into_iter().map(|open| AccruedLine {
            receipt_line: open.receipt_line,
            order_line: line.id,
            vendor: line.vendor,
            budget_line: line.budget_line,
            fiscal_period: line.fiscal_period,
            quantity: Precise(open.to - open.from),
            amount: open.amount(&line.price),
        }));
    }
    Ok(accrued)
}

/// The most assets that a receipt line makes.
const MOST_PIECES: i64 = 1_000;

/// A receipt line of hardware: its id, the order line, what it is, how many were accepted, their serial numbers, the price.
type Hardware = (Id, Id, Title, Precise, Vec<Text<1, 100>>, LinePrice);

/// The hardware that a receipt brings: what its order lines name a model for, as far as whole pieces were accepted.
pub fn hardware(check: &mut Check<'_>, receipt: Id, unit: Id, received_on: Date) -> Result<Vec<ReceivedGoods>> {
    let lines: Vec<Hardware> = receipt_lines::table
        .inner_join(purchase_order_lines::table)
        .filter(receipt_lines::receipt_id.eq(receipt).and(purchase_order_lines::device_type_id.is_not_null()))
        .order(receipt_lines::id)
        .select((
            receipt_lines::id,
            purchase_order_lines::id,
            receipt_lines::title,
            (receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico),
            receipt_lines::serials,
            LinePrice::as_select(),
        ))
        .load(check.connection)?;
    let goods = |(receipt_line, order_line, name, accepted, serials, price): Hardware| {
        let pieces = accepted.0.to_i64().filter(|_| accepted.0.is_integer())?;
        let cost = line_amount(Precise(Decimal::ONE), price.unit_price, price.discount_percent);
        let goods = ReceivedGoods { receipt_line, order_line, unit, name, pieces, serials, cost, received_on };
        (1..=MOST_PIECES).contains(&pieces).then_some(goods)
    };
    Ok(lines.into_iter().filter_map(goods).collect())
}

/// What came of each order line, in the order in which it came.
pub fn accepted(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, Vec<Accepted>>> {
    let rows: Vec<(Id, Id, Precise, String)> = receipt_lines::table
        .inner_join(receipts::table)
        .filter(receipt_lines::purchase_order_line_id.eq_any(order_lines).and(receipts::state.ne("draft")))
        .order((receipts::received_on, receipt_lines::id))
        .select((
            receipt_lines::purchase_order_line_id.assume_not_null(),
            receipt_lines::id,
            (receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico),
            receipts::state,
        ))
        .load(check.connection)?;
    let of =
        |(line, receipt_line, quantity, state): (Id, Id, Precise, String)| (line, (receipt_line, if state == "posted" { quantity.0 } else { Decimal::ZERO }));
    Ok(grouped(rows.into_iter().map(of)))
}

/// How much of each order line approved invoices have billed, or have asked for in advance.
pub fn billed(check: &mut Check<'_>, order_lines: &[Id]) -> Result<HashMap<Id, Decimal>> {
    let rows: Vec<(Id, Precise)> = invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoice_lines::purchase_order_line_id.eq_any(order_lines))
        .filter(invoices::kind.ne(InvoiceKind::CreditNote).and(invoices::state.eq_any(APPROVED)))
        .select((invoice_lines::purchase_order_line_id.assume_not_null(), (invoice_lines::quantity_units, invoice_lines::quantity_pico)))
        .load(check.connection)?;
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    for (line, quantity) in rows {
        let sum = sums.entry(line).or_default();
        *sum = sum.saturating_add(quantity.0);
    }
    Ok(sums)
}

/// What is open of a delivery: from one quantity of the order line to another.
struct Open {
    receipt_line: Id,
    from: Decimal,
    to: Decimal,
}

impl Open {
    /// Its cost before tax: what all costs up to its end, less what all costs up to its start. So the parts of a line cost what the line does.
    fn amount(&self, price: &LinePrice) -> Money {
        let until = |quantity: Decimal| line_amount(Precise(quantity), price.unit_price, price.discount_percent).map_or(0, |money| money.minor);
        Money::new(until(self.to).saturating_sub(until(self.from)), price.unit_price.currency)
    }
}

/// What is left of each delivery when a quantity is billed, the first ones first.
fn left(came: &[Accepted], billed: Decimal) -> Vec<Open> {
    let mut sum = Decimal::ZERO;
    let take = |(receipt_line, quantity): &Accepted| {
        let from = sum;
        sum = sum.saturating_add(*quantity);
        Open { receipt_line: *receipt_line, from: from.max(billed).min(sum), to: sum }
    };
    came.iter().map(take).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::PreciseMoney;

    #[test]
    fn what_came_first_is_billed_first() {
        let ids: Vec<Id> = (0..3).map(|_| Id::new()).collect();
        let came: Vec<Accepted> = ids.iter().copied().zip([4, 0, 6].map(Decimal::from)).collect();
        let of = |billed: i64| left(&came, Decimal::from(billed)).into_iter().map(|open| (open.to - open.from).to_string()).collect::<Vec<_>>();
        assert_eq!([of(0), of(3), of(5), of(12), of(-1)], [["4", "0", "6"], ["1", "0", "6"], ["0", "0", "5"], ["0", "0", "0"], ["4", "0", "6"]]);
    }

    #[test]
    fn the_parts_of_a_line_cost_what_the_line_does() {
        let part: Decimal = "0.333333".parse().unwrap();
        let came: Vec<Accepted> = (0..3).map(|_| (Id::new(), part)).collect();
        let price = LinePrice { quantity: Precise(Decimal::ONE), unit_price: PreciseMoney::sample("1.00", "EUR"), discount_percent: None };
        let amounts = |billed: Decimal| left(&came, billed).iter().map(|open| open.amount(&price).minor).collect::<Vec<_>>();
        assert_eq!((amounts(Decimal::ZERO), amounts(part), amounts(Decimal::ONE)), (vec![33, 34, 33], vec![0, 34, 33], vec![0, 0, 0]));
    }
}
