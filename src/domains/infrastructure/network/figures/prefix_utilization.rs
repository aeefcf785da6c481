//! Where a prefix stands in the tree of its VRF, and how full it is.

use crate::network::{
    cidr::{covered, used},
    ip_address::IpAddress,
    prefix::{Prefix, PrefixKind},
    prefix_tree::{address_counts, addresses, around, own, within},
};
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Place and utilisation of a prefix, over the prefixes and addresses that you may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrefixFigures {
    /// Smallest prefix of the VRF that contains it; null at the top.
    pub parent_id: Option<IdOf<Prefix>>,
    /// Depth in the tree: number of prefixes of the VRF that contain it.
    pub depth: Whole<0, 128>,
    /// Number of smaller prefixes of the VRF within it that are not retired.
    pub prefix_count: Whole<0, { i64::MAX }>,
    /// Number of addresses of the VRF within it.
    pub address_count: Whole<0, { i64::MAX }>,
    /// Share in use, in percent, at most 100. For a container, the share covered by prefixes within it; for a network or pool, the share of
    /// assignable addresses that are recorded or lie in smaller prefixes.
    pub utilisation_percent: Figure,
}

impl View for PrefixFigures {
    const PATH: &'static str = Prefix::PATH;
    type Reads = (IfPermitted<Prefix>, IfPermitted<IpAddress>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        Ok(figures_of(cx, &ids)?.into_iter().collect())
    }
}

/// Utilisation of a prefix.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrefixUtilization {
    /// Prefix evaluated.
    pub prefix: Ref<Prefix>,
    /// Place and utilisation of the prefix.
    #[serde(flatten)]
    pub figures: PrefixFigures,
}

impl View for PrefixUtilization {
    const PATH: &'static str = "infrastructure/prefixes/{id}/utilization";
    const OPERATION_ID: &'static str = "get_prefix_utilization";
    const SUMMARY: &'static str = "Get the utilization of a prefix";
    const DESCRIPTION: &'static str =
        "Utilisation of a prefix, over the prefixes and addresses that you may see: the figures that a list of prefixes adds with `figures=true`, for one.";
    const FORMULA: &'static str = "utilisation_percent = addresses within that are taken ÷ addresses that can be handed out · 100";
    type Reads = (Prefix, IfPermitted<IpAddress>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, prefix) = cx.get_typed::<Prefix>(id)?;
        let (_, figures) = figures_of(cx, &[id])?.into_iter().next().ok_or_else(Problem::not_found)?;
        Ok(PrefixUtilization { prefix: Ref::new(id, &prefix.prefix.0.text(), stored.meta.state.as_deref()), figures })
    }
}

/// The figures of some prefixes.
fn figures_of(cx: &mut Context<'_, '_>, ids: &[Id]) -> Result<Vec<(Id, PrefixFigures)>> {
    let own = own(cx, ids)?;
    let (around, within) = (around(cx, ids)?, within(cx, ids)?);
    let counts = address_counts(cx, ids)?;
    let recorded = addresses(cx, ids)?;
    let none = Vec::new();
    let figures = own.into_iter().map(|(id, (prefix, kind))| {
        let (above, below) = (around.get(&id).unwrap_or(&none), within.get(&id).unwrap_or(&none));
        let addresses = counts.get(&id).copied().unwrap_or(0);
        let share = if kind == PrefixKind::Container {
            covered(prefix, &below.iter().map(|(prefix, _)| *prefix).collect::<Vec<_>>())
        } else {
            let (first, last) = prefix.usable(kind == PrefixKind::Pool);
            let mut taken: Vec<(u128, u128)> = recorded.get(&id).into_iter().flatten().map(|host| (host.bits, host.bits)).collect();
            taken.extend(below.iter().map(|(prefix, _)| (prefix.first.bits, prefix.last().bits)));
            taken.sort_unstable();
            used((first, last), &taken) as f64 / ((last - first) as f64 + 1.0)
        };
        let figures = PrefixFigures {
            parent_id: above.last().map(|(_, id)| (*id).into()),
            depth: Whole(above.len() as i64),
            prefix_count: Whole(below.len() as i64),
            address_count: Whole(addresses),
            utilisation_percent: Figure(Some(share * 100.0)),
        };
        (id, figures)
    });
    Ok(figures.collect())
}
