//! Open conflicts about the order lines of an invoice, which keep it from being approved or paid.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::conflict;
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::vendors::invoice_lines;

/// Lines of the orders of an invoice that are received or billed beyond what was ordered, as long as nobody accepted that.
pub fn unmet(check: &mut Check<'_>, invoice: Id) -> Result<Vec<UnmetGuard>> {
    let lines: Vec<Id> = invoice_lines::table
        .filter(invoice_lines::invoice_id.eq(invoice).and(invoice_lines::purchase_order_line_id.is_not_null()))
        .select(invoice_lines::purchase_order_line_id.assume_not_null())
        .distinct()
        .load(check.connection)?;
    let open = conflict::open(check, &lines)?;
    let excess = open.into_iter().filter(|each| each.rule.ends_with(":over_receipt") || each.rule.ends_with(":over_billing"));
    Ok(excess.map(|each| UnmetGuard::new("", "conflict", format!("{} Have a credit note sent, or resolve the conflict.", each.detail))).collect())
}
