//! Progress records: the progress of work as it was on a day.

use super::work_kind::{ProgressMethod, WorkKind};
use crate::project::{evidence, status};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::Map;
use std::collections::HashMap;
use steward_core::database::{CHUNK, Connection};
use steward_core::error::{Problem, Result};
use steward_core::resource::effect::Change;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Date, FieldType, Note, Number, Percent};
use steward_core::resource::{Check, Effect, Id, Lock, Operations, PartOf, Resource, Scope};
use steward_schema::projects::{progress_records, work_items};

steward_core::resource! {
    /// Progress of a work item as of a day. The service records each change of the progress of a work item automatically, one record a day, and the
    /// resulting progress of its summary. Earned value of a past day is computed from these records; the last of a day counts. From the day on
    /// which work is finished its progress is 100 percent, until it is reopened.
    pub struct ProgressRecord {
        /// Work item.
        #[field(refers_to(&["projects/work-items"]), fixed)]
        pub work_item_id: Id,
        /// Date as of which the progress is stated.
        #[field(happened)]
        pub recorded_on: Date,
        /// Percent complete; the latest value is copied to a work item measured by percent.
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

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let columns = (work_items::project_id, work_items::wbs_code, work_items::state, work_items::actual_ends_on);
        let item: Option<(Id, String, String, Option<Date>)> = work_items::table.find(self.work_item_id).select(columns).first(check.connection).optional()?;
        let Some((project, code, state, ended)) = item else { return Ok(()) };
        evidence::require_running(check, project, "work_item_id")?;
        let finished = ended.map_or(state == "done", |ended| self.recorded_on >= ended);
        if check.actor == Id::system() || !finished || self.progress_percent.0 >= 100.0 {
            return Ok(());
        }
        let since = ended.map_or(String::new(), |ended| format!(" since {ended}"));
        let detail = format!("The work item {code} is finished{since}: from then on its progress is 100 percent. Reopen it first, or date the record before.");
        Err(Problem::conflict("/progress_percent", "finished", detail).into())
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        self.consequences(check)
    }

    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        self.consequences(check)
    }
}

impl ProgressRecord {
    /// What follows for the summary that its work is in, and for the progress of the work itself.
    fn consequences(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let parent: Option<Id> = work_items::table.find(self.work_item_id).select(work_items::parent_id).first(check.connection).optional()?.flatten();
        let mut effects = of_summary(check, parent, self.recorded_on)?;
        // What is told of an earlier day has its say in what is told of later ones.
        let later = progress_records::table.filter(progress_records::work_item_id.nullable().eq(parent));
        let later = later.filter(progress_records::recorded_on.gt(self.recorded_on)).select(progress_records::recorded_on);
        let mut later: Vec<Date> = later.order(progress_records::recorded_on).load(check.connection)?;
        later.dedup();
        for day in later {
            effects.extend(of_summary(check, parent, day)?);
        }
        if latest(check.connection, self.work_item_id)?.is_none_or(|(id, ..)| id != check.id) {
            return Ok(effects);
        }
        let (item, child) = diesel::alias!(work_items as item, work_items as child);
        let within = child.filter(child.field(work_items::parent_id).eq(item.field(work_items::id).nullable()));
        let other = item
            .filter(item.field(work_items::id).eq(self.work_item_id))
            .filter(item.field(work_items::progress_method).eq("percent"))
            .filter(item.field(work_items::state).ne_all(["done", "cancelled"]))
            .filter(item.field(work_items::actual_ends_on).is_null())
            .filter(item.field(work_items::progress_percent).ne(self.progress_percent.0))
            .filter(not(exists(within)));
        let other: Option<Id> = other.select(item.field(work_items::id)).first(check.connection).optional()?;
        let patch = Map::from_iter([("progress_percent".to_owned(), self.progress_percent.to_json())]);
        effects.extend(other.map(|id| Effect::Update { collection: "projects/work-items", id, change: Change::to(patch) }));
        Ok(effects)
    }
}

/// What of work its weight and its progress follow from.
type Part = (Id, WorkKind, Option<f64>, ProgressMethod, Option<Date>, Option<Date>);

/// The record of a summary as of a day, which follows from the records of what lies in it: so what its parts come to on a day stays with that day.
/// None where that is what its last record until then says, or where nothing in it weighs anything.
pub fn of_summary(check: &mut Check<'_>, summary: Option<Id>, day: Date) -> Result<Vec<Effect>> {
    let Some(summary) = summary else { return Ok(Vec::new()) };
    let parts = work_items::table.filter(work_items::parent_id.eq(summary)).filter(work_items::state.ne("cancelled"));
    let columns = (work_items::id, work_items::kind, work_items::effort_hours, work_items::progress_method, work_items::starts_on, work_items::ends_on);
    let parts: Vec<Part> = parts.order(work_items::id).select(columns).load(check.connection)?;
    let ids: Vec<Id> = parts.iter().map(|part| part.0).chain([summary]).collect();
    let mut known: HashMap<Id, f64> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let records = progress_records::table.filter(progress_records::work_item_id.eq_any(chunk)).filter(progress_records::recorded_on.le(day));
        let columns = (progress_records::work_item_id, progress_records::progress_percent);
        known.extend(records.order((progress_records::recorded_on, progress_records::id)).select(columns).load::<(Id, f64)>(check.connection)?);
    }
    let done = |(id, _, _, method, starts, ends): &Part| {
        let passed = ends.filter(|_| *method == ProgressMethod::LevelOfEffort).map_or(0.0, |ends| status::passed_percent(*starts, ends, day));
        known.get(id).copied().unwrap_or(0.0).max(passed)
    };
    let weight = |(_, kind, effort, ..): &Part| status::weight(*kind, *effort);
    let total: f64 = parts.iter().map(weight).sum();
    if total <= 0.0 {
        return Ok(Vec::new());
    }
    let percent = parts.iter().map(|part| weight(part) * done(part)).sum::<f64>() / total;
    if (known.get(&summary).copied().unwrap_or(0.0) - percent).abs() < 1e-9 {
        return Ok(Vec::new());
    }
    let description = Some(Note::cut("From the work in it."));
    let record = ProgressRecord { work_item_id: summary, recorded_on: day, progress_percent: Number(percent.clamp(0.0, 100.0)), description };
    Ok(vec![stated(check, record)?])
}

/// Whether the progress of a work item follows from the work in it: some of it weighs something.
pub fn holds_work(check: &mut Check<'_>, item: Id) -> Result<bool> {
    let parts = work_items::table.filter(work_items::parent_id.eq(item)).filter(work_items::state.ne("cancelled"));
    let parts: Vec<(WorkKind, Option<f64>)> = parts.select((work_items::kind, work_items::effort_hours)).load(check.connection)?;
    Ok(parts.into_iter().any(|(kind, effort)| status::weight(kind, effort) > 0.0))
}

/// The effect by which the service states progress as of a day: where the last record of that work item and day is its own, that one is brought
/// to the percentage, so that a day with many changes has one.
pub fn stated(check: &mut Check<'_>, record: ProgressRecord) -> Result<Effect> {
    let of_day = progress_records::work_item_id.eq(record.work_item_id).and(progress_records::recorded_on.eq(record.recorded_on));
    let last = progress_records::table.filter(of_day).order(progress_records::id.desc());
    let last: Option<(Id, Id)> = last.select((progress_records::id, progress_records::created_by)).first(check.connection).optional()?;
    let percent = record.progress_percent;
    Ok(match last {
        Some((id, by)) if by == Id::system() => Effect::update::<ProgressRecord>(id, move |known| known.progress_percent = percent),
        _ => Effect::create(Placement::default(), record),
    })
}

/// The latest record of a work item: its id, day and percent.
pub fn latest(connection: &mut Connection, work_item: Id) -> Result<Option<(Id, Date, f64)>> {
    let records = progress_records::table.filter(progress_records::work_item_id.eq(work_item));
    let columns = (progress_records::id, progress_records::recorded_on, progress_records::progress_percent);
    Ok(records.order((progress_records::recorded_on.desc(), progress_records::id.desc())).select(columns).first(connection).optional()?)
}
