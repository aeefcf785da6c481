//! The kinds of invoices, and how each counts.

use crate::choice;
use rust_decimal::Decimal;

choice! {
    /// What an invoice is.
    pub enum InvoiceKind {
        /// It asks for money.
        Invoice = "invoice",
        /// It gives money back; its amounts are written without a sign.
        CreditNote = "credit_note",
        /// It asks for money before anything is delivered.
        Prepayment = "prepayment",
    }
}

impl InvoiceKind {
    /// A quantity as it counts among others: a credit note takes it back.
    pub fn signed(self, quantity: Decimal) -> Decimal {
        if self == InvoiceKind::CreditNote { -quantity } else { quantity }
    }
}
