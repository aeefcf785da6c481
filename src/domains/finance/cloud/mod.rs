//! What cloud providers charge.

pub mod assignment;
pub mod cloud_assignment_rule;
pub mod cloud_charge;
pub mod cloud_load;
pub mod commitment_use;
pub mod cost_sum;
pub mod exact_cost;
pub mod figures;
pub mod focus_import;
