//! The impact of losing a node, and what a node rests on.

use super::edge::{edges_on, edges_under};
use super::foundation::{self, Need};
use super::loss_cost::{self, CreditRow, DowntimeCost};
use super::loss_process::{self, ProcessRow};
use super::loss_repair::{self, Repair};
use super::loss_work::{self, DelayedRow};
use super::node::{ImpactNode, Partial, counted, nodes};
use crate::asset::asset::Asset;
use crate::compute::cluster::Cluster;
use crate::operation::{
    dependency::{CONTROLS, Dependency},
    failure::{self, Loss},
    it_service::Service,
    recorded,
};
use std::collections::{HashMap, HashSet};
use steward_core::choice;
use steward_core::resource::value::Text;
use steward_core::view::picture::{Form, Node, NodeMap, Picture};
use steward_core::view::prelude::*;

choice! {
    /// Direction of an impact analysis.
    pub enum ImpactDirection {
        /// From a node to those that fall with it.
        Down = "down",
        /// From a node to those that it depends on.
        Up = "up",
    }
}

/// Parameters of the impact analysis.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Direction: the nodes that fall with the lost one (`down`), or those that it depends on (`up`); `down` if left out.
    #[param(inline)]
    pub direction: Option<ImpactDirection>,
    /// Duration of the loss in hours, for service credits; 1 if left out.
    #[param(minimum = 0, maximum = 8784)]
    pub hours: Option<f64>,
}

/// Node affected by the loss.
#[derive(Debug, Serialize, ToSchema)]
pub struct AffectedNode {
    /// Affected node.
    #[serde(flatten)]
    pub node: ImpactNode,
    /// Nodes from the lost one to this one, both included.
    pub path: Vec<Id>,
}

/// Node that another depends on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupportNode {
    /// Node depended on.
    #[serde(flatten)]
    pub node: ImpactNode,
    /// Weakest link of the path.
    pub need: Need,
    /// Nodes from the dependent one to this one, both included.
    pub path: Vec<Id>,
}

/// Impact of losing a node, or the nodes that it depends on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Impact {
    /// Node that is lost, or that depends on others.
    pub lost: Option<ImpactNode>,
    /// Direction of the analysis.
    pub direction: ImpactDirection,
    /// Number of services that are down.
    pub services_down: usize,
    /// Number of services that are degraded.
    pub services_degraded: usize,
    /// Nodes that are down, in the order in which they fall.
    pub down: Vec<AffectedNode>,
    /// Nodes that are degraded: still up, with less support.
    pub degraded: Vec<AffectedNode>,
    /// Number of nodes that were down before, by their state or with those. They are not listed.
    pub down_before: Count,
    /// Nodes that it depends on, the required ones first, then the nearest; empty for `down`.
    pub rests_on: Vec<SupportNode>,
    /// Assumed duration of the loss in hours.
    pub hours: Figure,
    /// Cost of downtime an hour; null for `up`.
    pub cost_per_hour: Option<DowntimeCost>,
    /// Service credits that vendors owe for so many hours, by target; null for `up`, or where you may not read the targets.
    pub service_credits: Option<Vec<CreditRow>>,
    /// Business processes that need what is down, the missed objectives first; null for `up`, or where you may not read processes.
    pub processes: Option<Vec<ProcessRow>>,
    /// Number of these processes whose recovery objective is missed; null where the processes or recovery plans may not be read.
    pub recovery_objectives_missed: Option<Count>,
    /// People and contracts for the repair; null for `up`.
    pub repair: Option<Repair>,
    /// Open project work that is delayed, the nearest first; null for `up`, or where you may not read work items.
    pub work_delayed: Option<Vec<DelayedRow>>,
    /// Controls that are no longer carried out; null for `up`, or where you may not read controls.
    pub controls_lost: Option<Vec<ImpactNode>>,
    /// Collections that you may not read and that are therefore left out; empty where there are none.
    pub partial: Vec<Text<1, 100>>,
}

impl View for Impact {
    const PATH: &'static str = "infrastructure/impact/{id}";
    const OPERATION_ID: &'static str = "get_infrastructure_impact";
    const SUMMARY: &'static str = "Get the impact of losing a node";
    const DESCRIPTION: &'static str = "Impact of losing a node: all nodes that go down or are degraded with it, over what you may see. A node is a service, device, virtual machine, cluster, circuit, cloud resource, volume, storage pool, rack, location, site, vendor, contract or person; the edges are the declared dependencies \
        and the recorded places and references (the cluster or host of a machine, the pool of a volume, its node, the rack, location and site of a device, both ends of a circuit, its provider and contract, the vendor of a contract). The hosts of a cluster that tolerates failures are a redundancy group.\n\n\
        A node is down if something that it requires, or that hosts it, is down, or if fewer of a redundancy group are up than `min_up`; it is degraded if something that it uses or is copied from is down, or if a group has shrunk. \
        A degraded node brings nothing down. Current states count: a node that is failed, offline, stopped or retired, a person who left, and all that falls with them were down before; they do not count as alternatives and are no part of the loss. What is planned, staged or decommissioning is no alternative either, unless the lost node is itself planned or staged. \
        `path` leads from the lost node to this one. Nodes that you may not see are left out, and so is their place in a path.\n\n\
        Further figures: the cost of downtime of the services that are down, the service credits that vendors would owe, the recovery objectives of business processes that would be missed, the people and contracts for the repair, and the work and controls that wait for it. \
        With `direction=up` the same graph is followed the other way: all that the node depends on, in any state.";
    const FORMULA: &'static str = "cost_per_hour = Σ downtime_cost_per_hour of the services that are down, the lost one included; attained_percent = 100 · (1 − hours ÷ hours of the window); \
        amount of a credit = fee of the window · credit of the worst tier that applies, at most the cap; fee = Σ quantity · price · 12 ÷ interval of the recurring lines, a twelfth of it for a month; gap_seconds = effective − required";
    const SOURCE: &'static str = "ITIL 4, service configuration management; ISO 22301:2019, 8.2.2";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Dependency, IfPermitted<Service>, IfPermitted<Asset>, IfPermitted<Cluster>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (id, hours) = (cx.id()?, query.hours.unwrap_or(1.0));
        if !(0.0..=8784.0).contains(&hours) {
            return Err(Problem::bad_request("hours is 0 to 8784, the hours of a year.").into());
        }
        let lost = nodes(cx, &[id])?.remove(&id).ok_or_else(Problem::not_found)?;
        match query.direction.unwrap_or(ImpactDirection::Down) {
            ImpactDirection::Down => fallen(cx, lost, hours),
            ImpactDirection::Up => resting(cx, lost, hours),
        }
    }
}

/// What goes down with a node.
fn fallen(cx: &mut Context<'_, '_>, lost: ImpactNode, hours: f64) -> Result<Impact> {
    let mut known = HashSet::new();
    let before = recorded::missing(cx, lost.state.as_deref())?;
    let found = failure::follow(lost.id, &before, |fallen| edges_on(cx, fallen, &mut known))?;
    let (down, degraded) = affected(cx, &lost, &found)?;
    let fallen: Vec<ImpactNode> = [lost.clone()].into_iter().chain(down.iter().map(|each| each.node.clone())).collect();
    let mut partial = Partial::default();
    let processes = loss_process::processes(cx, &fallen, &mut partial)?;
    let missed = processes.as_ref().filter(|_| loss_process::sees_plans(cx, &mut partial)).map(|rows| rows.iter().filter(|row| row.is_missed()).count());
    let services = |nodes: &[AffectedNode]| nodes.iter().filter(|each| each.node.collection == Service::PATH).count();
    let controls = partial.readable(cx, CONTROLS).then(|| fallen.iter().filter(|node| node.collection == CONTROLS).cloned().collect());
    Ok(Impact {
        direction: ImpactDirection::Down,
        services_down: services(&down),
        services_degraded: services(&degraded),
        down_before: counted(found.down_before),
        rests_on: Vec::new(),
        hours: Figure(Some(hours)),
        cost_per_hour: Some(loss_cost::downtime(cx, &fallen)?),
        service_credits: loss_cost::credits(cx, &fallen, hours, &mut partial)?,
        processes,
        recovery_objectives_missed: missed.map(counted),
        repair: Some(loss_repair::repair(cx, &fallen, &mut partial)?),
        work_delayed: loss_work::delayed(cx, &fallen, &mut partial)?,
        controls_lost: controls,
        partial: partial.told(),
        lost: Some(lost),
        down,
        degraded,
    })
}

/// What is down and what is degraded, of what the caller may see.
fn affected(cx: &mut Context<'_, '_>, lost: &ImpactNode, found: &Loss) -> Result<(Vec<AffectedNode>, Vec<AffectedNode>)> {
    let ids: Vec<Id> = [lost.id].into_iter().chain(found.down.iter().chain(&found.degraded).map(|(node, _)| *node)).collect();
    let seen = nodes(cx, &ids)?;
    let through: HashMap<Id, Id> = found.down.iter().chain(&found.degraded).copied().collect();
    let listed = |affected: &[(Id, Id)]| -> Vec<AffectedNode> {
        let shown = affected.iter().filter_map(|(node, _)| seen.get(node).cloned());
        shown.map(|node| AffectedNode { path: foundation::path(node.id, &through).into_iter().filter(|id| seen.contains_key(id)).collect(), node }).collect()
    };
    Ok((listed(&found.down), listed(&found.degraded)))
}

/// What a node rests on.
fn resting(cx: &mut Context<'_, '_>, root: ImpactNode, hours: f64) -> Result<Impact> {
    let edges = edges_under(cx, root.id)?;
    let rests = foundation::rests_on(root.id, &edges);
    let ids: Vec<Id> = [root.id].into_iter().chain(rests.iter().map(|rest| rest.support)).collect();
    let seen = nodes(cx, &ids)?;
    let shown = rests.into_iter().filter_map(|rest| {
        let path = rest.path.into_iter().filter(|id| seen.contains_key(id)).collect();
        Some(SupportNode { node: seen.get(&rest.support)?.clone(), need: rest.need, path })
    });
    Ok(Impact {
        direction: ImpactDirection::Up,
        services_down: 0,
        services_degraded: 0,
        down: Vec::new(),
        degraded: Vec::new(),
        down_before: counted(0),
        rests_on: shown.collect(),
        hours: Figure(Some(hours)),
        cost_per_hour: None,
        service_credits: None,
        processes: None,
        recovery_objectives_missed: None,
        repair: None,
        work_delayed: None,
        controls_lost: None,
        partial: Vec::new(),
        lost: Some(root),
    })
}

/// The map of what falls, or of what a node rests on: from the node to the right, each beside the one through which it is reached.
fn picture(impact: &Impact) -> Picture {
    let drawn = |node: &ImpactNode, layer: usize, state: &str| Node {
        name: node.title.clone(),
        layer,
        note: Some(format!("{}, {state}", node.collection.rsplit('/').next().unwrap_or_default().replace('-', " "))),
        strong: matches!(state, "lost" | "down"),
    };
    let root = if impact.direction == ImpactDirection::Up { "rests on others" } else { "lost" };
    let lost = impact.lost.iter().map(|lost| (lost.id, None, drawn(lost, 0, root)));
    let down = impact.down.iter().map(|each| (&each.node, &each.path, "down"));
    let degraded = impact.degraded.iter().map(|each| (&each.node, &each.path, "degraded"));
    let rests_on = impact.rests_on.iter().map(|each| (&each.node, &each.path, each.need.word()));
    let reached = down.chain(degraded).chain(rests_on).map(|(node, path, state)| {
        let before = path.iter().rev().nth(1).copied();
        (node.id, before, drawn(node, path.len().saturating_sub(1).max(1), state))
    });
    let (mut nodes, mut ways) = (Vec::new(), Vec::new());
    for (id, before, node) in lost.chain(reached) {
        ways.push((id, before));
        nodes.push(node);
    }
    let places: HashMap<Id, usize> = ways.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let edges = ways.iter().enumerate().filter_map(|(at, (_, before))| Some((*places.get(&(*before)?)?, at))).collect();
    let title = impact.lost.as_ref().map_or_else(String::new, |lost| lost.title.clone());
    let title = match impact.direction {
        ImpactDirection::Down => format!("Losing {title}: {} services down, {} degraded", impact.services_down, impact.services_degraded),
        ImpactDirection::Up => format!("What {title} rests on"),
    };
    Picture::new(title, Form::Map(NodeMap { nodes, edges }))
}
