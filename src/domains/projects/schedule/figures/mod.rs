//! Figures of the schedule.

pub mod burn_down;
pub mod dependency_table;
pub mod milestone_calendar;
pub mod project_schedule;
pub mod risk_schedule;
pub mod utilization;
pub mod velocity;
pub mod work_table;
