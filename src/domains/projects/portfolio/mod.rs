//! Portfolios and demands.

pub mod demand;
pub mod figures;
pub mod portfolio;
