//! Figures of portfolio.

pub mod overview;
pub mod wsjf;
