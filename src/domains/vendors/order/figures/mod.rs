//! Figures of order.

pub mod invoice_settlement;
pub mod order_progress;
pub mod payment_days;
