//! Figures of policy.

pub mod attestation_status;
