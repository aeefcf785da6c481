//! Allocations: people to work, and shared cost to those who use it.

pub mod absent_load;
pub mod allocation;
pub mod allocation_basis;
pub mod allocation_load;
pub mod allocation_promise;
pub mod allocation_rule;
pub mod allocation_run;
pub mod allocation_share;
pub mod capacity;
pub mod figures;
pub mod hours_cover;
pub mod labor_rate;
pub mod resource_request;
pub mod roster;
pub mod target_place;
