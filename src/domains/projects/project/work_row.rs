//! The columns of a work item that tell its progress and its cost.

use super::status::Work;
use crate::schedule::work_item::{ProgressMethod, WorkKind, WorkStep};
use diesel::{Queryable, Selectable};
use steward_core::database::Dialect;
use steward_core::resource::value::{Date, Id, Money};
use steward_schema::projects::work_items;

/// The columns of a work item that tell its progress and its cost.
#[derive(Queryable, Selectable)]
#[diesel(table_name = work_items, check_for_backend(Dialect))]
pub struct WorkRow {
    id: Id,
    parent_id: Option<Id>,
    state: String,
    kind: WorkKind,
    progress_method: ProgressMethod,
    effort_hours: Option<f64>,
    progress_percent: f64,
    steps: Vec<WorkStep>,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
    deadline_on: Option<Date>,
    actual_starts_on: Option<Date>,
    actual_ends_on: Option<Date>,
    #[diesel(select_expression = (work_items::budget_at_completion_amount, work_items::budget_at_completion_currency))]
    budget_at_completion: Option<Money>,
}

impl From<WorkRow> for Work {
    fn from(row: WorkRow) -> Work {
        Work {
            id: row.id,
            parent: row.parent_id,
            state: row.state,
            kind: row.kind,
            method: row.progress_method,
            effort_hours: row.effort_hours,
            percent: row.progress_percent,
            steps: row.steps.iter().map(|step| (step.weight_percent.0, step.done)).collect(),
            starts_on: row.starts_on,
            ends_on: row.ends_on,
            deadline_on: row.deadline_on,
            actual_starts_on: row.actual_starts_on,
            actual_ends_on: row.actual_ends_on,
            cost: row.budget_at_completion.map(|cost| (cost.currency, cost.minor)),
        }
    }
}
