//! Services, dependencies, changes, incidents, problems, outages and maintenance.

pub mod carried;
pub mod change;
pub mod change_collision;
pub mod change_guard;
pub mod change_kind;
pub mod change_model;
pub mod dependency;
pub mod dependents;
pub mod emergency_approval;
pub mod figures;
pub mod freeze_period;
pub mod frozen_record;
pub mod incident;
pub mod incident_due;
pub mod it_service;
pub mod leaving;
pub mod maintenance_plan;
pub mod maintenance_window;
pub mod outage;
pub mod planned_change;
pub mod problem;
pub mod recorded;
pub mod risk_level;
pub mod supports;
