//! Open conflicts about the order lines of an invoice, which keep it from being approved or paid.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::conflict;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::invoice_lines;

/// Lines of the orders of an invoice that are received or billed beyond what was ordered, or billed and gone back, as long as nobody accepted
/// that.
pub fn unmet(check: &mut Check<'_>, invoice: Id) -> Result<Vec<UnmetGuard>> {
    let lines: Vec<Id> = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(invoice).and(invoice_lines::purchase_order_line_id.is_not_null()))
        .select(invoice_lines::purchase_order_line_id.assume_not_null())
        .distinct()
        .load(check.connection)?;
    let open = conflict::open(check, &lines)?;
    let excess = open.into_iter().filter(|each| [":over_receipt", ":over_billing", ":under_receipt"].iter().any(|code| each.rule.ends_with(code)));
    Ok(excess
        .map(|each| UnmetGuard::new("", "conflict", format!("{} Resolve the conflict with a reason, or void the invoice and have it sent anew.", each.detail)))
        .collect())
}
