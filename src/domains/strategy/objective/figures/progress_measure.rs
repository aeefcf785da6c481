//! The measure of strategy: how far the objectives are that were committed to, against the time that has passed.

use crate::objective::{
    check_in::CheckIn,
    key_result::KeyResult,
    kpi_sample::KpiSample,
    objective::Objective,
    objective_tree::{self, Branch},
    progress,
};
use std::collections::{HashMap, HashSet};
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;

const UNIT: &str = "percent";

/// The measure.
#[derive(Debug)]
pub struct Progress;

impl View for Progress {
    const PATH: &'static str = "strategy/objective_progress";
    const FORMULA: &'static str = "Progress of the committed objectives of active cycles, each as in `/progress`, weighted by their weights; those under another of them count through it. \
        The plan is the elapsed share of their cycles, weighted alike. The forecast extends each key result to the end of its cycle on the line through its check-ins, or keeps its value with fewer than two.";
    type Reads = (IfPermitted<Objective>, IfPermitted<KeyResult>, IfPermitted<CheckIn>, IfPermitted<KpiSample>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, basis: Basis) -> Result<Measured> {
        let seen = cx.sees::<Objective>()?;
        if seen.is_nothing() || cx.sees::<KeyResult>()?.is_nothing() || cx.sees::<CheckIn>()?.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see objectives, key results and check-ins."));
        }
        let (branches, results) = (objective_tree::branches(&mut **cx, &seen, None)?, objective_tree::results(&mut **cx, None)?);
        let reported = objective_tree::reported(&mut **cx, None, basis.today, (&branches, &results))?;
        let ends: HashMap<Id, _> = branches.iter().map(|branch| (branch.id, branch.cycle.1)).collect();
        let checked_in = |result: &objective_tree::Measured| reported.get(&result.id).map_or(&[][..], Vec::as_slice);
        let value = |result: &objective_tree::Measured| checked_in(result).last().map(|(_, value, _)| *value);
        let ahead = |result: &objective_tree::Measured| ends.get(&result.objective).and_then(|end| objective_tree::forecast(result, checked_in(result), *end));
        let now = objective_tree::results_of(&results, value);
        let then = objective_tree::results_of(&results, |result| ahead(result).or_else(|| value(result)));
        let tops = tops(&branches);
        let (actual, forecast) = (of_tops(&branches, &tops, &now), of_tops(&branches, &tops, &then));
        let percent = |parts: Vec<(f64, Option<f64>)>| progress::weighted(parts).map(|share| share * 100.0);
        // The time of those counts of whose progress something is known.
        let known = tops.iter().zip(&actual).filter(|(_, (_, progress))| progress.is_some());
        let plan = percent(known.map(|(top, _)| (top.weight, Some(top.elapsed_share(basis.today)))).collect());
        let actual = percent(actual);
        let reason = match plan.zip(actual) {
            Some((plan, actual)) => {
                format!("{} at {actual:.1} % when {plan:.1} % of the time has passed.", so_many(tops.len(), "objective is", "objectives are"))
            }
            None if tops.is_empty() => "No objective that you may see is committed to in an active cycle.".into(),
            None => "None of the objectives that are committed to has key results.".into(),
        };
        Ok(Measured::of(UNIT, Sense::More, (plan, actual), percent(forecast), reason).and("objectives", "objectives", Some(tops.len() as f64)))
    }
}

/// The objectives that are committed to in an active cycle and are under no other such one.
fn tops(branches: &[Branch]) -> Vec<&Branch> {
    let counts = |branch: &&Branch| branch.state == "committed" && branch.active;
    let counted: HashSet<Id> = branches.iter().filter(counts).map(|branch| branch.id).collect();
    let parents: HashMap<Id, Option<Id>> = branches.iter().map(|branch| (branch.id, branch.parent)).collect();
    let under = |branch: &Branch| {
        let mut above = branch.parent;
        for _ in 0..branches.len() {
            match above {
                Some(id) if counted.contains(&id) => return true,
                Some(id) => above = parents.get(&id).copied().flatten(),
                None => return false,
            }
        }
        false
    };
    branches.iter().filter(counts).filter(|branch| !under(branch)).collect()
}

/// Weight and progress of each of some objectives, from the key results of their trees.
fn of_tops(branches: &[Branch], tops: &[&Branch], results: &HashMap<Id, Vec<(f64, Option<f64>)>>) -> Vec<(f64, Option<f64>)> {
    let children = objective_tree::children(branches);
    let weights = branches.iter().map(|branch| (branch.id, branch.weight)).collect();
    let of = |top: &&Branch| progress::of_tree(top.id, &children, &weights, results).remove(&top.id).flatten();
    tops.iter().map(|top| (top.weight, of(top))).collect()
}
