//! The hosts of a cluster as alternatives: so many of them may fail as it tolerates.

use super::declared_edge::declared_under;
use crate::compute::{cluster::Cluster, device::Device, virtual_machine::VirtualMachine};
use crate::operation::failure::Edge;
use std::collections::{BTreeSet, HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::clusters;

/// The name of the alternatives.
const HOSTS: &str = "hosts";
/// The states of a machine in which it is not among the hosts of a cluster yet, or no more.
const BESIDE: [&str; 4] = ["planned", "staged", "decommissioning", "retired"];

/// Declared edges, where those of a cluster that tolerates failures to its hosts are alternatives, unless it has groups of its own; with the
/// other hosts of each such cluster that is not known.
pub fn with_tolerance(reader: &mut Reader<'_>, edges: Vec<Edge>, known: &HashSet<Id>) -> Result<Vec<Edge>> {
    let single = |edge: &&Edge| edge.hard && edge.group.is_none();
    let dependents: BTreeSet<Id> = edges.iter().filter(single).map(|edge| edge.dependent).collect();
    let tolerated = tolerated(reader, &dependents.into_iter().collect::<Vec<Id>>())?;
    if tolerated.is_empty() {
        return Ok(edges);
    }
    let under = declared_under(reader, &tolerated.keys().copied().collect::<Vec<Id>>())?;
    let supports: BTreeSet<Id> = under.iter().map(|edge| edge.support).collect();
    let hosts = hosts(reader, &supports.into_iter().collect::<Vec<Id>>())?;
    let under: HashMap<Id, Vec<Edge>> = grouped(under.into_iter().map(|edge| (edge.dependent, edge)));
    let alternatives: HashMap<Id, Vec<Edge>> =
        under.into_iter().map(|(cluster, edges)| (cluster, alternatives(&edges, &hosts, tolerated.get(&cluster).copied().unwrap_or_default()))).collect();
    let near: HashSet<(Id, Id)> = edges.iter().map(|edge| (edge.dependent, edge.support)).collect();
    let is_host = |edge: &Edge| single(&edge) && alternatives.get(&edge.dependent).is_some_and(|hosts| hosts.iter().any(|host| host.support == edge.support));
    let mut all: Vec<Edge> = edges.into_iter().filter(|edge| !is_host(edge)).collect();
    all.extend(alternatives.into_values().flatten().filter(|edge| near.contains(&(edge.dependent, edge.support)) || !known.contains(&edge.dependent)));
    Ok(all)
}

/// The edges from a cluster to its hosts as alternatives; none where it has groups of its own.
fn alternatives(under: &[Edge], hosts: &HashMap<Id, bool>, tolerated: usize) -> Vec<Edge> {
    if under.iter().any(|edge| edge.group.is_some()) {
        return Vec::new();
    }
    let edges: Vec<&Edge> = under.iter().filter(|edge| edge.hard && hosts.contains_key(&edge.support)).collect();
    let in_use = edges.iter().filter(|edge| hosts.get(&edge.support) == Some(&true)).count();
    let count = if in_use == 0 { edges.len() } else { in_use };
    let must_stand = count.saturating_sub(tolerated).max(1);
    edges.into_iter().map(|edge| Edge { group: Some((HOSTS.to_owned(), must_stand)), ..edge.clone() }).collect()
}

/// The clusters in sight that tolerate failures of their hosts, of some nodes, and how many.
fn tolerated(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<HashMap<Id, usize>> {
    let (seen, mut found) = (reader.sees::<Cluster>()?, HashMap::new());
    for chunk in nodes.chunks(CHUNK) {
        let query = clusters::table.filter(clusters::id.eq_any(chunk).and(clusters::tolerated_failures.gt(0))).filter(seen.clone());
        let rows: Vec<(Id, i64)> = query.select((clusters::id, clusters::tolerated_failures.assume_not_null())).load(reader.within(&seen))?;
        found.extend(rows.into_iter().map(|(cluster, tolerated)| (cluster, usize::try_from(tolerated).unwrap_or_default())));
    }
    Ok(found)
}

/// The machines in sight of some nodes, each with whether it is in use.
fn hosts(reader: &mut Reader<'_>, nodes: &[Id]) -> Result<HashMap<Id, bool>> {
    let machines = reader.records(nodes)?.into_iter().filter(|record| [Device::PATH, VirtualMachine::PATH].contains(&record.definition.path));
    Ok(machines.map(|record| (record.id, !record.state.as_deref().is_some_and(|state| BESIDE.contains(&state)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_hosts_must_stand_as_are_in_use_less_what_is_tolerated() {
        let [cluster, first, second, third, spare, network] = std::array::from_fn(|_| Id::new());
        let hard = |support| Edge::recorded(cluster, support, true);
        let under = [hard(first), hard(second), hard(third), hard(spare), hard(network)];
        let hosts = HashMap::from([(first, true), (second, true), (third, true), (spare, false)]);
        let found = alternatives(&under, &hosts, 1);
        assert!(found.len() == 4 && found.iter().all(|edge| edge.group == Some((HOSTS.to_owned(), 2)) && edge.support != network), "{found:?}");
        assert!(alternatives(&under, &hosts, 9).iter().all(|edge| edge.group == Some((HOSTS.to_owned(), 1))));
        let own = [hard(first), Edge { group: Some(("nodes".to_owned(), 2)), ..hard(second) }];
        assert!(alternatives(&own, &hosts, 1).is_empty(), "what is declared counts");
    }
}
