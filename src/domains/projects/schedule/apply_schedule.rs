//! Writing the computed dates of a project into its work.

use super::figures::project_schedule::{ProjectSchedule, answer, scheduled};
use super::plan::{PlannedItem, date_of};
use super::work_item::WorkItem;
use super::work_time::HOUR;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use steward_core::error::Result;
use steward_core::resource::value::{Date, FieldType};
use steward_core::store::{IfMatch, Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};

/// `POST projects/projects/{id}/schedule`.
#[derive(Debug)]
pub struct ApplySchedule;

impl Action for ApplySchedule {
    const PATH: &'static str = "projects/projects/{id}/schedule";
    const OPERATION_ID: &'static str = "apply_project_schedule";
    const SUMMARY: &'static str = "Apply the schedule of a project";
    const DESCRIPTION: &'static str =
        "Writes the early dates of the schedule into `starts_on` and `ends_on` of every work item that is not done. Returns the schedule.";
    const PERMISSIONS: &'static [&'static str] =
        &["projects.projects:read", "projects.work_items:read", "projects.work_dependencies:read", "projects.work_items:update"];
    const LONG: bool = true;
    type Query = NoQuery;
    type Body = ScheduleApplication;
    type Prepared = ScheduleApplication;
    type Answer = ProjectSchedule;

    fn example(_: &str) -> Value {
        json!({"data_date": "2026-02-16"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, application: &ScheduleApplication) -> Result<Outcome> {
        let id = call.id()?;
        let mut reader = writer.reader();
        let data_date = application.data_date.unwrap_or(reader.today());
        let (planned, schedule) = scheduled(&mut reader, id, data_date)?;
        let definition = writer.definition::<WorkItem>()?;
        let summaries: HashSet<usize> = planned.plan.tasks.iter().filter_map(|task| task.parent).collect();
        for (at, (item, dates)) in planned.items.iter().zip(&schedule.dates).enumerate().filter(|(_, (item, _))| !item.is_finished()) {
            let mut patch = changed(item, date_of(dates.early_start), date_of(dates.early_finish));
            // Without a duration the dates that are written now would be taken for typed ones.
            let floats = item.duration_hours.is_none() && item.starts_on.is_none() && item.ends_on.is_none() && !summaries.contains(&at);
            if let Some(task) = planned.plan.tasks.get(at).filter(|_| floats) {
                patch.insert("duration_hours".into(), (task.duration as f64 / HOUR as f64).into());
            }
            if !patch.is_empty() {
                writer.update(definition, item.id, &IfMatch::Any, &patch)?;
            }
        }
        Outcome::of(200, &answer(id, data_date, &planned, &schedule))
    }
}

/// The dates of a work item that are others than planned.
fn changed(item: &PlannedItem, starts_on: Option<Date>, ends_on: Option<Date>) -> Map<String, Value> {
    let fields = [("starts_on", item.starts_on, starts_on), ("ends_on", item.ends_on, ends_on)];
    let others = fields.into_iter().filter(|(_, before, after)| before != after && after.is_some());
    others.map(|(name, _, after)| (name.to_owned(), after.to_json())).collect()
}

steward_core::value! {
    /// Parameters of the schedule.
    pub struct ScheduleApplication {
        /// Data date; today if left out.
        pub data_date: Option<Date>,
    }
}
