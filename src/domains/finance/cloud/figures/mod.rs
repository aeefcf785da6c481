//! Figures of cloud.

pub mod cloud_costs;
pub mod cloud_savings;
