//! Changes: what is altered in the infrastructure, after who decided what.

use super::change_kind::{ChangeKind, ChangeOutcome};
use super::dependency::NODES;
use super::freeze_period;
use super::frozen_record::{differs, require_kept};
use super::risk_level::RiskLevel;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Cause, Check, Flag, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};

/// What is approved of a change, beside its kind, service and model.
const APPROVED: &[&str] =
    &["description", "target_id", "target_ids", "risk", "impact", "implementation_plan", "test_plan", "rollback_plan", "requester_id", "implementer_id"];

steward_core::resource! {
    /// Alteration of something that may affect services. Once approved, before or, for an emergency, afterwards, the approved content is
    /// fixed.
    pub struct Change {
        /// Subject of the change in one line.
        #[field(search)]
        pub title: Title,
        /// Kind of change, which decides its approval.
        #[field(default(|| json!("normal")))]
        pub kind: ChangeKind,
        /// Description of the change and its purpose.
        #[field(search)]
        pub description: Option<Note>,
        /// Service that it may affect, beside those that its target carries. A change to a service of tier 1 needs a rollback plan and an
        /// approver other than the implementer.
        #[field(refers_to(&["infrastructure/services"]))]
        pub service_id: Option<Id>,
        /// Target of the change: a device, a virtual machine, a service, a place.
        #[field(refers_to(NODES))]
        pub target_id: Option<Id>,
        /// Further targets of the change.
        #[field(default(|| json!([])), lists(NODES))]
        pub target_ids: Vec<Id>,
        /// Change model of a standard change.
        #[field(refers_to(&["infrastructure/change-models"]))]
        pub change_model_id: Option<Id>,
        /// Likelihood of failure; required for `assessed`.
        pub risk: Option<RiskLevel>,
        /// Impact of a failure; required for `assessed`.
        pub impact: Option<RiskLevel>,
        /// Implementation steps.
        #[field(search)]
        pub implementation_plan: Option<Note>,
        /// Test plan: proof that the change worked.
        pub test_plan: Option<Note>,
        /// Rollback plan.
        pub rollback_plan: Option<Note>,
        /// Person requesting the change.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Person implementing the change.
        #[field(refers_to(&["teams/people"]))]
        pub implementer_id: Option<Id>,
        /// Planned start; required for `scheduled`. Once the change is approved for it, it is fixed until the change is sent back.
        #[field(event, lasts_until("ends_at"))]
        pub starts_at: Option<Instant>,
        /// Planned end; required for `scheduled`, and fixed as the start.
        pub ends_at: Option<Instant>,
        /// Actual start; time of the move to `implementing` if left out.
        #[field(happened)]
        pub implementation_starts_at: Option<Instant>,
        /// Actual end, completed or rolled back; time of that move if left out.
        #[field(happened)]
        pub implementation_ends_at: Option<Instant>,
        /// Outcome of the change, set by the moves to `implemented`, `failed` and `rolled_back`.
        #[field(read_only)]
        pub outcome: Option<ChangeOutcome>,
        /// Deadline for the approval of an emergency afterwards, at most 14 days after the planned end. An emergency is scheduled without
        /// approval only if this is set and still ahead; from `scheduled` on it is fixed.
        #[field(deadline)]
        pub approval_due_at: Option<Instant>,
        /// Time of the approval of an emergency afterwards, set by `/emergency-approval`.
        #[field(read_only, happened)]
        pub emergency_approved_at: Option<Instant>,
        /// Person who approved an emergency afterwards: the caller of `/emergency-approval`, not involved in the change.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub emergency_approver_id: Option<Id>,
        /// Problem that it solves.
        #[field(refers_to(&["infrastructure/problems"]))]
        pub problem_id: Option<Id>,
        /// True if it deploys software to its users; deployment frequency and lead time are computed over these changes.
        #[field(default(|| json!(false)))]
        pub is_deployment: bool,
        /// Time of the first commit of the deployed software; start of the lead time, not after the actual end.
        #[field(happened)]
        pub committed_at: Option<Instant>,
        /// Post-implementation review: lessons learnt; required for `reviewed`.
        #[field(search)]
        pub review: Option<Note>,
    }
}

impl Resource for Change {
    const PATH: &'static str = "infrastructure/changes";
    type Table = steward_schema::infrastructure::changes::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["service_id"];
    const TITLE: &'static str = "title";
    const FLAGS: &'static [Flag] = &[super::change_collision::COLLISION, super::change_collision::FREEZE];
    const GUARDS: &'static [Guard] =
        &[Guard::set(&["assessed"], &["risk", "impact"]), Guard::set(&["scheduled"], &["starts_at", "ends_at"]), Guard::set(&["reviewed"], &["review"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→assessed:assess→approved:approve→scheduled:schedule→implementing:start_implementing\
            →implemented:implement→reviewed:review→closed:close; implementing→failed:fail→rolled_back:roll_back→reviewed; \
            failed→reviewed; submitted→scheduled; submitted→rejected:reject; cancelled:cancel; approved|scheduled→assessed";
        Some(
            Lifecycle::new(notation)
                .given_up(&["rejected", "cancelled"])
                .settled(&["implemented", "reviewed", "rolled_back"])
                .approving(&["approve"])
                .named("approved", "assessed", "send_back")
                .named("scheduled", "assessed", "send_back")
                .involving(&["requester_id"]),
        )
    }

    fn sample() -> Self {
        Change {
            title: "Close the hole in the mail gateway".into(),
            kind: ChangeKind::Emergency,
            description: Some("It is being attacked; its maker published a patch this morning.".into()),
            service_id: None,
            target_id: None,
            target_ids: Vec::new(),
            change_model_id: None,
            risk: Some(RiskLevel::Medium),
            impact: Some(RiskLevel::High),
            implementation_plan: Some("Take a snapshot, install the patch, restart.".into()),
            test_plan: Some("A message goes out and one comes in.".into()),
            rollback_plan: Some("Start the snapshot, and block the port meanwhile.".into()),
            requester_id: None,
            implementer_id: None,
            starts_at: Instant::parse("2026-06-02T19:00:00Z"),
            ends_at: Instant::parse("2026-06-02T20:00:00Z"),
            implementation_starts_at: Instant::parse("2026-06-02T19:05:00Z"),
            implementation_ends_at: Instant::parse("2026-06-02T19:40:00Z"),
            outcome: Some(ChangeOutcome::Successful),
            approval_due_at: Instant::parse("2026-06-04T17:00:00Z"),
            emergency_approved_at: Instant::parse("2026-06-03T09:15:00Z"),
            emergency_approver_id: None,
            problem_id: None,
            is_deployment: false,
            committed_at: Instant::parse("2026-06-02T06:30:00Z"),
            review: Some("The gateway belongs into the monthly patches.".into()),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let Cause::Move(step) = cause else { return Ok(None) };
        let mut stamped = self.clone();
        match step.to {
            "implementing" => drop(stamped.implementation_starts_at.get_or_insert(check.now)),
            "implemented" => stamped.outcome = Some(ChangeOutcome::Successful),
            "failed" => stamped.outcome = Some(ChangeOutcome::Failed),
            "rolled_back" => stamped.outcome = Some(ChangeOutcome::RolledBack),
            _ => {}
        }
        if matches!(step.to, "implemented" | "rolled_back") || (step.from, step.to) == ("failed", "reviewed") {
            stamped.implementation_ends_at.get_or_insert(check.now);
        }
        Ok(Some(stamped))
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let (planned, standard) = (self.starts_at.zip(self.ends_at), self.kind == ChangeKind::Standard);
        faults.require(planned.is_none_or(|(starts, ends)| ends > starts), "ends_at", "before_start", "The end must come after the start.");
        faults.span(self.implementation_starts_at, self.implementation_ends_at, "implementation_ends_at");
        faults.span(self.committed_at, self.implementation_ends_at, "implementation_ends_at");
        faults.require(self.change_model_id.is_none() || standard, "change_model_id", "kind", "Only a standard change has a model.");
        let afterwards = self.emergency_approved_at.is_some() || self.emergency_approver_id.is_some() || self.approval_due_at.is_some();
        faults.require(!afterwards || self.kind == ChangeKind::Emergency, "kind", "emergency", "Only an emergency is approved afterwards.");
        let two = self.emergency_approver_id.is_none() || self.emergency_approver_id != self.implementer_id;
        faults.require(two, "emergency_approver_id", "implementer", "Who implements a change does not approve it.");
    }

    fn locks(&self) -> Vec<Lock> {
        let freeze = self.starts_at.map(|_| freeze_period::lock());
        self.service_id.into_iter().chain(self.change_model_id).map(Lock::Row).chain(freeze).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if matches!(check.state, None | Some("draft" | "submitted" | "assessed" | "rejected" | "cancelled")) {
            return Ok(());
        }
        require_kept(check, self, &["kind", "service_id", "change_model_id"])?;
        if check.state != Some("approved") {
            require_kept(check, self, &["approval_due_at"])?;
        }
        if differs(check, self, APPROVED)? && self.is_approved(check)? {
            require_kept(check, self, APPROVED)?;
        }
        let moved = check.before::<Change>()?.is_some_and(|before| (before.starts_at, before.ends_at) != (self.starts_at, self.ends_at));
        let against = if moved && check.state == Some("scheduled") { self.against_schedule(check)? } else { None };
        match against {
            Some(unmet) => Err(Problem::conflict(unmet.0.pointer, &unmet.0.code, unmet.0.detail).into()),
            None if moved => self.require_times_as_approved(check),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        self.unmet(step, check)
    }
}
