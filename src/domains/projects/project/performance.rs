//! The performance of a project: the budget, the plan and the recorded progress of its work, and its cost from the ledger.

use crate::project::project::Project;
use crate::project::reach::covers;
use crate::project::status::{self, BaselineItem};
use crate::schedule::baseline::Baseline;
use crate::schedule::earned_value::{Budgeted, earned_schedule, planned_value, recorded_percent};
use crate::schedule::frozen_item::FrozenItem;
use crate::schedule::plan::{PlannedItem, day_number, project_time};
use crate::schedule::progress_record::ProgressRecord;
use crate::schedule::work_item::{ProgressMethod, WorkItem};
use crate::schedule::work_time::WorkTime;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::error::Result;
use steward_core::ports::ledger::{self, ProjectCost};
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Money};
use steward_core::store::Reader;
use steward_core::view::grouped;
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
    /// True if a part of the cost, of the work or of its progress is out of sight.
    pub partial: bool,
    records: HashMap<Id, Vec<(i64, f64)>>,
    /// The first and last day of work whose progress time alone tells.
    level: HashMap<Id, (Option<Date>, Date)>,
}

impl Performance {
    /// That of a project, with the baseline in force on a day.
    pub fn of(reader: &mut Reader<'_>, id: Id, as_of: Date) -> Result<Performance> {
        let (stored, project) = reader.get_typed::<Project>(id)?;
        let part = !covers::<WorkItem>(reader, &stored)? || !covers::<ProgressRecord>(reader, &stored)?;
        let items = items(reader, id)?;
        let (baseline, planned) = match in_force(reader, id, as_of)? {
            Some((baseline, frozen)) => (Some(baseline), frozen_budgets(&frozen, &items)),
            None => (None, plan_budgets(&items)),
        };
        let mut currencies: Vec<Currency> = planned.iter().filter_map(|work| Some(work.cost?.currency)).collect();
        currencies.sort_by_key(|currency| currency.code());
        currencies.dedup();
        let currency = currencies.first().copied().filter(|_| currencies.len() == 1);
        let budgeted = |work: &Planned| Budgeted {
            budget: work.cost.map_or(0.0, |cost| cost.minor as f64),
            starts: work.days.0.map(day_number),
            ends: work.days.1.map(day_number),
        };
        let level = |work: &Planned| Some((work.id, (work.days.0, work.days.1?)));
        let (costs, partial) = costs(reader, id)?;
        let committed = reader.ask(|check| ledger::open_commitments(check, id))?;
        let in_currency = |money: &Money| currency == Some(money.currency);
        let committed = committed.iter().all(in_currency).then(|| committed.iter().map(|money| money.minor).sum());
        Ok(Performance {
            baseline,
            currency,
            time: project_time(reader, &project)?,
            work: planned.iter().map(|work| work.id).collect(),
            budgets: planned.iter().map(budgeted).collect(),
            costs: costs.filter(|costs| costs.iter().all(|cost| in_currency(&cost.amount))),
            committed,
            partial: partial || part,
            records: records(reader, id)?,
            level: planned.iter().filter(|work| work.method == ProgressMethod::LevelOfEffort).filter_map(level).collect(),
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
        let today = day_number(as_of);
        let finished = || self.work.iter().filter_map(|id| self.finished(*id, today)).max();
        let until = if done { finished().unwrap_or(today) } else { today };
        Some((earned, self.time.days_between(first - 1, until).max(0)))
    }

    /// The percent complete of work at the end of a day: by its records until then, or by the time that had passed of it. What lies in it by now has
    /// its say through the records that the service keeps of summaries.
    fn percent(&self, id: Id, as_of: Date) -> f64 {
        let recorded = self.records.get(&id).map_or(0.0, |records| recorded_percent(records, day_number(as_of)));
        let passed = self.level.get(&id).map_or(0.0, |(starts, ends)| status::passed_percent(*starts, *ends, as_of));
        recorded.max(passed)
    }

    /// The day until a day on which work was finished: that of the record since which all of it is done, or its last day where time alone tells it.
    fn finished(&self, id: Id, until: i64) -> Option<i64> {
        let records = self.records.get(&id).map_or(&[] as &[(i64, f64)], Vec::as_slice);
        let mut known = records.iter().rev().skip_while(|(on, _)| *on > until).take_while(|(_, percent)| *percent >= 100.0);
        let recorded = known.by_ref().last().map(|(on, _)| *on);
        let passed = self.level.get(&id).map(|(_, ends)| day_number(*ends)).filter(|ends| *ends <= until);
        recorded.into_iter().chain(passed).min()
    }
}

/// The days over which earned schedule is looked for.
const LONGEST_DAYS: i64 = 40_000;

/// Work with its budget, its first and last day, and how its progress is told, as it was planned.
struct Planned {
    id: Id,
    cost: Option<Money>,
    days: (Option<Date>, Option<Date>),
    method: ProgressMethod,
}

/// The work of a baseline that had nothing in it then: its tree, budgets, days and methods are those of the baseline. A baseline that does not tell
/// the method takes that of now.
fn frozen_budgets(frozen: &[FrozenItem], items: &[PlannedItem]) -> Vec<Planned> {
    let kept: Vec<BaselineItem> =
        frozen.iter().map(|item| BaselineItem { id: item.work_item_id, parent: item.parent_id, ends_on: item.ends_on, cost: None }).collect();
    let leaves: HashSet<Id> = status::kept_leaves(&kept).iter().map(|item| item.id).collect();
    let now: HashMap<Id, ProgressMethod> = items.iter().map(|item| (item.id, item.progress_method)).collect();
    let method = |item: &FrozenItem| item.progress_method.or_else(|| now.get(&item.work_item_id).copied()).unwrap_or(ProgressMethod::Percent);
    let fitting = frozen.iter().filter(|item| leaves.contains(&item.work_item_id));
    fitting.map(|item| Planned { id: item.work_item_id, cost: item.cost, days: (item.starts_on, item.ends_on), method: method(item) }).collect()
}

fn plan_budgets(items: &[PlannedItem]) -> Vec<Planned> {
    let work: Vec<status::Work> = items.iter().map(PlannedItem::work).collect();
    let leaves: HashSet<Id> = status::leaves(&work).iter().map(|item| item.id).collect();
    let fitting = items.iter().filter(|item| leaves.contains(&item.id));
    fitting.map(|item| Planned { id: item.id, cost: item.budget_at_completion, days: (item.starts_on, item.ends_on), method: item.progress_method }).collect()
}

fn items(reader: &mut Reader<'_>, project: Id) -> Result<Vec<PlannedItem>> {
    let seen = reader.sees::<WorkItem>()?;
    let query = work_items::table.filter(work_items::project_id.eq(project)).filter(seen.clone()).order(work_items::id);
    Ok(query.select(PlannedItem::as_select()).load(reader.within(&seen))?)
}

/// The baseline that was in force on a day: the last that was taken until then; none before the first.
fn in_force(reader: &mut Reader<'_>, project: Id, as_of: Date) -> Result<Option<(Id, Vec<FrozenItem>)>> {
    let seen = reader.sees::<Baseline>()?;
    let used = baselines::table.filter(baselines::project_id.eq(project)).filter(baselines::state.eq_any(["current", "superseded"]));
    let query = used.filter(seen.clone()).order(baselines::id).select((baselines::id, baselines::baselined_on));
    let mut taken: Vec<(Id, Option<Date>)> = query.load(reader.within(&seen))?;
    taken.sort_by_key(|(id, on)| (*on, *id));
    let last = taken.iter().rev().find(|(_, on)| on.is_none_or(|on| on <= as_of));
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
