//! Figures of allocation.

pub mod allocation_shares;
pub mod capacity;
pub mod project_feasibility;
pub mod resource_utilization;
