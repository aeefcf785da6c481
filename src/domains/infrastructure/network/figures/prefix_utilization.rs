//! Where a prefix stands in the tree of its VRF, and how full it is.

use crate::database::expression::beginning;
use crate::domains::infrastructure::network::{
    cidr::{Cidr, Host, covered, used},
    ip_address::IpAddress,
    network_value::Prefixed,
    prefix::{Prefix, PrefixKind},
};
use crate::resource::value::Whole;
use crate::view::IdOf;
use crate::view::prelude::*;
use diesel::dsl::count;
use std::collections::HashMap;
use steward_schema::infrastructure::{ip_addresses, prefixes};

/// Where the prefix stands and how full it is, over the prefixes and addresses that you may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PrefixFigures {
    /// The smallest prefix of the VRF that contains it; null at the top.
    pub parent_id: Option<IdOf<Prefix>>,
    /// How many prefixes of the VRF contain it.
    pub depth: Whole<0, 128>,
    /// How many smaller prefixes of the VRF lie within it.
    pub prefix_count: Whole<0, { i64::MAX }>,
    /// How many addresses of the VRF lie within it.
    pub address_count: Whole<0, { i64::MAX }>,
    /// Share in use, in percent, at most 100. Of a container the share that prefixes within it cover; of a network or pool the share of
    /// the addresses that can be handed out which are recorded or lie in smaller prefixes.
    pub utilisation_percent: Figure,
}

impl View for PrefixFigures {
    const PATH: &'static str = Prefix::PATH;
    type Reads = (IfPermitted<Prefix>, IfPermitted<IpAddress>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let own = own(cx, &ids)?;
        let (around, within) = (around(cx, &ids)?, within(cx, &ids)?);
        let counts = address_counts(cx, &ids)?;
        let recorded = addresses(cx, &ids)?;
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
}

diesel::alias!(prefixes as others: Others);

fn own(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, (Cidr, PrefixKind)>> {
    let query = prefixes::table.filter(prefixes::id.eq_any(ids)).select((prefixes::id, prefixes::prefix, prefixes::kind));
    let rows: Vec<(Id, Prefixed, PrefixKind)> = query.load(reader.unscoped("the list that asks has narrowed the ids"))?;
    Ok(rows.into_iter().map(|(id, prefix, kind)| (id, (prefix.0, kind))).collect())
}

/// The prefixes in sight around each of some, in order.
fn around(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Vec<(Cidr, Id)>>> {
    let seen = reader.sees_through::<Prefix, _>(&others)?;
    let (key, last) = (others.field(prefixes::prefix_key), others.field(prefixes::prefix_last));
    let beside = others.on(others.field(prefixes::vrf_id).eq(prefixes::vrf_id).and(key.lt(prefixes::prefix_key)).and(last.ge(prefixes::prefix_last)));
    let query = prefixes::table.inner_join(beside).filter(prefixes::id.eq_any(ids)).filter(seen.clone()).order(key);
    let rows = query.select((prefixes::id, others.field(prefixes::prefix), others.field(prefixes::id))).load(reader.within(&seen))?;
    Ok(by_prefix(rows))
}

/// The prefixes in sight within each of some, in order.
fn within(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Vec<(Cidr, Id)>>> {
    let seen = reader.sees_through::<Prefix, _>(&others)?;
    let (key, last) = (others.field(prefixes::prefix_key), others.field(prefixes::prefix_last));
    let beside = others.on(others.field(prefixes::vrf_id).eq(prefixes::vrf_id).and(key.gt(prefixes::prefix_key)).and(last.le(prefixes::prefix_last)));
    let query = prefixes::table.inner_join(beside).filter(prefixes::id.eq_any(ids)).filter(seen.clone()).order(key);
    let rows = query.select((prefixes::id, others.field(prefixes::prefix), others.field(prefixes::id))).load(reader.within(&seen))?;
    Ok(by_prefix(rows))
}

fn by_prefix(rows: Vec<(Id, Prefixed, Id)>) -> HashMap<Id, Vec<(Cidr, Id)>> {
    grouped(rows.into_iter().map(|(id, prefix, other)| (id, (prefix.0, other))))
}

/// How many addresses in sight lie within each of some prefixes.
fn address_counts(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, i64>> {
    let seen = reader.sees::<IpAddress>()?;
    let key = ip_addresses::address_key;
    let inside = key.ge(beginning(prefixes::prefix_key, 33)).and(key.le(prefixes::prefix_last));
    let query = prefixes::table
        .inner_join(ip_addresses::table.on(ip_addresses::vrf_id.eq(prefixes::vrf_id).and(inside)))
        .filter(prefixes::id.eq_any(ids))
        .filter(seen.clone())
        .group_by(prefixes::id)
        .select((prefixes::id, count(key).aggregate_distinct()));
    Ok(query.load::<(Id, i64)>(reader.within(&seen))?.into_iter().collect())
}

/// The addresses in sight within each of some prefixes.
fn addresses(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Vec<Host>>> {
    let seen = reader.sees::<IpAddress>()?;
    let key = ip_addresses::address_key;
    let inside = key.ge(beginning(prefixes::prefix_key, 33)).and(key.le(prefixes::prefix_last));
    let query = prefixes::table
        .inner_join(ip_addresses::table.on(ip_addresses::vrf_id.eq(prefixes::vrf_id).and(inside)))
        .filter(prefixes::id.eq_any(ids).and(prefixes::kind.ne(PrefixKind::Container)))
        .filter(seen.clone())
        .select((prefixes::id, key));
    let rows: Vec<(Id, String)> = query.load(reader.within(&seen))?;
    Ok(grouped(rows.into_iter().filter_map(|(id, key)| Some((id, Host::from_key(&key)?)))))
}
