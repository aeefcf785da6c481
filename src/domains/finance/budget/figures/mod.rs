//! Figures of budget.

pub mod budget_figures;
pub mod budget_position;
pub mod closing;
pub mod next_year_budget;
pub mod spending;
pub mod spread;
