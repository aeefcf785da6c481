//! Figures of incident.

pub mod incident_clocks;
pub mod notification_status;
