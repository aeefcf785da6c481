//! Figures of access.

pub mod access_status;
pub mod service_review;
