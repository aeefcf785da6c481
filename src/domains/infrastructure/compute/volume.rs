//! Volumes: the disks, shares and buckets that data lies in.

use super::storage_pool;
use crate::operation::dependents::require_no_dependents;
use crate::operation::leaving::require_staying;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Number, Text, Title};
use steward_core::resource::{Check, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard};

steward_core::resource! {
    /// Disk, share or bucket, with or without a storage pool.
    pub struct Volume {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Storage pool of the volume.
        #[field(refers_to(&["infrastructure/storage-pools"]))]
        pub storage_pool_id: Option<Id>,
        /// Virtual machine, device, cluster or service that uses it.
        #[field(refers_to(&["infrastructure/virtual-machines", "infrastructure/devices", "infrastructure/clusters", "infrastructure/services"]))]
        pub attached_to_id: Option<Id>,
        /// Place of the volume on its user, such as a mount point or a drive letter.
        pub mount_point: Option<Text<1, 500>>,
        /// Provisioned size in gibibytes, within what its pool may promise.
        pub size_gib: Option<Number<0, 1_000_000_000_000>>,
        /// Used size in gibibytes.
        pub used_gib: Option<Number<0, 1_000_000_000_000>>,
        /// True if space is taken from the pool only as it is filled (thin provisioning).
        pub thin: Option<bool>,
        /// True if its data is encrypted at rest.
        pub encrypted: Option<bool>,
        /// Free-text description, such as the owner of the data.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Volume {
    const PATH: &'static str = "infrastructure/volumes";
    type Table = steward_schema::infrastructure::volumes::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["storage_pool_id", "attached_to_id"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
    }

    fn sample() -> Self {
        Volume {
            name: "orders-data".into(),
            storage_pool_id: None,
            attached_to_id: None,
            mount_point: Some("/var/lib/postgresql".into()),
            size_gib: Some(Number(2048.0)),
            used_gib: Some(Number(1310.0)),
            thin: Some(true),
            encrypted: Some(true),
            description: Some("Orders since 2015.".into()),
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_staying(check, self, &["storage_pool_id", "attached_to_id"])?;
        let (Some(pool), Some(size)) = (self.storage_pool_id, self.size_gib) else { return Ok(()) };
        let known = check.before::<Volume>()?.is_some_and(|before| before.storage_pool_id == self.storage_pool_id && before.size_gib >= self.size_gib);
        if known { Ok(()) } else { storage_pool::require_room(check, pool, size.0) }
    }

    fn locks(&self) -> Vec<Lock> {
        self.storage_pool_id.into_iter().map(Lock::Row).collect()
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        require_no_dependents(step, check)
    }
}
