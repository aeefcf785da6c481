//! The performance of a project: the budget, the plan and the recorded progress of its work, and its cost from the ledger.

use crate::domains::projects::project::project::Project;
use crate::domains::projects::project::status::{self, BaselineItem};
use crate::domains::projects::schedule::baseline::Baseline;
use crate::domains::projects::schedule::earned_value::{Budgeted, earned_schedule, planned_value, recorded_percent};
use crate::domains::projects::schedule::frozen_item::FrozenItem;
use crate::domains::projects::schedule::plan::{PlannedItem, day_number, project_time};
use crate::domains::projects::schedule::progress_record::ProgressRecord;
use crate::domains::projects::schedule::work_item::{ProgressMethod, WorkItem};
use crate::domains::projects::schedule::work_time::WorkTime;
use crate::error::Result;
use crate::ports::ledger::{self, ProjectCost};
use crate::resource::Id;
use crate::resource::value::{Currency, Date, Money};
use crate::store::Reader;
use crate::view::grouped;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_schema::projects::{baselines, progress_records, time_entries, work_items};

/// What earned value is computed from.
#[derive(Debug)]
pub struct Performance {
    /// The baseline that was in force; none if the plan as it is now stands for it.
    pub baseline: Option<Id>,
    /// The currency of the budgets; none if there are none, or several.
    pub currency: Option<Currency>,
    /// The working time of the project.
    pub time: WorkTime,
    /// The work with its budget, in the order of the budgets below.
    pub work: Vec<Id>,
    /// The budgets of that work.
    pub budgets: Vec<Budgeted>,
    /// The cost that the ledger has booked; none if the reader may not read it.
    pub costs: Option<Vec<ProjectCost>>,
    /// What is promised and not yet spent, in minor units; none if it is not known.
    pub committed: Option<i64>,
    /// True if a part of the cost is out of sight.
    pub partial: bool,
    items: HashMap<Id, PlannedItem>,
    children: HashMap<Id, Vec<Id>>,
    records: HashMap<Id, Vec<(i64, f64)>>,
}

impl Performance {
    /// That of a project, with the baseline in force on a day.
    pub fn of(reader: &mut Reader<'_>, id: Id, as_of: Date) -> Result<Performance> {
        let (_, project) = reader.get_typed::<Project>(id)?;
        let items = items(reader, id)?;
        let (baseline, planned) = match in_force(reader, id, as_of)? {
            Some((baseline, frozen)) => (Some(baseline), frozen_budgets(&frozen)),
            None => (None, plan_budgets(&items)),
        };
        let mut currencies: Vec<Currency> = planned.iter().filter_map(|(_, cost, _)| cost.as_ref().map(|cost| cost.currency)).collect();
        currencies.sort_by_key(|currency| currency.code());
        currencies.dedup();
        let currency = currencies.first().copied().filter(|_| currencies.len() == 1);
        let budgeted = |cost: &Option<Money>, (starts, ends): (Option<Date>, Option<Date>)| Budgeted {
            budget: cost.as_ref().map_or(0.0, |cost| cost.minor as f64),
            starts: starts.map(day_number),
            ends: ends.map(day_number),
        };
        let (costs, partial) = costs(reader, id)?;
        let committed = reader.ask(|check| ledger::open_commitments(check, id))?;
        let in_currency = |money: &Money| currency == Some(money.currency);
        let committed = committed.iter().all(in_currency).then(|| committed.iter().map(|money| money.minor).sum());
        let children = grouped(items.iter().filter(|item| item.state != "cancelled").filter_map(|item| Some((item.parent_id?, item.id))));
        Ok(Performance {
            baseline,
            currency,
            time: project_time(reader, &project)?,
            work: planned.iter().map(|(id, ..)| *id).collect(),
            budgets: planned.iter().map(|(_, cost, days)| budgeted(cost, *days)).collect(),
            costs: costs.filter(|costs| costs.iter().all(|cost| in_currency(&cost.amount))),
            committed,
            partial,
            records: records(reader, id)?,
            children,
            items: items.into_iter().map(|item| (item.id, item)).collect(),
        })
    }

    /// The budget at completion, in minor units.
    pub fn budget(&self) -> f64 {
        self.budgets.iter().map(|each| each.budget).sum()
    }

    /// Planned value at the end of a day.
    pub fn planned(&self, day: i64) -> f64 {
        planned_value(&self.time, &self.budgets, day)
    }

    /// Earned value at the end of a day.
    pub fn earned(&self, as_of: Date) -> f64 {
        self.work.iter().zip(&self.budgets).map(|(id, budget)| budget.budget * self.percent(*id, as_of) / 100.0).sum()
    }

    /// The cost booked until a day, in minor units.
    pub fn cost(&self, as_of: Date) -> Option<f64> {
        self.costs.as_ref().map(|costs| costs.iter().filter(|cost| cost.posted_on <= as_of).map(|cost| cost.amount.minor as f64).sum())
    }

    /// The first and the last day of the plan; none where it has no dates.
    pub fn span(&self) -> Option<(i64, i64)> {
        let last = self.budgets.iter().filter_map(|each| each.ends).max()?;
        let first = self.budgets.iter().filter_map(|each| each.starts.or(each.ends)).min()?;
        Some((first, last))
    }

    /// Earned schedule and actual time in working days since the first day of the plan.
    pub fn earned_schedule(&self, as_of: Date) -> Option<(f64, i64)> {
        let (first, last) = self.span()?;
        let mut days: Vec<i64> = (first..=last.min(first + LONGEST_DAYS)).filter(|day| self.time.on(*day) > 0).collect();
        if days.last() != Some(&last) {
            days.push(last);
        }
        let planned = |period: i64| usize::try_from(period - 1).ok().and_then(|at| days.get(at)).map_or(0.0, |day| self.planned(*day));
        let earned = earned_schedule(planned, i64::try_from(days.len()).unwrap_or(0), self.earned(as_of))?;
        let done = self.work.iter().all(|id| self.percent(*id, as_of) >= 100.0);
        let finished = || self.work.iter().filter_map(|id| self.items.get(id)?.actual_ends_on).max();
        let until = if done { finished().map_or(as_of, |finished| finished.min(as_of)) } else { as_of };
        Some((earned, self.time.days_between(first - 1, day_number(until)).max(0)))
    }

    /// The percent complete of work at the end of a day: by its records, or by what lies in it now.
    fn percent(&self, id: Id, as_of: Date) -> f64 {
        match self.children.get(&id) {
            Some(children) => {
                let weight = |child: &Id| self.items.get(child).and_then(|item| item.effort_hours).unwrap_or(1.0);
                let total: f64 = children.iter().map(weight).sum();
                let done: f64 = children.iter().map(|child| weight(child) * self.percent(*child, as_of)).sum();
                if total > 0.0 { done / total } else { 0.0 }
            }
            None => self.items.get(&id).map_or(0.0, |item| self.own_percent(item, as_of)),
        }
    }

    fn own_percent(&self, item: &PlannedItem, as_of: Date) -> f64 {
        let work = item.work();
        match self.records.get(&item.id) {
            _ if item.progress_method == ProgressMethod::LevelOfEffort => work.percent_done(as_of),
            Some(records) => recorded_percent(records, day_number(as_of)),
            None => work.percent_done(as_of),
        }
    }
}

/// The days over which earned schedule is looked for.
const LONGEST_DAYS: i64 = 40_000;

/// Work with its budget, and its first and last day.
type Planned = (Id, Option<Money>, (Option<Date>, Option<Date>));

fn frozen_budgets(frozen: &[FrozenItem]) -> Vec<Planned> {
    let kept: Vec<BaselineItem> =
        frozen.iter().map(|item| BaselineItem { id: item.work_item_id, parent: item.parent_id, ends_on: item.ends_on, cost: None }).collect();
    let leaves: Vec<Id> = status::kept_leaves(&kept).iter().map(|item| item.id).collect();
    let leaves: HashSet<Id> = leaves.into_iter().collect();
    let fitting = frozen.iter().filter(|item| leaves.contains(&item.work_item_id));
    fitting.map(|item| (item.work_item_id, item.cost, (item.starts_on, item.ends_on))).collect()
}

fn plan_budgets(items: &[PlannedItem]) -> Vec<Planned> {
    let work: Vec<status::Work> = items.iter().map(PlannedItem::work).collect();
    let leaves: HashSet<Id> = status::leaves(&work).iter().map(|item| item.id).collect();
    let fitting = items.iter().filter(|item| leaves.contains(&item.id));
    fitting.map(|item| (item.id, item.budget_at_completion, (item.starts_on, item.ends_on))).collect()
}

fn items(reader: &mut Reader<'_>, project: Id) -> Result<Vec<PlannedItem>> {
    let seen = reader.sees::<WorkItem>()?;
    let query = work_items::table.filter(work_items::project_id.eq(project)).filter(seen.clone()).order(work_items::id);
    Ok(query.select(PlannedItem::as_select()).load(reader.within(&seen))?)
}

/// The baseline that was in force on a day: the last that was taken until then, else the first.
fn in_force(reader: &mut Reader<'_>, project: Id, as_of: Date) -> Result<Option<(Id, Vec<FrozenItem>)>> {
    let seen = reader.sees::<Baseline>()?;
    let used = baselines::table.filter(baselines::project_id.eq(project)).filter(baselines::state.eq_any(["current", "superseded"]));
    let query = used.filter(seen.clone()).order(baselines::id).select((baselines::id, baselines::baselined_on));
    let mut taken: Vec<(Id, Option<Date>)> = query.load(reader.within(&seen))?;
    taken.sort_by_key(|(id, on)| (*on, *id));
    let last = taken.iter().rev().find(|(_, on)| on.is_none_or(|on| on <= as_of)).or(taken.first());
    let Some((id, _)) = last else { return Ok(None) };
    let (_, baseline) = reader.get_typed::<Baseline>(*id)?;
    Ok(Some((*id, baseline.items.0)))
}

/// The recorded progress of the work of a project, in order.
fn records(reader: &mut Reader<'_>, project: Id) -> Result<HashMap<Id, Vec<(i64, f64)>>> {
    let seen = reader.sees::<ProgressRecord>()?;
    let own = work_items::table.filter(work_items::project_id.eq(project)).select(work_items::id);
    let query = progress_records::table.filter(progress_records::work_item_id.eq_any(own)).filter(seen.clone());
    let columns = (progress_records::work_item_id, progress_records::recorded_on, progress_records::progress_percent);
    let order = (progress_records::recorded_on, progress_records::id);
    let rows: Vec<(Id, Date, f64)> = query.order(order).select(columns).load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().map(|(item, on, percent)| (item, (day_number(on), percent)))))
}

/// The cost of a project from the ledger, of what the reader may see, and whether there is more.
fn costs(reader: &mut Reader<'_>, project: Id) -> Result<(Option<Vec<ProjectCost>>, bool)> {
    let Some(entries) = reader.store.definitions.get("finance/cost-entries") else { return Ok((None, false)) };
    if !reader.session.reach(&entries.permission("read")).beyond_own() {
        return Ok((None, true));
    }
    let own = time_entries::table.inner_join(work_items::table).filter(work_items::project_id.eq(project)).select(time_entries::id);
    let hours: Vec<Id> = own.load(reader.unscoped("hours only lead to cost entries, which are narrowed to what the session sees"))?;
    let costs = reader.ask(|check| ledger::project_costs(check, project, &hours))?;
    let ids: Vec<Id> = costs.iter().map(|cost| cost.entry).collect();
    let visible: HashSet<Id> = reader.find_all(entries, &ids)?.into_iter().map(|stored| stored.meta.id).collect();
    let partial = visible.len() < costs.len();
    Ok((Some(costs.into_iter().filter(|cost| visible.contains(&cost.entry)).collect()), partial))
}
