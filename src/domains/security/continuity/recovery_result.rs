//! Results of recoveries: how long it took, and how much was lost.

use super::business_process::Seconds;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::service::registry;

steward_core::resource! {
    /// Recovery time and loss of work of one subject in a test or an activation, with their targets. It can be changed until the test or
    /// activation is closed.
    pub struct RecoveryResult {
        /// Test or activation; one result for each subject.
        #[field(refers_to(&["security/recovery-tests", "security/recovery-activations"]), unique, fixed)]
        pub source_id: Id,
        /// Subject of the recovery.
        #[field(refers_to(&["infrastructure/services", "security/information-assets", "infrastructure/devices", "infrastructure/virtual-machines"]), fixed)]
        pub subject_id: Id,
        /// True if the subject was recovered at all.
        #[field(default(|| json!(true)))]
        pub recovered: bool,
        /// Measured recovery time in seconds; required where the subject was recovered.
        pub measured_rto_seconds: Option<Seconds>,
        /// Measured loss of work, in seconds.
        pub measured_rpo_seconds: Option<Seconds>,
        /// Target recovery time in seconds; the RTO of the plan counts where it is stricter or this is left out.
        pub target_rto_seconds: Option<Seconds>,
        /// Target loss of work, in seconds; the RPO of the plan counts where it is stricter or this is left out.
        pub target_rpo_seconds: Option<Seconds>,
        /// Observations on the recovery.
        #[field(search)]
        pub notes: Option<Note>,
    }
}

impl Resource for RecoveryResult {
    const PATH: &'static str = "security/recovery-results";
    type Table = steward_schema::security::recovery_results::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "recovery_results_pair_key", fields: &["source_id", "subject_id"] }];

    fn sample() -> Self {
        RecoveryResult {
            source_id: Id::sample(),
            subject_id: Id::sample(),
            recovered: true,
            measured_rto_seconds: Some(Whole(19 * 3600)),
            measured_rpo_seconds: Some(Whole(1200)),
            target_rto_seconds: Some(Whole(24 * 3600)),
            target_rpo_seconds: Some(Whole(3600)),
            notes: Some("Two hours were lost because the key of the safe was missing.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let timed = self.measured_rto_seconds.is_some();
        faults.require(!self.recovered || timed, "measured_rto_seconds", "required", "Say after how many seconds it was back.");
        faults.require(self.recovered || !timed, "measured_rto_seconds", "recovered", "What did not come back has no such time.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.source_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_open(check, self.source_id)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_open(check, self.source_id)
    }
}

fn require_open(check: &mut Check<'_>, source: Id) -> Result<()> {
    let state: Option<Option<String>> = registry::table.find(source).select(registry::state).first(check.connection).optional()?;
    if state.flatten().as_deref() == Some("closed") {
        return Err(Problem::conflict("/source_id", "closed", "That is closed, and its results stay as they are.").into());
    }
    Ok(())
}
