//! Internet addresses, and the interfaces that have them.

use super::network_lock::hold;
use super::network_value::Addressed;
use crate::operation::leaving::require_staying_node_of;
use diesel::dsl::{exists, not, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::database::Dialect;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Text};
use steward_core::resource::{Check, Id, Lock, NaturalKey, Resource, Scope};
use steward_schema::infrastructure::{devices, interfaces, ip_addresses, virtual_machines, vrfs};

choice! {
    /// Kind of assignment of an address.
    pub enum AddressKind {
        /// Set manually.
        Static = "static",
        /// Assigned by a DHCP server.
        Dhcp = "dhcp",
        /// Configured by the interface itself (RFC 4862).
        Slaac = "slaac",
        /// Shared by several nodes that stand in for each other, such as by VRRP.
        Virtual = "virtual",
        /// Shared by many places, of which the nearest answers.
        Anycast = "anycast",
        /// Reserved and kept free.
        Reserved = "reserved",
    }
}

steward_core::resource! {
    /// IP address, assigned to an interface or not.
    pub struct IpAddress {
        /// Routing table of the address.
        #[field(refers_to(&["infrastructure/vrfs"]), unique, fixed)]
        pub vrf_id: Id,
        /// Address, such as 192.0.2.10 or 2001:db8::10, with or without the length of its prefix, such as 192.0.2.10/24. The address itself
        /// is unique in the VRF, unless the VRF allows duplicates. It is returned in canonical form (RFC 5952).
        #[field(search)]
        pub address: Addressed,
        /// Interface that has it.
        #[field(refers_to(&["infrastructure/interfaces"]))]
        pub assigned_to_id: Option<Id>,
        /// Kind of assignment.
        #[field(default(|| json!("static")))]
        pub kind: AddressKind,
        /// DNS name of the address.
        #[field(search)]
        pub dns_name: Option<Text<1, 253>>,
        /// Inside address that it translates to (NAT).
        #[field(refers_to(&["infrastructure/ip-addresses"]))]
        pub nat_inside_id: Option<Id>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for IpAddress {
    const PATH: &'static str = "infrastructure/ip-addresses";
    type Table = steward_schema::infrastructure::ip_addresses::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "address";
    const NATURAL_KEYS: &'static [NaturalKey] = &[NaturalKey { fields: &["vrf_id", "address"], unless: Some(("vrf_id", "allow_duplicate_addresses")) }];

    fn sample() -> Self {
        IpAddress {
            vrf_id: Id::sample(),
            address: Addressed::sample("10.20.4.17/24"),
            assigned_to_id: None,
            kind: AddressKind::Static,
            dns_name: Some("rtm-srv-014.example.org".into()),
            nat_inside_id: None,
            description: Some("The order database listens here.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.vrf_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.nat_inside_id == Some(check.id) {
            return Err(Problem::conflict("/nat_inside_id", "same", "An address does not stand for itself. Name another.").into());
        }
        let before = check.before::<IpAddress>()?.map(|before| (before.address, before.assigned_to_id));
        if before.is_none_or(|(address, _)| address.host != self.address.host) {
            let taken = ip_addresses::table
                .inner_join(vrfs::table)
                .filter(ip_addresses::vrf_id.eq(self.vrf_id))
                .filter(ip_addresses::address_key.eq(self.address.host.key()))
                .filter(ip_addresses::id.ne(check.id))
                .filter(not(vrfs::allow_duplicate_addresses));
            if select(exists(taken)).get_result(check.connection)? {
                let detail = "The VRF has that address already. Choose another, or take the next free one at prefixes/{id}/available-ips.";
                return Err(Problem::conflict("/address", "duplicate", detail).into());
            }
        }
        if before.is_none_or(|(_, assigned)| assigned != self.assigned_to_id) {
            require_staying_node_of(check, "/assigned_to_id", self.assigned_to_id.as_slice())?;
        }
        if before.is_some_and(|(_, assigned)| assigned != self.assigned_to_id) {
            hold(check.connection, check.id)?;
            self.require_not_primary_elsewhere(check)?;
        }
        Ok(())
    }
}

impl IpAddress {
    /// Refuses to move the primary address of a device or virtual machine to an interface that is not its own (409).
    fn require_not_primary_elsewhere(&self, check: &mut Check<'_>) -> Result<()> {
        let node = || interfaces::table.filter(interfaces::id.nullable().eq(self.assigned_to_id)).select(interfaces::node_id).into_boxed::<Dialect>();
        let of_device = devices::table.filter(devices::primary_address_id.eq(check.id)).filter(devices::id.ne_all(node()));
        let of_machine = virtual_machines::table.filter(virtual_machines::primary_address_id.eq(check.id)).filter(virtual_machines::id.ne_all(node()));
        if select(exists(of_device).or(exists(of_machine))).get_result(check.connection)? {
            let detail = "It is the primary address of a device or virtual machine and must stay on one of its interfaces. Change that first.";
            return Err(Problem::conflict("/assigned_to_id", "primary", detail).into());
        }
        Ok(())
    }
}

/// Refuses a primary address that is not assigned to one of the interfaces of the record itself (409).
pub fn require_own(check: &mut Check<'_>, primary: Option<Id>) -> Result<()> {
    let Some(address) = primary else { return Ok(()) };
    let own = ip_addresses::table.find(address).inner_join(interfaces::table).filter(interfaces::node_id.eq(check.id));
    if select(exists(own)).get_result(check.connection)? {
        return Ok(());
    }
    let detail = "The primary address is one that is assigned to one of its own interfaces. Assign it there first.";
    Err(Problem::conflict("/primary_address_id", "other_node", detail).into())
}
