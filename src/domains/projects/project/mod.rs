//! Projects: roles, stakeholders, tolerances, changes, issues, benefits, reports.

pub mod benefit;
pub mod benefit_share;
pub mod charter_approval;
pub mod evidence;
pub mod figures;
pub mod lesson;
pub mod performance;
pub mod planned_progress;
pub mod project;
pub mod project_change;
pub mod project_issue;
pub mod project_role;
pub mod reach;
pub mod realization;
pub mod report_facts;
pub mod stakeholder;
pub mod status;
pub mod status_report;
pub mod tolerance;
pub mod work_row;
