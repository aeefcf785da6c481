//! Results of recoveries: how long it took, and how much was lost.

use super::business_process::Seconds;
use super::recovery_proof::scope_of_source;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Note, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::security::recovery_activations;
use steward_schema::service::registry;

steward_core::resource! {
    /// Recovery time and loss of work of one subject in a test or an activation, with their targets. It can be changed until the test or
    /// activation is closed.
    pub struct RecoveryResult {
        /// Test or activation; one result for each subject.
        #[field(refers_to(&["security/recovery-tests", "security/recovery-activations"]), unique, fixed)]
        pub source_id: Id,
        /// Subject of the recovery: one in the scope of the test, or of the activated plan.
        #[field(refers_to(&["infrastructure/services", "security/information-assets", "infrastructure/devices", "infrastructure/virtual-machines"]), fixed)]
        pub subject_id: Id,
        /// True if the subject was recovered at all.
        #[field(default(|| json!(true)))]
        pub recovered: bool,
        /// Measured recovery time in seconds, from the loss of the subject; required where the subject was recovered. In an activation it lies
        /// between the times of the activation and of the recovery.
        pub measured_rto_seconds: Option<Seconds>,
        /// Measured loss of work, in seconds; required where one is promised by the plan or required by a process, before the test or
        /// activation is closed.
        pub measured_rpo_seconds: Option<Seconds>,
        /// Target recovery time in seconds; the RTO of the plan, or of a process that needs the subject, counts where it is
        /// stricter or this is left out.
        pub target_rto_seconds: Option<Seconds>,
        /// Target loss of work, in seconds; the RPO of the plan, or of a process that needs the subject, counts where it is
        /// stricter or this is left out.
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
        require_open(check, self.source_id)?;
        let scope = if check.before.is_none() { scope_of_source(check, self.source_id)? } else { Vec::new() };
        if !scope.is_empty() && !scope.contains(&self.subject_id) {
            let detail = "The test, or the activated plan, does not bring that back. Name a subject of its scope.";
            return Err(Problem::conflict("/subject_id", "outside_scope", detail).into());
        }
        self.require_within_times(check)
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        require_open(check, self.source_id)
    }
}

impl RecoveryResult {
    /// Refuses a recovery time that contradicts the times of its activation (409).
    fn require_within_times(&self, check: &mut Check<'_>) -> Result<()> {
        use recovery_activations::{activated_at, disrupted_at, recovered_at};
        let times = recovery_activations::table.find(self.source_id).select((disrupted_at, activated_at, recovered_at));
        let times: Option<(Instant, Instant, Option<Instant>)> = times.first(check.connection).optional()?;
        let Some(((lost, activated, back), measured)) = times.zip(self.measured_rto_seconds) else { return Ok(()) };
        let detail = match (seconds(lost, activated), back.map(|back| seconds(lost, back))) {
            (least, _) if measured.0 < least => format!("The plan was activated {least} seconds after the loss, and brings nothing back before that."),
            (_, Some(most)) if measured.0 > most => format!("All was recovered {most} seconds after the loss."),
            _ => return Ok(()),
        };
        let detail = format!("{detail} Correct the time of the result, or those of the activation.");
        Err(Problem::conflict("/measured_rto_seconds", "times", detail).into())
    }
}

/// The whole seconds from one time to another.
pub fn seconds(from: Instant, to: Instant) -> i64 {
    (to.0 - from.0).num_seconds()
}

fn require_open(check: &mut Check<'_>, source: Id) -> Result<()> {
    let state: Option<Option<String>> = registry::table.find(source).select(registry::state).first(check.connection).optional()?;
    if state.flatten().as_deref() == Some("closed") {
        return Err(Problem::conflict("/source_id", "closed", "That is closed, and its results stay as they are.").into());
    }
    Ok(())
}
