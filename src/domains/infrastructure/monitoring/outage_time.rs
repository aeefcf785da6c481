//! The outages of services within a span of time, as availability counts them.

use super::attainment::Down;
use crate::domains::infrastructure::operation::outage::Outage;
use crate::view::prelude::*;
use std::collections::HashMap;
use steward_schema::infrastructure::{maintenance_windows, outages, slos};

/// The state of a maintenance window, its beginning and its end.
type Window = (String, Instant, Instant);

/// The outages of each service, or of one, that lie between two times, in seconds from the first; none if the reader may see no outages.
pub fn outages_within(reader: &mut Reader<'_>, service: Option<Id>, (from, to): (Instant, Instant)) -> Result<Option<HashMap<Id, Vec<Down>>>> {
    let seen = reader.sees::<Outage>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let window = (maintenance_windows::state, maintenance_windows::starts_at, maintenance_windows::ends_at).nullable();
    let mut query = outages::table
        .left_join(maintenance_windows::table)
        .filter(outages::started_at.lt(to))
        .filter(outages::ended_at.is_null().or(outages::ended_at.gt(from)))
        .filter(seen.clone())
        .select((outages::service_id, outages::started_at, outages::ended_at, outages::degraded_percent, window))
        .into_boxed();
    if let Some(service) = service {
        query = query.filter(outages::service_id.eq(service));
    }
    let rows: Vec<_> = query.load(reader.within(&seen))?;
    let seconds = seconds_between(from, to);
    let since = |at: Instant| seconds_between(from, at).clamp(0.0, seconds);
    let down = |(service, started, ended, percent, window): (Id, Instant, Option<Instant>, f64, Option<Window>)| {
        let approved = window.filter(|(state, ..)| ["approved", "in_progress", "done", "failed"].contains(&state.as_str()));
        let planned = approved.map(|(_, starts, ends)| (since(starts), since(ends)));
        (service, Down { from: since(started), to: since(ended.unwrap_or(to)), lost: percent / 100.0, planned })
    };
    Ok(Some(grouped(rows.into_iter().map(down))))
}

/// Whether approved maintenance leaves the agreed time of a service: where an availability that is agreed for it says so.
pub fn excludes_maintenance(reader: &mut Reader<'_>, service: Id) -> Result<bool> {
    let agreed = slos::table.filter(slos::service_id.eq(service).and(slos::indicator.eq(super::slo::Indicator::Availability)));
    let found: Vec<bool> = agreed.select(slos::excludes_maintenance).load(reader.unscoped("what is agreed tells how its outages count"))?;
    Ok(found.contains(&true))
}

/// The seconds from one time to another.
pub fn seconds_between(from: Instant, to: Instant) -> f64 {
    (to.0 - from.0).num_milliseconds() as f64 / 1000.0
}
