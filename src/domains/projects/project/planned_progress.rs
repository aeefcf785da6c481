//! What was to be done by a day of the projects that are carried out: their work and their baselines, read for all of them at once.

use super::{
    reach::covers_unit,
    status::{self, BaselineItem, Work},
    work_row::WorkRow,
};
use crate::schedule::{baseline::Baseline, frozen_item::FrozenItems, work_item::WorkItem};
use diesel::sql_types;
use std::collections::HashMap;
use steward_core::database::Narrowed;
use steward_core::view::prelude::*;
use steward_schema::projects::{baselines, projects, work_items};

/// What an item weighs, and its first and last day as they were planned.
pub type Planned = (f64, Option<Date>, Option<Date>);

/// Σ w·% / Σ w, where % is the share of the working days that have passed; none when no last day is planned.
pub fn planned_percent(items: &[Planned], today: Date) -> Option<f64> {
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
pub fn carried_out(reader: &mut Reader<'_>, seen: &Narrowed<projects::table>) -> Result<Vec<(Id, bool)>> {
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
pub fn work(reader: &mut Reader<'_>, projects_seen: &Narrowed<projects::table>) -> Result<HashMap<Id, Vec<Work>>> {
    let seen = reader.sees::<WorkItem>()?;
    let items = work_items::table.filter(work_items::project_id.eq_any(running(projects_seen))).filter(seen.clone()).order(work_items::id);
    let rows: Vec<(Id, WorkRow)> = items.select((work_items::project_id, WorkRow::as_select())).load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().map(|(project, row)| (project, row.into()))))
}

/// The items of the current baseline of each of the projects that are carried out, and how they were planned.
pub fn kept(reader: &mut Reader<'_>, projects_seen: &Narrowed<projects::table>) -> Result<HashMap<Id, (Vec<BaselineItem>, HashMap<Id, Planned>)>> {
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
