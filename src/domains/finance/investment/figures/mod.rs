//! Figures of investment.

pub mod appraisal;
