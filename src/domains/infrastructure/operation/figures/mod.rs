//! Figures of operation.

pub mod change_performance;
pub mod cluster_hosts;
pub mod declared_edge;
pub mod edge;
pub mod foundation;
pub mod impact;
pub mod loss_cost;
pub mod loss_process;
pub mod loss_repair;
pub mod loss_work;
pub mod maintenance_obstacle;
pub mod maintenance_slots;
pub mod node;
pub mod requires_cycles;
pub mod single_points_of_failure;
