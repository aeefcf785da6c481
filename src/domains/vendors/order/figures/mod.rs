//! Figures of order.

pub mod order_progress;
