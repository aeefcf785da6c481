//! Routing tables: each a space of addresses of its own.

use super::network_lock::hold;
use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, Note, Text};
use steward_core::resource::{Check, Resource, Scope, Unique, ValidationErrors};
use steward_schema::infrastructure::{ip_addresses, vrfs};

/// A route distinguisher or route target (RFC 4364): an AS number or an IPv4 address, a colon and a number.
type RouteMark = Text<3, 21>;

steward_core::resource! {
    /// Routing table (virtual routing and forwarding, VRF): a space of addresses and prefixes of its own. An organisation without VRFs
    /// creates one, such as Global, for all of them.
    pub struct Vrf {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Route distinguisher (RFC 4364), such as 65000:100; no two VRFs have the same.
        #[field(search)]
        pub route_distinguisher: Option<RouteMark>,
        /// Route targets whose routes it imports, such as 65000:100.
        #[field(default(|| json!([])))]
        pub import_targets: Vec<RouteMark>,
        /// Route targets under which it exports its routes.
        #[field(default(|| json!([])))]
        pub export_targets: Vec<RouteMark>,
        /// True if the same address may be recorded more than once in it, as for anycast.
        #[field(default(|| json!(false)))]
        pub allow_duplicate_addresses: bool,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Vrf {
    const PATH: &'static str = "infrastructure/vrfs";
    type Table = steward_schema::infrastructure::vrfs::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "vrfs_name_key", fields: &["name"] }];

    fn sample() -> Self {
        Vrf {
            name: "Production".into(),
            route_distinguisher: None,
            import_targets: vec!["65000:100".into()],
            export_targets: vec!["65000:100".into()],
            allow_duplicate_addresses: false,
            description: Some("What serves customers.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let expected = "Expected an AS number or an IPv4 address, a colon and a number, such as 65000:100.";
        faults.require(self.route_distinguisher.as_ref().is_none_or(|mark| is_route_mark(mark)), "route_distinguisher", "format", expected);
        faults.require(self.import_targets.iter().all(|mark| is_route_mark(mark)), "import_targets", "format", expected);
        faults.require(self.export_targets.iter().all(|mark| is_route_mark(mark)), "export_targets", "format", expected);
    }

    fn locks(&self) -> Vec<steward_core::resource::Lock> {
        self.route_distinguisher.iter().map(|mark| steward_core::resource::Lock::Named(format!("vrfs {}", mark.0))).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if let Some(mark) = &self.route_distinguisher {
            let same = vrfs::table.filter(vrfs::route_distinguisher.eq(mark.0.as_str())).filter(vrfs::id.ne(check.id));
            if select(exists(same)).get_result(check.connection)? {
                return Err(Problem::conflict("/route_distinguisher", "duplicate", "Another VRF has the same route_distinguisher. Choose another.").into());
            }
        }
        if self.allow_duplicate_addresses || check.before::<Vrf>()?.is_none_or(|before| !before.allow_duplicate_addresses) {
            return Ok(());
        }
        hold(check.connection, check.id)?;
        let of_vrf = ip_addresses::table.filter(ip_addresses::vrf_id.eq(check.id)).group_by(ip_addresses::address_key);
        let twice = of_vrf.having(count_star().gt(1)).select(ip_addresses::address_key);
        if select(exists(twice)).get_result(check.connection)? {
            let detail = "Some addresses are recorded in it more than once. Remove those that are too many first.";
            return Err(Problem::conflict("/allow_duplicate_addresses", "duplicate", detail).into());
        }
        Ok(())
    }
}

fn is_route_mark(text: &str) -> bool {
    let number =
        |text: &str, most: u64| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok_and(|number| number <= most);
    let Some((administrator, assigned)) = text.split_once(':') else { return false };
    let wide = administrator.parse::<std::net::Ipv4Addr>().is_ok() || number(administrator, u32::MAX.into());
    wide && number(assigned, u32::MAX.into())
}

#[cfg(test)]
mod tests {
    use super::is_route_mark;

    #[test]
    fn a_route_mark_is_an_as_number_or_an_address_and_a_number() {
        assert!(["65000:100", "192.0.2.1:7", "4200000000:1", "0:4294967295"].into_iter().all(is_route_mark));
        assert!(!["65000", ":1", "65000:", "65000:-1", "4294967296:1", "a:1", "192.0.2:1", "1:2:3"].into_iter().any(is_route_mark));
    }
}
