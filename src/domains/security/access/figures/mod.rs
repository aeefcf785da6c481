//! Figures of access.

pub mod access_status;
