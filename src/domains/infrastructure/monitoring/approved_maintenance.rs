//! The windows of maintenance that leave agreed time: those that expect an outage and were approved before they began.

use super::agreed_time::Span;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_schema::infrastructure::maintenance_windows as windows;

/// The states of a window that was approved and not called off.
const AGREED: [&str; 4] = ["approved", "in_progress", "done", "failed"];

/// Approved maintenance between two times, in seconds from the first.
#[derive(Debug, Default)]
pub struct ApprovedMaintenance {
    /// That of each target.
    pub of_targets: BTreeMap<Id, Vec<Span>>,
    /// Windows that name no target: they are for what had an outage in them that names them.
    pub untargeted: HashMap<Id, Span>,
}

impl ApprovedMaintenance {
    /// All of it between two times, told by the seconds from the first to another.
    pub fn within(connection: &mut Connection, (from, to): (Instant, Instant), since: impl Fn(Instant) -> f64) -> Result<Self> {
        let rows: Vec<(Id, Option<Id>, Instant, Instant)> = windows::table
            .filter(windows::state.eq_any(AGREED).and(windows::expects_outage))
            .filter(windows::approved_at.le(windows::starts_at.nullable()))
            .filter(windows::starts_at.lt(to).and(windows::ends_at.gt(from)))
            .order(windows::id)
            .select((windows::id, windows::target_id, windows::starts_at, windows::ends_at))
            .load(connection)?;
        let mut maintenance = ApprovedMaintenance::default();
        for (window, target, starts, ends) in rows {
            let span = (since(starts), since(ends));
            match target {
                Some(target) => maintenance.of_targets.entry(target).or_default().push(span),
                None => drop(maintenance.untargeted.insert(window, span)),
            }
        }
        Ok(maintenance)
    }
}
