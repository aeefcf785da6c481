//! Tests of recovery plans: whether a plan would bring back what it promises.

use super::recovery_plan::subjects_of;
use super::recovery_proof;
use super::recovery_test_kind::{ON_PAPER, RecoveryTestKind, TestedSubject};
use crate::risk::repetition;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};

steward_core::resource! {
    /// A test of an approved or active recovery plan. It is closed once there is a result for each subject tested; missed objectives become a
    /// finding. A tabletop exercise or a walkthrough carries out nothing, and proves nothing.
    pub struct RecoveryTest {
        /// Plan under test.
        #[field(refers_to(&["security/recovery-plans"]), fixed)]
        pub recovery_plan_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Type of test, by how much of the plan is carried out.
        #[field(default(|| json!("tabletop")))]
        pub kind: RecoveryTestKind,
        /// Scope: subjects under test, each once; some or all of those of the plan. Empty for all of them.
        #[field(default(|| json!([])))]
        pub scope: Vec<TestedSubject>,
        /// Planned date.
        #[field(deadline)]
        pub planned_on: Date,
        /// Date of the test. Required once it is completed.
        #[field(happened)]
        pub tested_on: Option<Date>,
        /// Person who leads the test.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Option<Id>,
        /// Scenario assumed for the test.
        #[field(search)]
        pub scenario: Option<Note>,
        /// Conclusion of the test. Required once it is completed.
        #[field(search)]
        pub conclusion: Option<Note>,
        /// Reason for the abort. Required for an aborted test.
        pub abort_reason: Option<Note>,
        /// Report of the test.
        #[field(refers_to(&["platform/files"]))]
        pub report_file_id: Option<Id>,
    }
}

impl Resource for RecoveryTest {
    const PATH: &'static str = "security/recovery-tests";
    type Table = steward_schema::security::recovery_tests::table;
    const SCOPE: Scope = Scope::Within("recovery_plan_id");
    const EDITABLE_IN: &'static [&'static str] = &["planned", "in_progress", "completed"];
    const GUARDS: &'static [Guard] = &[
        Guard::referred(&["in_progress"], "recovery_plan_id", &["approved", "active"]),
        Guard::set(&["completed"], &["tested_on", "conclusion"]),
        Guard::set(&["aborted"], &["abort_reason"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→in_progress:start→completed:complete→closed:close; aborted:abort").given_up(&["aborted"]).settled(&["completed"]))
    }

    fn sample() -> Self {
        RecoveryTest {
            recovery_plan_id: Id::sample(),
            name: "Spring test of the second data centre".into(),
            kind: RecoveryTestKind::Parallel,
            scope: Vec::new(),
            planned_on: Date::sample("2026-04-18"),
            tested_on: Date::parse("2026-04-18"),
            lead_id: None,
            scenario: Some("A fire closes Rotterdam at nine in the morning.".into()),
            conclusion: Some("Orders were back after 19 hours; the key of the safe was missing.".into()),
            abort_reason: Some("The copy of the database was not current.".into()),
            report_file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(repetition::twice(&self.subjects()).is_none(), "scope", "duplicate", "Name each once.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.recovery_plan_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.scope.is_empty() {
            return Ok(());
        }
        let promised = subjects_of(check, self.recovery_plan_id)?;
        match self.subjects().iter().position(|id| !promised.contains(id)) {
            Some(at) => {
                let detail = "The plan does not bring that back. Test what is in its scope.";
                Err(Problem::conflict(format!("/scope/{at}/subject_id"), "outside_plan", detail).into())
            }
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "closed" {
            return Ok(Vec::new());
        }
        let mut scope = self.subjects();
        if scope.is_empty() {
            scope = subjects_of(check, self.recovery_plan_id)?;
        }
        let mut unmet = recovery_proof::missing_results(check, &scope)?;
        if !ON_PAPER.contains(&self.kind) {
            unmet.extend(recovery_proof::unmeasured(check, self.recovery_plan_id)?);
        }
        Ok(unmet)
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "closed" { recovery_proof::findings(check, self.recovery_plan_id) } else { Ok(Vec::new()) }
    }
}

impl RecoveryTest {
    fn subjects(&self) -> Vec<Id> {
        self.scope.iter().map(|each| each.subject_id).collect()
    }
}
