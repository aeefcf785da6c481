//! How far orders are received and billed.

use super::commitment::line_amount;
use super::invoice_line::InvoiceLine;
use super::purchase_order_line::PurchaseOrderLine;
use super::receipt_line::ReceiptLine;
use crate::choice;
use crate::database::{Cell, Kind, Statement};
use crate::error::Result;
use crate::http::view::Figures;
use crate::resource::value::{Currency, FieldType, Money, Percent, Precise, PreciseMoney};
use crate::resource::{Id, Model, Resource};
use crate::store::Reader;
use rust_decimal::Decimal;
use serde_json::Value;
use std::collections::HashMap;

choice! {
    /// How much of what was ordered came, or was billed.
    pub enum Progress {
        /// Nothing.
        None = "none",
        /// Some of it.
        Partial = "partial",
        /// All of it, within the tolerance of each line.
        Full = "full",
        /// More of a line than its tolerance allows.
        Over = "over",
    }
}

crate::answer! {
    /// How far an order is, over the lines, receipts and invoices that you may see.
    pub struct OrderProgress {
        /// What its lines cost before tax: quantity × unit price less discount, each line rounded once; null without lines.
        pub value: Option<Money>,
        /// How much was accepted in receipts that are posted.
        pub receipt: Progress,
        /// How much was billed by invoices that are not void, less what credit notes took back.
        pub billing: Progress,
    }
}

/// The progress of each order of a list.
pub static FIGURES: Figures = Figures { schema: crate::resource::model::answer_schema::<OrderProgress>, compute };

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

fn compute(reader: &mut Reader<'_>, orders: &[Id]) -> Result<HashMap<Id, Value>> {
    let received = quantities::<ReceiptLine>(
        reader,
        orders,
        "SELECT purchase_order_line_id, accepted_quantity_units, accepted_quantity_pico, 'invoice' FROM receipt_lines WHERE receipt_id IN (SELECT id FROM receipts WHERE state = 'posted')",
    )?;
    let billed = quantities::<InvoiceLine>(
        reader,
        orders,
        "SELECT purchase_order_line_id, quantity_units, quantity_pico, (SELECT i.kind FROM invoices i WHERE i.id = invoice_id) FROM invoice_lines WHERE invoice_id IN (SELECT id FROM invoices WHERE state <> 'void')",
    )?;
    let mut lines: HashMap<Id, Vec<Line>> = HashMap::new();
    let mut values: HashMap<Id, Option<Money>> = HashMap::new();
    for (order, line, quantity, tolerance, amount) in ordered_lines(reader, orders)? {
        let of = |done: &HashMap<Id, Decimal>| done.get(&line).copied().unwrap_or_default();
        lines.entry(order).or_default().push(Line { ordered: quantity, tolerance, received: of(&received), billed: of(&billed) });
        let total = values.entry(order).or_insert(amount.map(|amount| Money::new(0, amount.currency)));
        *total = total.zip(amount).and_then(|(total, amount)| Some(Money::new(total.minor.checked_add(amount.minor)?, total.currency)));
    }
    let told = orders.iter().map(|order| {
        let lines = lines.get(order).map_or(&[] as &[Line], Vec::as_slice);
        let done = |of: fn(&Line) -> Decimal| progress(&lines.iter().map(|line| (line.ordered, line.tolerance, of(line))).collect::<Vec<_>>());
        let figures = OrderProgress { value: values.get(order).copied().flatten(), receipt: done(|line| line.received), billing: done(|line| line.billed) };
        (*order, Model::to_json(&figures).into())
    });
    Ok(told.collect())
}

type OrderedLine = (Id, Id, Decimal, Decimal, Option<Money>);

/// The lines of some orders: one query.
fn ordered_lines(reader: &mut Reader<'_>, orders: &[Id]) -> Result<Vec<OrderedLine>> {
    let Some(narrowed) = reader.narrowed::<PurchaseOrderLine>()? else { return Ok(Vec::new()) };
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Statement::new(
        "SELECT purchase_order_id, id, tolerance_percent, discount_percent, quantity_units, quantity_pico, unit_price_units, unit_price_pico, unit_price_currency \
         FROM purchase_order_lines WHERE purchase_order_id IN (",
    );
    query.bind_all(orders.iter().copied().map(Cell::Id)).push(")").append(narrowed);
    let whole = Kind::Integer;
    let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Id, Kind::Real, Kind::Real, whole, whole, whole, whole, Kind::Text])?;
    let read = |row: &crate::database::Row| -> Option<OrderedLine> {
        let [order, line, tolerance, discount, units, pico, price_units, price_pico, currency] = row.as_slice() else { return None };
        let quantity = precise(units, pico)?;
        let price = PreciseMoney { amount: precise(price_units, price_pico)?, currency: Currency::parse(currency.as_text()?)? };
        let tolerance = <Percent as FieldType>::load(std::slice::from_ref(tolerance)).and_then(|percent| Decimal::try_from(percent.0).ok()).unwrap_or_default();
        let discount = <Option<Percent> as FieldType>::load(std::slice::from_ref(discount)).flatten();
        Some((order.as_id()?, line.as_id()?, quantity.0, tolerance, line_amount(quantity, price, discount)))
    };
    Ok(rows.iter().filter_map(read).collect())
}

fn precise(units: &Cell, pico: &Cell) -> Option<Precise> {
    Precise::from_parts(units.as_integer()?, pico.as_integer()?)
}

/// How much of each order line some lines name; what credit notes bill counts back.
fn quantities<R: Resource>(reader: &mut Reader<'_>, orders: &[Id], of: &'static str) -> Result<HashMap<Id, Decimal>> {
    let Some(narrowed) = reader.narrowed::<R>()? else { return Ok(HashMap::new()) };
    if orders.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Statement::new(of);
    query.push(" AND purchase_order_line_id IN (SELECT l.id FROM purchase_order_lines l WHERE l.purchase_order_id IN (");
    query.bind_all(orders.iter().copied().map(Cell::Id)).push("))").append(narrowed);
    let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Integer, Kind::Integer, Kind::Text])?;
    let mut sums: HashMap<Id, Decimal> = HashMap::new();
    for row in &rows {
        let [line, units, pico, kind] = row.as_slice() else { continue };
        let (Some(line), Some(quantity)) = (line.as_id(), precise(units, pico)) else { continue };
        let signed = if kind.as_text() == Some("credit_note") { -quantity.0 } else { quantity.0 };
        *sums.entry(line).or_default() += signed;
    }
    Ok(sums)
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
