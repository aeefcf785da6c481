//! Approvals: delegated authority, separation of duties, and who answers for what.

pub mod approval;
pub mod approver;
pub mod authority;
pub mod authority_ports;
pub mod delegated_authority;
pub mod delegation;
pub mod figures;
pub mod held_responsibility;
pub mod limit_rate;
pub mod matter;
pub mod raci_gap;
pub mod responsibility;
pub mod separation;
pub mod sod_rule;
pub mod step_name;
