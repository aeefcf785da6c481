//! Prefixes: the address space, cut into networks.

use super::network_value::Prefixed;
use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Note, Title};
use steward_core::resource::{Id, Lifecycle, Lock, Resource, Scope, StateException, Unique};

choice! {
    /// Purpose of a prefix.
    pub enum PrefixKind {
        /// Container of smaller prefixes only.
        Container = "container",
        /// Network whose first and last address (IPv4), or first address (IPv6), are not assigned.
        Network = "network",
        /// Pool in which every address may be assigned.
        Pool = "pool",
    }
}

steward_core::resource! {
    /// Range of addresses with a common prefix. The prefixes of a VRF form a tree by containment; no two are the same.
    pub struct Prefix {
        /// Routing table of the prefix.
        #[field(refers_to(&["infrastructure/vrfs"]), unique, fixed)]
        pub vrf_id: Id,
        /// CIDR form (RFC 4632), such as 10.20.0.0/16 or 2001:db8::/32, with all bits behind its length zero; unique in the VRF. It is
        /// returned in canonical form (RFC 5952).
        #[field(search, fixed)]
        pub prefix: Prefixed,
        /// Purpose of the prefix.
        #[field(default(|| json!("network")))]
        pub kind: PrefixKind,
        /// Name of the prefix.
        #[field(search)]
        pub name: Option<Title>,
        /// Site that uses it.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// VLAN that carries it.
        #[field(refers_to(&["infrastructure/vlans"]))]
        pub vlan_id: Option<Id>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Prefix {
    const PATH: &'static str = "infrastructure/prefixes";
    type Table = steward_schema::infrastructure::prefixes::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["site_id", "vlan_id"];
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::deletable(&["retired"], "The space of a retired prefix is given out anew, and it can stand only once in its VRF.")];
    const TITLE: &'static str = "prefix";
    const UNIQUE: &'static [Unique] = &[Unique { index: "prefixes_prefix_key", fields: &["vrf_id", "prefix"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Prefix {
            vrf_id: Id::sample(),
            prefix: Prefixed::sample("10.20.0.0/16"),
            kind: PrefixKind::Network,
            name: Some("Servers in Rotterdam".into()),
            site_id: None,
            vlan_id: None,
            description: Some("The gateway is the first address.".into()),
        }
    }

    // What is handed out from a prefix is looked for under the same lock.
    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.vrf_id)]
    }
}
