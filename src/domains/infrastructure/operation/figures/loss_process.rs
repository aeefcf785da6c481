//! The business processes that a loss stops.

use super::node::{ImpactNode, Partial};
use steward_core::ports::recovery;
use steward_core::resource::value::Title;
use steward_core::view::prelude::*;

/// Business processes.
const PROCESSES: &str = "security/business-processes";
/// Recovery plans.
const PLANS: &str = "security/recovery-plans";

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
    /// True if it is back later than it is to be.
    pub fn is_missed(&self) -> bool {
        self.gap_seconds.is_some_and(|gap| gap > 0)
    }
}

/// True if the caller may read recovery plans.
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
