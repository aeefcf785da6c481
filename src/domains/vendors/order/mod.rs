//! Requisitions, purchase orders, receipts and invoices.

pub mod billed_line;
pub mod closing;
pub mod credit_note;
pub mod delivery;
pub mod figures;
pub mod full_delivery;
pub mod invoice;
pub mod invoice_kind;
pub mod invoice_line;
pub mod invoice_match;
pub mod invoice_posting;
pub mod line_price;
pub mod matching;
pub mod open_excess;
pub mod order_excess;
pub mod order_use;
pub mod past_move;
pub mod purchase_order;
pub mod purchase_order_line;
pub mod receipt;
pub mod receipt_line;
pub mod requisition;
pub mod requisition_line;
