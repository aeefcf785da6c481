//! Storage pools: space from which volumes are cut.

use crate::choice;
use crate::domains::infrastructure::operation::dependents::require_no_dependents;
use crate::error::Result;
use crate::resource::value::{Note, Number, Title};
use crate::resource::{Check, Id, Lifecycle, Move, Resource, Scope, UnmetGuard};

choice! {
    /// How the data of a pool is reached.
    pub enum StorageKind {
        /// As blocks: disks.
        Block = "block",
        /// As files.
        File = "file",
        /// As objects.
        Object = "object",
        /// As tapes.
        Tape = "tape",
    }
}

choice! {
    /// What a pool keeps its data on.
    pub enum StorageMedia {
        /// Solid state, by NVMe.
        Nvme = "nvme",
        /// Solid state, by SAS or SATA.
        Ssd = "ssd",
        /// Turning disks.
        Hdd = "hdd",
        /// Tape.
        Tape = "tape",
        /// Several of these.
        Mixed = "mixed",
    }
}

crate::resource! {
    /// Space on a device or cluster from which volumes are cut.
    pub struct StoragePool {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// How its data is reached.
        pub kind: StorageKind,
        /// The device or cluster that has it.
        #[field(refers_to(&["infrastructure/devices", "infrastructure/clusters"]))]
        pub node_id: Option<Id>,
        /// What it keeps its data on.
        pub media: Option<StorageMedia>,
        /// How it survives the loss of disks, such as RAID 6 or three copies.
        pub redundancy: Option<Title>,
        /// How much it can hold, after redundancy, in gibibytes.
        pub capacity_gib: Option<Number<0, 1_000_000_000_000>>,
        /// How much of that is filled, in gibibytes.
        pub used_gib: Option<Number<0, 1_000_000_000_000>>,
        /// How many times the capacity may be promised to volumes; 1 promises only what is there.
        pub max_overcommit_ratio: Option<Number<0, 1000>>,
        /// Whether its data is encrypted at rest.
        pub encrypted: Option<bool>,
        /// What one should know of it.
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
