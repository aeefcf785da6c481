//! Figures of project.

pub mod progress;
pub mod project_status;
