//! IT governance and compliance: frameworks and what they require, the controls that meet it, and the proof.

mod applicability_statement;
mod approval;
mod approver;
mod assessment;
mod audit;
mod audit_procedure;
mod audit_programme;
mod authority;
mod body_member;
mod compliance;
mod compliance_view;
mod conclusive_test;
mod control;
mod control_requirement;
mod control_test;
mod corrective_action;
mod coverage;
mod data_subject_request;
mod decision;
mod delegation;
mod evidence;
mod exception;
mod exception_debt;
mod exception_debt_view;
mod exception_end;
mod exception_force;
mod exception_level;
mod finding;
mod finding_raised;
mod finding_standing;
mod finding_view;
mod framework;
mod framework_import;
mod frozen_query;
mod giving;
mod governance_body;
mod integrity_check;
mod kept;
mod legal_hold;
mod legal_hold_item;
mod mandate;
mod mapping;
mod matter;
mod measure;
mod meeting;
mod monitor;
mod monitor_run;
mod obligation;
mod pending;
mod processing_activity;
mod raci_matrix;
mod rate;
mod requirement;
mod requirement_result;
mod responsibility;
mod retention_rule;
mod separation;
mod sod_rule;
mod step_name;
mod tested_control;
mod unproved_action;

pub use authority::AUTHORITY;
pub use exception_end::Resting;
pub use exception_force::Exceptions;
pub use finding_raised::Findings;
pub use tested_control::Controls;

use crate::view::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new("governance", "IT practices comply with laws, regulations and standards: frameworks, controls that meet them, and the proof that they do.")
        .resource::<framework::Framework>()
        .resource::<requirement::Requirement>()
        .resource::<obligation::Obligation>()
        .resource::<mapping::Mapping>()
        .resource::<control::Control>()
        .resource::<control_requirement::ControlRequirement>()
        .resource::<applicability_statement::ApplicabilityStatement>()
        .resource::<control_test::ControlTest>()
        .resource::<assessment::Assessment>()
        .resource::<requirement_result::RequirementResult>()
        .resource::<evidence::Evidence>()
        .resource::<audit_programme::AuditProgramme>()
        .resource::<audit::Audit>()
        .resource::<audit_procedure::AuditProcedure>()
        .resource::<finding::Finding>()
        .resource::<corrective_action::CorrectiveAction>()
        .resource::<monitor::Monitor>()
        .resource::<monitor_run::MonitorRun>()
        .resource::<governance_body::GovernanceBody>()
        .resource::<body_member::BodyMember>()
        .resource::<meeting::Meeting>()
        .resource::<decision::Decision>()
        .resource::<delegation::Delegation>()
        .resource::<sod_rule::SodRule>()
        .resource::<approval::Approval>()
        .resource::<responsibility::Responsibility>()
        .resource::<exception::Exception>()
        .resource::<processing_activity::ProcessingActivity>()
        .resource::<data_subject_request::DataSubjectRequest>()
        .resource::<retention_rule::RetentionRule>()
        .resource::<legal_hold::LegalHold>()
        .resource::<legal_hold_item::LegalHoldItem>()
        .resource::<integrity_check::IntegrityCheck>()
        .component("RequirementPart", requirement::part_schema)
        .action::<framework_import::ImportFramework>()
        .figures::<coverage::CoverageFigures, _>()
        .measure::<measure::Coverage>()
        .view::<coverage::FrameworkCoverage>()
        .view::<compliance_view::Compliance>()
        .view::<pending::Pending>()
        .view::<exception_debt_view::ExceptionDebt>()
        .view::<finding_view::FindingsStanding>()
        .view::<raci_matrix::RaciMatrix>()
}
