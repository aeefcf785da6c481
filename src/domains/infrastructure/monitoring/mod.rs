//! Service level objectives, metrics and capacity.

pub mod attainment;
pub mod capacity_target;
pub mod figures;
pub mod metric_sample;
pub mod metric_series;
pub mod slo;
