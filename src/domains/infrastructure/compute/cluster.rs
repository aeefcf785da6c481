//! Clusters: machines that carry virtual machines, containers or data together.

use crate::operation::dependents::require_no_dependents;
use crate::operation::leaving::require_staying;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Name, Note, Number, Text, Title, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Move, Resource, Scope, Unique, UnmetGuard};

choice! {
    /// Purpose of a cluster.
    pub enum ClusterKind {
        /// Runs virtual machines.
        Virtualisation = "virtualisation",
        /// Runs containers.
        Containers = "containers",
        /// Runs a database.
        Database = "database",
        /// Stores data.
        Storage = "storage",
        /// Computes jointly.
        Compute = "compute",
        /// Anything else.
        Other = "other",
    }
}

steward_core::resource! {
    /// Group of machines that work as one. A dependency with a redundancy group states the number of them that must be up.
    pub struct Cluster {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Purpose of the cluster.
        pub kind: ClusterKind,
        /// Cluster software, such as Proxmox VE or Kubernetes.
        #[field(search)]
        pub platform: Option<Title>,
        /// Version of the cluster software.
        pub platform_version: Option<Text<1, 60>>,
        /// Site of the cluster.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// Number of physical processor cores in total.
        pub physical_cores: Option<Whole<0, 10_000_000>>,
        /// Memory in total, in gibibytes.
        pub memory_gib: Option<Number<0, 100_000_000>>,
        /// Maximum ratio of virtual processors to physical cores.
        pub max_vcpu_ratio: Option<Number<0, 100>>,
        /// Number of hosts that may fail without harm; its hosts are the devices and virtual machines that it requires or that host it. A
        /// redundancy group that is declared for it counts instead.
        pub tolerated_failures: Option<Whole<0, 1000>>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Cluster {
    const PATH: &'static str = "infrastructure/clusters";
    type Table = steward_schema::infrastructure::clusters::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["site_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "clusters_name_key", fields: &["name"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Cluster {
            name: "rtm-virt-1".into(),
            kind: ClusterKind::Virtualisation,
            platform: Some("Proxmox VE".into()),
            platform_version: Some("8.2".into()),
            site_id: None,
            physical_cores: Some(Whole(192)),
            memory_gib: Some(Number(3072.0)),
            max_vcpu_ratio: Some(Number(4.0)),
            tolerated_failures: Some(Whole(1)),
            description: Some("Runs what serves customers.".into()),
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["site_id"])
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_no_dependents(step, check)
    }
}
