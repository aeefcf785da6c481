//! Networks: VRFs, prefixes, addresses, VLANs, interfaces, cables, circuits and domains.

pub mod cable;
pub mod cidr;
pub mod circuit;
pub mod dns_domain;
pub mod domain_name;
pub mod figures;
pub mod interface;
pub mod ip_address;
pub mod network_lock;
pub mod network_value;
pub mod prefix;
pub mod prefix_space;
pub mod prefix_tree;
pub mod vlan;
pub mod vlan_group;
pub mod vrf;
