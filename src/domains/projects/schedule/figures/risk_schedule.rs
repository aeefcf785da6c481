//! The risk of a schedule: three-point estimates and Monte Carlo simulation.

use crate::project::project::Project;
use crate::schedule::critical_path::Pass;
use crate::schedule::network::Network;
use crate::schedule::plan::{PlannedItem, date_of, plan_of};
use crate::schedule::simulation::{Estimate, simulate};
use crate::schedule::work_dependency::WorkDependency;
use crate::schedule::work_item::WorkItem;
use crate::schedule::work_time::HOUR;
use steward_core::resource::value::{Text, Whole};
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

/// Risk of a work item.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WorkRisk {
    /// Work item.
    pub work_item_id: IdOf<WorkItem>,
    /// WBS code.
    pub wbs_code: Text<1, 100>,
    /// Expected duration in working hours; null without a three-point estimate.
    pub expected_hours: Figure,
    /// Standard deviation in working hours; null without a three-point estimate.
    pub deviation_hours: Figure,
    /// Share of trials in which it was critical, from 0 to 1.
    pub criticality_index: Figure,
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
        let size = u64::try_from(planned.plan.tasks.len() + planned.plan.links.len()).unwrap_or(u64::MAX);
        if !(1..=10_000).contains(&trials) || size.saturating_mul(trials.into()) > MOST_STEPS {
            let most = (MOST_STEPS / size.max(1)).min(10_000);
            let detail = format!("Expected from 1 to {most} trials for this project.");
            return Err(Problem::bad_request(detail).into());
        }
        let network = Network::new(&planned.plan).map_err(|circle| planned.circle(&circle))?;
        let estimates: Vec<Option<Estimate>> = planned.items.iter().map(estimate).collect();
        let outcome = simulate(&network, &estimates, trials, seed.cast_unsigned());
        let day = |percent: usize| outcome.percentile(percent).and_then(date_of);
        let open = planned.plan.tasks.iter().enumerate().filter(|(at, task)| !network.is_summary(*at) && task.finished.is_none());
        let criticality = open.filter_map(|(at, _)| Some(risk(planned.items.get(at)?, outcome.critical.get(at).copied()?, trials))).collect();
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

/// The most work items and dependencies over all trials: some seconds.
const MOST_STEPS: u64 = 20_000_000;

fn risk(item: &PlannedItem, critical: u32, trials: u32) -> WorkRisk {
    let estimate = estimate(item);
    let hours = |seconds: Option<f64>| Figure(seconds.map(|seconds| seconds / HOUR as f64));
    WorkRisk {
        work_item_id: item.id.into(),
        wbs_code: Text::cut(&item.wbs_code),
        expected_hours: hours(estimate.map(|estimate| estimate.expected())),
        deviation_hours: hours(estimate.map(|estimate| estimate.deviation())),
        criticality_index: Figure(Some(f64::from(critical) / f64::from(trials))),
    }
}

/// The three-point estimate of a work item; none unless all three are told.
fn estimate(item: &PlannedItem) -> Option<Estimate> {
    let seconds = |hours: Option<f64>| hours.map(|hours| hours * HOUR as f64);
    Some(Estimate { optimistic: seconds(item.optimistic_hours)?, most_likely: seconds(item.most_likely_hours)?, pessimistic: seconds(item.pessimistic_hours)? })
}
