//! The words of a licence: its metric, what that counts, and what happens when it is exceeded.

use std::collections::{HashMap, HashSet};
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

/// How much of a licence hosts use on which it is installed without being assigned, and the number of those of which that is not known.
pub fn found(metric: LicenseMetric, hosts: &HashSet<Id>, cores: &HashMap<Id, i64>) -> (i64, i64) {
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    match metric {
        LicenseMetric::Device | LicenseMetric::Subscription => (count(hosts.len()), 0),
        LicenseMetric::Core => {
            let known = hosts.iter().filter_map(|host| cores.get(host));
            (known.clone().sum(), count(hosts.len() - known.count()))
        }
        LicenseMetric::User | LicenseMetric::Site => (0, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_of_cores_counts_the_cores_of_its_hosts_and_those_of_unknown_number_apart() {
        let [known, more, unknown] = std::array::from_fn(|_| Id::new());
        let (hosts, cores) = (HashSet::from([known, more, unknown]), HashMap::from([(known, 16), (more, 8)]));
        assert_eq!(found(LicenseMetric::Core, &hosts, &cores), (24, 1));
        assert_eq!(found(LicenseMetric::Device, &hosts, &cores), (3, 0));
        assert_eq!(found(LicenseMetric::User, &hosts, &cores), (0, 0));
    }
}
