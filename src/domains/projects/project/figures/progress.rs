//! The measure of projects: how much of the work was to be done by now, and how much of it is earned.

use super::project_status::WorkRow;
use crate::project::{
    project::Project,
    reach::covers_unit,
    status::{self, BaselineItem, Work},
};
use crate::schedule::{baseline::Baseline, frozen_item::FrozenItems, work_item::WorkItem};
use diesel::sql_types;
use std::collections::HashMap;
use steward_core::database::Narrowed;
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;
use steward_schema::projects::{baselines, projects, work_items};

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

/// What an item weighs, and its first and last day as they were planned.
type Planned = (f64, Option<Date>, Option<Date>);

/// Σ w·% / Σ w, where % is the share of the working days that have passed; none when no last day is planned.
fn planned_percent(items: &[Planned], today: Date) -> Option<f64> {
    let last = items.iter().filter_map(|(_, _, ends)| *ends).max()?;
    let weight: f64 = items.iter().map(|(weight, ..)| weight).sum();
    let done = items.iter().map(|(weight, starts, ends)| weight * status::passed_percent(*starts, ends.unwrap_or(last), today)).sum::<f64>();
    (weight > 0.0).then(|| done / weight)
}

/// The projects in sight that are carried out.
fn running(seen: &Narrowed<projects::table>) -> projects::BoxedQuery<'static, Dialect, sql_types::Uuid> {
    projects::table.filter(projects::state.eq_any(["executing", "on_hold", "closing"])).filter(seen.clone()).select(projects::id).into_boxed()
}

/// The projects that are carried out, each with whether its work is in sight in full.
fn carried_out(reader: &mut Reader<'_>, seen: &Narrowed<projects::table>) -> Result<Vec<(Id, bool)>> {
    let running = projects::table.filter(projects::id.eq_any(running(seen))).select((projects::id, projects::unit_id));
    let rows: Vec<(Id, Id)> = running.load(reader.within(seen))?;
    let mut units: HashMap<Id, bool> = HashMap::new();
    for (_, unit) in &rows {
        if !units.contains_key(unit) {
            units.insert(*unit, covers_unit::<WorkItem>(reader, Some(*unit))?);
        }
    }
    Ok(rows.into_iter().map(|(id, unit)| (id, units.get(&unit) == Some(&true))).collect())
}

/// The work of each of the projects that are carried out.
fn work(reader: &mut Reader<'_>, projects_seen: &Narrowed<projects::table>) -> Result<HashMap<Id, Vec<Work>>> {
    let seen = reader.sees::<WorkItem>()?;
    let items = work_items::table.filter(work_items::project_id.eq_any(running(projects_seen))).filter(seen.clone()).order(work_items::id);
    let rows: Vec<(Id, WorkRow)> = items.select((work_items::project_id, WorkRow::as_select())).load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().map(|(project, row)| (project, row.into()))))
}

/// The items of the current baseline of each of the projects that are carried out, and how they were planned.
fn kept(reader: &mut Reader<'_>, projects_seen: &Narrowed<projects::table>) -> Result<HashMap<Id, (Vec<BaselineItem>, HashMap<Id, Planned>)>> {
    let seen = reader.sees::<Baseline>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let current = baselines::table.filter(baselines::state.eq("current")).filter(baselines::project_id.eq_any(running(projects_seen)));
    let query = current.filter(seen.clone()).order(baselines::id).select((baselines::project_id, baselines::items));
    let rows: Vec<(Id, FrozenItems)> = query.load(reader.within(&seen))?;
    let split = |(project, items): (Id, FrozenItems)| {
        let kept = items.0.iter().map(|item| BaselineItem { id: item.work_item_id, parent: item.parent_id, ends_on: item.ends_on, cost: None }).collect();
        let planned = items.0.iter().map(|item| (item.work_item_id, (item.weight(), item.starts_on, item.ends_on)));
        (project, (kept, planned.collect()))
    };
    Ok(rows.into_iter().map(split).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_is_what_was_to_be_done_by_today() {
        let day = |text: &str| Date::parse(text);
        let today = day("2026-06-15").unwrap();
        // Of 8 to 19 June six of ten working days have passed; the second is over, the third without a first day is to come.
        let items =
            [(20.0, day("2026-06-08"), day("2026-06-19")), (10.0, None, day("2026-06-12")), (10.0, None, day("2026-07-01")), (8.0, day("2026-06-16"), None)];
        // By hand: (20 · 60 + 10 · 100) / 48.
        assert!(planned_percent(&items, today).is_some_and(|percent| (percent - 2200.0 / 48.0).abs() < 1e-9));
        assert_eq!(planned_percent(&[(1.0, day("2026-06-08"), None)], today), None);
        assert_eq!(planned_percent(&[], today), None);
    }
}
