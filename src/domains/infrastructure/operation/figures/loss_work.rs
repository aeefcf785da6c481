//! The project work that a loss delays.

use super::node::{ImpactNode, Partial, of};
use crate::operation::dependency::{PEOPLE, VENDORS};
use steward_core::ports::work;
use steward_core::resource::{ANY, value::Title};
use steward_core::view::prelude::*;
use steward_core::view::{ReferenceTo, Referred};

/// Work items.
pub const WORK: &str = "projects/work-items";
/// The states of an order in which nothing comes of it any more.
const SETTLED_ORDERS: [&str; 3] = ["closed", "cancelled", "rejected"];
/// The states of a change or a maintenance window in which it has happened, or will not.
const SETTLED_CHANGES: [&str; 7] = ["implemented", "reviewed", "closed", "cancelled", "rejected", "rolled_back", "done"];

/// What delays work.
#[derive(Debug)]
struct Causes;

impl Referred for Causes {
    const COLLECTIONS: &'static [&'static str] = ANY;
}

/// Id of what delays work.
type CauseReference = ReferenceTo<Causes>;

/// Work item that is delayed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DelayedRow {
    /// Delayed work item.
    pub work_item_id: Id,
    /// Name of the work item.
    pub title: Title,
    /// Project of the work item.
    pub project_id: Id,
    /// Cause of the delay: the record that it waits for, or the person who works on it.
    #[schema(value_type = CauseReference)]
    pub because_id: Id,
}

/// The open work in sight that waits for what has fallen, or for an order, a change or a window that does, and all that waits for that work.
pub fn delayed(cx: &mut Context<'_, '_>, fallen: &[ImpactNode], partial: &mut Partial) -> Result<Option<Vec<DelayedRow>>> {
    if !partial.readable(cx, WORK) {
        return Ok(None);
    }
    let mut records: Vec<Id> = fallen.iter().map(|node| node.id).collect();
    let on_targets: &[(&'static str, &'static str)] = &[
        ("infrastructure/changes", "target_id"),
        ("infrastructure/changes", "target_ids"),
        ("infrastructure/changes", "service_id"),
        ("infrastructure/maintenance-windows", "target_id"),
    ];
    let stopped = cx.references(on_targets, &records, false)?;
    let orders = cx.references(&[("vendors/purchase-orders", "vendor_id")], &of(fallen, VENDORS), false)?;
    let open = |settled: &'static [&'static str]| move |state: &Option<String>| !state.as_deref().is_some_and(|state| settled.contains(&state));
    let (of_order, of_change) = (open(&SETTLED_ORDERS), open(&SETTLED_CHANGES));
    records.extend(stopped.into_iter().filter(|each| of_change(&each.state)).map(|each| each.holder));
    records.extend(orders.into_iter().filter(|each| of_order(&each.state)).map(|each| each.holder));
    records.sort_unstable();
    records.dedup();
    let people = of(fallen, PEOPLE);
    let late = cx.ask(|check| work::delayed(check, &records, &people))?;
    let titles = cx.titles(WORK, &late.iter().map(|each| each.work_item).collect::<Vec<Id>>())?;
    let row = |each: work::DelayedWork| {
        let title = titles.get(&each.work_item)?.clone();
        Some(DelayedRow { work_item_id: each.work_item, title, project_id: each.project, because_id: each.because })
    };
    Ok(Some(late.into_iter().filter_map(row).collect()))
}
