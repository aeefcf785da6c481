//! Figures of quality and gates.

pub mod readiness;
