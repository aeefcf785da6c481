//! Handing out what is free under a prefix: the next address, the next smaller prefix, never the same twice.

use super::cidr::{Cidr, Host, next_free, next_free_prefix};
use super::ip_address::{AddressKind, IpAddress};
use super::network_lock::hold;
use super::network_value::Prefixed;
use super::prefix::{Prefix, PrefixKind};
use diesel::prelude::*;
use diesel::result::Error::DeserializationError;
use serde_json::{Map, Value, json};
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::Model;
use steward_core::resource::value::{Note, Text, Title, Whole};
use steward_core::resource::{Id, Resource, Stored};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};
use steward_schema::infrastructure::{ip_addresses, prefixes};

/// `POST infrastructure/prefixes/{id}/available-ips`.
#[derive(Debug)]
pub struct HandOutIpAddress;

impl Action for HandOutIpAddress {
    const PATH: &'static str = "infrastructure/prefixes/{id}/available-ips";
    const OPERATION_ID: &'static str = "hand_out_ip_address";
    const SUMMARY: &'static str = "Allocate the next free address of a prefix";
    const DESCRIPTION: &'static str = "Creates the lowest free address of the prefix, with the length of the prefix, in its VRF and unit, and returns it. \
        An address is free if it is no address of the VRF and lies in no smaller prefix of it that is in use. Of an IPv4 network the first and the last address are left out, but for /31 (RFC 3021) and /32; \
        of an IPv6 network the first is (RFC 4291), but for /127 (RFC 6164) and /128; of a pool none. \
        Calls for one prefix wait for each other, so that no address is allocated twice. When all are taken the call is refused (409, `exhausted`).";
    const PERMISSIONS: &'static [&'static str] = &["infrastructure.prefixes:read", "infrastructure.ip_addresses:create"];
    type Query = NoQuery;
    type Body = WantedAddress;
    type Prepared = WantedAddress;
    type Answer = IpAddress;

    fn example(_: &str) -> Value {
        json!({"dns_name": "rtm-srv-015.example.org"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, wanted: &WantedAddress) -> Result<Outcome> {
        let (id, stored, parent) = open(writer, call)?;
        let within = parent.prefix.0;
        if parent.kind == PrefixKind::Container {
            let detail =
                format!("{} is a container: it holds smaller prefixes, and hands out no addresses. Take one of a network or pool within it.", within.text());
            return Err(Problem::conflict("", "container", detail).into());
        }
        let mut taken: Vec<(u128, u128)> = addresses(writer, parent.vrf_id, within)?.into_iter().map(|host| (host.bits, host.bits)).collect();
        taken.extend(smaller_prefixes(writer, id, parent.vrf_id, within, None)?.into_iter().map(|prefix| (prefix.first.bits, prefix.last().bits)));
        taken.sort_unstable();
        let Some(bits) = next_free(within.usable(parent.kind == PrefixKind::Pool), &taken) else {
            let detail = format!("Every address of {} is taken. Free one, or take one of another prefix.", within.text());
            return Err(Problem::conflict("", "exhausted", detail).into());
        };
        let address = format!("{}/{}", Host { bits, ..within.first }.text(), within.length);
        make::<IpAddress>(writer, &stored, parent.vrf_id, wanted.to_json(), "address", address)
    }
}

/// `POST infrastructure/prefixes/{id}/available-prefixes`.
#[derive(Debug)]
pub struct HandOutPrefix;

impl Action for HandOutPrefix {
    const PATH: &'static str = "infrastructure/prefixes/{id}/available-prefixes";
    const OPERATION_ID: &'static str = "hand_out_prefix";
    const SUMMARY: &'static str = "Allocate the next free prefix under a prefix";
    const DESCRIPTION: &'static str = "Creates the lowest prefix of a length within this one that overlaps no other prefix within it that is in use, in the same VRF and unit, and returns it. A retired prefix is not allocated anew until it is deleted. \
        Calls for one prefix wait for each other, so that no part of it is allocated twice. When no such space is left the call is refused (409, `exhausted`).";
    const PERMISSIONS: &'static [&'static str] = &["infrastructure.prefixes:read", "infrastructure.prefixes:create"];
    type Query = NoQuery;
    type Body = WantedPrefix;
    type Prepared = WantedPrefix;
    type Answer = Prefix;

    fn example(_: &str) -> Value {
        json!({"prefix_length": 24})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, wanted: &WantedPrefix) -> Result<Outcome> {
        let (id, stored, parent) = open(writer, call)?;
        let within = parent.prefix.0;
        let width = within.first.width();
        let length = u8::try_from(wanted.prefix_length.0).ok().filter(|length| *length > within.length && *length <= width);
        let Some(length) = length else {
            let detail = match within.length == width {
                true => format!("{} is a single address and cannot be cut.", within.text()),
                false => format!("Expected a length from {} to {width}, to be cut from {}.", within.length + 1, within.text()),
            };
            return Err(Problem::invalid(vec![FieldError::new("/prefix_length", "range", detail)]).into());
        };
        let taken = smaller_prefixes(writer, id, parent.vrf_id, within, Some(length))?;
        let Some(free) = next_free_prefix(within, length, &taken) else {
            let detail = format!("{} has no room left for a /{length}. Ask for a smaller one, or take it from another prefix.", within.text());
            return Err(Problem::conflict("/prefix_length", "exhausted", detail).into());
        };
        let mut members = wanted.to_json();
        members.shift_remove("prefix_length");
        make::<Prefix>(writer, &stored, parent.vrf_id, members, "prefix", free.text())
    }
}

steward_core::value! {
    /// Purpose of the address to allocate.
    pub struct WantedAddress {
        /// Interface that receives it.
        #[field(refers_to(&["infrastructure/interfaces"]))]
        pub assigned_to_id: Option<Id>,
        /// Kind of assignment; `static` if left out.
        pub kind: Option<AddressKind>,
        /// DNS name of the address.
        pub dns_name: Option<Text<1, 253>>,
        /// Free-text description.
        pub description: Option<Note>,
    }
}

steward_core::value! {
    /// Length and purpose of the prefix to allocate.
    pub struct WantedPrefix {
        /// Prefix length in bits: more than that of the parent prefix, at most 32 for IPv4 and 128 for IPv6.
        pub prefix_length: Whole<1, 128>,
        /// Purpose of the prefix; `network` if left out.
        pub kind: Option<PrefixKind>,
        /// Name of the prefix.
        pub name: Option<Title>,
        /// Site that uses it.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// VLAN that carries it.
        #[field(refers_to(&["infrastructure/vlans"]))]
        pub vlan_id: Option<Id>,
        /// Free-text description.
        pub description: Option<Note>,
    }
}

/// The prefix, held together with its VRF until the end of the transaction; one that is retired hands nothing out (409).
fn open(writer: &mut Writer<'_>, call: &Call) -> Result<(Id, Stored, Prefix)> {
    let id = call.id()?;
    let (_, seen) = writer.reader().get_typed::<Prefix>(id)?;
    // In the order in which a change to the prefix takes them.
    hold(writer.connection, seen.vrf_id)?;
    hold(writer.connection, id)?;
    let (stored, prefix) = writer.reader().get_typed::<Prefix>(id)?;
    if stored.meta.state.as_deref() == Some("retired") {
        return Err(Problem::conflict("", "state", "That prefix is retired and hands nothing out. Use another.").into());
    }
    Ok((id, stored, prefix))
}

/// The addresses of a VRF within a prefix, whoever may see them.
fn addresses(writer: &mut Writer<'_>, vrf: Id, within: Cidr) -> Result<Vec<Host>> {
    let inside = ip_addresses::address_key.between(within.first.key(), within.last().key());
    let query = ip_addresses::table.filter(ip_addresses::vrf_id.eq(vrf)).filter(inside).select(ip_addresses::address_key).distinct();
    let keys: Vec<String> = query.load(writer.connection)?;
    let host = |key: &String| Host::from_key(key).ok_or_else(|| DeserializationError("text that is no key of an address".into()).into());
    keys.iter().map(host).collect()
}

/// The smaller prefixes of a VRF within a prefix, whoever may see them, by their first address. One that is retired takes no space, save, among
/// prefixes of a `length`, its own: it can stand only once in its VRF.
fn smaller_prefixes(writer: &mut Writer<'_>, id: Id, vrf: Id, within: Cidr, length: Option<u8>) -> Result<Vec<Cidr>> {
    let inside = prefixes::prefix_key.ge(within.key()).and(prefixes::prefix_last.le(within.last().key()));
    let query = prefixes::table.filter(prefixes::vrf_id.eq(vrf)).filter(prefixes::id.ne(id)).filter(inside).select((prefixes::prefix, prefixes::state));
    let smaller: Vec<(Prefixed, String)> = query.load(writer.connection)?;
    let takes = |(prefix, state): &(Prefixed, String)| state != "retired" || length == Some(prefix.0.length);
    let mut found: Vec<Cidr> = smaller.into_iter().filter(takes).map(|(prefix, _)| prefix.0).collect();
    found.sort_unstable_by_key(|prefix| (prefix.first.bits, prefix.length));
    Ok(found)
}

/// Makes the record as any other: by the caller's permission, its rules and with its history.
fn make<R: Resource>(writer: &mut Writer<'_>, parent: &Stored, vrf: Id, wanted: Map<String, Value>, name: &str, free: String) -> Result<Outcome> {
    let definition = writer.definition::<R>()?;
    let mut members: Map<String, Value> = wanted.into_iter().filter(|(_, value)| !value.is_null()).collect();
    if let Some(unit) = parent.placement.unit_id {
        members.insert("unit_id".into(), unit.to_string().into());
    }
    members.insert("vrf_id".into(), vrf.to_string().into());
    members.insert(name.into(), free.into());
    let made = writer.create(definition, members)?;
    Ok(writer.created(definition, &made))
}
