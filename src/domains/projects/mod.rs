//! Project management: IT projects from the demand to the benefit.

mod assignment;
mod baseline;
mod baseline_snapshot;
mod benefit;
mod circle;
mod defect;
mod deliverable;
mod demand;
mod frozen_item;
mod gate;
mod lesson;
mod measure;
mod portfolio;
mod project;
mod project_change;
mod project_issue;
mod project_role;
mod quality_check;
mod report_facts;
mod scope_item;
mod sprint;
mod stakeholder;
mod status;
mod status_report;
mod status_view;
mod time_entry;
mod tolerance;
mod work_answers;
mod work_dependency;
mod work_item;
mod wsjf;

pub use work_answers::Work;

use crate::view::Domain;

/// The domain and its collections.
pub fn domain() -> Domain {
    let doc = "Lead IT projects from the demand to the benefit: their scope, objectives, people and quality, on time and within the budget.";
    Domain::new("projects", doc)
        .resource::<portfolio::Portfolio>()
        .resource::<demand::Demand>()
        .resource::<project::Project>()
        .resource::<project_role::ProjectRole>()
        .resource::<gate::Gate>()
        .resource::<scope_item::ScopeItem>()
        .resource::<deliverable::Deliverable>()
        .resource::<quality_check::QualityCheck>()
        .resource::<defect::Defect>()
        .resource::<work_item::WorkItem>()
        .resource::<work_dependency::WorkDependency>()
        .resource::<sprint::Sprint>()
        .resource::<assignment::Assignment>()
        .resource::<time_entry::TimeEntry>()
        .resource::<baseline::Baseline>()
        .resource::<project_change::ProjectChange>()
        .resource::<project_issue::ProjectIssue>()
        .resource::<stakeholder::Stakeholder>()
        .resource::<status_report::StatusReport>()
        .resource::<lesson::Lesson>()
        .resource::<benefit::Benefit>()
        .figures::<wsjf::DemandFigures, _>()
        .measure::<measure::Progress>()
        .view::<status_view::ProjectStatus>()
        .action::<baseline_snapshot::TakeBaselineSnapshot>()
        .action::<report_facts::TakeReportFacts>()
}
