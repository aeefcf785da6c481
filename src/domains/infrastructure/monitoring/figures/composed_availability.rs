//! The availability of a service with all that it stands on.

use crate::compute::cluster::Cluster;
use crate::monitoring::agreed_availability::agreed;
use crate::monitoring::attained_availability::attained;
use crate::monitoring::attainment::unknown;
use crate::monitoring::composition::Structure;
use crate::monitoring::live_time::live_within;
use crate::monitoring::slo::Slo;
use crate::operation::figures::edge::edges_under;
use crate::operation::{component_outage::ComponentOutage, dependency::Dependency, it_service::Service, outage::Outage, recorded::missing};
use std::collections::{BTreeSet, HashMap};
use steward_core::resource::value::{Note, Whole};
use steward_core::view::prelude::*;

/// Availability of a service with all that it depends on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComposedAvailability {
    /// Evaluated service.
    pub service: Ref<Service>,
    /// First day of the outages that count.
    pub from: Date,
    /// Day after the last of the outages that count.
    pub to: Date,
    /// Availability from the objectives of the service and of all that it needs, in percent.
    pub availability_percent: Figure,
    /// Agreed availability of the service itself, in percent; null without an objective. Above `availability_percent`, it is more than can
    /// be promised.
    pub agreed_percent: Figure,
    /// Attained availability by the same formula, from the outages of services in their agreed time and those of components around the
    /// clock, in percent; null with the reason where it cannot be computed.
    pub attained_percent: Figure,
    /// Number of nodes that it depends on, directly or through others.
    pub nodes: Count,
    /// Number of those nodes without an agreed availability; they count as always up.
    pub without_objective: Count,
    /// Reason why the attained availability cannot be computed; null where it is.
    pub reason: Option<Note>,
    /// True if you may not read all services, dependencies, objectives, outages and clusters: what you may not read counts as always up.
    pub partial: bool,
}

impl View for ComposedAvailability {
    const PATH: &'static str = "infrastructure/services/{id}/composed-availability";
    const SUMMARY: &'static str = "Get the availability of a service with all that it depends on";
    const DESCRIPTION: &'static str = "Availability of a service combined with that of all that it needs, over the dependencies that you may see: each node that it requires, directly or through others, counts once, and each redundancy group by the probability that at least `min_up` of it are up. Nodes fail independently, and a node on which several members depend fails for all of them at once. Groups that share too many nodes are refused (400). \
        A node that it only `uses` does not reduce it, and a member of a group that is planned, staged or decommissioning is no alternative unless the service itself is planned. Of several availabilities agreed for one service the lowest counts. Maintenance leaves the time of a component where it leaves the agreed time of the service.";
    const FORMULA: &'static str = "A = Π Aᵢ over what is needed · Π P(at least min_up of n stand) over groups; 1 of n: 1 − Π(1 − Aᵢ); k of n alike: Σ_{i=k..n} C(n, i) · Aⁱ · (1 − A)ⁿ⁻ⁱ; with a node Z that members share: A(Z) · P(group | Z up) + (1 − A(Z)) · P(group | Z down)";
    const SOURCE: &'static str = "IEC 61078, reliability block diagrams; Rauzy, New Algorithms for Fault Trees Analysis; Trivedi, Probability and Statistics with Reliability, chapter 1";
    type Reads = (Service, Dependency, IfPermitted<Slo>, IfPermitted<Outage>, IfPermitted<ComponentOutage>, IfPermitted<Cluster>);
    type Query = Period;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Period) -> Result<Self> {
        let id = cx.id()?;
        let (stored, service) = cx.get_typed::<Service>(id)?;
        let (from, to, span) = query.span(cx)?;
        let edges = edges_under(cx, id)?;
        let nodes: BTreeSet<Id> = edges.iter().flat_map(|edge| [edge.dependent, edge.support]).chain([id]).collect();
        let agreed = agreed(cx, &nodes)?;
        let all: Vec<Id> = nodes.iter().copied().collect();
        let attained = attained(cx, id, &all, span)?;
        let live = live_within(cx, &[id], span)?.remove(&id);
        let reason = unknown(live, attained.is_some(), span.1 > span.0);
        let absent = missing(cx, stored.meta.state.as_deref())?.absent.into_iter().collect();
        let structure = Structure::new(&edges, &absent);
        let composed = |own: &HashMap<Id, f64>| match structure.availability(id, own) {
            Some(share) => Ok(share * 100.0),
            None => Err(steward_core::error::Error::from(Problem::bad_request(
                "Its redundancy groups share too many nodes to be computed. Ask for a service that it stands on, which has fewer groups below it.",
            ))),
        };
        let without = nodes.iter().filter(|node| !agreed.contains_key(node)).count();
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or_default());
        Ok(ComposedAvailability {
            service: Ref::new(id, &service.name.0, stored.meta.state.as_deref()),
            from,
            to,
            availability_percent: Figure(Some(composed(&agreed)?)),
            agreed_percent: Figure(agreed.get(&id).map(|share| share * 100.0)),
            attained_percent: Figure(attained.filter(|_| reason.is_none()).as_ref().map(composed).transpose()?),
            nodes: count(nodes.len() - 1),
            without_objective: count(without),
            reason: reason.map(Note::cut),
            partial: partial::<Self::Reads>(cx)?,
        })
    }
}
