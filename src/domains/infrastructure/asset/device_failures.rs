//! The failures of devices in the last year: by incidents, and by unplanned outages of theirs that no incident tells of.

use crate::monitoring::agreed_time::spans_of;
use crate::monitoring::attainment;
use crate::monitoring::outage_time::{Lost, downs};
use crate::operation::component_outage::ComponentOutage;
use crate::operation::figures::node::Partial;
use crate::operation::incident::Incident;
use std::collections::{HashMap, HashSet};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::{component_outages, incidents};

/// The time before today in which failures count, in seconds.
const A_YEAR: i64 = 365 * 86_400;

/// The number of failures of each device in the last year, over the incidents and outages in sight. Outages that overlap or follow at once
/// count as one.
pub fn failures(reader: &mut Reader<'_>, partial: &mut Partial) -> Result<HashMap<Id, i64>> {
    let now = reader.store.now();
    let since = now.plus_seconds(-A_YEAR);
    let targets = incident_targets(reader, since, partial)?;
    let mut failures: HashMap<Id, i64> = HashMap::new();
    targets.values().flatten().for_each(|target| *failures.entry(*target).or_default() += 1);
    let is_told = |target: Id, incident: Option<Id>| incident.and_then(|incident| targets.get(&incident)).is_some_and(|targets| targets.contains(&target));
    let rows = unplanned_outages(reader, since, partial)?.into_iter().filter(|((target, ..), incident)| !is_told(*target, *incident)).map(|(lost, _)| lost);
    let year = spans_of(None, since, now);
    for (target, downs) in downs(rows.collect(), (since, now)) {
        let (count, _) = attainment::failures(&downs, &year);
        *failures.entry(target).or_default() += i64::try_from(count).unwrap_or_default();
    }
    Ok(failures)
}

/// The targets of each incident in sight since a time.
fn incident_targets(reader: &mut Reader<'_>, since: Instant, partial: &mut Partial) -> Result<HashMap<Id, HashSet<Id>>> {
    if !partial.readable(reader, Incident::PATH) {
        return Ok(HashMap::new());
    }
    let seen = reader.sees::<Incident>()?;
    let rows: Vec<(Id, Option<Id>, Vec<Id>)> = incidents::table
        .filter(incidents::detected_at.ge(since))
        .filter(seen.clone())
        .select((incidents::id, incidents::target_id, incidents::target_ids))
        .load(reader.within(&seen))?;
    Ok(rows.into_iter().map(|(incident, target, further)| (incident, target.into_iter().chain(further).collect())).collect())
}

/// The unplanned outages of components in sight since a time, each with the incident that it was part of.
fn unplanned_outages(reader: &mut Reader<'_>, since: Instant, partial: &mut Partial) -> Result<Vec<(Lost, Option<Id>)>> {
    if !partial.readable(reader, ComponentOutage::PATH) {
        return Ok(Vec::new());
    }
    let seen = reader.sees::<ComponentOutage>()?;
    let lost = (component_outages::target_id, component_outages::started_at, component_outages::ended_at, component_outages::degraded_percent);
    let query = component_outages::table
        .filter(component_outages::started_at.ge(since))
        .filter(component_outages::state.ne("voided").and(component_outages::planned.eq(false)))
        .filter(seen.clone())
        .select((lost, component_outages::incident_id));
    Ok(query.load(reader.within(&seen))?)
}
