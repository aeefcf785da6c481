//! Bookings of the service: entries of the ledger that follow from another record.

use super::cost_entry::CostEntry;
use super::posting::CostSource;
use steward_core::resource::Id;
use steward_core::resource::value::{Date, DocumentNumber, Money, Number, Whole};

/// An entry without tax, in the currency of the budget: what the service books by itself, as a line of the document of its source.
pub fn plain_entry(period: Id, posted_on: Date, amount: Money, source: CostSource, source_id: Id, line: i64) -> CostEntry {
    CostEntry {
        posted_on,
        fiscal_period_id: period,
        budget_line_id: None,
        cost_category_id: None,
        cost_center_id: None,
        service_id: None,
        vendor_id: None,
        service_starts_on: None,
        service_ends_on: None,
        net: amount,
        tax_rate_percent: None,
        tax: None,
        recoverable_percent: Number(100.0),
        gross: amount,
        exchange_rate: None,
        base_amount: amount,
        quantity: None,
        commitment_id: None,
        override_reason: None,
        source,
        source_id: Some(source_id),
        document: DocumentNumber(source_id.to_string()),
        document_line: Whole(line),
        reversal_of: None,
        description: None,
    }
}
