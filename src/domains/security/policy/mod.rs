//! Policies, their versions and attestation.

pub mod attestation;
pub mod attestation_campaign;
pub mod figures;
pub mod policy;
pub mod policy_version;
pub mod review_date;
