//! Service level objectives, metrics and capacity.

pub mod agreed_availability;
pub mod agreed_time;
pub mod approved_maintenance;
pub mod attained_availability;
pub mod attainment;
pub mod capacity_target;
pub mod component_outage_time;
pub mod composition;
pub mod decision_diagram;
pub mod figures;
pub mod growth;
pub mod live_time;
pub mod metric_sample;
pub mod metric_series;
pub mod outage_time;
pub mod sample_ingest;
pub mod service_hours;
pub mod slo;
