//! IT governance and compliance: frameworks and what they require, the controls that meet it, and the proof.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod approval;
mod audit;
mod body;
mod control;
mod exception;
mod framework;
mod privacy;

pub use approval::authority_ports::AUTHORITY;
pub use approval::figures::pending_approvals::queue as waiting_approvals;
pub use audit::finding_raised::Findings;
pub use control::tested_control::Controls;
pub use exception::exception_end::Resting;
pub use exception::exceptions_in_force::Exceptions;

use steward_core::view::Domain;
use steward_core::view::due::DerivedDates;

/// Dates that follow from others.
pub const DERIVED_DATES: &[DerivedDates] = &[control::test_date::TESTS];

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new("governance", "Compliance of IT with laws, regulations and standards: frameworks, controls that meet them, and the proof that they do.")
        .resource::<framework::framework::Framework>()
        .resource::<framework::requirement::Requirement>()
        .resource::<privacy::obligation::Obligation>()
        .resource::<framework::mapping::Mapping>()
        .resource::<control::control::Control>()
        .resource::<control::control_requirement::ControlRequirement>()
        .resource::<framework::applicability_statement::ApplicabilityStatement>()
        .resource::<control::control_test::ControlTest>()
        .resource::<audit::assessment::Assessment>()
        .resource::<audit::requirement_result::RequirementResult>()
        .resource::<control::evidence::Evidence>()
        .resource::<audit::audit_programme::AuditProgramme>()
        .resource::<audit::audit::Audit>()
        .resource::<audit::audit_procedure::AuditProcedure>()
        .resource::<audit::finding::Finding>()
        .resource::<audit::corrective_action::CorrectiveAction>()
        .resource::<control::monitor::Monitor>()
        .resource::<control::monitor_run::MonitorRun>()
        .resource::<body::governance_body::GovernanceBody>()
        .resource::<body::body_member::BodyMember>()
        .resource::<body::meeting::Meeting>()
        .resource::<body::decision::Decision>()
        .resource::<approval::delegation::Delegation>()
        .resource::<approval::sod_rule::SodRule>()
        .resource::<approval::approval::Approval>()
        .resource::<approval::responsibility::Responsibility>()
        .resource::<exception::exception::Exception>()
        .resource::<privacy::processing_activity::ProcessingActivity>()
        .resource::<privacy::data_subject_request::DataSubjectRequest>()
        .resource::<privacy::retention_rule::RetentionRule>()
        .resource::<privacy::legal_hold::LegalHold>()
        .resource::<privacy::legal_hold_item::LegalHoldItem>()
        .resource::<audit::integrity_check::IntegrityCheck>()
        .component("RequirementPart", framework::requirement::part_schema)
        .action::<framework::framework_import::ImportFramework>()
        .action::<framework::framework_version::DraftFrameworkVersion>()
        .figures::<framework::figures::coverage::CoverageFigures, _>()
        .measure::<control::figures::coverage_measure::Coverage>()
        .view::<framework::figures::coverage::FrameworkCoverage>()
        .view::<audit::figures::framework_compliance::Compliance>()
        .view::<approval::figures::pending_approvals::Pending>()
        .view::<exception::figures::exception_debt_overview::ExceptionDebt>()
        .view::<audit::figures::finding_overview::FindingsStanding>()
        .view::<approval::figures::raci_matrix::RaciMatrix>()
}
