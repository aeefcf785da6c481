//! Backup policies: what is copied how often, and how long the copies are kept.

use crate::choice;
use crate::error::{FieldError, Problem, Result};
use crate::resource::value::{Name, Note, Whole};
use crate::resource::{Check, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};
use diesel::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use steward_schema::service::registry;

diesel::alias!(registry as roots: Roots);

/// What can be backed up.
pub const TARGETS: &[&str] = &[
    "infrastructure/virtual-machines",
    "infrastructure/devices",
    "infrastructure/volumes",
    "infrastructure/storage-pools",
    "infrastructure/clusters",
    "infrastructure/cloud-resources",
    "infrastructure/services",
];

choice! {
    /// How often a copy is made.
    pub enum BackupFrequency {
        /// At every change.
        Continuous = "continuous",
        /// Every hour.
        Hourly = "hourly",
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
    }
}

choice! {
    /// What a copy holds.
    pub enum BackupMethod {
        /// Everything.
        Full = "full",
        /// What has changed since the last copy.
        Incremental = "incremental",
        /// What has changed since the last full copy.
        Differential = "differential",
        /// The state of the storage at an instant.
        Snapshot = "snapshot",
        /// The changes, as they are made.
        Log = "log",
    }
}

crate::resource! {
    /// What is copied, how often, where to, and for how long it is kept.
    pub struct BackupPolicy {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// How often a copy is made.
        pub frequency: BackupFrequency,
        /// What a copy holds.
        pub method: Option<BackupMethod>,
        /// For how many days a copy is kept.
        pub retention_days: Whole<1, 36_500>,
        /// Whether a copy is kept away from the site.
        #[field(default(|| json!(false)))]
        pub offsite: bool,
        /// Whether a copy can be neither changed nor deleted before its time.
        #[field(default(|| json!(false)))]
        pub immutable: bool,
        /// Whether the copies are encrypted.
        #[field(default(|| json!(true)))]
        pub encrypted: bool,
        /// Every how many days a restore is to be tested.
        pub restore_test_days: Option<Whole<1, 3660>>,
        /// How much work may be lost at most, in seconds (recovery point objective).
        pub recovery_point_seconds: Option<Whole<0, 315_360_000>>,
        /// How long a restore may take at most, in seconds (recovery time objective).
        pub recovery_time_seconds: Option<Whole<0, 315_360_000>>,
        /// The virtual machines, devices, volumes, storage pools, clusters, cloud resources and services that it covers.
        #[field(default(|| json!([])))]
        pub target_ids: Vec<Id>,
        /// What one should know of it, such as where the copies lie.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for BackupPolicy {
    const PATH: &'static str = "infrastructure/backup-policies";
    type Table = steward_schema::infrastructure::backup_policies::table;
    const SCOPE: Scope = Scope::Unit;
    const UNIQUE: &'static [Unique] = &[Unique { index: "backup_policies_name_key", fields: &["name"] }];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active→retired"))
    }

    fn sample() -> Self {
        BackupPolicy {
            name: "Databases, daily".into(),
            frequency: BackupFrequency::Daily,
            method: Some(BackupMethod::Incremental),
            retention_days: Whole(35),
            offsite: true,
            immutable: true,
            encrypted: true,
            restore_test_days: Some(Whole(90)),
            recovery_point_seconds: Some(Whole(86_400)),
            recovery_time_seconds: Some(Whole(14_400)),
            target_ids: Vec::new(),
            description: Some("The copies lie in Rotterdam and in Groningen.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let mut ids = self.target_ids.clone();
        ids.sort_unstable();
        ids.dedup();
        faults.require(ids.len() == self.target_ids.len(), "target_ids", "duplicate", "Name each target once.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let known = check.before::<BackupPolicy>()?.map(|before| before.target_ids.clone()).unwrap_or_default();
        let new: Vec<(usize, Id)> = self.target_ids.iter().copied().enumerate().filter(|(_, id)| !known.contains(id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let ids = new.iter().map(|(_, id)| *id);
        let query = registry::table
            .inner_join(roots.on(roots.field(registry::id).eq(registry::root_id)))
            .filter(registry::deleted_at.is_null())
            .filter(registry::id.eq_any(ids))
            .select((registry::id, registry::collection, roots.field(registry::unit_id)));
        let rows: Vec<(Id, String, Option<Id>)> = query.load(check.connection)?;
        let mut visible: HashMap<Id, bool> = HashMap::new();
        for (id, collection, unit) in rows {
            let Some(target) = check.definitions.get(&collection).filter(|target| TARGETS.contains(&target.path)) else { continue };
            visible.insert(id, (check.holds)(check.connection, &target.permission("read"), unit)?);
        }
        let missing = new.iter().filter(|(_, id)| !visible.get(id).copied().unwrap_or(false));
        let detail = format!("There is no such record of {}, or it is not visible to you.", TARGETS.join(" or "));
        let broken: Vec<FieldError> = missing.map(|(at, _)| FieldError::new(format!("/target_ids/{at}"), "reference", detail.clone())).collect();
        if broken.is_empty() { Ok(()) } else { Err(Problem::invalid(broken).into()) }
    }
}
