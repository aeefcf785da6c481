//! The impact of losing a node.

use super::edge::edges_on;
use super::failure;
use crate::domains::infrastructure::operation::{
    dependency::{Dependency, NODES},
    it_service::Service,
};
use crate::view::picture::{Form, Node, NodeMap, Picture};
use crate::view::prelude::*;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// A node of the dependency graph.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ImpactNode {
    /// The node.
    pub id: Id,
    /// The collection of the node, as domain/collection.
    pub collection: &'static str,
    /// The title of the node.
    pub title: String,
    /// The state of the node; null if it has no lifecycle.
    pub state: Option<String>,
    /// The criticality tier of a service, 1 to 4; null for other nodes.
    pub criticality_tier: Option<i64>,
}

/// A node that the loss affects.
#[derive(Debug, Serialize, ToSchema)]
pub struct AffectedNode {
    /// The node.
    #[serde(flatten)]
    pub node: ImpactNode,
    /// The nodes from the lost one to this one, both included.
    pub path: Vec<Id>,
}

/// The impact of losing a node.
#[derive(Debug, Serialize, ToSchema)]
pub struct Impact {
    /// The node that is lost.
    pub lost: Option<ImpactNode>,
    /// The number of services that are down.
    pub services_down: usize,
    /// The number of services that are degraded.
    pub services_degraded: usize,
    /// The nodes that are down, in the order in which they fall.
    pub down: Vec<AffectedNode>,
    /// The nodes that still stand, with less under them.
    pub degraded: Vec<AffectedNode>,
}

impl View for Impact {
    const PATH: &'static str = "infrastructure/impact/{id}";
    const OPERATION_ID: &'static str = "get_infrastructure_impact";
    const SUMMARY: &'static str = "Get the impact of losing a node";
    const DESCRIPTION: &'static str = "What goes down, and what is degraded, when a node is lost (a service, device, virtual machine, cluster, circuit, cloud resource, volume, storage pool, rack, location, site or vendor), over what you may see: the dependencies that are declared, \
        and what is recorded of where things run and lie (the cluster or host of a machine, the pool of a volume, its node, the rack, location and site of a device, both ends of a circuit, who provides it).\n\n\
        A node is down if something that it requires, or that hosts it, is down, or if fewer of a redundancy group stand than `min_up`; it is degraded if something that it uses or is copied from is down, or if a group has shrunk. \
        What is only degraded brings nothing down. `path` leads from the lost node to this one. Nodes that you may not see are left out, and so is their place in a path.";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Dependency,);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let lost = cx.id()?;
        if nodes(cx, &[lost])?.is_empty() {
            return Err(Problem::not_found().into());
        }
        let mut known = HashSet::new();
        let found = failure::follow(lost, |fallen| edges_on(cx, fallen, &mut known))?;
        let ids: Vec<Id> = [lost].into_iter().chain(found.down.iter().chain(&found.degraded).map(|(node, _)| *node)).collect();
        let seen = nodes(cx, &ids)?;
        let through: HashMap<Id, Id> = found.down.iter().chain(&found.degraded).copied().collect();
        let listed = |affected: &[(Id, Id)]| -> Vec<AffectedNode> {
            let shown = affected.iter().filter_map(|(node, _)| seen.get(node).cloned());
            shown.map(|node| AffectedNode { path: path_to(node.id, &through).into_iter().filter(|id| seen.contains_key(id)).collect(), node }).collect()
        };
        let (down, degraded) = (listed(&found.down), listed(&found.degraded));
        let services = |nodes: &[AffectedNode]| nodes.iter().filter(|each| each.node.collection == Service::PATH).count();
        Ok(Impact { lost: seen.get(&lost).cloned(), services_down: services(&down), services_degraded: services(&degraded), down, degraded })
    }
}

/// The map of what falls, from the lost node to the right: each node beside the one through which it is reached.
fn picture(impact: &Impact) -> Picture {
    let node = |node: &ImpactNode, layer: usize, state: &str, strong: bool| Node {
        name: node.title.clone(),
        layer,
        note: Some(format!("{}, {state}", node.collection.rsplit('/').next().unwrap_or_default().replace('-', " "))),
        strong,
    };
    let lost = impact.lost.iter().map(|lost| (lost.id, None, node(lost, 0, "lost", true)));
    let affected = impact.down.iter().map(|each| (each, "down")).chain(impact.degraded.iter().map(|each| (each, "degraded")));
    let reached = affected.map(|(each, state)| {
        let before = each.path.iter().rev().nth(1).copied();
        (each.node.id, before, node(&each.node, each.path.len().saturating_sub(1).max(1), state, state == "down"))
    });
    let (mut nodes, mut ways) = (Vec::new(), Vec::new());
    for (id, before, node) in lost.chain(reached) {
        ways.push((id, before));
        nodes.push(node);
    }
    let places: HashMap<Id, usize> = ways.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let edges = ways.iter().enumerate().filter_map(|(at, (_, before))| Some((*places.get(&(*before)?)?, at))).collect();
    let title = impact.lost.as_ref().map_or_else(String::new, |lost| lost.title.clone());
    Picture::new(format!("Losing {title}: {} services down, {} degraded", impact.services_down, impact.services_degraded), Form::Map(NodeMap { nodes, edges }))
}

/// The nodes from the lost one to this one; each was reached through one that fell before it.
fn path_to(node: Id, through: &HashMap<Id, Id>) -> Vec<Id> {
    let mut path = vec![node];
    while let Some(before) = path.last().and_then(|last| through.get(last)) {
        path.push(*before);
    }
    path.reverse();
    path
}

/// The nodes that the session may see, of these.
pub fn nodes(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, ImpactNode>> {
    let mut seen = HashMap::new();
    for definition in NODES.iter().filter_map(|path| reader.store.definitions.get(path)) {
        for stored in reader.find_all(definition, ids)? {
            let document = reader.document(definition, &stored);
            let node = ImpactNode {
                id: stored.meta.id,
                collection: definition.path,
                title: document.get(definition.title).and_then(Value::as_str).unwrap_or_default().to_owned(),
                state: stored.meta.state.clone(),
                criticality_tier: document.get("criticality_tier").and_then(Value::as_i64),
            };
            seen.insert(stored.meta.id, node);
        }
    }
    Ok(seen)
}
