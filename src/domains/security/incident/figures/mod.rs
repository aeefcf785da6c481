//! Figures of incident.

pub mod notification_status;
