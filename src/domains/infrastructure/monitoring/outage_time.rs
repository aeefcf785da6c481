//! The outages of services within a span of time, as availability counts them.

use super::agreed_time::Span;
use super::approved_maintenance::ApprovedMaintenance;
use super::attainment::Down;
use crate::operation::{carried::services_on, outage::Outage};
use std::collections::{HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{outages, slos};

/// The outages of each service, or of one, that lie between two times, in seconds from the first; none if the reader may see no outages.
pub fn outages_within(reader: &mut Reader<'_>, service: Option<Id>, (from, to): (Instant, Instant)) -> Result<Option<HashMap<Id, Vec<Down>>>> {
    let seen = reader.sees::<Outage>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let mut query = outages::table
        .filter(outages::state.ne("voided"))
        .filter(outages::started_at.lt(to))
        // One that ended as it began, at the first of the two times, lies there.
        .filter(outages::ended_at.is_null().or(outages::ended_at.gt(from)).or(outages::started_at.ge(from)))
        .filter(seen.clone())
        .select((outages::service_id, outages::started_at, outages::ended_at, outages::degraded_percent))
        .into_boxed();
    if let Some(service) = service {
        query = query.filter(outages::service_id.eq(service));
    }
    let rows: Vec<Lost> = query.load(reader.within(&seen))?;
    Ok(Some(downs(rows, (from, to))))
}

/// The node that was down, since when, until when if it is over, and how much of it was lost, in percent.
pub type Lost = (Id, Instant, Option<Instant>, f64);

/// Outages by what was down, in seconds from the first of two times.
pub fn downs(rows: Vec<Lost>, (from, to): (Instant, Instant)) -> HashMap<Id, Vec<Down>> {
    let since = seconds_since((from, to));
    let down = |(id, started, ended, percent): Lost| (id, Down { from: since(started), to: since(ended.unwrap_or(to)), lost: percent / 100.0 });
    grouped(rows.into_iter().map(down))
}

/// The approved maintenance of each service, or of one, between two times, in seconds from the first: the windows that expect an outage, were
/// approved before they began, and name the service, what it rests on, or no target but an outage of the service that names them.
pub fn maintenance_within(reader: &mut Reader<'_>, service: Option<Id>, span: (Instant, Instant)) -> Result<HashMap<Id, Vec<Span>>> {
    let connection = reader.unscoped("approved maintenance leaves the agreed time of a service, whoever may see its window");
    let maintenance = ApprovedMaintenance::within(connection, span, seconds_since(span))?;
    let (mut all, windows): (HashMap<Id, Vec<Span>>, Vec<Id>) = (HashMap::new(), maintenance.untargeted.keys().copied().collect());
    for chunk in windows.chunks(CHUNK) {
        let named = outages::table.filter(outages::maintenance_window_id.eq_any(chunk).and(outages::state.ne("voided")));
        let named: Vec<(Id, Id)> = named.select((outages::service_id, outages::maintenance_window_id.assume_not_null())).load(connection)?;
        for (service, window) in named {
            all.entry(service).or_default().extend(maintenance.untargeted.get(&window));
        }
    }
    for (target, spans) in maintenance.of_targets {
        let resting = if service == Some(target) { vec![target] } else { services_on(connection, target)? };
        for each in resting.into_iter().filter(|each| service.is_none_or(|service| service == *each)) {
            all.entry(each).or_default().extend(spans.iter().copied());
        }
    }
    Ok(all)
}

/// Those of some services whose agreed time approved maintenance leaves: where an availability that is agreed for them says so.
pub fn excluding_maintenance(reader: &mut Reader<'_>, services: &[Id]) -> Result<HashSet<Id>> {
    let mut found = HashSet::new();
    for chunk in services.chunks(CHUNK) {
        let agreed = slos::table.filter(slos::service_id.eq_any(chunk).and(slos::indicator.eq(super::slo::Indicator::Availability)));
        let excluding = agreed.filter(slos::excludes_maintenance).select(slos::service_id);
        found.extend(excluding.load::<Id>(reader.unscoped("what is agreed tells how its outages count"))?);
    }
    Ok(found)
}

/// The seconds from one time to another.
pub fn seconds_between(from: Instant, to: Instant) -> f64 {
    (to.0 - from.0).num_milliseconds() as f64 / 1000.0
}

/// The seconds from the first of two times to one between them.
pub fn seconds_since((from, to): (Instant, Instant)) -> impl Fn(Instant) -> f64 {
    let seconds = seconds_between(from, to);
    move |at| seconds_between(from, at).clamp(0.0, seconds.max(0.0))
}
