//! Audits and assessments, findings and corrective actions.

pub mod assessment;
pub mod audit;
pub mod audit_procedure;
pub mod audit_programme;
pub mod compliance;
pub mod corrective_action;
pub mod figures;
pub mod finding;
pub mod finding_raised;
pub mod finding_status;
pub mod integrity_check;
pub mod requirement_result;
pub mod unproved_action;
