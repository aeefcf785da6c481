//! The schedule of a project by the critical path method.

use crate::project::project::Project;
use crate::schedule::critical_path::{self, Dates, Schedule};
use crate::schedule::plan::{PlannedItem, ProjectPlan, date_of, plan_of};
use crate::schedule::work_dependency::WorkDependency;
use crate::schedule::work_item::{Constraint, WorkItem};
use crate::schedule::work_time::HOUR;
use steward_core::resource::value::{Note, Text};
use steward_core::view::prelude::*;

/// Parameters of a schedule.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct DataDate {
    /// Data date, as YYYY-MM-DD: first day on which remaining work can be done; today if left out.
    #[param(inline)]
    pub data_date: Option<Date>,
}

/// Computed dates of a work item. A date outside of 1900 to 2200 is null, and `conflicts` says so.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduledWork {
    /// Work item.
    pub work_item_id: IdOf<WorkItem>,
    /// WBS code.
    pub wbs_code: Text<1, 100>,
    /// Early start; the actual start once started.
    pub early_start: Option<Date>,
    /// Early finish; the actual finish once done.
    pub early_finish: Option<Date>,
    /// Late start.
    pub late_start: Option<Date>,
    /// Late finish.
    pub late_finish: Option<Date>,
    /// Total float in working hours; negative where a constraint cannot be met.
    pub total_float_hours: Figure,
    /// Free float in working hours.
    pub free_float_hours: Figure,
    /// True if its total float is 0 or less and it is not done.
    pub critical: bool,
    /// Driving predecessor of its early dates; null if there is none.
    #[schema(value_type = Option<IdOf<WorkItem>>)]
    pub driving_predecessor_id: Option<Id>,
}

/// Conflict that the schedule cannot resolve.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduleConflict {
    /// Work item.
    pub work_item_id: IdOf<WorkItem>,
    /// Conflict code: `constraint`, `negative_float`, `deadline`, `undated_predecessor` or `out_of_range`.
    pub code: Text<1, 40>,
    /// Explanation of the conflict.
    pub detail: Note,
    /// Total float in working hours.
    pub total_float_hours: Figure,
}

/// Schedule of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProjectSchedule {
    /// Scheduled project.
    pub project_id: IdOf<Project>,
    /// Data date.
    pub data_date: Date,
    /// Work items that are not cancelled, in the order of their WBS codes.
    pub data: Vec<ScheduledWork>,
    /// Finish of the project; null without work.
    pub finish: Option<Date>,
    /// Constraints and deadlines that are not met, predecessors without a date, and work outside of the years 1900 to 2200.
    pub conflicts: Vec<ScheduleConflict>,
    /// True if the caller may not see all work of the project, or a record that the work depends on.
    pub partial: bool,
}

impl View for ProjectSchedule {
    const PATH: &'static str = "projects/projects/{id}/schedule";
    const SUMMARY: &'static str = "Get the schedule of a project";
    const DESCRIPTION: &'static str = "Schedule of a project by the critical path method on working calendars (of the item, else of the project, else of the settings, else Monday to Friday, 8 h). \
        An item lasts `duration_hours`; without that it keeps its planned dates, and without those it lasts `effort_hours`. Actual dates are kept; remaining work waits for the data date and its predecessors (retained logic). \
        Lags count in the successor's calendar. `alap` uses up the free float; the other constraints never break a dependency: a constraint that cannot be met shows as negative float. \
        Predecessors outside of projects count with their expected date until they have happened.";
    const FORMULA: &'static str = "total float = late finish − early finish; free float = least early start of successors (by kind and lag) − early finish";
    const SOURCE: &'static str = "PMI, Practice Standard for Scheduling; Kelley and Walker 1959";
    type Reads = (Project, WorkItem, WorkDependency);
    type Query = DataDate;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: DataDate) -> Result<Self> {
        let (id, data_date) = (cx.id()?, cx.day_or_today(query.data_date));
        let (planned, schedule) = scheduled(cx, id, data_date)?;
        Ok(answer(id, data_date, &planned, &schedule))
    }
}

/// The plan of a project and its dates.
pub fn scheduled(reader: &mut Reader<'_>, id: Id, data_date: Date) -> Result<(ProjectPlan, Schedule)> {
    let (stored, project) = reader.get_typed::<Project>(id)?;
    let planned = plan_of(reader, &stored, &project, data_date)?;
    let schedule = critical_path::schedule(&planned.plan).map_err(|circle| planned.circle(&circle))?;
    Ok((planned, schedule))
}

/// A schedule as it is answered.
pub fn answer(id: Id, data_date: Date, planned: &ProjectPlan, schedule: &Schedule) -> ProjectSchedule {
    let row = |(item, dates): (&PlannedItem, &Dates)| ScheduledWork {
        work_item_id: item.id.into(),
        wbs_code: Text::cut(&item.wbs_code),
        early_start: date_of(dates.early_start),
        early_finish: date_of(dates.early_finish),
        late_start: date_of(dates.late_start),
        late_finish: date_of(dates.late_finish),
        total_float_hours: hours(dates.total_float),
        free_float_hours: hours(dates.free_float),
        critical: dates.critical,
        driving_predecessor_id: dates.driver.and_then(|link| planned.predecessors.get(link).copied()),
    };
    ProjectSchedule {
        project_id: id.into(),
        data_date,
        data: planned.items.iter().zip(&schedule.dates).map(row).collect(),
        finish: schedule.finish.and_then(date_of),
        conflicts: conflicts(planned, schedule),
        partial: planned.partial,
    }
}

fn hours(seconds: i64) -> Figure {
    Figure(Some(seconds as f64 / HOUR as f64))
}

fn conflicts(planned: &ProjectPlan, schedule: &Schedule) -> Vec<ScheduleConflict> {
    let mut found = Vec::new();
    let mut add = |item: &PlannedItem, dates: &Dates, code: &str, detail: String| {
        let total_float_hours = hours(dates.total_float);
        found.push(ScheduleConflict { work_item_id: item.id.into(), code: Text::cut(code), detail: Note::cut(&detail), total_float_hours });
    };
    for ((item, dates), task) in planned.items.iter().zip(&schedule.dates).zip(&planned.plan.tasks) {
        if task.finished.is_some() {
            continue;
        }
        if [dates.early_start, dates.early_finish].iter().any(|day| date_of(*day).is_none()) {
            let detail = format!(
                "{} starts or finishes outside of the years 1900 to 2200: that day is null. Check its duration, its lags and its calendar.",
                item.wbs_code
            );
            add(item, dates, "out_of_range", detail);
        }
        let late = |day: i64| date_of(day).map_or_else(|| "later".to_owned(), |day| day.to_string());
        if let Some((constraint, on)) = item.constraint_on.map(|on| (item.constraint_kind, on)).filter(|_| dates.total_float < 0) {
            let starts = matches!(constraint, Constraint::Snet | Constraint::Snlt | Constraint::Mso);
            let (verb, early) = if starts { ("start", dates.early_start) } else { ("finish", dates.early_finish) };
            let detail = format!("{} is to {verb} on {on} ({}) and can {verb} on {} at the earliest.", item.wbs_code, constraint.word(), late(early));
            add(item, dates, "constraint", detail);
        } else if dates.total_float < 0 {
            let detail = format!("{} is {} h late for a constraint that comes after it.", item.wbs_code, -dates.total_float as f64 / HOUR as f64);
            add(item, dates, "negative_float", detail);
        }
        if let Some(deadline) = item.deadline_on.filter(|deadline| date_of(dates.early_finish).is_none_or(|finish| finish > *deadline)) {
            add(item, dates, "deadline", format!("{} is due on {deadline} and finishes on {} at the earliest.", item.wbs_code, late(dates.early_finish)));
        }
    }
    for (at, predecessor) in &planned.undated {
        if let Some((item, dates)) = planned.items.get(*at).zip(schedule.dates.get(*at)) {
            add(item, dates, "undated_predecessor", format!("{} waits for {predecessor}, which has no expected date.", item.wbs_code));
        }
    }
    found
}
