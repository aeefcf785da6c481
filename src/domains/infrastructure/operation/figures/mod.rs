//! Figures of operation.

pub mod change_performance;
pub mod edge;
pub mod failure;
pub mod impact;
pub mod maintenance_slots;
pub mod requires_cycles;
pub mod single_points_of_failure;
