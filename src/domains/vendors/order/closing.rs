//! Invoices that are open when a period is closed.

use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::closing::{self, ClosingPeriod, OpenRecords};
use steward_core::resource::Check;
use steward_schema::vendors::{invoices, receipts};

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
                check: "unposted_receipts",
                collection: "vendors/receipts",
                detail: "Post the receipts of the period.",
                ids: unposted.select(receipts::id).load(check.connection)?,
            },
        ])
    }
}
