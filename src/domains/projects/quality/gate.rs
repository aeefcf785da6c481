//! Gates: where it is decided whether a project goes on.

use super::gate_criterion::GateCriterion;
use super::gate_readiness;
use crate::project::evidence;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard};

choice! {
    /// Phase of a project that a gate ends.
    pub enum ProjectPhase {
        /// Initiation: examination of the business case.
        Initiating = "initiating",
        /// Planning of the project.
        Planning = "planning",
        /// Execution of the project.
        Executing = "executing",
        /// Closing: hand-over and lessons.
        Closing = "closing",
    }
}

steward_core::resource! {
    /// Decision point on whether a project continues. It is passed once all mandatory criteria are met (`/readiness`).
    pub struct Gate {
        /// Project of the gate.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Phase that it ends: the project goes on to the next one once it is passed, passed conditionally or waived.
        pub phase: ProjectPhase,
        /// Position among the gates of the project.
        #[field(default(|| json!(1)))]
        pub sequence: Whole<1, 100>,
        /// Criteria of the gate.
        #[field(default(|| json!([])))]
        pub criteria: Vec<GateCriterion>,
        /// Planned date of the decision.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Date of the decision; required for `passed`, `conditional` and `failed`.
        #[field(happened)]
        pub decided_on: Option<Date>,
        /// Person deciding.
        #[field(refers_to(&["teams/people"]))]
        pub decider_id: Option<Id>,
        /// Conditions still to be met; required for `conditional`.
        #[field(search)]
        pub conditions: Option<Note>,
        /// Due date of the conditions.
        #[field(deadline)]
        pub conditions_due_on: Option<Date>,
        /// Reason for the waiver; required for `waived`.
        pub waiver_reason: Option<Note>,
    }
}

impl Resource for Gate {
    const PATH: &'static str = "projects/gates";
    type Table = steward_schema::projects::gates::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const EDITABLE_IN: &'static [&'static str] = &["pending", "ready", "conditional"];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["passed", "conditional", "failed"], &["decided_on"]),
        Guard::set(&["conditional"], &["conditions"]),
        Guard::set(&["waived"], &["waiver_reason"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "pending→ready:make_ready→passed:pass|conditional:pass_conditionally|failed:fail; conditional→passed; \
            failed→pending:return_to_pending; waived:waive";
        Some(Lifecycle::new(notation).given_up(&["waived"]).approving(&["pass", "pass_conditionally", "waive"]))
    }

    fn sample() -> Self {
        Gate {
            project_id: Id::sample(),
            name: "Go for the move".into(),
            phase: ProjectPhase::Planning,
            sequence: Whole(2),
            criteria: vec![
                GateCriterion {
                    name: "The way back was rehearsed".into(),
                    mandatory: true,
                    met: true,
                    kind: None,
                    subject_id: None,
                    evidence: Some("Minutes of 12 May.".into()),
                },
                GateCriterion { name: "The branches were told".into(), mandatory: false, met: false, kind: None, subject_id: None, evidence: None },
            ],
            due_on: Date::parse("2026-05-29"),
            decided_on: Date::parse("2026-05-28"),
            decider_id: None,
            conditions: Some("The branches are told before the first weekend.".into()),
            conditions_due_on: Date::parse("2026-06-05"),
            waiver_reason: Some("Small enough to be decided with the next one.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.project_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Gate>()?;
        let known = |criterion: &GateCriterion| {
            before.is_some_and(|before| before.criteria.iter().any(|each| each.kind == criterion.kind && each.subject_id == criterion.subject_id))
        };
        let new = self.criteria.iter().enumerate().filter(|(_, criterion)| !known(criterion));
        gate_readiness::require_fitting(check, self.project_id, &new.collect::<Vec<_>>())
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_deletable(check, self.project_id, "If it is not asked for, waive it with the reason (waiver_reason).")
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "passed" {
            return Ok(Vec::new());
        }
        let findings = gate_readiness::findings(check, self.project_id, &self.criteria)?;
        let missing = self.criteria.iter().zip(findings).enumerate().filter(|(_, (criterion, finding))| criterion.mandatory && !finding.met);
        let unmet = |(at, (criterion, finding)): (usize, (&GateCriterion, gate_readiness::Finding))| {
            UnmetGuard::new(&format!("/criteria/{at}/met"), "criterion", format!("This is mandatory: {}. {}", criterion.name.0, finding.detail))
        };
        Ok(missing.map(unmet).collect())
    }
}
