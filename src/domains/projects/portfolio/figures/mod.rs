//! Figures of portfolio.

pub mod overview;
pub mod portfolio_row;
pub mod wsjf;
