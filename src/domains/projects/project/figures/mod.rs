//! Figures of project.

pub mod benefit_realization;
pub mod earned_value;
pub mod earned_value_series;
pub mod progress;
pub mod project_status;
