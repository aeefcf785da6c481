//! Progress records: the progress of work as it was on a day.

use crate::database::Connection;
use crate::error::Result;
use crate::resource::effect::Change;
use crate::resource::value::{Date, FieldType, Note, Number, Percent};
use crate::resource::{Check, Effect, Id, Lock, Operations, PartOf, Resource, Scope};
use diesel::prelude::*;
use serde_json::Map;
use steward_schema::projects::{progress_records, work_items};

crate::resource! {
    /// Progress of a work item as of a day. The service records each change of a work item's progress by itself. Earned value of a past day is
    /// computed from these records, the last of a day being the one that counts.
    pub struct ProgressRecord {
        /// Work item.
        #[field(refers_to(&["projects/work-items"]), fixed)]
        pub work_item_id: Id,
        /// Day as of which it is stated.
        #[field(happened)]
        pub recorded_on: Date,
        /// Percent complete; the latest becomes that of a work item measured by percent.
        pub progress_percent: Percent,
        /// Basis of the statement.
        pub description: Option<Note>,
    }
}

impl Resource for ProgressRecord {
    const PATH: &'static str = "projects/progress-records";
    type Table = steward_schema::projects::progress_records::table;
    const SCOPE: Scope = Scope::Within("work_item_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("work_item_id"));
    const OPERATIONS: Operations = Operations::APPEND;
    const TITLE: &'static str = "recorded_on";

    fn sample() -> Self {
        ProgressRecord {
            work_item_id: Id::sample(),
            recorded_on: Date::sample("2026-01-20"),
            progress_percent: Number(40.0),
            description: Some("Two of five racks are cabled.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.work_item_id)]
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if latest(check.connection, self.work_item_id)?.is_none_or(|(id, ..)| id != check.id) {
            return Ok(Vec::new());
        }
        let other = work_items::table
            .find(self.work_item_id)
            .filter(work_items::progress_method.eq("percent"))
            .filter(work_items::state.ne_all(["done", "cancelled"]))
            .filter(work_items::progress_percent.ne(self.progress_percent.0));
        let other: Option<Id> = other.select(work_items::id).first(check.connection).optional()?;
        let patch = Map::from_iter([("progress_percent".to_owned(), self.progress_percent.to_json())]);
        let told = |id| Effect::Update { collection: "projects/work-items", id, change: Change::to(patch.clone()) };
        Ok(other.map(told).into_iter().collect())
    }
}

/// The latest record of a work item: its id, day and percent.
pub fn latest(connection: &mut Connection, work_item: Id) -> Result<Option<(Id, Date, f64)>> {
    let records = progress_records::table.filter(progress_records::work_item_id.eq(work_item));
    let columns = (progress_records::id, progress_records::recorded_on, progress_records::progress_percent);
    Ok(records.order((progress_records::recorded_on.desc(), progress_records::id.desc())).select(columns).first(connection).optional()?)
}
