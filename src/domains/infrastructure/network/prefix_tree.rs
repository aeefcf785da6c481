//! Which prefixes stand around and within others, and which addresses they hold.

use super::cidr::{Cidr, Host};
use super::ip_address::IpAddress;
use super::network_value::Prefixed;
use super::prefix::{Prefix, PrefixKind};
use diesel::dsl::count;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::expression::beginning;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::infrastructure::{ip_addresses, prefixes};

diesel::alias!(prefixes as others: Others);

/// Each of some prefixes, and what it is for.
pub fn own(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, (Cidr, PrefixKind)>> {
    let query = prefixes::table.filter(prefixes::id.eq_any(ids)).select((prefixes::id, prefixes::prefix, prefixes::kind));
    let rows: Vec<(Id, Prefixed, PrefixKind)> = query.load(reader.unscoped("the list that asks has narrowed the ids"))?;
    Ok(rows.into_iter().map(|(id, prefix, kind)| (id, (prefix.0, kind))).collect())
}

/// The prefixes in sight around each of some, in order.
pub fn around(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Vec<(Cidr, Id)>>> {
    let seen = reader.sees_through::<Prefix, _>(&others)?;
    let (key, last) = (others.field(prefixes::prefix_key), others.field(prefixes::prefix_last));
    let beside = others.on(others.field(prefixes::vrf_id).eq(prefixes::vrf_id).and(key.lt(prefixes::prefix_key)).and(last.ge(prefixes::prefix_last)));
    let query = prefixes::table.inner_join(beside).filter(prefixes::id.eq_any(ids)).filter(seen.clone()).order(key);
    let rows = query.select((prefixes::id, others.field(prefixes::prefix), others.field(prefixes::id))).load(reader.within(&seen))?;
    Ok(by_prefix(rows))
}

/// The prefixes in sight within each of some that are not retired, in order.
pub fn within(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Vec<(Cidr, Id)>>> {
    let seen = reader.sees_through::<Prefix, _>(&others)?;
    let (key, last) = (others.field(prefixes::prefix_key), others.field(prefixes::prefix_last));
    let beside = others.on(others.field(prefixes::vrf_id).eq(prefixes::vrf_id).and(key.gt(prefixes::prefix_key)).and(last.le(prefixes::prefix_last)));
    let in_use = others.field(prefixes::state).ne("retired");
    let query = prefixes::table.inner_join(beside).filter(prefixes::id.eq_any(ids).and(in_use)).filter(seen.clone()).order(key);
    let rows = query.select((prefixes::id, others.field(prefixes::prefix), others.field(prefixes::id))).load(reader.within(&seen))?;
    Ok(by_prefix(rows))
}

fn by_prefix(rows: Vec<(Id, Prefixed, Id)>) -> HashMap<Id, Vec<(Cidr, Id)>> {
    grouped(rows.into_iter().map(|(id, prefix, other)| (id, (prefix.0, other))))
}

/// How many addresses in sight lie within each of some prefixes.
pub fn address_counts(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, i64>> {
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
pub fn addresses(reader: &mut Reader<'_>, ids: &[Id]) -> Result<HashMap<Id, Vec<Host>>> {
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
