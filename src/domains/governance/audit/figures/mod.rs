//! Figures of audit.

pub mod finding_overview;
pub mod framework_compliance;
