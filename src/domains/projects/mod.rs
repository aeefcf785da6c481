//! Project management: IT projects from the demand to the benefit.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod delivery;
mod portfolio;
mod project;
mod quality;
mod schedule;

pub use schedule::closing::Closing;
pub use schedule::ports::Work;

use steward_core::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    let doc = "Lead IT projects from the demand to the benefit: their scope, objectives, people and quality, on time and within the budget.";
    Domain::new("projects", doc)
        .resource::<portfolio::portfolio::Portfolio>()
        .resource::<portfolio::demand::Demand>()
        .resource::<project::project::Project>()
        .resource::<project::project_role::ProjectRole>()
        .resource::<quality::gate::Gate>()
        .resource::<delivery::scope_item::ScopeItem>()
        .resource::<delivery::deliverable::Deliverable>()
        .resource::<quality::quality_check::QualityCheck>()
        .resource::<quality::defect::Defect>()
        .resource::<schedule::work_item::WorkItem>()
        .resource::<schedule::work_dependency::WorkDependency>()
        .resource::<schedule::progress_record::ProgressRecord>()
        .resource::<schedule::sprint::Sprint>()
        .resource::<schedule::assignment::Assignment>()
        .resource::<schedule::time_entry::TimeEntry>()
        .resource::<schedule::baseline::Baseline>()
        .resource::<project::project_change::ProjectChange>()
        .resource::<project::project_issue::ProjectIssue>()
        .resource::<project::stakeholder::Stakeholder>()
        .resource::<project::status_report::StatusReport>()
        .resource::<project::lesson::Lesson>()
        .resource::<project::benefit::Benefit>()
        .figures::<portfolio::figures::wsjf::DemandFigures, _>()
        .measure::<project::figures::progress::Progress>()
        .view::<project::figures::project_status::ProjectStatus>()
        .view::<schedule::figures::project_schedule::ProjectSchedule>()
        .view::<project::figures::earned_value::EarnedValue>()
        .view::<project::figures::earned_value_series::EarnedValueSeries>()
        .view::<schedule::figures::risk_schedule::RiskSchedule>()
        .view::<quality::figures::readiness::GateReadiness>()
        .view::<quality::figures::project_quality::ProjectQuality>()
        .view::<project::figures::benefit_realization::BenefitRealization>()
        .view::<schedule::figures::burn_down::BurnDown>()
        .view::<schedule::figures::velocity::Velocity>()
        .download::<schedule::figures::milestone_calendar::MilestoneCalendar>()
        .download::<schedule::figures::work_table::WorkTable>()
        .download::<schedule::figures::dependency_table::DependencyTable>()
        .view::<schedule::figures::utilization::Utilization>()
        .view::<portfolio::figures::overview::PortfolioOverview>()
        .action::<portfolio::select_projects::SelectProjects>()
        .action::<schedule::apply_schedule::ApplySchedule>()
        .action::<schedule::plan_import::ImportPlan>()
        .action::<project::charter_approval::ApproveCharter>()
        .action::<schedule::baseline_snapshot::TakeBaselineSnapshot>()
        .action::<project::report_facts::TakeReportFacts>()
}
