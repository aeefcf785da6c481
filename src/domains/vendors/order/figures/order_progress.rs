//! How far orders are received and billed.

use crate::order::{
    invoice_kind::{APPROVED, InvoiceKind},
    invoice_line::InvoiceLine,
    line_price::LinePrice,
    purchase_order::PurchaseOrder,
    purchase_order_line::PurchaseOrderLine,
    receipt_line::ReceiptLine,
};
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::choice;
use steward_core::resource::value::Precise;
use steward_core::view::prelude::*;
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines, receipt_lines, receipts};

choice! {
    /// Progress of the receipt or billing of an order.
    pub enum Progress {
        /// Nothing.
        None = "none",
        /// A part.
        Partial = "partial",
        /// All of it, within the tolerance of each line.
        Full = "full",
        /// More of a line than its tolerance allows.
        Over = "over",
    }
}

/// Progress of an order, over the lines, receipts and invoices that you may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrderProgress {
    /// Cost of the lines before tax: quantity × unit price less discount, each line rounded once; null without lines.
    pub value: Option<Money>,
    /// Progress of receipt: quantities accepted in posted receipts.
    pub receipt: Progress,
    /// Progress of billing: quantities of invoices that are not void, less those of approved credit notes.
    pub billing: Progress,
}

impl View for OrderProgress {
    const PATH: &'static str = PurchaseOrder::PATH;
    type Reads = (IfPermitted<PurchaseOrderLine>, IfPermitted<ReceiptLine>, IfPermitted<InvoiceLine>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let orders = &ids[..];
        let received = received(cx, orders)?;
        let billed = billed(cx, orders)?;
        let mut lines: HashMap<Id, Vec<Line>> = HashMap::new();
        let mut values: HashMap<Id, Option<Money>> = HashMap::new();
        for line in ordered_lines(cx, orders)? {
            let of = |done: &HashMap<Id, Decimal>| done.get(&line.id).copied().unwrap_or_default();
            let tolerance = Decimal::try_from(line.tolerance_percent.0).unwrap_or_default();
            let own = Line { ordered: line.price.quantity.0, tolerance, received: of(&received), billed: of(&billed) };
            lines.entry(line.purchase_order_id).or_default().push(own);
            let amount = line.price.amount();
            let total = values.entry(line.purchase_order_id).or_insert(amount.map(|amount| Money::new(0, amount.currency)));
            *total = total.zip(amount).and_then(|(total, amount)| Some(Money::new(total.minor.checked_add(amount.minor)?, total.currency)));
        }
        let told = orders.iter().map(|order| {
            let lines = lines.get(order).map_or(&[] as &[Line], Vec::as_slice);
            let done = |of: fn(&Line) -> Decimal| progress(&lines.iter().map(|line| (line.ordered, line.tolerance, of(line))).collect::<Vec<_>>());
            let figures = OrderProgress { value: values.get(order).copied().flatten(), receipt: done(|line| line.received), billing: done(|line| line.billed) };
            (*order, figures)
        });
        Ok(told.collect())
    }
}

/// A line as far as it counts here.
#[derive(Debug, Clone, Copy)]
struct Line {
    ordered: Decimal,
    tolerance: Decimal,
    received: Decimal,
    billed: Decimal,
}

/// How far the lines of an order are: over if one is, full if all are, none if nothing came.
fn progress(lines: &[(Decimal, Decimal, Decimal)]) -> Progress {
    let hundred = Decimal::ONE_HUNDRED;
    let allowed = |ordered: Decimal, tolerance: Decimal| ordered * (hundred + tolerance) / hundred;
    let enough = |ordered: Decimal, tolerance: Decimal| ordered * (hundred - tolerance) / hundred;
    if lines.iter().any(|(ordered, tolerance, done)| *done > allowed(*ordered, *tolerance)) {
        Progress::Over
    } else if lines.iter().all(|(_, _, done)| done.is_zero()) {
        Progress::None
    } else if lines.iter().all(|(ordered, tolerance, done)| *done >= enough(*ordered, *tolerance)) {
        Progress::Full
    } else {
        Progress::Partial
    }
}

/// A line as it was ordered.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = purchase_order_lines, check_for_backend(Dialect))]
struct OrderedLine {
    id: Id,
    purchase_order_id: Id,
    tolerance_percent: Percent,
    #[diesel(embed)]
    price: LinePrice,
}

/// The lines of some orders.
fn ordered_lines(reader: &mut Reader<'_>, orders: &[Id]) -> Result<Vec<OrderedLine>> {
    let seen = reader.sees::<PurchaseOrderLine>()?;
    if seen.is_nothing() || orders.is_empty() {
        return Ok(Vec::new());
    }
    let lines = purchase_order_lines::table.filter(purchase_order_lines::purchase_order_id.eq_any(orders)).filter(seen.clone());
    Ok(lines.select(OrderedLine::as_select()).load(reader.within(&seen))?)
}

/// The quantity of each order line that receipts have accepted.
fn received(reader: &mut Reader<'_>, orders: &[Id]) -> Result<HashMap<Id, Decimal>> {
    let seen = reader.sees::<ReceiptLine>()?;
    if seen.is_nothing() || orders.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Id, Precise)> = receipt_lines::table
        .inner_join(receipts::table)
        .inner_join(purchase_order_lines::table)
        .filter(receipts::state.eq("posted").and(purchase_order_lines::purchase_order_id.eq_any(orders)))
        .filter(seen.clone())
        .select((purchase_order_lines::id, (receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico)))
        .load(reader.within(&seen))?;
    Ok(sums(rows.into_iter().map(|(line, quantity)| (line, quantity.0))))
}

/// The quantity of each order line that invoices have billed; approved credit notes count back.
fn billed(reader: &mut Reader<'_>, orders: &[Id]) -> Result<HashMap<Id, Decimal>> {
    let seen = reader.sees::<InvoiceLine>()?;
    if seen.is_nothing() || orders.is_empty() {
        return Ok(HashMap::new());
    }
    let is_note = invoices::kind.eq(InvoiceKind::CreditNote).and(invoices::state.eq_any(APPROVED));
    let rows: Vec<(Id, Precise, InvoiceKind)> = invoice_lines::table
        .inner_join(invoices::table)
        .inner_join(purchase_order_lines::table)
        .filter(purchase_order_lines::purchase_order_id.eq_any(orders))
        .filter(invoices::kind.ne(InvoiceKind::CreditNote).and(invoices::state.ne("void")).or(is_note))
        .filter(seen.clone())
        .select((purchase_order_lines::id, (invoice_lines::quantity_units, invoice_lines::quantity_pico), invoices::kind))
        .load(reader.within(&seen))?;
    Ok(sums(rows.into_iter().map(|(line, quantity, kind)| (line, kind.signed(quantity.0)))))
}

fn sums(quantities: impl Iterator<Item = (Id, Decimal)>) -> HashMap<Id, Decimal> {
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    quantities.for_each(|(line, quantity)| *sums.entry(line).or_default() += quantity);
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_over_if_a_line_is_and_full_if_all_are() {
        let line = |ordered: i64, tolerance: i64, done: i64| (Decimal::from(ordered), Decimal::from(tolerance), Decimal::from(done));
        assert_eq!(progress(&[]), Progress::None);
        assert_eq!(progress(&[line(10, 0, 0), line(5, 0, 0)]), Progress::None);
        assert_eq!(progress(&[line(10, 0, 10), line(5, 0, 0)]), Progress::Partial);
        assert_eq!(progress(&[line(10, 0, 10), line(5, 0, 5)]), Progress::Full);
        assert_eq!(progress(&[line(100, 5, 95), line(5, 0, 5)]), Progress::Full);
        assert_eq!(progress(&[line(100, 5, 106), line(5, 0, 0)]), Progress::Over);
    }
}
