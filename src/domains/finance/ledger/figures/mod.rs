//! Figures of ledger.

pub mod prepayment_schedule;
