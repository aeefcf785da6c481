//! The availability that services and the components under them attained, for many of them at once.

use super::agreed_time::{clipped, spans_of, without};
use super::attainment::kept;
use super::component_outage_time::{component_maintenance_within, component_outages_within};
use super::live_time::live_within;
use super::outage_time::{excluding_maintenance, maintenance_within, outages_within};
use super::service_hours::service_hours;
use std::collections::HashMap;
use steward_core::view::prelude::*;

/// The availability that each of some nodes with outages attained, from 0 to 1; none if the caller may see no outages of services. That of a
/// service is by the same agreed time as its own availability; that of a component is around the clock, less the maintenance that an
/// objective of the service in question leaves out.
pub fn attained(reader: &mut Reader<'_>, service: Id, nodes: &[Id], span: (Instant, Instant)) -> Result<Option<HashMap<Id, f64>>> {
    let Some(mut outages) = outages_within(reader, None, span)? else { return Ok(None) };
    let failed: Vec<Id> = nodes.iter().copied().filter(|node| outages.contains_key(node)).collect();
    let (hours, lives) = (reader.ask(|check| service_hours(check, &failed))?, live_within(reader, &failed, span)?);
    let excluding = excluding_maintenance(reader, &[failed.as_slice(), &[service]].concat())?;
    let is_left = failed.iter().any(|service| excluding.contains(service));
    let maintenance = if is_left { maintenance_within(reader, None, span)? } else { HashMap::new() };
    let share = |service: Id| {
        let mut spans = clipped(spans_of(hours.get(&service), span.0, span.1), lives.get(&service).copied().unwrap_or_default());
        if let Some(windows) = maintenance.get(&service).filter(|_| excluding.contains(&service)) {
            spans = without(&spans, windows);
        }
        let percent = kept(&outages.remove(&service)?, &spans).percent()?;
        Some((service, percent / 100.0))
    };
    let mut attained: HashMap<Id, f64> = failed.into_iter().filter_map(share).collect();
    attained.extend(attained_by_components(reader, nodes, span, excluding.contains(&service))?);
    Ok(Some(attained))
}

/// The availability that each of some components with outages attained, from 0 to 1, with or without the time of approved maintenance.
fn attained_by_components(reader: &mut Reader<'_>, nodes: &[Id], span: (Instant, Instant), is_excluded: bool) -> Result<HashMap<Id, f64>> {
    let mut outages = component_outages_within(reader, None, span)?.unwrap_or_default();
    let failed: Vec<Id> = nodes.iter().copied().filter(|node| outages.contains_key(node)).collect();
    let maintenance = if is_excluded { component_maintenance_within(reader, &failed, span)? } else { HashMap::new() };
    let all = spans_of(None, span.0, span.1);
    let share = |component: Id| {
        let spans = without(&all, maintenance.get(&component).map_or(&[], Vec::as_slice));
        let percent = kept(&outages.remove(&component)?, &spans).percent()?;
        Some((component, percent / 100.0))
    };
    Ok(failed.into_iter().filter_map(share).collect())
}
