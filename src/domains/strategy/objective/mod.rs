//! Objectives, key results, check-ins and KPIs.

pub mod check_in;
pub mod child_progress;
pub mod commitment;
pub mod contribution_edge;
pub mod direction;
pub mod figures;
pub mod key_result;
pub mod key_result_progress;
pub mod kpi;
pub mod kpi_alert;
pub mod kpi_sample;
pub mod objective;
pub mod objective_descent;
pub mod objective_tree;
pub mod plan_objective;
pub mod progress;
pub mod retraction;
pub mod risk_indicator;
