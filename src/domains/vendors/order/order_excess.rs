//! What was received or billed beyond an order: it is kept, raises a conflict about the order line, and holds its invoices.

use super::invoice::{Invoice, InvoiceKind};
use crate::error::Result;
use crate::resource::value::{Percent, Precise, Text};
use crate::resource::{Check, Effect, Flag, Id, Watch};
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines, receipt_lines, receipts};

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
    let accepted: Vec<Precise> = receipt_lines::table
        .inner_join(receipts::table)
        .filter(receipts::state.eq("posted").and(receipt_lines::purchase_order_line_id.eq(line)))
        .select((receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico))
        .load(check.connection)?;
    told(check, line, accepted.into_iter().map(|quantity| quantity.0).sum(), "received")
}

fn over_billed(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let billed: Vec<(Precise, InvoiceKind)> = invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoices::state.ne("void").and(invoice_lines::purchase_order_line_id.eq(line)))
        .select(((invoice_lines::quantity_units, invoice_lines::quantity_pico), invoices::kind))
        .load(check.connection)?;
    told(check, line, billed.into_iter().map(|(quantity, kind)| kind.signed(quantity.0)).sum(), "billed")
}

fn told(check: &mut Check<'_>, line: Id, done: Decimal, how: &str) -> Result<Option<String>> {
    if done <= Decimal::ZERO {
        return Ok(None);
    }
    let quantity = (purchase_order_lines::quantity_units, purchase_order_lines::quantity_pico);
    let query = purchase_order_lines::table.find(line).select((quantity, purchase_order_lines::tolerance_percent, purchase_order_lines::unit));
    let found: Option<(Precise, Percent, Text<1, 40>)> = query.first(check.connection).optional()?;
    let Some((Precise(ordered), tolerance, Text(unit))) = found else { return Ok(None) };
    let tolerance = Decimal::try_from(tolerance.0).unwrap_or_default();
    let (exceeds, done, ordered) = (done > allowed(ordered, tolerance), done.normalize(), ordered.normalize());
    Ok(exceeds.then(|| format!("{done} {unit} are {how}, and {ordered} are ordered with a tolerance of {} %.", tolerance.normalize())))
}

/// How much may come: what was ordered, and the tolerance on top.
fn allowed(ordered: Decimal, tolerance_percent: Decimal) -> Decimal {
    ordered * (Decimal::ONE_HUNDRED + tolerance_percent) / Decimal::ONE_HUNDRED
}

/// Holds the invoices of a line that nobody approved yet.
fn hold(check: &mut Check<'_>, line: Id) -> Result<Vec<Effect>> {
    let ids: Vec<Id> = invoices::table
        .inner_join(invoice_lines::table)
        .filter(invoices::state.eq_any(["received", "matched", "exception"]).and(invoices::kind.ne(InvoiceKind::CreditNote)))
        .filter(invoice_lines::purchase_order_line_id.eq(line))
        .order(invoices::id)
        .select(invoices::id)
        .distinct()
        .load(check.connection)?;
    Ok(ids.into_iter().map(|id| Effect::transition::<Invoice>(id, "on_hold")).collect())
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
