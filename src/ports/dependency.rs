//! What stands on what: dependencies of services and machines, how critical they are, and when they were last backed up.

use crate::error::Result;
use crate::resource::value::Instant;
use crate::resource::{Check, Id};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// The owner of the dependencies.
pub trait Dependencies: Send + Sync {
    /// Each dependent with what it cannot do without.
    fn supports(&self, check: &mut Check<'_>) -> Result<Vec<(Id, Id)>>;

    /// The criticality tier of each service: 1 stops the organisation, 4 can wait.
    fn tiers(&self, check: &mut Check<'_>) -> Result<HashMap<Id, i64>>;

    /// The host of each of some installations.
    fn hosts(&self, check: &mut Check<'_>, installations: &[Id]) -> Result<HashMap<Id, Id>>;

    /// The latest recovery point of each of some targets, by their successful backups.
    fn recovery_points(&self, check: &mut Check<'_>, targets: &[Id]) -> Result<HashMap<Id, Instant>>;
}

fn port(check: &Check<'_>) -> Option<&'static dyn Dependencies> {
    check.definitions.answers.get::<&'static dyn Dependencies>().copied()
}

/// Each dependent with what it cannot do without.
pub fn supports(check: &mut Check<'_>) -> Result<Vec<(Id, Id)>> {
    port(check).map_or(Ok(Vec::new()), |port| port.supports(check))
}

/// The most critical tier of the services that stand on something, by what they stand on; a service stands on itself.
pub fn criticality(check: &mut Check<'_>) -> Result<HashMap<Id, i64>> {
    let Some(port) = port(check) else { return Ok(HashMap::new()) };
    let (tiers, supports) = (port.tiers(check)?, port.supports(check)?);
    Ok(spread(&tiers, &supports))
}

/// The host of each of some installations.
pub fn hosts(check: &mut Check<'_>, installations: &[Id]) -> Result<HashMap<Id, Id>> {
    port(check).map_or(Ok(HashMap::new()), |port| port.hosts(check, installations))
}

/// The latest recovery point of each of some targets.
pub fn recovery_points(check: &mut Check<'_>, targets: &[Id]) -> Result<HashMap<Id, Instant>> {
    port(check).map_or(Ok(HashMap::new()), |port| port.recovery_points(check, targets))
}

/// What is as critical as the most critical thing that stands on it.
fn spread(tiers: &HashMap<Id, i64>, supports: &[(Id, Id)]) -> HashMap<Id, i64> {
    let mut below: HashMap<Id, Vec<Id>> = HashMap::new();
    supports.iter().for_each(|(dependent, support)| below.entry(*dependent).or_default().push(*support));
    let mut found: HashMap<Id, i64> = HashMap::new();
    let mut services: Vec<(i64, Id)> = tiers.iter().map(|(id, tier)| (*tier, *id)).collect();
    services.sort_unstable();
    for (tier, service) in services {
        let mut open = vec![service];
        while let Some(at) = open.pop() {
            // What was reached before was reached from something at least as critical.
            if let Entry::Vacant(unknown) = found.entry(at) {
                unknown.insert(tier);
                open.extend(below.get(&at).into_iter().flatten());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_a_critical_service_is_as_critical() {
        let [orders, wiki, server, disk] = [(); 4].map(|()| Id::new());
        let tiers = HashMap::from([(orders, 1), (wiki, 4)]);
        let found = spread(&tiers, &[(orders, server), (wiki, server), (wiki, disk), (server, wiki)]);
        assert_eq!(found, HashMap::from([(orders, 1), (server, 1), (wiki, 1), (disk, 1)]), "a circle ends");
        assert_eq!(spread(&tiers, &[(wiki, disk)]), HashMap::from([(orders, 1), (wiki, 4), (disk, 4)]));
    }
}
