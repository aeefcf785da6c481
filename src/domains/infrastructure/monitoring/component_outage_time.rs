//! The outages of components within a span of time, as reliability counts them, and the maintenance that leaves it.

use super::agreed_time::Span;
use super::approved_maintenance::ApprovedMaintenance;
use super::attainment::Down;
use super::outage_time::{Lost, downs, seconds_since};
use crate::operation::carried::supports_ever_of;
use crate::operation::component_outage::ComponentOutage;
use std::collections::{HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::component_outages;

/// The outages of each component, or of one, that lie between two times, in seconds from the first; none if the reader may see no outages of
/// components.
pub fn component_outages_within(reader: &mut Reader<'_>, component: Option<Id>, (from, to): (Instant, Instant)) -> Result<Option<HashMap<Id, Vec<Down>>>> {
    let seen = reader.sees::<ComponentOutage>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let mut query = component_outages::table
        .filter(component_outages::state.ne("voided"))
        .filter(component_outages::started_at.lt(to))
        // One that ended as it began, at the first of the two times, lies there.
        .filter(component_outages::ended_at.is_null().or(component_outages::ended_at.gt(from)).or(component_outages::started_at.ge(from)))
        .filter(seen.clone())
        .select((component_outages::target_id, component_outages::started_at, component_outages::ended_at, component_outages::degraded_percent))
        .into_boxed();
    if let Some(component) = component {
        query = query.filter(component_outages::target_id.eq(component));
    }
    let rows: Vec<Lost> = query.load(reader.within(&seen))?;
    Ok(Some(downs(rows, (from, to))))
}

/// The approved maintenance of some components between two times, in seconds from the first: the windows that expect an outage, were approved
/// before they began, and name the component, what it rests on, or no target but an outage of the component that names them.
pub fn component_maintenance_within(reader: &mut Reader<'_>, components: &[Id], span: (Instant, Instant)) -> Result<HashMap<Id, Vec<Span>>> {
    let connection = reader.unscoped("approved maintenance is no failure of a component, whoever may see its window");
    let maintenance = ApprovedMaintenance::within(connection, span, seconds_since(span))?;
    let (wanted, windows): (HashSet<Id>, Vec<Id>) = (components.iter().copied().collect(), maintenance.untargeted.keys().copied().collect());
    let mut all: HashMap<Id, Vec<Span>> = HashMap::new();
    for chunk in windows.chunks(CHUNK) {
        let named = component_outages::table.filter(component_outages::maintenance_window_id.eq_any(chunk).and(component_outages::state.ne("voided")));
        let named = named.select((component_outages::target_id, component_outages::maintenance_window_id.assume_not_null()));
        for (component, window) in named.load::<(Id, Id)>(connection)?.into_iter().filter(|(component, _)| wanted.contains(component)) {
            all.entry(component).or_default().extend(maintenance.untargeted.get(&window));
        }
    }
    if maintenance.of_targets.is_empty() {
        return Ok(all);
    }
    for component in components {
        let targets = supports_ever_of(connection, *component)?;
        all.entry(*component).or_default().extend(targets.iter().filter_map(|target| maintenance.of_targets.get(target)).flatten());
    }
    Ok(all)
}
