//! The outages of services within a span of time, as availability counts them.

use super::agreed_time::Span;
use super::attainment::Down;
use crate::operation::{carried::services_on, outage::Outage};
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{maintenance_windows as windows, outages, slos};

/// The states of a window that was approved and not called off.
const AGREED: [&str; 4] = ["approved", "in_progress", "done", "failed"];

/// The outages of each service, or of one, that lie between two times, in seconds from the first; none if the reader may see no outages.
pub fn outages_within(reader: &mut Reader<'_>, service: Option<Id>, (from, to): (Instant, Instant)) -> Result<Option<HashMap<Id, Vec<Down>>>> {
    let seen = reader.sees::<Outage>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let mut query = outages::table
        .filter(outages::state.ne("voided"))
        .filter(outages::started_at.lt(to))
        .filter(outages::ended_at.is_null().or(outages::ended_at.gt(from)))
        .filter(seen.clone())
        .select((outages::service_id, outages::started_at, outages::ended_at, outages::degraded_percent))
        .into_boxed();
    if let Some(service) = service {
        query = query.filter(outages::service_id.eq(service));
    }
    let rows: Vec<(Id, Instant, Option<Instant>, f64)> = query.load(reader.within(&seen))?;
    let since = seconds_since((from, to));
    let down = |(service, started, ended, percent): (Id, Instant, Option<Instant>, f64)| {
        (service, Down { from: since(started), to: since(ended.unwrap_or(to)), lost: percent / 100.0 })
    };
    Ok(Some(grouped(rows.into_iter().map(down))))
}

/// The approved maintenance of each service, or of one, between two times, in seconds from the first: the windows that expect an outage, were
/// approved before they began, and name the service, what it rests on, or no target but an outage of the service that names them.
pub fn maintenance_within(reader: &mut Reader<'_>, service: Option<Id>, (from, to): (Instant, Instant)) -> Result<HashMap<Id, Vec<Span>>> {
    let connection = reader.unscoped("approved maintenance leaves the agreed time of a service, whoever may see its window");
    let agreed = || {
        windows::state
            .eq_any(AGREED)
            .and(windows::expects_outage)
            .and(windows::approved_at.le(windows::starts_at.nullable()))
            .and(windows::starts_at.lt(to).and(windows::ends_at.gt(from)))
    };
    let since = seconds_since((from, to));
    let targeted: Vec<(Id, Instant, Instant)> = windows::table
        .filter(agreed())
        .filter(windows::target_id.is_not_null())
        .select((windows::target_id.assume_not_null(), windows::starts_at, windows::ends_at))
        .load(connection)?;
    let named: Vec<(Id, Instant, Instant)> = windows::table
        .inner_join(outages::table)
        .filter(agreed())
        .filter(windows::target_id.is_null().and(outages::state.ne("voided")))
        .select((outages::service_id, windows::starts_at, windows::ends_at))
        .load(connection)?;
    let mut by_target: BTreeMap<Id, Vec<Span>> = BTreeMap::new();
    for (target, starts, ends) in targeted {
        by_target.entry(target).or_default().push((since(starts), since(ends)));
    }
    let mut all: HashMap<Id, Vec<Span>> = grouped(named.into_iter().map(|(service, starts, ends)| (service, (since(starts), since(ends)))));
    for (target, spans) in by_target {
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
