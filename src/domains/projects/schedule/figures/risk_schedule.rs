//! The risk of a schedule: three-point estimates and Monte Carlo simulation.

use crate::project::project::Project;
use crate::schedule::critical_path::Pass;
use crate::schedule::network::Network;
use crate::schedule::plan::{PlannedItem, date_of, plan_of};
use crate::schedule::simulation::{Estimate, most_trials, simulate};
use crate::schedule::work_dependency::WorkDependency;
use crate::schedule::work_item::WorkItem;
use crate::schedule::work_risk::WorkRisk;
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Parameters of a simulation.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Simulation {
    /// Number of trials, from 1 to 10000; 1000 if left out.
    pub trials: Option<u32>,
    /// Seed of the random numbers; 0 if left out.
    pub seed: Option<i64>,
    /// Data date, as YYYY-MM-DD; today if left out.
    #[param(inline)]
    pub data_date: Option<Date>,
}

/// Risk of a schedule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RiskSchedule {
    /// Simulated project.
    pub project_id: IdOf<Project>,
    /// Data date.
    pub data_date: Date,
    /// Number of trials.
    pub trials: Count,
    /// Seed of the random numbers.
    pub seed: Whole<{ i64::MIN }, { i64::MAX }>,
    /// Finish of the schedule with the planned durations.
    pub finish: Option<Date>,
    /// Day by which half of the trials finish.
    pub p50: Option<Date>,
    /// Day by which 80 % of the trials finish.
    pub p80: Option<Date>,
    /// Day by which 90 % of the trials finish.
    pub p90: Option<Date>,
    /// Work items that are not done and have no items under them, in the order of their WBS codes.
    pub criticality: Vec<WorkRisk>,
    /// True if the caller may not see all work of the project, or a record that the work depends on.
    pub partial: bool,
}

impl View for RiskSchedule {
    const PATH: &'static str = "projects/projects/{id}/risk-schedule";
    const SUMMARY: &'static str = "Get the risk of a project's schedule";
    const DESCRIPTION: &'static str = "Monte Carlo simulation of `/schedule`: each trial draws the duration of an item with all three estimates from the triangular distribution; other items keep theirs. \
        The same seed gives the same answer. Percentiles are nearest ranks.";
    const FORMULA: &'static str =
        "expected_hours = (O + 4 M + P) / 6; deviation_hours = (P − O) / 6; criticality_index = trials in which it is critical / trials";
    const SOURCE: &'static str = "Malcolm et al. 1959 (PERT); Van Slyke 1963, Monte Carlo Methods and the PERT Problem";
    type Reads = (Project, WorkItem, WorkDependency);
    type Query = Simulation;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Simulation) -> Result<Self> {
        let (id, data_date) = (cx.id()?, cx.day_or_today(query.data_date));
        let (trials, seed) = (query.trials.unwrap_or(1_000), query.seed.unwrap_or(0));
        let (stored, project) = cx.get_typed::<Project>(id)?;
        let planned = plan_of(cx, &stored, &project, data_date)?;
        let most = most_trials(&planned.plan);
        if !(1..=most).contains(&u64::from(trials)) {
            return Err(Problem::bad_request(format!("Expected from 1 to {most} trials for this project.")).into());
        }
        let network = Network::new(&planned.plan).map_err(|circle| planned.circle(&circle))?;
        let estimates: Vec<Option<Estimate>> = planned.items.iter().map(PlannedItem::estimate).collect();
        let outcome = simulate(&network, &estimates, trials, seed.cast_unsigned());
        let day = |percent: usize| outcome.percentile(percent).and_then(date_of);
        let open = planned.plan.tasks.iter().enumerate().filter(|(at, task)| !network.is_summary(*at) && task.finished.is_none());
        let criticality = open.filter_map(|(at, _)| Some(WorkRisk::of(planned.items.get(at)?, outcome.critical.get(at).copied()?, trials))).collect();
        Ok(RiskSchedule {
            project_id: id.into(),
            data_date,
            trials: Whole(trials.into()),
            seed: Whole(seed),
            finish: Pass::new(&network).run().finish.and_then(date_of),
            p50: day(50),
            p80: day(80),
            p90: day(90),
            criticality,
            partial: planned.partial,
        })
    }
}
