//! The business processes and the project work that a loss stops.

use super::loss_cost::of;
use super::node::{ImpactNode, Partial};
use crate::operation::dependency::{PEOPLE, VENDORS};
use steward_core::ports::{recovery, work};
use steward_core::resource::{ANY, value::Title};
use steward_core::view::prelude::*;
use steward_core::view::{ReferenceTo, Referred};

/// Business processes.
const PROCESSES: &str = "security/business-processes";
/// Recovery plans.
const PLANS: &str = "security/recovery-plans";
/// Work items.
pub const WORK: &str = "projects/work-items";
/// The states of an order in which nothing comes of it any more.
const SETTLED_ORDERS: [&str; 3] = ["closed", "cancelled", "rejected"];
/// The states of a change or a maintenance window in which it has happened, or will not.
const SETTLED_CHANGES: [&str; 7] = ["implemented", "reviewed", "closed", "cancelled", "rejected", "rolled_back", "done"];

/// Business process that needs what is down.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProcessRow {
    /// Business process.
    pub business_process_id: Id,
    /// Name of the process.
    pub title: Title,
    /// Recovery time objective, in seconds; null where none is set.
    pub required_seconds: Option<i64>,
    /// Recovery time in seconds by the plans of the nodes that it depends on; null where no plan restores any of them, or you may not read
    /// plans.
    pub effective_seconds: Option<i64>,
    /// Gap in seconds: effective − required; positive where the objective is missed.
    pub gap_seconds: Option<i64>,
    /// Nodes that it needs and that are down.
    pub needs: Vec<Id>,
}

impl ProcessRow {
    /// Whether it is back later than it is to be.
    pub fn is_missed(&self) -> bool {
        self.gap_seconds.is_some_and(|gap| gap > 0)
    }
}

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

/// Whether the caller may read recovery plans.
pub fn sees_plans(cx: &Context<'_, '_>, partial: &mut Partial) -> bool {
    partial.readable(cx, PLANS)
}

/// The business processes in sight that need what has fallen, the missed objectives first.
pub fn processes(cx: &mut Context<'_, '_>, fallen: &[ImpactNode], partial: &mut Partial) -> Result<Option<Vec<ProcessRow>>> {
    if !partial.readable(cx, PROCESSES) {
        return Ok(None);
    }
    let (ids, plans) = (fallen.iter().map(|node| node.id).collect::<Vec<Id>>(), sees_plans(cx, partial));
    let stopped = cx.ask(|check| recovery::stopped(check, &ids))?;
    let titles = cx.titles(PROCESSES, &stopped.iter().map(|process| process.process).collect::<Vec<Id>>())?;
    let row = |process: recovery::StoppedProcess| {
        let effective = process.effective_seconds.filter(|_| plans);
        Some(ProcessRow {
            business_process_id: process.process,
            title: titles.get(&process.process)?.clone(),
            required_seconds: process.required_seconds,
            effective_seconds: effective,
            gap_seconds: effective.zip(process.required_seconds).map(|(effective, required)| effective - required),
            needs: process.needs,
        })
    };
    let mut rows: Vec<ProcessRow> = stopped.into_iter().filter_map(row).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.gap_seconds), row.business_process_id));
    Ok(Some(rows))
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
