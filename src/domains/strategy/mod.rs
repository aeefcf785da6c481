//! Strategic planning: plans and objectives, what they are measured by, what is undertaken for them, and what may matter.

mod alignment;
mod alignment_share;
mod blip;
mod capability;
mod check_in;
mod context_factor;
mod contribution;
mod direction;
mod experiment;
mod horizon;
mod initiative;
mod initiative_dependency;
mod key_result;
mod kpi;
mod kpi_sample;
mod measure;
mod objective;
mod objective_descent;
mod objective_progress;
mod objective_tree;
mod plan_alignment;
mod planning_cycle;
mod progress;
mod radar;
mod radar_edition;
mod strategic_plan;
mod technology;
mod theme;
mod trend;
mod trend_assessment;

use crate::view::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "strategy",
        "Strategic plans that align IT with the organisation's goals: objectives and how far they are, what is undertaken for them, and the trends and technologies that will matter.",
    )
    .resource::<strategic_plan::StrategicPlan>()
    .resource::<theme::Theme>()
    .resource::<planning_cycle::PlanningCycle>()
    .resource::<objective::Objective>()
    .resource::<key_result::KeyResult>()
    .resource::<check_in::CheckIn>()
    .resource::<kpi::Kpi>()
    .resource::<kpi_sample::KpiSample>()
    .resource::<capability::Capability>()
    .resource::<initiative::Initiative>()
    .resource::<initiative_dependency::InitiativeDependency>()
    .resource::<alignment::Alignment>()
    .resource::<technology::Technology>()
    .resource::<radar::Radar>()
    .resource::<radar_edition::RadarEdition>()
    .resource::<blip::Blip>()
    .resource::<trend::Trend>()
    .resource::<trend_assessment::TrendAssessment>()
    .resource::<experiment::Experiment>()
    .resource::<context_factor::ContextFactor>()
    .measure::<measure::Progress>()
    .view::<objective_progress::ObjectiveProgress>()
    .view::<plan_alignment::PlanAlignment>()
}
