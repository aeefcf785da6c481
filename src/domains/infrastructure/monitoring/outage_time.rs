//! The outages of services within a span of time, as availability counts them.

use super::attainment::Down;
use crate::operation::{carried::services_on, outage::Outage};
use std::collections::{BTreeSet, HashMap, HashSet};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{maintenance_windows as windows, outages, slos};

/// A maintenance window that an outage names.
#[derive(Debug, Clone, Queryable)]
struct Window {
    state: String,
    starts_at: Instant,
    ends_at: Instant,
    target: Option<Id>,
    expects_outage: bool,
}

impl Window {
    /// Whether it takes its target out of service, as was approved.
    fn is_agreed(&self) -> bool {
        let approved = ["approved", "in_progress", "done", "failed"].contains(&self.state.as_str());
        approved && self.expects_outage
    }
}

/// A service, when its outage began and ended, how much was lost, and the window that it names.
type Named = (Id, Instant, Option<Instant>, f64, Option<Window>);

/// The outages of each service, or of one, that lie between two times, in seconds from the first; none if the reader may see no outages.
pub fn outages_within(reader: &mut Reader<'_>, service: Option<Id>, (from, to): (Instant, Instant)) -> Result<Option<HashMap<Id, Vec<Down>>>> {
    let seen = reader.sees::<Outage>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let (begins, ends) = (windows::starts_at, windows::ends_at);
    let window = (windows::state, begins, ends, windows::target_id, windows::expects_outage).nullable();
    let mut query = outages::table
        .left_join(windows::table)
        .filter(outages::started_at.lt(to))
        .filter(outages::ended_at.is_null().or(outages::ended_at.gt(from)))
        .filter(seen.clone())
        .select((outages::service_id, outages::started_at, outages::ended_at, outages::degraded_percent, window))
        .into_boxed();
    if let Some(service) = service {
        query = query.filter(outages::service_id.eq(service));
    }
    let rows: Vec<Named> = query.load(reader.within(&seen))?;
    let concerned = concerned(reader, &rows)?;
    let seconds = seconds_between(from, to);
    let since = |at: Instant| seconds_between(from, at).clamp(0.0, seconds);
    let down = |(service, started, ended, percent, window): Named| {
        let agreed = window.filter(|window| window.is_agreed() && window.target.is_none_or(|target| concerned.contains(&(target, service))));
        let planned = agreed.map(|window| (since(window.starts_at), since(window.ends_at)));
        (service, Down { from: since(started), to: since(ended.unwrap_or(to)), lost: percent / 100.0, planned })
    };
    Ok(Some(grouped(rows.into_iter().map(down))))
}

/// Which windows concern which services: the target of each with itself and the services that rest on it. There are few targets, however many outages.
fn concerned(reader: &mut Reader<'_>, rows: &[Named]) -> Result<HashSet<(Id, Id)>> {
    let of_window = |row: &Named| Some((row.4.as_ref().filter(|window| window.is_agreed())?.target?, row.0));
    let mut concerned: HashSet<(Id, Id)> = rows.iter().filter_map(of_window).collect();
    let others: BTreeSet<Id> = concerned.iter().filter(|(target, service)| target != service).map(|(target, _)| *target).collect();
    concerned.retain(|(target, service)| target == service);
    for target in others {
        let resting = services_on(reader.unscoped("what a service rests on tells which maintenance is its own"), target)?;
        concerned.extend(resting.into_iter().map(|service| (target, service)));
    }
    Ok(concerned)
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
