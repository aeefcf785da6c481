//! The single points of failure of a service.

use super::edge::edges_under;
use super::node::{ImpactNode, nodes};
use crate::compute::cluster::Cluster;
use crate::operation::{dependency::Dependency, it_service::Service, recorded::missing, single_points::single_points};
use std::collections::BTreeSet;
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
