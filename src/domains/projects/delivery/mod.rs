//! Deliverables and scope.

pub mod deliverable;
pub mod scope_item;
