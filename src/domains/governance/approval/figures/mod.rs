//! Figures of approval.

pub mod pending_approvals;
pub mod raci_matrix;
