//! The progress of an objective: what its key results and the objectives under it say.

use crate::objective::{
    check_in::CheckIn,
    child_progress::ChildProgress,
    commitment::Health,
    key_result::KeyResult,
    key_result_progress::KeyResultProgress,
    kpi_sample::KpiSample,
    objective::Objective,
    objective_tree::{self, Branch},
};
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;

/// Progress and health of an objective.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectiveProgress {
    /// Objective measured.
    pub objective_id: Id,
    /// Last day taken into account.
    pub as_of: Date,
    /// True if the figures leave out records that you may not read.
    pub partial: bool,
    /// Elapsed share of the objective's cycle at the end of that day.
    pub elapsed_share: Figure,
    /// Progress: Σ w·p / Σ w, from 0 to 1; null without key results and child objectives.
    pub progress: Figure,
    /// Health of the objective: the owner's override, else the computed health.
    pub health: Option<Health>,
    /// Health computed from progress and elapsed time.
    pub computed_health: Option<Health>,
    /// Reason for the owner's override.
    pub health_override_reason: Option<Note>,
    /// True if the objective is achieved.
    pub achieved: Option<bool>,
    /// Key results of the objective, in the order of their creation.
    pub key_results: Vec<KeyResultProgress>,
    /// Child objectives, direct and not cancelled, in the order of their creation.
    pub children: Vec<ChildProgress>,
}

impl View for ObjectiveProgress {
    const PATH: &'static str = "strategy/objectives/{id}/progress";
    const SUMMARY: &'static str = "Get the progress of an objective";
    const DESCRIPTION: &'static str = "Progress and health of an objective, and the forecast of its key results, over the records visible to you.\n\n\
        Progress of a key result: p = clamp((value − baseline) / (target − baseline), 0, 1) by its latest check-in; for one held in a range, 1 inside it, \
        else max(0, 1 − distance / tolerance). The value is that of the latest check-in, or of the latest sample of the linked KPI; retracted values do not count, and without a value p is null. \
        Progress of an objective: Σ w·p / Σ w over its open and closed key results and its child objectives that are not cancelled; \
        null values are left out of both sums, and the progress is null without any value.\n\n\
        With e, the elapsed share of the objective's own cycle at the end of the day, the objective is `on_track` at e − 0.10 or more, `at_risk` at e − 0.25 or more, \
        else `off_track`; the owner may override this with a reason. It is achieved at a progress of 1 if committed, of 0.7 if aspirational. \
        The forecast is the line of least squares through all check-ins, at the end of the last day of the cycle, of a share in percent from 0 to 100; null with fewer than two.\n\n\
        With `as_of`, check-ins count up to and including that day; objectives and key results count as they are now.";
    type Reads = (Objective, KeyResult, CheckIn, IfPermitted<KpiSample>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let id = cx.id()?;
        let as_of = query.or_today(cx);
        let (_, objective) = cx.get_typed::<Objective>(id)?;
        let root = Some(id);
        let seen = cx.sees::<Objective>()?;
        let (branches, results) = (objective_tree::branches(&mut **cx, &seen, root)?, objective_tree::results(&mut **cx, root)?);
        let reported = objective_tree::reported(&mut **cx, root, as_of, (&branches, &results))?;
        let Some(root) = branches.iter().find(|branch| branch.id == id) else { return Err(Problem::not_found().into()) };
        let found = objective_tree::progress_of_each(id, &branches, &results, &reported);
        let of = |branch: &Branch| found.get(&branch.id).copied().flatten();
        let below = branches.iter().filter(|branch| branch.id != id && branch.parent == Some(id));
        let none = Vec::new();
        let own = results.iter().filter(|result| result.objective == id);
        Ok(ObjectiveProgress {
            objective_id: id,
            as_of,
            partial: partial::<Self::Reads>(cx)?,
            elapsed_share: Figure(Some(root.elapsed_share(as_of))),
            progress: Figure(of(root)),
            health: root.health(of(root), as_of),
            computed_health: root.computed_health(of(root), as_of),
            health_override_reason: objective.health_override_reason.clone(),
            achieved: root.achieved(of(root)),
            key_results: own.map(|result| KeyResultProgress::of(result, reported.get(&result.id).unwrap_or(&none), root.cycle.1)).collect(),
            children: below.map(|branch| ChildProgress::of(branch, of(branch), as_of)).collect(),
        })
    }
}
