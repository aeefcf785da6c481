//! Portfolios and demands.

pub mod candidates;
pub mod demand;
pub mod figures;
pub mod portfolio;
pub mod select_projects;
pub mod selection;
