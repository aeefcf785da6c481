//! Backup runs: copies that were made, and restores that were tried.

use super::backup_policy::TARGETS;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Instant, Note, Number};
use steward_core::resource::{Check, Id, Resource, Scope, ValidationErrors};

choice! {
    /// Kind of run.
    pub enum BackupRunKind {
        /// Backup: a copy was made.
        Backup = "backup",
        /// Restore test: a copy was restored to prove that it can be.
        RestoreTest = "restore_test",
    }
}

choice! {
    /// Result of a run.
    pub enum BackupResult {
        /// Completed as intended.
        Succeeded = "succeeded",
        /// Not completed, or only in part.
        Failed = "failed",
    }
}

steward_core::resource! {
    /// Backup made or restore tested. It is an immutable fact.
    pub struct BackupRun {
        /// Policy under which it ran.
        #[field(refers_to(&["infrastructure/backup-policies"]))]
        pub policy_id: Id,
        /// Target that was copied or restored.
        #[field(refers_to(TARGETS))]
        pub target_id: Id,
        /// Kind of run.
        pub kind: BackupRunKind,
        /// Result of the run.
        pub result: BackupResult,
        /// Time of start, not in the future.
        #[field(happened)]
        pub started_at: Instant,
        /// Time of end.
        #[field(happened)]
        pub ended_at: Option<Instant>,
        /// Amount of data copied or restored, in gibibytes.
        pub size_gib: Option<Number<0, 1_000_000_000_000>>,
        /// Point in time of the data in the copy.
        #[field(happened)]
        pub recovery_point_at: Option<Instant>,
        /// Free-text details, such as the cause of a failure.
        pub detail: Option<Note>,
        /// Person who tested the restore.
        #[field(refers_to(&["teams/people"]))]
        pub tester_id: Option<Id>,
    }
}

impl Resource for BackupRun {
    const PATH: &'static str = "infrastructure/backup-runs";
    type Table = steward_schema::infrastructure::backup_runs::table;
    const SCOPE: Scope = Scope::Within("policy_id");
    const TITLE: &'static str = "id";
    const FACT: bool = true;

    fn sample() -> Self {
        BackupRun {
            policy_id: Id::sample(),
            target_id: Id::sample(),
            kind: BackupRunKind::Backup,
            result: BackupResult::Succeeded,
            started_at: Instant::parse("2026-03-31T01:00:00Z").unwrap_or_else(Instant::system_now),
            ended_at: Instant::parse("2026-03-31T01:24:00Z"),
            size_gib: Some(Number(118.5)),
            recovery_point_at: Instant::parse("2026-03-31T00:59:30Z"),
            detail: Some("All tables.".into()),
            tester_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.started_at), self.ended_at, "ended_at");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        // What reports it may be a day ahead, by its own clock.
        if self.started_at.date() > check.today.plus_days(1) {
            let detail = "A run is recorded after it was made: it cannot have started in the future.";
            return Err(Problem::invalid(vec![FieldError::new("/started_at", "future", detail)]).into());
        }
        Ok(())
    }
}
