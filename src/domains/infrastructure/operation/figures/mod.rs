//! Figures of operation.

pub mod failure;
pub mod impact;
