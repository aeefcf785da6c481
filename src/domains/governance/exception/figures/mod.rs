//! Figures of exception.

pub mod exception_debt_overview;
