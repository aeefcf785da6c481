//! Figures of contract.

pub mod deadlines;
pub mod renewals;
pub mod renewals_due;
