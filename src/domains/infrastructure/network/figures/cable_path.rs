//! Where the cable of an interface leads.

use crate::network::cable::{Cable, CircuitEnd};
use crate::network::circuit::Circuit;
use crate::network::interface::Interface;
use std::collections::HashSet;
use steward_core::view::prelude::*;
use steward_core::view::{ReferenceTo, Referred};
use steward_schema::infrastructure::cables;

/// Most steps of a path.
const MOST: usize = 100;

/// What a cable ends at.
#[derive(Debug)]
struct Terminations;

impl Referred for Terminations {
    const COLLECTIONS: &'static [&'static str] = &[Interface::PATH, Circuit::PATH];
}

/// Id of what a cable ends at.
type TerminationReference = ReferenceTo<Terminations>;

/// Step of a path: a cable, and the termination at its far end.
#[derive(Debug, Serialize, ToSchema)]
pub struct CableStep {
    /// Cable of the step.
    pub cable_id: IdOf<Cable>,
    /// Label on the cable.
    pub cable_label: Option<String>,
    /// Interface or circuit at its far end.
    #[schema(value_type = TerminationReference)]
    pub termination_id: Id,
    /// Collection of the termination, as domain/collection.
    pub collection: &'static str,
    /// Name or number of the termination; null if you may not see it.
    pub title: Option<String>,
    /// End of the circuit at which the cable arrives; null for an interface.
    pub end: Option<CircuitEnd>,
}

/// Cable path from an interface to its far end.
#[derive(Debug, Serialize, ToSchema)]
pub struct CablePath {
    /// Interface at which the path begins.
    pub interface: Ref<Interface>,
    /// Steps in order; none without a cable.
    pub data: Vec<CableStep>,
    /// Interface at the far end; null where the path ends at a circuit, or is a loop.
    pub far_interface_id: Option<IdOf<Interface>>,
    /// True if it ends at another interface.
    pub complete: bool,
}

/// One end of a cable.
type Plug = (Id, Option<CircuitEnd>);

impl View for CablePath {
    const PATH: &'static str = "infrastructure/interfaces/{id}/path";
    const SUMMARY: &'static str = "Get the path of an interface";
    const DESCRIPTION: &'static str = "Cable path of an interface, step by step over the cables that you may see: through circuits from one end to the other, to the interface at the far end.";
    type Reads = (Interface, Cable, IfPermitted<Circuit>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, interface) = cx.get_typed::<Interface>(id)?;
        let (mut data, mut walked, mut here, mut far) = (Vec::new(), HashSet::new(), (id, None), None);
        while let Some((cable, label, there)) = cable_at(cx, here)? {
            if !walked.insert(cable) || data.len() >= MOST {
                break;
            }
            let (termination, end) = there;
            let collection = if end.is_some() { Circuit::PATH } else { Interface::PATH };
            let title = cx.titles(collection, &[termination])?.remove(&termination).map(|title| title.0);
            data.push(CableStep { cable_id: cable.into(), cable_label: label, termination_id: termination, collection, title, end });
            let Some(end) = end else {
                far = Some(termination);
                break;
            };
            here = (termination, Some(if end == CircuitEnd::A { CircuitEnd::Z } else { CircuitEnd::A }));
        }
        let interface = Ref::new(id, &interface.name.0, stored.meta.state.as_deref());
        Ok(CablePath { interface, data, far_interface_id: far.map(IdOf::from), complete: far.is_some() })
    }
}

/// The cable that is plugged in somewhere: its label, and where its other end is.
fn cable_at(cx: &mut Context<'_, '_>, (termination, end): Plug) -> Result<Option<(Id, Option<String>, Plug)>> {
    let seen = cx.sees::<Cable>()?;
    let rows: Vec<(Id, Option<String>, Plug, Plug)> = cables::table
        .filter(cables::from_id.eq(termination).or(cables::to_id.eq(termination)))
        .filter(seen.clone())
        .order(cables::id)
        .select((cables::id, cables::label, (cables::from_id, cables::from_end), (cables::to_id, cables::to_end)))
        .load(cx.within(&seen))?;
    let here = (termination, end);
    Ok(rows.into_iter().find_map(|(id, label, from, to)| {
        let other = if from == here { to } else { from };
        (from == here || to == here).then_some((id, label, other))
    }))
}
