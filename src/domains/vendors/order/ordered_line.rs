//! The lines of orders, with the quantities of each that were received and billed, as a reader sees them.

use super::invoice_kind::{APPROVED, InvoiceKind};
use super::invoice_line::InvoiceLine;
use super::line_price::LinePrice;
use super::purchase_order_line::PurchaseOrderLine;
use super::receipt_line::ReceiptLine;
use diesel::prelude::*;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Percent, Precise};
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines, receipt_lines, receipts};

/// A line as it was ordered, with the quantities received and billed.
#[derive(Debug, Clone, Copy)]
pub struct OrderedLine {
    /// Quantity, unit price and discount.
    pub price: LinePrice,
    /// Tolerance of its quantity, in percent.
    pub tolerance_percent: Percent,
    /// The quantity that receipts have accepted.
    pub received: Decimal,
    /// The quantity that invoices have billed.
    pub billed: Decimal,
}

impl OrderedLine {
    /// The quantity ordered.
    pub fn quantity(&self) -> Decimal {
        self.price.quantity.0
    }

    /// Its tolerance in percent, as an exact number.
    pub fn tolerance(&self) -> Decimal {
        Decimal::try_from(self.tolerance_percent.0).unwrap_or_default()
    }
}

/// A line: its id, its order, its tolerance and its price.
type Row = (Id, Id, Percent, LinePrice);

/// The lines in sight of each of some orders.
pub fn lines_of(reader: &mut Reader<'_>, orders: &[Id]) -> Result<HashMap<Id, Vec<OrderedLine>>> {
    let (received, billed) = (received(reader, orders)?, billed(reader, orders)?);
    let seen = reader.sees::<PurchaseOrderLine>()?;
    if seen.is_nothing() || orders.is_empty() {
        return Ok(HashMap::new());
    }
    let columns = (purchase_order_lines::id, purchase_order_lines::purchase_order_id, purchase_order_lines::tolerance_percent, LinePrice::as_select());
    let lines = purchase_order_lines::table.filter(purchase_order_lines::purchase_order_id.eq_any(orders)).filter(seen.clone());
    let rows: Vec<Row> = lines.select(columns).load(reader.within(&seen))?;
    let done = |done: &HashMap<Id, Decimal>, line: Id| done.get(&line).copied().unwrap_or_default();
    let line = |(id, order, tolerance_percent, price): Row| {
        (order, OrderedLine { price, tolerance_percent, received: done(&received, id), billed: done(&billed, id) })
    };
    Ok(grouped(rows.into_iter().map(line)))
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

/// The sum of the quantities of each order line.
fn sums(quantities: impl Iterator<Item = (Id, Decimal)>) -> HashMap<Id, Decimal> {
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    quantities.for_each(|(line, quantity)| *sums.entry(line).or_default() += quantity);
    sums
}
