//! The plan of a project as its work and its dependencies give it, over what the reader may see.

use super::finished_work::is_finished;
use super::network::{Link, Plan, Predecessor, Task};
use super::outside_event::{self, Occurrence};
use super::simulation::Estimate;
use super::work_dependency::{WorkDependency, WorkDependencyKind};
use super::work_item::{Constraint, ProgressMethod, WorkItem, WorkKind, WorkStep};
use super::work_time::{HOUR, WorkTime};
use crate::project::project::Project;
use crate::project::reach::covers;
use crate::project::status::Work;
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::{CHUNK, Dialect};
use steward_core::error::{Problem, Result};
use steward_core::ports::working_time::{self, WorkingHours};
use steward_core::resource::value::{Currency, Date, Money};
use steward_core::resource::{Id, Resource, Stored};
use steward_core::store::Reader;
use steward_schema::projects::{work_dependencies, work_items};
use steward_schema::service::registry;

/// The days from 1970-01-01 to a day.
pub fn day_number(date: Date) -> i64 {
    (date.0 - NaiveDate::default()).num_days()
}

/// The day so many days after 1970-01-01; none beyond the days that are taken.
pub fn date_of(day: i64) -> Option<Date> {
    let after = NaiveDate::default().checked_add_days(Days::new(u64::try_from(day).unwrap_or(0)));
    let before = NaiveDate::default().checked_sub_days(Days::new(day.unsigned_abs()));
    if day < 0 { before } else { after }.and_then(Date::within)
}

/// The plan of a project, and what it is made of.
#[derive(Debug)]
pub struct ProjectPlan {
    /// The plan.
    pub plan: Plan,
    /// The work that is not cancelled, in the order of its WBS codes and of the tasks of the plan.
    pub items: Vec<PlannedItem>,
    /// What each link of the plan leads from.
    pub predecessors: Vec<Id>,
    /// The work that waits for something without a date, and what people call that.
    pub undated: Vec<(usize, String)>,
    /// True if the reader may not see all work, or something that the work waits for.
    pub partial: bool,
}

/// What a plan takes of a work item.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = work_items, check_for_backend(Dialect))]
#[allow(missing_docs)]
pub struct PlannedItem {
    pub id: Id,
    pub parent_id: Option<Id>,
    pub wbs_code: String,
    pub wbs_code_order: String,
    pub name: String,
    pub state: String,
    pub kind: WorkKind,
    pub calendar_id: Option<Id>,
    pub duration_hours: Option<f64>,
    pub effort_hours: Option<f64>,
    pub remaining_hours: Option<f64>,
    pub optimistic_hours: Option<f64>,
    pub most_likely_hours: Option<f64>,
    pub pessimistic_hours: Option<f64>,
    pub constraint_kind: Constraint,
    pub constraint_on: Option<Date>,
    pub deadline_on: Option<Date>,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub progress_method: ProgressMethod,
    pub progress_percent: f64,
    pub steps: Vec<WorkStep>,
    pub actual_starts_on: Option<Date>,
    pub actual_ends_on: Option<Date>,
    #[diesel(select_expression = (work_items::budget_at_completion_amount, work_items::budget_at_completion_currency))]
    pub budget_at_completion: Option<Money>,
}

impl PlannedItem {
    /// Its three-point estimate; none unless all three are told.
    pub fn estimate(&self) -> Option<Estimate> {
        let seconds = |hours: Option<f64>| hours.map(|hours| hours * HOUR as f64);
        Some(Estimate {
            optimistic: seconds(self.optimistic_hours)?,
            most_likely: seconds(self.most_likely_hours)?,
            pessimistic: seconds(self.pessimistic_hours)?,
        })
    }

    /// The same for the calculation of its progress.
    pub fn work(&self) -> Work {
        let cost = |cost: &Money| -> (Currency, i64) { (cost.currency, cost.minor) };
        Work {
            id: self.id,
            parent: self.parent_id,
            state: self.state.clone(),
            kind: self.kind,
            method: self.progress_method,
            effort_hours: self.effort_hours,
            percent: self.progress_percent,
            steps: self.steps.iter().map(|step| (step.weight_percent.0, step.done)).collect(),
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            deadline_on: self.deadline_on,
            actual_starts_on: self.actual_starts_on,
            actual_ends_on: self.actual_ends_on,
            cost: self.budget_at_completion.as_ref().map(cost),
        }
    }

    /// True if it is finished: done, or with an actual end whatever its state.
    pub fn is_finished(&self) -> bool {
        is_finished(&self.state, self.actual_ends_on)
    }

    /// The day on which it was finished, if that is not after a day: its actual end whatever its state; where that is not told and it is done, its
    /// planned one.
    fn finished(&self, data_date: Date) -> Option<Date> {
        let planned = || (self.state == "done").then(|| self.ends_on.map_or(data_date, |ends| ends.min(data_date)));
        self.actual_ends_on.or_else(planned).filter(|day| *day <= data_date)
    }

    /// The day on which it was started, if that is not after a day.
    fn started(&self, data_date: Date) -> Option<Date> {
        let effort = self.progress_method == ProgressMethod::LevelOfEffort && self.starts_on.is_some();
        let begun = effort || matches!(self.state.as_str(), "in_progress" | "review" | "blocked" | "done");
        let planned = || begun.then(|| self.starts_on.filter(|starts| effort || *starts <= data_date).unwrap_or(data_date));
        self.actual_starts_on.or_else(planned).filter(|day| *day <= data_date)
    }

    /// Its duration in seconds of its calendar: as it is told, else between its dates, else its effort.
    fn duration(&self, time: &WorkTime) -> i64 {
        let hours = |hours: f64| (hours * HOUR as f64).round() as i64;
        match (self.kind, self.duration_hours, self.starts_on.zip(self.ends_on)) {
            (WorkKind::Milestone, ..) => 0,
            (_, Some(told), _) => hours(told),
            (_, None, Some((starts, ends))) => time.before(day_number(ends) + 1) - time.before(day_number(starts)),
            (_, None, None) => self.effort_hours.map_or(0, hours),
        }
    }

    /// The part of its duration that is left: by its remaining work, else by its progress.
    fn remaining(&self, duration: i64, data_date: Date) -> i64 {
        let left = match (self.remaining_hours, self.effort_hours.filter(|effort| *effort > 0.0)) {
            (Some(remaining), Some(effort)) => duration as f64 * remaining / effort,
            (Some(remaining), None) => remaining * HOUR as f64,
            (None, _) => duration as f64 * (1.0 - self.work().percent_done(data_date) / 100.0),
        };
        (left.round() as i64).max(0)
    }

    fn task(&self, parent: Option<usize>, calendar: usize, time: &WorkTime, data_date: Date) -> Task {
        let duration = self.duration(time);
        let finished = self.finished(data_date);
        let started = self.started(data_date).or(finished).map(|started| finished.map_or(started, |finished| started.min(finished)));
        // Work without a duration keeps the dates that were typed.
        let typed = self.duration_hours.is_none();
        Task {
            parent,
            calendar,
            duration,
            remaining: self.remaining(duration, data_date),
            constraint: self.constraint_kind,
            constraint_day: self.constraint_on.map(day_number),
            not_before: self.starts_on.filter(|_| typed).map(day_number),
            not_done_before: self.ends_on.filter(|_| typed).map(day_number),
            started: started.map(day_number),
            finished: finished.map(day_number),
        }
    }
}

/// The plan of a project as of a data date.
pub fn plan_of(reader: &mut Reader<'_>, stored: &Stored, project: &Project, data_date: Date) -> Result<ProjectPlan> {
    let id = stored.meta.id;
    let partial = !covers::<WorkItem>(reader, stored)? || !covers::<WorkDependency>(reader, stored)?;
    let seen = reader.sees::<WorkItem>()?;
    let query = work_items::table.filter(work_items::project_id.eq(id)).filter(work_items::state.ne("cancelled")).filter(seen.clone());
    let mut items: Vec<PlannedItem> = query.select(PlannedItem::as_select()).load(reader.within(&seen))?;
    items.sort_by(|one, other| (&one.wbs_code_order, one.id).cmp(&(&other.wbs_code_order, other.id)));
    let calendars = Calendars::of(reader, project, &items)?;
    let places: HashMap<Id, usize> = items.iter().enumerate().map(|(at, item)| (item.id, at)).collect();
    let task = |item: &PlannedItem| {
        let calendar = calendars.place(item.calendar_id);
        item.task(item.parent_id.and_then(|parent| places.get(&parent).copied()), calendar, &calendars.times[calendar], data_date)
    };
    let tasks = items.iter().map(task).collect();
    let first_day = day_number(project.starts_on.unwrap_or(data_date));
    let plan = Plan { calendars: calendars.times.clone(), tasks, links: Vec::new(), first_day, data_day: day_number(data_date) };
    let mut planned = ProjectPlan { plan, items, predecessors: Vec::new(), undated: Vec::new(), partial };
    planned.link(reader, id, &places)?;
    Ok(planned)
}

/// The working time of a project.
pub fn project_time(reader: &mut Reader<'_>, project: &Project) -> Result<WorkTime> {
    Ok(Calendars::of(reader, project, &[])?.times.swap_remove(0))
}

/// The working time of the organisation.
pub fn usual_time(reader: &mut Reader<'_>) -> Result<WorkTime> {
    let usual = reader.ask(working_time::usual)?;
    Ok(Calendars::load(reader, usual, &[])?.times.swap_remove(0))
}

/// The working time of a calendar.
pub fn time_of(hours: WorkingHours) -> WorkTime {
    WorkTime::new(hours.week, hours.exceptions.into_iter().map(|(on, hours)| (day_number(on), hours)))
}

/// The calendars of the work: the first is that of the project.
struct Calendars {
    times: Vec<WorkTime>,
    places: HashMap<Id, usize>,
}

impl Calendars {
    fn of(reader: &mut Reader<'_>, project: &Project, items: &[PlannedItem]) -> Result<Calendars> {
        let own = match project.calendar_id {
            Some(own) => Some(own),
            None => reader.ask(working_time::usual)?,
        };
        Calendars::load(reader, own, items)
    }

    /// The calendar of the whole, and those of its parts.
    fn load(reader: &mut Reader<'_>, own: Option<Id>, items: &[PlannedItem]) -> Result<Calendars> {
        let ids: HashSet<Id> = items.iter().filter_map(|item| item.calendar_id).chain(own).collect();
        let ids: Vec<Id> = ids.into_iter().collect();
        let mut calendars = Calendars { times: vec![WorkTime::standard()], places: HashMap::new() };
        for (id, hours) in reader.ask(|check| working_time::working_hours(check, &ids))? {
            let time = time_of(hours);
            if Some(id) == own {
                calendars.times[0] = time;
                calendars.places.insert(id, 0);
            } else {
                calendars.places.insert(id, calendars.times.len());
                calendars.times.push(time);
            }
        }
        Ok(calendars)
    }

    fn place(&self, calendar: Option<Id>) -> usize {
        calendar.and_then(|id| self.places.get(&id).copied()).unwrap_or(0)
    }
}

/// A dependency: its predecessor with its collection, title and state, its successor, kind and lag.
type Dependency = (Id, String, String, Option<String>, Id, WorkDependencyKind, f64);

impl ProjectPlan {
    /// Adds what the work waits for.
    fn link(&mut self, reader: &mut Reader<'_>, project: Id, places: &HashMap<Id, usize>) -> Result<()> {
        let dependencies = dependencies(reader, project)?;
        let events: Vec<(Id, String)> = dependencies.iter().map(|(id, collection, ..)| (*id, collection.clone())).collect();
        let occurrences = outside_event::occurrences(reader, &events)?;
        let elsewhere: Vec<Id> = events.iter().filter(|(id, collection)| collection == WorkItem::PATH && !places.contains_key(id)).map(|(id, _)| *id).collect();
        let others = work_elsewhere(reader, &elsewhere)?;
        for (id, collection, title, state, successor, kind, lag) in dependencies {
            let Some(successor) = places.get(&successor).copied() else { continue };
            let is_work = collection == WorkItem::PATH;
            let predecessor = match (places.get(&id), others.get(&id), occurrences.get(&id)) {
                (Some(at), ..) => Some(Predecessor::Task(*at)),
                (None, Some((_, first, last)), _) => first.zip(*last).map(|(first, last)| Predecessor::Event(day_number(first), day_number(last))),
                (_, _, Some(Occurrence::Past)) => continue,
                (_, _, Some(Occurrence::Dated(day))) => Some(Predecessor::Event(day_number(*day), day_number(*day))),
                (_, _, Some(Occurrence::Undated)) => None,
                _ if is_work && state.as_deref() == Some("cancelled") => continue,
                _ => {
                    self.partial = true;
                    continue;
                }
            };
            match predecessor {
                Some(predecessor) => {
                    self.plan.links.push(Link { predecessor, successor, kind, lag: (lag * HOUR as f64).round() as i64 });
                    self.predecessors.push(id);
                }
                None => {
                    let code = others.get(&id).map(|(code, ..)| format!("{code} "));
                    self.undated.push((successor, format!("{}\"{title}\"", code.unwrap_or_default())));
                }
            }
        }
        Ok(())
    }

    /// Refuses a circle by its WBS codes.
    pub fn circle(&self, tasks: &[usize]) -> Problem {
        let codes: Vec<&str> = tasks.iter().chain(tasks.first()).filter_map(|task| self.items.get(*task)).map(|item| item.wbs_code.as_str()).collect();
        let detail = format!("The work waits for itself: {}. Take one of these dependencies away first.", codes.join(" → "));
        Problem::conflict("", "circle", detail)
    }
}

/// What the work of a project waits for, in a fixed order.
fn dependencies(reader: &mut Reader<'_>, project: Id) -> Result<Vec<Dependency>> {
    let seen = reader.sees::<WorkDependency>()?;
    let own = work_items::table.filter(work_items::project_id.eq(project)).select(work_items::id).into_boxed::<Dialect>();
    let query = work_dependencies::table
        .inner_join(registry::table.on(registry::id.eq(work_dependencies::predecessor_id)))
        .filter(work_dependencies::successor_id.eq_any(own))
        .filter(seen.clone())
        .order(work_dependencies::id);
    let columns = (
        work_dependencies::predecessor_id,
        registry::collection,
        registry::title,
        registry::state,
        work_dependencies::successor_id,
        work_dependencies::kind,
        work_dependencies::lag_hours,
    );
    Ok(query.select(columns).load(reader.within(&seen))?)
}

/// Work of other projects: its code, and its first and last day as it happened, else as it is planned.
type WorkElsewhere = HashMap<Id, (String, Option<Date>, Option<Date>)>;

fn work_elsewhere(reader: &mut Reader<'_>, ids: &[Id]) -> Result<WorkElsewhere> {
    let seen = reader.sees::<WorkItem>()?;
    let mut found = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let query = work_items::table.filter(work_items::id.eq_any(chunk)).filter(work_items::state.ne("cancelled")).filter(seen.clone());
        let rows: Vec<PlannedItem> = query.select(PlannedItem::as_select()).load(reader.within(&seen))?;
        found.extend(rows.into_iter().map(|item| {
            let last = item.actual_ends_on.or(item.ends_on);
            (item.id, (item.wbs_code, item.actual_starts_on.or(item.starts_on).or(last), last))
        }));
    }
    Ok(found)
}
