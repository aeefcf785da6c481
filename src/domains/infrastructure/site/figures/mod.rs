//! Figures of racks.

pub mod rack_elevation;
pub mod rack_utilization;
