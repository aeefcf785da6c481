//! Taking the plan of a project into a baseline.

use super::baseline::Baseline;
use super::frozen_item::{FrozenItem, FrozenItems};
use super::work_item::{Hours, WorkItem};
use super::work_kind::{ProgressMethod, WorkKind};
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::resource::value::{Date, FieldType, Money, OutlineCode, Title};
use steward_core::resource::{Check, Id};
use steward_core::store::{IfMatch, Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};
use steward_schema::projects::work_items;

/// `POST projects/baselines/{id}/snapshot`.
#[derive(Debug)]
pub struct TakeBaselineSnapshot;

impl Action for TakeBaselineSnapshot {
    const PATH: &'static str = "projects/baselines/{id}/snapshot";
    const OPERATION_ID: &'static str = "take_baseline_snapshot";
    const SUMMARY: &'static str = "Take a snapshot of the plan into a baseline";
    const DESCRIPTION: &'static str = "Replaces the items of a draft baseline with every work item of its project that you may see and that is not cancelled, \
        as it is planned now: its place in the work breakdown, kind, progress method, dates, duration, effort and budget at completion. Returns the baseline.";
    const PERMISSIONS: &'static [&'static str] = &["projects.baselines:update", "projects.work_items:read"];
    type Query = NoQuery;
    type Body = BaselineSnapshot;
    type Prepared = BaselineSnapshot;
    type Answer = Baseline;

    fn example(_: &str) -> Value {
        json!({"baselined_on": "2026-02-16"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, snapshot: &BaselineSnapshot) -> Result<Outcome> {
        let id = call.id()?;
        let mut reader = writer.reader();
        let (_, baseline) = reader.get_typed::<Baseline>(id)?;
        let today = reader.today();
        let seen = reader.sees::<WorkItem>()?;
        let pending = work_items::table.filter(work_items::project_id.eq(baseline.project_id)).filter(work_items::state.ne("cancelled"));
        let rows: Vec<PlannedItem> = pending.filter(seen.clone()).order(work_items::id).select(PlannedItem::as_select()).load(reader.within(&seen))?;
        let items = rows.into_iter().map(FrozenItem::from).collect();
        let mut patch = Map::new();
        patch.insert("items".into(), FrozenItems(items).to_json());
        patch.insert("baselined_on".into(), snapshot.baselined_on.unwrap_or(today).to_json());
        let definition = writer.definition::<Baseline>()?;
        let stored = writer.update(definition, id, &IfMatch::Any, &patch)?;
        Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
    }
}

steward_core::value! {
    /// Parameters of a baseline snapshot.
    pub struct BaselineSnapshot {
        /// Date to record for the baseline; today if left out.
        pub baselined_on: Option<Date>,
    }
}

/// The whole plan of a project as it is now, to be frozen.
pub fn planned(check: &mut Check<'_>, project: Id) -> Result<Vec<FrozenItem>> {
    let pending = work_items::table.filter(work_items::project_id.eq(project)).filter(work_items::state.ne("cancelled"));
    let rows: Vec<PlannedItem> = pending.order(work_items::id).select(PlannedItem::as_select()).load(check.connection)?;
    Ok(rows.into_iter().map(FrozenItem::from).collect())
}

/// The plan of a work item.
#[derive(Queryable, Selectable)]
#[diesel(table_name = work_items, check_for_backend(Dialect))]
struct PlannedItem {
    id: Id,
    parent_id: Option<Id>,
    wbs_code: OutlineCode,
    name: Title,
    kind: WorkKind,
    progress_method: ProgressMethod,
    duration_hours: Option<Hours>,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    effort_hours: Option<Hours>,
    #[diesel(select_expression = (work_items::budget_at_completion_amount, work_items::budget_at_completion_currency))]
    budget_at_completion: Option<Money>,
}

impl From<PlannedItem> for FrozenItem {
    fn from(item: PlannedItem) -> FrozenItem {
        FrozenItem {
            work_item_id: item.id,
            parent_id: item.parent_id,
            wbs_code: Some(item.wbs_code),
            name: item.name,
            kind: Some(item.kind),
            progress_method: Some(item.progress_method),
            duration_hours: item.duration_hours,
            starts_on: item.starts_on,
            ends_on: item.ends_on,
            effort_hours: item.effort_hours,
            cost: item.budget_at_completion,
        }
    }
}
