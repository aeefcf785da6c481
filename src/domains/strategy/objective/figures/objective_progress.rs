//! The progress of an objective: what its key results and the objectives under it say.

use crate::domains::strategy::objective::{
    check_in::CheckIn,
    key_result::KeyResult,
    kpi_sample::KpiSample,
    objective::{Health, Objective},
    objective_tree::{self, Branch, Measured, Reported},
    progress,
};
use crate::resource::value::{Note, Number, Text, Title, Whole};
use crate::view::prelude::*;

/// A key result and how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyResultProgress {
    /// The key result.
    pub key_result_id: Id,
    /// What is measured.
    pub name: Title,
    /// Where it is in its lifecycle.
    pub state: Text<1, 40>,
    /// How much it weighs.
    pub weight: Number<0, 1000>,
    /// The latest value: of the KPI that it follows, else of its check-ins; null if there is none.
    pub value: Figure,
    /// When that was.
    pub checked_in_at: Option<Instant>,
    /// How sure one was then, from 0 to 10.
    pub confidence: Option<Whole<0, 10>>,
    /// How far it is, from 0 to 1; null if there is nothing to measure it by.
    pub progress: Figure,
    /// The value that it will have at the end of the cycle if it goes on so.
    pub forecast_value: Figure,
    /// How far it would be then.
    pub forecast_progress: Figure,
}

/// An objective under another one and how far it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChildProgress {
    /// The objective.
    pub objective_id: Id,
    /// What is to be achieved.
    pub name: Title,
    /// Where it is in its lifecycle.
    pub state: Text<1, 40>,
    /// How much it weighs.
    pub weight: Number<0, 1000>,
    /// How far it is, from 0 to 1; null if it has neither key results nor objectives under it.
    pub progress: Figure,
    /// How it stands in its own cycle, the owner's judgement first.
    pub health: Option<Health>,
    /// Whether it is reached.
    pub achieved: Option<bool>,
}

/// How far an objective is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectiveProgress {
    /// The objective.
    pub objective_id: Id,
    /// The last day that counts.
    pub as_of: Date,
    /// The share of its cycle that has passed at the end of that day.
    pub elapsed_share: Figure,
    /// Σ w·p / Σ w, from 0 to 1; null if it has neither key results nor objectives under it.
    pub progress: Figure,
    /// How it stands: the owner's judgement if there is one, else what progress and time say.
    pub health: Option<Health>,
    /// What progress and time say.
    pub computed_health: Option<Health>,
    /// Why the owner judges otherwise.
    pub health_override_reason: Option<Note>,
    /// Whether it is reached.
    pub achieved: Option<bool>,
    /// Its key results, in the order in which they were made.
    pub key_results: Vec<KeyResultProgress>,
    /// The objectives directly under it that are not cancelled, in the order in which they were made.
    pub children: Vec<ChildProgress>,
}

impl View for ObjectiveProgress {
    const PATH: &'static str = "strategy/objectives/{id}/progress";
    const SUMMARY: &'static str = "Get the progress of an objective";
    const DESCRIPTION: &'static str = "How far an objective is, how it stands against the time, and where its key results will end, over what you may see.\n\n\
        A key result is at p = clamp((value − baseline) / (target − baseline), 0, 1) by its latest check-in; one that is held in a range is at 1 inside it, \
        else at max(0, 1 − distance / tolerance). Its value is that of the latest check-in, or of the latest sample of the KPI that it follows; what was taken back does not count, and without a value it is null. \
        An objective is at Σ w·p / Σ w over its open and closed key results and the objectives under it that are not cancelled; \
        what is null leaves both sums, and null is what has neither.\n\n\
        With e, the share of the objective's own cycle that has passed at the end of the day, it is `on_track` at e − 0.10 or more, `at_risk` at e − 0.25 or more, \
        else `off_track`; the owner may judge otherwise, with a reason. It is achieved at 1 if committed, at 0.7 if aspirational. \
        The forecast is the line of least squares through all check-ins, at the end of the last day of the cycle; null with fewer than two.\n\n\
        With `as_of`, check-ins count up to and including that day; objectives and key results count as they are now.";
    type Reads = (Objective, KeyResult, CheckIn, IfPermitted<KpiSample>);
    type Query = AsOf;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let id = cx.id()?;
        let as_of = query.or_today(cx);
        let (_, objective) = cx.get_typed::<Objective>(id)?;
        let root = Some(id);
        let (branches, results) = (objective_tree::branches(cx, root)?, objective_tree::results(cx, root)?);
        let reported = objective_tree::reported(cx, root, as_of, (&branches, &results))?;
        let Some(root) = branches.iter().find(|branch| branch.id == id) else { return Err(Problem::not_found().into()) };
        let own = objective_tree::results_of(&results, |result| reported.get(&result.id).and_then(|all| all.last()).map(|(_, value, _)| *value));
        let weights = branches.iter().map(|branch| (branch.id, branch.weight)).collect();
        let found = progress::of_tree(id, &objective_tree::children(&branches), &weights, &own);
        let of = |branch: &Branch| found.get(&branch.id).copied().flatten();
        let elapsed = |branch: &Branch| progress::elapsed_share(branch.cycle.0, branch.cycle.1, as_of);
        let computed = |branch: &Branch| of(branch).map(|progress| progress::health(progress, elapsed(branch)));
        let achieved = |branch: &Branch| of(branch).map(|progress| progress::achieved(progress, branch.commitment));
        let below = branches.iter().filter(|branch| branch.id != id && branch.parent == Some(id)).map(|branch| ChildProgress {
            objective_id: branch.id,
            name: Title::cut(&branch.name),
            state: Text::cut(&branch.state),
            weight: Number(branch.weight),
            progress: Figure(of(branch)),
            health: branch.judged.or_else(|| computed(branch)),
            achieved: achieved(branch),
        });
        let none = Vec::new();
        let own = results.iter().filter(|result| result.objective == id);
        Ok(ObjectiveProgress {
            objective_id: id,
            as_of,
            elapsed_share: Figure(Some(elapsed(root))),
            progress: Figure(of(root)),
            health: root.judged.or_else(|| computed(root)),
            computed_health: computed(root),
            health_override_reason: objective.health_override_reason.clone(),
            achieved: achieved(root),
            key_results: own.map(|result| of_result(result, reported.get(&result.id).unwrap_or(&none), root.cycle.1)).collect(),
            children: below.collect(),
        })
    }
}

fn of_result(result: &Measured, reported: &[Reported], cycle_ends_on: Date) -> KeyResultProgress {
    let latest = reported.last();
    let value = latest.map(|(_, value, _)| *value);
    let forecast = objective_tree::forecast(reported, cycle_ends_on);
    KeyResultProgress {
        key_result_id: result.id,
        name: Title::cut(&result.name),
        state: Text::cut(&result.state),
        weight: Number(result.weight),
        value: Figure(value),
        checked_in_at: latest.map(|(at, _, _)| *at),
        confidence: latest.and_then(|(_, _, confidence)| *confidence).map(Whole),
        progress: Figure(progress::of_key_result(&result.gauge, value)),
        forecast_value: Figure(forecast),
        forecast_progress: Figure(forecast.and_then(|value| progress::of_key_result(&result.gauge, Some(value)))),
    }
}
