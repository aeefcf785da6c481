//! What was received or billed beyond an order: it is kept, raises a conflict about the order line, and holds its invoices.

use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::ports::conflict;
use crate::resource::value::Precise;
use crate::resource::{Check, Effect, Flag, Id, Unmet, Watch};
use rust_decimal::Decimal;

const INVOICES: &str = "vendors/invoices";
const LINE: &str = "vendors/purchase-order-lines";

/// More was accepted than was ordered, the tolerance of the line included.
pub const OVER_RECEIPT: Flag = Flag {
    code: "over_receipt",
    about: LINE,
    watches: &[
        Watch::itself(LINE),
        Watch::by("vendors/receipt-lines", "purchase_order_line_id"),
        Watch::beside("vendors/receipts", "id", ("vendors/receipt-lines", "receipt_id", "purchase_order_line_id")),
    ],
    judge: over_received,
    hold: Some(hold),
};

/// More was billed than was ordered, the tolerance of the line included. Credit notes count the other way.
pub const OVER_BILLING: Flag = Flag {
    code: "over_billing",
    about: LINE,
    watches: &[
        Watch::itself(LINE),
        Watch::by("vendors/invoice-lines", "purchase_order_line_id"),
        Watch::beside("vendors/invoices", "id", ("vendors/invoice-lines", "invoice_id", "purchase_order_line_id")),
    ],
    judge: over_billed,
    hold: Some(hold),
};

fn over_received(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let query = Statement::new(
        "SELECT l.accepted_quantity_units, l.accepted_quantity_pico, '' FROM receipt_lines l JOIN receipts r ON r.id = l.receipt_id \
         WHERE r.state = 'posted' AND l.purchase_order_line_id = ",
    )
    .with(line, "");
    let received = sum(check, query)?;
    told(check, line, received, "received")
}

fn over_billed(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let query = Statement::new(
        "SELECT l.quantity_units, l.quantity_pico, i.kind FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id \
         WHERE i.state <> 'void' AND l.purchase_order_line_id = ",
    )
    .with(line, "");
    let billed = sum(check, query)?;
    told(check, line, billed, "billed")
}

fn sum(check: &mut Check<'_>, query: Statement) -> Result<Decimal> {
    let rows = query.rows(check.connection, &[Kind::Integer, Kind::Integer, Kind::Text])?;
    let signed = |row: &Row| {
        let quantity = precise(row.first()?, row.get(1)?)?;
        Some(if row.get(2)?.as_text() == Some("credit_note") { -quantity } else { quantity })
    };
    Ok(rows.iter().filter_map(signed).sum())
}

fn precise(units: &Cell, pico: &Cell) -> Option<Decimal> {
    Precise::from_parts(units.as_integer()?, pico.as_integer()?).map(|quantity| quantity.0)
}

fn told(check: &mut Check<'_>, line: Id, done: Decimal, how: &str) -> Result<Option<String>> {
    if done <= Decimal::ZERO {
        return Ok(None);
    }
    let query = Statement::new("SELECT quantity_units, quantity_pico, tolerance_percent, unit FROM purchase_order_lines WHERE id = ").with(line, "");
    let Some(row) = query.first(check.connection, &[Kind::Integer, Kind::Integer, Kind::Real, Kind::Text])? else { return Ok(None) };
    let [units, pico, tolerance, unit] = row.as_slice() else { return Ok(None) };
    let Some(ordered) = precise(units, pico) else { return Ok(None) };
    let tolerance = if let Cell::Real(percent) = tolerance { Decimal::try_from(*percent).unwrap_or_default() } else { Decimal::ZERO };
    Ok((done > allowed(ordered, tolerance)).then(|| {
        let unit = unit.as_text().unwrap_or_default();
        format!("{} {unit} are {how}, and {} are ordered with a tolerance of {} %.", done.normalize(), ordered.normalize(), tolerance.normalize())
    }))
}

/// How much may come: what was ordered, and the tolerance on top.
fn allowed(ordered: Decimal, tolerance_percent: Decimal) -> Decimal {
    ordered * (Decimal::ONE_HUNDRED + tolerance_percent) / Decimal::ONE_HUNDRED
}

/// Holds the invoices of a line that nobody approved yet.
fn hold(check: &mut Check<'_>, line: Id) -> Result<Vec<Effect>> {
    let query = Statement::new(
        "SELECT DISTINCT i.id FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id \
         WHERE i.state IN ('received', 'matched', 'exception') AND i.kind <> 'credit_note' AND l.purchase_order_line_id = ",
    )
    .with(line, " ORDER BY i.id");
    let rows = query.rows(check.connection, &[Kind::Id])?;
    Ok(rows.iter().filter_map(|row| row.first()?.as_id()).map(|id| Effect::transition(INVOICES, id, "on_hold")).collect())
}

/// What keeps an invoice from being approved or paid: a line of its orders that is received or billed beyond what was ordered, as
/// long as nobody accepted that.
pub fn unmet(check: &mut Check<'_>) -> Result<Vec<Unmet>> {
    let query = Statement::new("SELECT DISTINCT purchase_order_line_id FROM invoice_lines WHERE purchase_order_line_id IS NOT NULL AND invoice_id = ")
        .with(check.id, "");
    let rows = query.rows(check.connection, &[Kind::Id])?;
    let lines: Vec<Id> = rows.iter().filter_map(|row| row.first()?.as_id()).collect();
    let open = conflict::open(check, &lines)?;
    let excess = open.into_iter().filter(|each| each.rule.ends_with(":over_receipt") || each.rule.ends_with(":over_billing"));
    Ok(excess.map(|each| Unmet::new("", "conflict", format!("{} Have a credit note sent, or resolve the conflict.", each.detail))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tolerance_comes_on_top_of_what_was_ordered() {
        let of = |ordered: i64, tolerance: i64| allowed(Decimal::from(ordered), Decimal::from(tolerance));
        assert_eq!(of(100, 5), Decimal::from(105));
        assert_eq!(of(12, 0), Decimal::from(12));
    }
}
