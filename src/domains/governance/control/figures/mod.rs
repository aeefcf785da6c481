//! Figures of control.

pub mod coverage_measure;
