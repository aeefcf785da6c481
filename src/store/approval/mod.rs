//! Approving transitions: four eyes, separation of duties, authority and amounts.

pub mod amount;
pub mod approval;
pub mod audit_trail;
