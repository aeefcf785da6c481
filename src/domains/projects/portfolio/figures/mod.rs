//! Figures of portfolio.

pub mod wsjf;
