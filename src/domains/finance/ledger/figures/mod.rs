//! Figures of ledger.

pub mod prepayment_schedule;
pub mod service_costs;
pub mod spend_profile;
pub mod spend_series;
pub mod variance_analysis;
