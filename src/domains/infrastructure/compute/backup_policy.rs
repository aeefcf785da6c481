//! Backup policies: what is copied how often, and how long the copies are kept.

use crate::operation::leaving::require_staying;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Name, Note, Whole};
use steward_core::resource::{Check, Id, Lifecycle, Resource, Scope, Unique, ValidationErrors};

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
    /// Frequency of backups.
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
    /// Content of a backup.
    pub enum BackupMethod {
        /// Complete data.
        Full = "full",
        /// Changes since the last copy.
        Incremental = "incremental",
        /// Changes since the last full copy.
        Differential = "differential",
        /// State of the storage at an instant.
        Snapshot = "snapshot",
        /// Changes as they are made.
        Log = "log",
    }
}

steward_core::resource! {
    /// Policy for backups: targets, frequency, storage and retention.
    pub struct BackupPolicy {
        /// Name as people know it, unique.
        #[field(unique, search)]
        pub name: Name,
        /// Frequency of backups.
        pub frequency: BackupFrequency,
        /// Backup method: content of a copy.
        pub method: Option<BackupMethod>,
        /// Retention of a copy in days.
        pub retention_days: Whole<1, 36_500>,
        /// True if a copy is kept off site.
        #[field(default(|| json!(false)))]
        pub offsite: bool,
        /// True if a copy can be neither changed nor deleted before the end of its retention.
        #[field(default(|| json!(false)))]
        pub immutable: bool,
        /// True if the copies are encrypted.
        #[field(default(|| json!(true)))]
        pub encrypted: bool,
        /// Interval of restore tests in days.
        pub restore_test_days: Option<Whole<1, 3660>>,
        /// Recovery point objective: tolerated data loss, in seconds.
        pub recovery_point_seconds: Option<Whole<0, 315_360_000>>,
        /// Recovery time objective: tolerated duration of a restore, in seconds.
        pub recovery_time_seconds: Option<Whole<0, 315_360_000>>,
        /// Virtual machines, devices, volumes, storage pools, clusters, cloud resources and services that the policy covers.
        #[field(default(|| json!([])), lists(TARGETS))]
        pub target_ids: Vec<Id>,
        /// Free-text description, such as the storage location of the copies.
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
        Some(Lifecycle::new("planned→active:activate→retired:retire"))
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
        require_staying(check, self, &["target_ids"])
    }
}
