//! Gates: where it is decided whether a project goes on.

use super::gate_criterion::GateCriterion;
use super::gate_readiness;
use crate::project::evidence;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Title, Whole};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard};

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
        /// Phase that it ends: the project goes on to the next one once it is passed, passed conditionally or waived. Fixed from `ready` on.
        pub phase: ProjectPhase,
        /// Position among the gates of the project.
        #[field(default(|| json!(1)))]
        pub sequence: Whole<1, 100>,
        /// Criteria of the gate. From `ready` on they stay as agreed, but for `met` and `evidence`.
        #[field(default(|| json!([])))]
        pub criteria: Vec<GateCriterion>,
        /// Planned date of the decision.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Date of the latest decision, written by the move to `passed`, `conditional`, `failed` or `waived`; null while none stands.
        #[field(read_only, happened)]
        pub decided_on: Option<Date>,
        /// Person who decided, written by the same move; null while no decision stands, and where the decider's account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
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
    const RULES: &'static [Rule] = &[Rule::Fixed(&["phase"])];
    const GUARDS: &'static [Guard] = &[Guard::set(&["conditional"], &["conditions"]), Guard::set(&["waived"], &["waiver_reason"])];

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

    /// Who decided and when; a gate that is asked for anew is not decided.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let (decided_on, decider_id) = match cause.to() {
            Some("passed" | "conditional" | "failed" | "waived") => (Some(check.today), person_of(check.connection, check.actor)?),
            Some("pending") => (None, None),
            _ => return Ok(None),
        };
        Ok(Some(Gate { decided_on, decider_id, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Gate>()?;
        if let Some(before) = before {
            self.require_agreed_criteria(before, check.state)?;
            evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")?;
        }
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

impl Gate {
    /// What is asked of a gate is agreed while it is pending: from then on it is only recorded what is met (409).
    fn require_agreed_criteria(&self, before: &Gate, state: Option<&str>) -> Result<()> {
        let state = state.unwrap_or_default();
        let same = self.criteria.len() == before.criteria.len() && self.criteria.iter().zip(&before.criteria).all(|(now, then)| now.asks_same(then));
        if same || state == "pending" {
            return Ok(());
        }
        let detail = format!("The gate \"{}\" is {state}, and its criteria stay as they were agreed: only met and evidence may change.", self.name.0);
        Err(Problem::conflict("/criteria", "frozen", detail).into())
    }
}
