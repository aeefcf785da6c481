//! Interfaces: where devices and virtual machines meet networks.

use super::network_lock::hold;
use crate::operation::leaving::require_staying;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Note, Text, Whole};
use steward_core::resource::{Check, Id, Resource, Rule, Scope, Unique, ValidationErrors};
use steward_schema::infrastructure::cables;

choice! {
    /// Kind of an interface.
    pub enum InterfaceKind {
        /// Ethernet over copper.
        Copper = "copper",
        /// Ethernet over fibre.
        Fibre = "fibre",
        /// Wireless LAN (IEEE 802.11).
        Wireless = "wireless",
        /// A mobile network.
        Cellular = "cellular",
        /// Fibre Channel.
        FibreChannel = "fibre_channel",
        /// InfiniBand.
        Infiniband = "infiniband",
        /// Aggregate of several interfaces (IEEE 802.1AX).
        Aggregate = "aggregate",
        /// Bridge that joins interfaces to one network.
        Bridge = "bridge",
        /// Software interface, as of a virtual machine or a loopback.
        Virtual = "virtual",
        /// A serial console.
        Serial = "serial",
        /// Anything else.
        Other = "other",
    }
}

/// The kinds of interfaces that are of software only, and take no cable.
pub const OF_SOFTWARE: [InterfaceKind; 3] = [InterfaceKind::Virtual, InterfaceKind::Bridge, InterfaceKind::Aggregate];

steward_core::resource! {
    /// Interface of a device or of a virtual machine.
    pub struct Interface {
        /// Device or virtual machine that has it.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/virtual-machines"]), fixed)]
        pub node_id: Id,
        /// Name on its node, such as eth0; unique in the node.
        #[field(unique, search)]
        pub name: Name,
        /// Kind of interface.
        pub kind: InterfaceKind,
        /// Speed in megabits per second.
        pub speed_mbps: Option<Whole<1, 100_000_000>>,
        /// MAC address (EUI-48): six pairs of hexadecimal digits with colons, such as 00:1b:44:11:3a:b7.
        #[field(search)]
        pub mac_address: Option<Text<17, 17>>,
        /// Maximum transmission unit in bytes.
        pub mtu: Option<Whole<68, 65_536>>,
        /// True if it is enabled.
        #[field(default(|| json!(true)))]
        pub enabled: bool,
        /// True if it serves only the management of the node.
        #[field(default(|| json!(false)))]
        pub management_only: bool,
        /// Aggregate, bridge or parent interface that it belongs to, of the same node.
        #[field(refers_to(&["infrastructure/interfaces"]))]
        pub parent_id: Option<Id>,
        /// VLAN of untagged packets.
        #[field(refers_to(&["infrastructure/vlans"]))]
        pub untagged_vlan_id: Option<Id>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Interface {
    const PATH: &'static str = "infrastructure/interfaces";
    type Table = steward_schema::infrastructure::interfaces::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "interfaces_name_key", fields: &["node_id", "name"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id"), Rule::Agrees { by: "parent_id", theirs: "node_id", ours: "node_id" }];

    fn sample() -> Self {
        Interface {
            node_id: Id::sample(),
            name: "eth0".into(),
            kind: InterfaceKind::Copper,
            speed_mbps: Some(Whole(10_000)),
            mac_address: Some("00:1b:44:11:3a:b7".into()),
            mtu: Some(Whole(1500)),
            enabled: true,
            management_only: false,
            parent_id: None,
            untagged_vlan_id: None,
            description: Some("To the switch in the same rack.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let sound = self.mac_address.as_ref().is_none_or(|text| is_mac(text));
        faults.require(sound, "mac_address", "format", "Expected six pairs of hexadecimal digits with colons, such as 00:1b:44:11:3a:b7.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["node_id"])?;
        let before = check.before::<Interface>()?.map(|before| before.kind);
        let turned = before.is_some_and(|before| !OF_SOFTWARE.contains(&before)) && OF_SOFTWARE.contains(&self.kind);
        if turned { self.require_no_cable(check) } else { Ok(()) }
    }
}

impl Interface {
    /// Refuses to make an interface into software while a cable is plugged in (409).
    fn require_no_cable(&self, check: &mut Check<'_>) -> Result<()> {
        hold(check.connection, check.id)?;
        let plugged = cables::table.filter(cables::from_id.eq(check.id).or(cables::to_id.eq(check.id))).order(cables::id);
        let label: Option<Option<String>> = plugged.select(cables::label).first(check.connection).optional()?;
        let Some(label) = label else { return Ok(()) };
        let cable = label.map_or_else(|| "A cable".to_owned(), |label| format!("The cable \"{label}\""));
        let detail = format!("{cable} is plugged into {}, and an interface of software takes none. Remove the cable first.", self.name.0);
        Err(Problem::conflict("/kind", "cabled", detail).into())
    }
}

fn is_mac(text: &str) -> bool {
    let pairs: Vec<&str> = text.split(':').collect();
    pairs.len() == 6 && pairs.iter().all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::is_mac;

    #[test]
    fn a_hardware_address_has_six_pairs() {
        assert!(is_mac("00:1b:44:11:3A:b7"));
        assert!(!["00-1b-44-11-3a-b7", "00:1b:44:11:3a", "00:1b:44:11:3a:g7", "001b:44:11:3a:b7", "é0:1b:44:11:3a:b7"].into_iter().any(is_mac));
    }
}
