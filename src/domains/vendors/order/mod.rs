//! Requisitions, purchase orders, receipts and invoices.

pub mod figures;
pub mod invoice;
pub mod invoice_line;
pub mod line_price;
pub mod open_excess;
pub mod order_excess;
pub mod purchase_order;
pub mod purchase_order_line;
pub mod receipt;
pub mod receipt_line;
pub mod requisition;
pub mod requisition_line;
