//! Figures of budget.

pub mod budget_position;
pub mod spending;
pub mod spread;
