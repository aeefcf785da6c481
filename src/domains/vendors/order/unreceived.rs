//! What was billed and approved for goods that went back: it raises a conflict about the order line, and holds its invoices.

use super::billed_line::{accepted, billing};
use super::invoice::Invoice;
use super::invoice_kind::{APPROVED, InvoiceKind};
use super::matching::Matching;
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_core::error::Result;
use steward_core::resource::value::{Precise, Text};
use steward_core::resource::{Check, Effect, Flag, Id, Watch};
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines, receipt_lines, receipts};

const LINE: &str = "vendors/purchase-order-lines";

/// More of a line that is matched with receipts is billed by approved invoices than was received, since a receipt was reversed.
pub const UNDER_RECEIPT: Flag = Flag {
    code: "under_receipt",
    about: LINE,
    watches: &[
        Watch::by("vendors/receipt-lines", "purchase_order_line_id"),
        Watch::beside("vendors/receipts", "id", ("vendors/receipt-lines", "receipt_id", "purchase_order_line_id")),
        Watch::beside("vendors/invoices", "id", ("vendors/invoice-lines", "invoice_id", "purchase_order_line_id")),
    ],
    judge: unreceived,
    hold: Some(hold),
};

fn unreceived(check: &mut Check<'_>, line: Id) -> Result<Option<String>> {
    let query = purchase_order_lines::table.find(line).select((purchase_order_lines::matching, purchase_order_lines::unit));
    let found: Option<(Matching, Text<1, 40>)> = query.first(check.connection).optional()?;
    let Some((_, unit)) = found.filter(|(matching, _)| *matching == Matching::ThreeWay) else { return Ok(None) };
    let reversed: Vec<Precise> = receipt_lines::table
        .inner_join(receipts::table)
        .filter(receipts::state.eq("reversed").and(receipt_lines::purchase_order_line_id.eq(line)))
        .select((receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico))
        .load(check.connection)?;
    if reversed.iter().all(|quantity| quantity.0.is_zero()) {
        return Ok(None);
    }
    let (billed, came) = (approved(check, line)?, accepted(check, line)?);
    Ok((billed > came).then(|| {
        let (billed, came, unit) = (billed.normalize(), came.normalize(), &unit.0);
        format!(
            "{billed} {unit} are billed by approved invoices, and {came} are received since a receipt was reversed. Post what came, or have a credit note sent."
        )
    }))
}

/// The quantity of an order line that approved invoices have billed, less credit notes. What was paid in advance waits for its delivery.
fn approved(check: &mut Check<'_>, line: Id) -> Result<Decimal> {
    let lines: Vec<(Precise, InvoiceKind)> = invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoice_lines::purchase_order_line_id.eq(line).and(invoices::state.eq_any(APPROVED)).and(invoices::kind.ne(InvoiceKind::Prepayment)))
        .select(((invoice_lines::quantity_units, invoice_lines::quantity_pico), invoices::kind))
        .load(check.connection)?;
    Ok(lines.into_iter().fold(Decimal::ZERO, |sum, (quantity, kind)| sum.saturating_add(kind.signed(quantity.0))))
}

/// Holds the invoices of the line that are not paid yet. Those that a credit note corrects stay: the note gives back what it names.
fn hold(check: &mut Check<'_>, line: Id) -> Result<Vec<Effect>> {
    let billing = billing(check, line, &["matched", "approved", "partially_paid"])?;
    let ids: Vec<Id> = billing.into_iter().filter(|(_, kind)| *kind == InvoiceKind::Invoice).map(|(id, _)| id).collect();
    let credited = invoices::corrects_id.eq_any(&ids).and(invoices::kind.eq(InvoiceKind::CreditNote)).and(invoices::state.eq_any(APPROVED));
    let credited: Vec<Option<Id>> = invoices::table.filter(credited).select(invoices::corrects_id).load(check.connection)?;
    Ok(ids.into_iter().filter(|id| !credited.contains(&Some(*id))).map(|id| Effect::transition::<Invoice>(id, "on_hold")).collect())
}
