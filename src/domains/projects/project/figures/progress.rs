//! The measure of projects: how much of the work was to be done by now, and how much of it is earned.

use crate::project::{
    planned_progress::{Planned, carried_out, kept, planned_percent, work},
    project::Project,
    status,
};
use crate::schedule::{baseline::Baseline, work_item::WorkItem};
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;

const UNIT: &str = "percent";

/// The measure.
#[derive(Debug)]
pub struct Progress;

impl View for Progress {
    const PATH: &'static str = "projects/earned_progress";
    const FORMULA: &'static str = "Over the projects that are executing, on hold or closing, weighed by the effort of their work: actual is what is done of it, as `/status` of each gives it. \
        The plan is the share of the work that was to be done by today, Σ w·% / Σ w over the items of the current baseline, or over the work itself where there is none, \
        with % the share of an item's working days that have passed; an item without a last day counts as one that ends with the latest. \
        Projects of which one of both is not known, or whose work you may not see in full, are left out. The forecast is where it would be when all was to be done: actual ÷ plan · 100, at most 100.";
    type Reads = (IfPermitted<Project>, IfPermitted<WorkItem>, IfPermitted<Baseline>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, basis: Basis) -> Result<Measured> {
        let seen = cx.sees::<Project>()?;
        if seen.is_nothing() || cx.sees::<WorkItem>()?.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see projects and their work."));
        }
        let projects = carried_out(cx, &seen)?;
        if !projects.is_empty() && !projects.iter().any(|(_, whole)| *whole) {
            return Ok(Measured::unknown(UNIT, "You may not see all work of any project that is carried out."));
        }
        let (work, kept) = (work(cx, &seen)?, kept(cx, &seen)?);
        let (mut weight, mut planned, mut earned, mut behind, mut known) = (0.0, 0.0, 0.0, 0usize, 0usize);
        for (id, _) in projects.iter().filter(|(_, whole)| *whole) {
            let Some(work) = work.get(id) else { continue };
            let leaves = status::leaves(work);
            let then: Vec<Planned> = match kept.get(id) {
                Some(kept) => status::kept_leaves(&kept.0).iter().filter_map(|item| kept.1.get(&item.id).copied()).collect(),
                None => leaves.iter().map(|item| (item.weight(), item.starts_on, item.ends_on.or(item.deadline_on))).collect(),
            };
            let (Some(plan), Some(actual)) = (planned_percent(&then, basis.today), status::progress(&leaves, basis.today)) else { continue };
            let own: f64 = leaves.iter().map(|item| item.weight()).sum();
            weight += own;
            planned += own * plan;
            earned += own * actual;
            known += 1;
            behind += usize::from(Sense::More.kept(plan, actual) < 0.95);
        }
        if known == 0 {
            return Ok(Measured::unknown(UNIT, "No project that you may see is carried out and has work with dates."));
        }
        let (plan, actual) = (planned / weight, earned / weight);
        let forecast = (plan > 0.0).then(|| (actual / plan * 100.0).min(100.0));
        let reason =
            format!("{actual:.1} % of the work is done, {plan:.1} % was planned; {behind} of {} behind.", so_many(known, "project is", "projects are"));
        let told = Measured::of(UNIT, Sense::More, (Some(plan), Some(actual)), forecast, reason);
        Ok(told.and("projects_behind", "projects", Some(behind as f64)).and("projects_left_out", "projects", Some((projects.len() - known) as f64)))
    }
}
