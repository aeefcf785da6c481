//! Storage pools: space from which volumes are cut.

use crate::network::network_lock;
use crate::operation::dependents::require_no_dependents;
use crate::operation::leaving::require_staying;
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Number, Title};
use steward_core::resource::{Check, Id, Lifecycle, Move, Resource, Scope, UnmetGuard};
use steward_schema::infrastructure::{storage_pools, volumes};

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
        /// Maximum ratio of capacity promised to volumes to capacity; 1 allows no overcommitment, null any. A volume beyond it is refused.
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

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["node_id"])?;
        let Some(before) = check.before::<StoragePool>()? else { return Ok(()) };
        let lowered = self.promisable().filter(|most| before.promisable().is_none_or(|before| *most < before));
        let Some(most) = lowered else { return Ok(()) };
        network_lock::hold(check.connection, check.id)?;
        let promised = promised(check, check.id)?;
        if promised > most {
            let pointer = if before.capacity_gib == self.capacity_gib { "/max_overcommit_ratio" } else { "/capacity_gib" };
            let detail = format!("Its volumes have {promised} GiB, and {most} GiB could be promised. Move or shrink volumes first.");
            return Err(Problem::conflict(pointer, "overcommit", detail).into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_no_dependents(step, check)
    }
}

impl StoragePool {
    /// The capacity that may be promised to volumes, in gibibytes; none without a limit.
    fn promisable(&self) -> Option<f64> {
        Some(self.capacity_gib?.0 * self.max_overcommit_ratio?.0)
    }
}

/// The capacity that is promised to the volumes of a pool that are not retired, save for the volume that is written, in gibibytes.
fn promised(check: &mut Check<'_>, pool: Id) -> Result<f64> {
    let of_pool = volumes::table.filter(volumes::storage_pool_id.eq(pool).and(volumes::state.ne("retired"))).filter(volumes::id.ne(check.id));
    let sizes: Vec<Option<f64>> = of_pool.select(volumes::size_gib).load(check.connection)?;
    Ok(sizes.into_iter().flatten().sum())
}

/// Refuses so many gibibytes of a pool beyond what it may promise (409). The caller has locked the pool.
pub fn require_room(check: &mut Check<'_>, pool: Id, size_gib: f64) -> Result<()> {
    let columns = (storage_pools::name, storage_pools::capacity_gib.assume_not_null() * storage_pools::max_overcommit_ratio.assume_not_null());
    let limited = storage_pools::table.find(pool).filter(storage_pools::capacity_gib.is_not_null().and(storage_pools::max_overcommit_ratio.is_not_null()));
    let found: Option<(String, f64)> = limited.select(columns).first(check.connection).optional()?;
    let Some((name, most)) = found else { return Ok(()) };
    let there = promised(check, pool)?;
    if there + size_gib <= most {
        return Ok(());
    }
    let left = (most - there).max(0.0);
    let detail = format!("The pool \"{name}\" may promise {most} GiB, and {left} GiB of them are left. Choose a smaller size or another pool.");
    Err(Problem::conflict("/size_gib", "overcommit", detail).into())
}
