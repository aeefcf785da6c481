//! Invoices that are open or not booked when a period is closed.

use super::invoice_kind::{APPROVED, InvoiceKind};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::closing::{self, ClosingPeriod, OpenRecords};
use steward_core::ports::purchase;
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{invoice_lines, invoices, receipts};

/// Orders, receipts and invoices, as far as a period waits for them.
pub struct Closing;

impl closing::Closing for Closing {
    fn open(&self, check: &mut Check<'_>, period: ClosingPeriod) -> Result<Vec<OpenRecords>> {
        let undecided = invoices::table
            .filter(invoices::state.eq_any(["received", "matched", "exception", "on_hold", "disputed"]))
            .filter(invoices::invoiced_on.between(period.starts_on, period.ends_on))
            .order(invoices::id);
        let unposted =
            receipts::table.filter(receipts::state.eq("draft").and(receipts::received_on.between(period.starts_on, period.ends_on))).order(receipts::id);
        Ok(vec![
            OpenRecords {
                check: "unapproved_invoices",
                collection: "vendors/invoices",
                detail: "Approve, dispute or void the invoices of the period.",
                ids: undecided.select(invoices::id).load(check.connection)?,
            },
            OpenRecords {
                check: "unbooked_invoices",
                collection: "vendors/invoices",
                detail: "Hold these approved invoices, name who pays their lines, and approve them again: no cost is booked for them.",
                ids: unbooked(check, period)?,
            },
            OpenRecords {
                check: "unposted_receipts",
                collection: "vendors/receipts",
                detail: "Post the receipts of the period.",
                ids: unposted.select(receipts::id).load(check.connection)?,
            },
        ])
    }
}

/// Approved invoices of the period with a line that costs something and is not booked. Notes about prepayments lower those.
fn unbooked(check: &mut Check<'_>, period: ClosingPeriod) -> Result<Vec<Id>> {
    let lines: Vec<(Id, Id)> = invoice_lines::table
        .inner_join(invoices::table)
        .filter(invoices::state.eq_any(APPROVED).and(invoices::kind.ne(InvoiceKind::CreditNote)))
        .filter(invoices::invoiced_on.between(period.starts_on, period.ends_on).and(invoice_lines::net_amount.ne(0)))
        .order(invoices::id)
        .select((invoices::id, invoice_lines::id))
        .load(check.connection)?;
    let all: Vec<Id> = lines.iter().map(|(_, line)| *line).collect();
    let booked = purchase::booked(check, &all)?;
    let mut ids: Vec<Id> = lines.into_iter().filter(|(_, line)| !booked.contains(line)).map(|(invoice, _)| invoice).collect();
    ids.dedup();
    Ok(ids)
}
