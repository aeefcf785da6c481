//! Figures of investment.

pub mod accuracy;
pub mod appraisal;
