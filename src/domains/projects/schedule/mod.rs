//! Work items, their dependencies and assignments, baselines, sprints and time.

pub mod assignment;
pub mod baseline;
pub mod baseline_snapshot;
pub mod closing;
pub mod frozen_item;
pub mod outside_event;
pub mod ports;
pub mod schedule_circle;
pub mod sprint;
pub mod time_entry;
pub mod work_dependency;
pub mod work_item;
