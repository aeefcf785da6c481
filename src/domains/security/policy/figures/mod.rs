//! Figures of policy.

pub mod attestation_status;
pub mod policy_reviews_due;
