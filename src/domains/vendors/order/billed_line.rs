//! How much of an order line was received and billed.

use super::invoice_kind::{APPROVED, InvoiceKind};
use diesel::prelude::*;
use rust_decimal::Decimal;
use steward_core::error::Result;
use steward_core::resource::value::Precise;
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{invoice_lines, invoices, receipt_lines, receipts};

/// The quantity of an order line that posted receipts have accepted.
pub fn accepted(check: &mut Check<'_>, line: Id) -> Result<Decimal> {
    let accepted: Vec<Precise> = receipt_lines::table
        .inner_join(receipts::table)
        .filter(receipts::state.eq("posted").and(receipt_lines::purchase_order_line_id.eq(line)))
        .select((receipt_lines::accepted_quantity_units, receipt_lines::accepted_quantity_pico))
        .load(check.connection)?;
    Ok(accepted.into_iter().map(|quantity| quantity.0).sum())
}

/// What invoices have billed of an order line, less what approved credit notes took back.
#[derive(Debug, Clone, Copy, Default)]
pub struct Billed {
    /// The quantity.
    pub quantity: Decimal,
    /// The amount before tax, in the smallest units of the currency.
    pub minor: i128,
}

/// What invoices that are not void have billed of an order line, less what approved credit notes took back.
pub fn billed(check: &mut Check<'_>, line: Id) -> Result<Billed> {
    let is_invoice = invoices::kind.ne(InvoiceKind::CreditNote).and(invoices::state.ne("void"));
    let lines: Vec<(Precise, i64, InvoiceKind)> = invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoice_lines::purchase_order_line_id.eq(line))
        .filter(is_invoice.or(invoices::kind.eq(InvoiceKind::CreditNote).and(invoices::state.eq_any(APPROVED))))
        .select(((invoice_lines::quantity_units, invoice_lines::quantity_pico), invoice_lines::net_amount, invoices::kind))
        .load(check.connection)?;
    Ok(lines.into_iter().fold(Billed::default(), |sum, (quantity, net, kind)| {
        let net = i128::from(net);
        Billed { quantity: sum.quantity + kind.signed(quantity.0), minor: sum.minor + if kind == InvoiceKind::CreditNote { -net } else { net } }
    }))
}

/// How much may come: what was ordered, and the tolerance on top.
pub fn allowed(ordered: Decimal, tolerance_percent: Decimal) -> Decimal {
    ordered * (Decimal::ONE_HUNDRED + tolerance_percent) / Decimal::ONE_HUNDRED
}

/// The invoices and credit notes in some states of which a line bills an order line, each with its kind.
pub fn billing(check: &mut Check<'_>, line: Id, states: &[&str]) -> Result<Vec<(Id, InvoiceKind)>> {
    Ok(invoices::table
        .inner_join(invoice_lines::table)
        .filter(invoices::state.eq_any(states).and(invoice_lines::purchase_order_line_id.eq(line)))
        .order(invoices::id)
        .select((invoices::id, invoices::kind))
        .distinct()
        .load(check.connection)?)
}
