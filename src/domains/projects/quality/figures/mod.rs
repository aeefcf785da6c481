//! Figures of quality and gates.

pub mod project_quality;
pub mod readiness;
