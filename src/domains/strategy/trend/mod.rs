//! Trends and their assessment.

pub mod trend;
pub mod trend_assessment;
