//! The single points of failure of a service.

use super::edge::edges_under;
use super::failure::{Edge, follow};
use super::node::{ImpactNode, nodes};
use crate::compute::cluster::Cluster;
use crate::operation::{
    dependency::Dependency,
    it_service::Service,
    recorded::{Missing, missing},
};
use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use steward_core::view::prelude::*;

/// Node whose loss alone brings a service down.
#[derive(Debug, Serialize, ToSchema)]
pub struct SinglePoint {
    /// Single point of failure.
    #[serde(flatten)]
    pub node: ImpactNode,
    /// Nodes from this one to the service, both included.
    pub path: Vec<Id>,
}

/// Single points of failure of a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct SinglePointsOfFailure {
    /// Evaluated service.
    pub service: Ref<Service>,
    /// Number of nodes that it depends on, directly or through others.
    pub nodes: usize,
    /// Single points of failure, the shortest path first. Nodes that you may not see are left out.
    pub data: Vec<SinglePoint>,
}

impl View for SinglePointsOfFailure {
    const PATH: &'static str = "infrastructure/services/{id}/single-points-of-failure";
    const SUMMARY: &'static str = "Get the single points of failure of a service";
    const DESCRIPTION: &'static str = "Nodes whose loss alone brings a service down, over the dependencies that you may see, both declared and derived from recorded references: the impact analysis for each node that it depends on, as things are: what is down, and an alternative that is planned, staged or decommissioning, stands in for nothing, unless the service is itself planned.";
    type Reads = (Service, Dependency, IfPermitted<Cluster>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, service) = cx.get_typed::<Service>(id)?;
        let edges = edges_under(cx, id)?;
        let under: BTreeSet<Id> = edges.iter().map(|edge| edge.support).filter(|support| *support != id).collect();
        let mut before = missing(cx, stored.meta.state.as_deref())?;
        before.down.retain(|node| under.contains(node));
        before.absent.retain(|node| under.contains(node));
        let found = single_points(id, &edges, &before);
        let ids: Vec<Id> = found.iter().map(|path| path.first().copied().unwrap_or(id)).collect();
        let seen = nodes(cx, &ids)?;
        let shown = found.into_iter().filter_map(|path| Some(SinglePoint { node: seen.get(path.first()?)?.clone(), path })).collect();
        Ok(SinglePointsOfFailure { service: Ref::new(id, &service.name.0, stored.meta.state.as_deref()), nodes: under.len(), data: shown })
    }
}

/// The way from each node whose loss brings another down to that one, the shortest first.
fn single_points(root: Id, edges: &[Edge], before: &Missing) -> Vec<Vec<Id>> {
    let (mut on, mut groups): (HashMap<Id, Vec<&Edge>>, HashMap<Id, Vec<&Edge>>) = (HashMap::new(), HashMap::new());
    for edge in edges {
        on.entry(edge.support).or_default().push(edge);
        if edge.group.is_some() {
            groups.entry(edge.dependent).or_default().push(edge);
        }
    }
    let standing = |fallen: &[Id]| -> std::result::Result<Vec<Edge>, Infallible> {
        let direct = fallen.iter().filter_map(|node| on.get(node)).flatten().copied();
        let grouped = direct.clone().filter(|edge| edge.group.is_some()).filter_map(|edge| groups.get(&edge.dependent)).flatten().copied();
        Ok(direct.chain(grouped).cloned().collect())
    };
    let candidates: BTreeSet<Id> = on.keys().copied().filter(|node| *node != root).collect();
    let mut found: Vec<Vec<Id>> = candidates
        .into_iter()
        .filter_map(|lost| {
            let Ok(loss) = follow(lost, before, standing);
            let through: HashMap<Id, Id> = loss.down.iter().copied().collect();
            through.contains_key(&root).then(|| {
                let mut path = vec![root];
                while let Some(before) = path.last().and_then(|last| through.get(last)) {
                    path.push(*before);
                }
                path.reverse();
                path
            })
        })
        .collect();
    found.sort_by_key(|path| (path.len(), path.first().copied()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_an_alternative_is_none_and_what_all_alternatives_stand_on_is_one() {
        let [shop, first, second, rack, network, report] = std::array::from_fn(|_| Id::new());
        let one_of = |support| Edge { group: Some(("nodes".into(), 1)), ..Edge::recorded(shop, support, true) };
        let hard = |dependent, support| Edge::recorded(dependent, support, true);
        let edges = [one_of(first), one_of(second), hard(first, rack), hard(second, rack), hard(shop, network), Edge::recorded(shop, report, false)];
        let found = single_points(shop, &edges, &Missing::default());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], [network, shop]);
        assert_eq!((found[1].first(), found[1].last(), found[1].len()), (Some(&rack), Some(&shop), 3));
        assert!(single_points(report, &[], &Missing::default()).is_empty());
        // While its twin is away, the other is one.
        let away = Missing { down: vec![second], absent: Vec::new() };
        let found = single_points(shop, &edges, &away);
        assert!(found.contains(&vec![first, shop]) && !found.iter().any(|path| path.first() == Some(&second)), "{found:?}");
    }
}
