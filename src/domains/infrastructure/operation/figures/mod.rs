//! Figures of operation.

pub mod impact;
pub mod loss;
