//! Risks: matrices, assessments, scenarios, appetite and treatment.

pub mod appetite_breach;
pub mod appetite_in_force;
pub mod exception_dependents;
pub mod expected_loss;
pub mod figures;
pub mod matrix;
pub mod matrix_lookup;
pub mod quantification_run;
pub mod repetition;
pub mod residual;
pub mod risk;
pub mod risk_appetite;
pub mod risk_assessment;
pub mod risk_category;
pub mod risk_matrix;
pub mod risk_quantification;
pub mod risk_scenario;
pub mod risk_status;
pub mod second_person;
pub mod simulation;
pub mod stake;
pub mod stale_runs;
pub mod tested_control;
pub mod treatment;
