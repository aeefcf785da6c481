//! Invoices, credit notes and prepayments, as far as they are matched.

use rust_decimal::Decimal;
use steward_core::choice;
use steward_core::resource::Id;
use steward_core::resource::value::Money;

choice! {
    /// Kind of an invoice.
    pub enum InvoiceKind {
        /// Request for payment.
        Invoice = "invoice",
        /// Refund; its amounts are written without a sign.
        CreditNote = "credit_note",
        /// Request for payment before anything is delivered.
        Prepayment = "prepayment",
    }
}

impl InvoiceKind {
    /// A quantity as it counts among others: a credit note takes it back.
    pub fn signed(self, quantity: Decimal) -> Decimal {
        if self == InvoiceKind::CreditNote { -quantity } else { quantity }
    }
}

/// The states in which an invoice or a credit note counts: somebody approved it.
pub const APPROVED: &[&str] = &["approved", "partially_paid", "paid"];

/// What of an invoice is matched.
#[derive(Debug, Clone, Copy)]
pub struct Bill {
    /// What it is.
    pub kind: InvoiceKind,
    /// The vendor.
    pub vendor: Id,
    /// The order, if all of it belongs to one.
    pub purchase_order: Option<Id>,
    /// The contract that it falls under.
    pub contract: Option<Id>,
    /// The invoice that a credit note corrects.
    pub corrects: Option<Id>,
    /// The amount before tax.
    pub net: Money,
    /// The tax on it.
    pub tax: Money,
    /// The amount to pay.
    pub gross: Money,
}
