//! The words of a licence: its metric, what that counts, and what happens when it is exceeded.

use super::host::HostFacts;
use std::collections::HashSet;
use steward_core::choice;
use steward_core::resource::Id;

choice! {
    /// Metric that a licence counts.
    pub enum LicenseMetric {
        /// Users of the software.
        User = "user",
        /// Devices and virtual machines that run it.
        Device = "device",
        /// Processor cores of the machines that run it.
        Core = "core",
        /// Subscriptions of any holder.
        Subscription = "subscription",
        /// Sites that use it.
        Site = "site",
    }
}

choice! {
    /// Treatment of assignments beyond the quantity of a licence.
    pub enum OverAssignment {
        /// Refused by the service.
        Forbid = "forbid",
        /// Accepted, with a negative licence position.
        Allow = "allow",
    }
}

/// How much of a licence hosts use on which it is installed without being assigned, and the number of those of which that is not known: who
/// uses what is installed is told by assignments only, and a site to which it is assigned is not counted again.
pub fn found(metric: LicenseMetric, hosts: &HashSet<Id>, facts: &HostFacts, is_assigned: impl Fn(Id) -> bool) -> (i64, i64) {
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    match metric {
        LicenseMetric::Device | LicenseMetric::Subscription => (count(hosts.len()), 0),
        LicenseMetric::Core => {
            let known = hosts.iter().filter_map(|host| facts.cores.get(host));
            (known.clone().sum(), count(hosts.len() - known.count()))
        }
        LicenseMetric::Site => {
            let known = hosts.iter().filter_map(|host| facts.sites.get(host)).copied();
            let sites: HashSet<Id> = known.clone().filter(|site| !is_assigned(*site)).collect();
            (count(sites.len()), count(hosts.len() - known.count()))
        }
        LicenseMetric::User => (0, count(hosts.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn a_licence_of_cores_counts_the_cores_of_its_hosts_and_those_of_unknown_number_apart() {
        let [known, more, unknown] = std::array::from_fn(|_| Id::new());
        let hosts = HashSet::from([known, more, unknown]);
        let facts = HostFacts { cores: HashMap::from([(known, 16), (more, 8)]), ..HostFacts::default() };
        assert_eq!(found(LicenseMetric::Core, &hosts, &facts, |_| false), (24, 1));
        assert_eq!(found(LicenseMetric::Device, &hosts, &facts, |_| false), (3, 0));
        assert_eq!(found(LicenseMetric::User, &hosts, &facts, |_| false), (0, 3), "nobody knows who uses it");
    }

    #[test]
    fn a_licence_of_sites_counts_each_site_of_its_hosts_once() {
        let [first, second, third, homeless, here, there] = std::array::from_fn(|_| Id::new());
        let hosts = HashSet::from([first, second, third, homeless]);
        let facts = HostFacts { sites: HashMap::from([(first, here), (second, here), (third, there)]), ..HostFacts::default() };
        assert_eq!(found(LicenseMetric::Site, &hosts, &facts, |_| false), (2, 1));
        assert_eq!(found(LicenseMetric::Site, &hosts, &facts, |site| site == there), (1, 1));
    }
}
