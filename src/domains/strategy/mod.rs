//! Strategic planning: plans and objectives, what they are measured by, what is undertaken for them, and what may matter.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod initiative;
mod objective;
mod plan;
mod technology;
mod trend;

pub use objective::risk_indicator::Indicators;

use steward_core::view::Domain;

/// The domain, its collections and what it adds.
pub fn domain() -> Domain {
    Domain::new(
        "strategy",
        "Strategic plans that align IT with the organisation's goals: objectives and their progress, the initiatives that serve them, and relevant trends and technologies.",
    )
    .resource::<plan::strategic_plan::StrategicPlan>()
    .resource::<plan::theme::Theme>()
    .resource::<plan::planning_cycle::PlanningCycle>()
    .resource::<objective::objective::Objective>()
    .resource::<objective::key_result::KeyResult>()
    .resource::<objective::check_in::CheckIn>()
    .resource::<objective::kpi::Kpi>()
    .resource::<objective::kpi_sample::KpiSample>()
    .resource::<technology::capability::Capability>()
    .resource::<initiative::initiative::Initiative>()
    .resource::<initiative::initiative_dependency::InitiativeDependency>()
    .resource::<plan::alignment::Alignment>()
    .resource::<technology::technology::Technology>()
    .resource::<technology::radar::Radar>()
    .resource::<technology::radar_edition::RadarEdition>()
    .resource::<technology::blip::Blip>()
    .resource::<trend::trend::Trend>()
    .resource::<trend::trend_assessment::TrendAssessment>()
    .resource::<initiative::experiment::Experiment>()
    .resource::<plan::context_factor::ContextFactor>()
    .measure::<objective::figures::progress_measure::Progress>()
    .view::<objective::figures::objective_progress::ObjectiveProgress>()
    .view::<plan::figures::plan_alignment::PlanAlignment>()
    .action::<plan::plan_version::DraftPlanVersion>()
}
