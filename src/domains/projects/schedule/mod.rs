//! Work items, their dependencies and assignments, baselines, sprints and time.

pub mod apply_schedule;
pub mod assignment;
pub mod baseline;
pub mod baseline_snapshot;
pub mod closing;
pub mod critical_path;
pub mod delayed_work;
pub mod earned_value;
pub mod figures;
pub mod finished_work;
pub mod frozen_item;
pub mod named_table;
pub mod network;
pub mod outside_event;
pub mod plan;
pub mod plan_import;
pub mod ports;
pub mod progress_record;
#[cfg(test)]
mod published_examples;
pub mod remaining_cost;
pub mod schedule_circle;
pub mod simulation;
pub mod sprint;
pub mod sprint_work;
pub mod time_entry;
pub mod work_dependency;
pub mod work_item;
pub mod work_kind;
pub mod work_risk;
pub mod work_time;
