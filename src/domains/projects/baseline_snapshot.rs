//! Taking the plan of a project into a baseline.

use super::baseline::Baseline;
use super::frozen_item::{FrozenItem, FrozenItems};
use super::work_item::WorkItem;
use crate::access::Session;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::{Problem, Result};
use crate::http::view::{Call, JSON, Prepared, Run, View};
use crate::resource::Faults;
use crate::resource::model::{Model, object_schema, read_value};
use crate::resource::value::{Date, FieldType, Money, Number, Title};
use crate::store::{IfMatch, Outcome, Store, Writer};
use serde_json::{Map, json};
use utoipa::openapi::schema::AllOfBuilder;
use utoipa::openapi::{Ref, RefOr};

/// `POST projects/baselines/{id}/snapshot`.
pub static SNAPSHOT: View = View {
    path: "projects/baselines/{id}/snapshot",
    operation_id: "take_baseline_snapshot",
    summary: "Take the plan into a baseline",
    description: "Replaces the items of a baseline that is a draft with every work item of its project that you may see and that is not cancelled, \
        as it is planned now: its place in the work breakdown, dates, effort and budget at completion. Answers the baseline.",
    permissions: &["projects.baselines:update", "projects.work_items:read"],
    parameters: &[],
    answer: || AllOfBuilder::new().item(RefOr::<utoipa::openapi::schema::Schema>::Ref(Ref::from_schema_name("Baseline"))).into(),
    run: Run::Write {
        forms: JSON,
        limit: 1 << 20,
        long: false,
        body: || object_schema(Taken::FIELDS),
        example: |_| json!({"baselined_on": "2026-02-16"}),
        prepare,
        apply,
    },
};

crate::value! {
    /// How the plan is taken.
    pub struct Taken {
        /// The day that the baseline is said to be of; today if left out.
        pub baselined_on: Option<Date>,
    }
}

fn prepare(_: &Store, _: &Session, call: &Call) -> Result<Prepared> {
    let mut faults = Faults::new();
    match read_value::<Taken>(call.json()?, &mut faults).filter(|_| faults.is_empty()) {
        Some(taken) => Ok(Box::new(taken)),
        None => Err(Problem::invalid(faults.into_vec()).into()),
    }
}

fn apply(writer: &mut Writer<'_>, call: &Call, prepared: &Prepared) -> Result<Outcome> {
    let taken = prepared.downcast_ref::<Taken>().ok_or_else(Problem::not_found)?;
    let id = call.id()?;
    let mut reader = writer.reader();
    let (_, baseline) = reader.get_typed::<Baseline>(id)?;
    let today = reader.today();
    let mut items = Vec::new();
    if let Some(narrowed) = reader.narrowed::<WorkItem>()? {
        let mut query = Statement::new(
            "SELECT id, parent_id, name, starts_on, ends_on, effort_hours, budget_at_completion_amount, budget_at_completion_currency \
             FROM work_items WHERE state <> 'cancelled' AND project_id = ",
        )
        .with(baseline.project_id, "");
        query.append(narrowed).push(" ORDER BY id");
        let kinds = [Kind::Id, Kind::Id, Kind::Text, Kind::Date, Kind::Date, Kind::Real, Kind::Integer, Kind::Text];
        items = query.rows(reader.connection, &kinds)?.iter().filter_map(frozen).collect();
    }
    let mut patch = Map::new();
    patch.insert("items".into(), FrozenItems(items).to_json());
    patch.insert("baselined_on".into(), taken.baselined_on.unwrap_or(today).to_json());
    let definition = writer.definition::<Baseline>()?;
    let stored = writer.update(definition, id, &IfMatch::Any, &patch)?;
    Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
}

fn frozen(row: &Row) -> Option<FrozenItem> {
    let effort = if let Some(Cell::Real(hours)) = row.get(5) { Some(Number(*hours)) } else { None };
    Some(FrozenItem {
        work_item_id: row.first()?.as_id()?,
        parent_id: row.get(1)?.as_id(),
        name: Title::cut(row.get(2)?.as_text()?),
        starts_on: row.get(3)?.as_date(),
        ends_on: row.get(4)?.as_date(),
        effort_hours: effort,
        cost: row.get(6..8).and_then(Money::load),
    })
}
