//! Figures of monitoring.

pub mod availability;
