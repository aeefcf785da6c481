//! What came of an order and was billed for it: an order that has either is not cancelled.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Text};
use steward_core::resource::{Check, UnmetGuard};
use steward_schema::vendors::{invoice_lines, invoices, purchase_order_lines, receipt_lines, receipts};

/// Posted receipts and approved invoices of the order.
pub fn unmet(check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
    let lines = purchase_order_lines::table.filter(purchase_order_lines::purchase_order_id.eq(check.id)).select(purchase_order_lines::id.nullable());
    let received = receipt_lines::table.filter(receipt_lines::purchase_order_line_id.eq_any(lines)).select(receipt_lines::receipt_id);
    let receipt: Option<Text<1, 60>> = receipts::table
        .filter(receipts::state.eq("posted"))
        .filter(receipts::purchase_order_id.eq(check.id).or(receipts::id.eq_any(received)))
        .order(receipts::id)
        .select(receipts::number)
        .first(check.connection)
        .optional()?;
    let billed = invoice_lines::table.filter(invoice_lines::purchase_order_line_id.eq_any(lines)).select(invoice_lines::invoice_id);
    let invoice: Option<Code> = invoices::table
        .filter(invoices::state.eq_any(["matched", "approved", "partially_paid", "paid"]))
        .filter(invoices::purchase_order_id.eq(check.id).or(invoices::id.eq_any(billed)))
        .order(invoices::id)
        .select(invoices::number)
        .first(check.connection)
        .optional()?;
    let of = |kind: &str, number: &str| {
        UnmetGuard::new("", "in_use", format!("The {kind} {number} stands for this order. Reverse or void that first, or close the order."))
    };
    Ok(receipt.map(|number| of("posted receipt", &number.0)).into_iter().chain(invoice.map(|number| of("invoice", &number.0))).collect())
}
