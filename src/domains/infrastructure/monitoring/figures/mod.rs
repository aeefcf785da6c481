//! Figures of monitoring.

pub mod availability;
pub mod capacity_forecast;
pub mod component_reliability;
pub mod composed_availability;
pub mod service_availability;
pub mod slo_status;
