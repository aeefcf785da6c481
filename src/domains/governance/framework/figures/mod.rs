//! Figures of framework.

pub mod coverage;
