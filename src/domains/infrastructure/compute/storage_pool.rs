//! Storage pools: space from which volumes are cut.

use crate::operation::dependents::require_no_dependents;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Number, Title};
use steward_core::resource::{Check, Id, Lifecycle, Move, Resource, Scope, UnmetGuard};

choice! {
    /// Kind of access to the data of a pool.
    pub enum StorageKind {
        /// Block storage: disks.
        Block = "block",
        /// File storage.
        File = "file",
        /// Object storage.
        Object = "object",
        /// Tape storage.
        Tape = "tape",
    }
}

choice! {
    /// Storage media of a pool.
    pub enum StorageMedia {
        /// Solid state, by NVMe.
        Nvme = "nvme",
        /// Solid state, by SAS or SATA.
        Ssd = "ssd",
        /// Rotating disks.
        Hdd = "hdd",
        /// Tape.
        Tape = "tape",
        /// Several of these.
        Mixed = "mixed",
    }
}

steward_core::resource! {
    /// Storage space on a device or cluster, divided into volumes.
    pub struct StoragePool {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Kind of access to its data.
        pub kind: StorageKind,
        /// Device or cluster that provides it.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/clusters"]))]
        pub node_id: Option<Id>,
        /// Storage media.
        pub media: Option<StorageMedia>,
        /// Redundancy against the loss of disks, such as RAID 6 or three copies.
        pub redundancy: Option<Title>,
        /// Usable capacity after redundancy, in gibibytes.
        pub capacity_gib: Option<Number<0, 1_000_000_000_000>>,
        /// Used capacity, in gibibytes.
        pub used_gib: Option<Number<0, 1_000_000_000_000>>,
        /// Maximum ratio of capacity promised to volumes to capacity; 1 allows no overcommitment.
        pub max_overcommit_ratio: Option<Number<0, 1000>>,
        /// True if its data is encrypted at rest.
        pub encrypted: Option<bool>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for StoragePool {
    const PATH: &'static str = "infrastructure/storage-pools";
    type Table = steward_schema::infrastructure::storage_pools::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["node_id"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        StoragePool {
            name: "rtm-nvme-1".into(),
            kind: StorageKind::Block,
            node_id: None,
            media: Some(StorageMedia::Nvme),
            redundancy: Some("RAID 6".into()),
            capacity_gib: Some(Number(122_880.0)),
            used_gib: Some(Number(70_400.0)),
            max_overcommit_ratio: Some(Number(2.0)),
            encrypted: Some(true),
            description: Some("For databases.".into()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_no_dependents(step, check)
    }
}
