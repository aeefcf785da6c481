//! Project changes: what is to be other than it was agreed.

use super::evidence;
use crate::schedule::{baseline::Baseline, baseline_snapshot, frozen_item::FrozenItems};
use diesel::prelude::*;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Date, Money, Note, Number, Title, Whole};
use steward_core::resource::{ApprovalAmount, Cause, Check, Effect, Guard, Id, Lifecycle, Move, Resource, Rule, Scope};
use steward_schema::projects::baselines;

choice! {
    /// Reason for a project change.
    pub enum ChangeReason {
        /// Request for something other than agreed.
        Request = "request",
        /// Off-specification: the agreed scope cannot be met.
        OffSpecification = "off_specification",
        /// Obligation from a law or a contract.
        Obligation = "obligation",
        /// Risk that materialised.
        Risk = "risk",
        /// Correction of a planning error.
        Correction = "correction",
    }
}

steward_core::resource! {
    /// Change of the agreed scope, time and cost of a project by deltas. Applying it creates the draft of a new baseline from the current
    /// plan of the work: update the plan to the agreed change first.
    pub struct ProjectChange {
        /// Project to change.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Change in one line.
        #[field(search)]
        pub title: Title,
        /// Description of the change and its purpose.
        #[field(search)]
        pub description: Option<Note>,
        /// Reason for the change.
        #[field(default(|| json!("request")))]
        pub reason: ChangeReason,
        /// Person requesting it; does not approve it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Issue that it solves, of the same project.
        #[field(refers_to(&["projects/project-issues"]))]
        pub project_issue_id: Option<Id>,
        /// Date by which it must be decided.
        #[field(deadline)]
        pub decide_by_on: Option<Date>,
        /// Additions to and removals from the scope.
        #[field(search)]
        pub scope_delta: Option<Note>,
        /// Shift of the end in working days; negative if it is earlier.
        pub time_delta_days: Option<Whole<-10_000, 10_000>>,
        /// Additional effort in hours; negative for a reduction.
        pub effort_delta_hours: Option<Number<-10_000_000, 10_000_000>>,
        /// Additional cost; negative for a reduction.
        pub cost_delta: Option<Money>,
        /// Impact on scope, time, cost, quality, risk and benefit; required for `assessed`.
        #[field(search)]
        pub impact: Option<Note>,
        /// Alternatives to the change.
        pub alternatives: Option<Note>,
        /// Person who decided on it, written by the move to `approved` or `rejected`; null before, and where the decider's account is linked to no
        /// person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub decider_id: Option<Id>,
        /// Date of the decision, written by the same move; null before.
        #[field(read_only, happened)]
        pub decided_on: Option<Date>,
    }
}

impl Resource for ProjectChange {
    const PATH: &'static str = "projects/project-changes";
    type Table = steward_schema::projects::project_changes::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "project_issue_id", theirs: "project_id", ours: "project_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["assessed"], &["impact"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(
            Lifecycle::new("draft→assessed:assess→approved:approve→applied:apply; assessed→rejected:reject")
                .approving(&["approve"])
                .involving(&["requester_id"])
                .worth(&[ApprovalAmount::Field("cost_delta")]),
        )
    }

    fn sample() -> Self {
        ProjectChange {
            project_id: Id::sample(),
            title: "The warehouse moves too".into(),
            description: Some("Its lease ends as well; two moves would cost more than one.".into()),
            reason: ChangeReason::Request,
            requester_id: None,
            project_issue_id: None,
            decide_by_on: Date::parse("2026-06-30"),
            scope_delta: Some("The four servers of the warehouse come in.".into()),
            time_delta_days: Some(Whole(10)),
            effort_delta_hours: Some(Number(80.0)),
            cost_delta: Some(Money::sample("12500.00", "EUR")),
            impact: Some("Two weeks later; no further risk, since the same people do it.".into()),
            alternatives: Some("Extend the lease of the warehouse by a year.".into()),
            decider_id: None,
            decided_on: Date::parse("2026-06-26"),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if !matches!(cause.to(), Some("approved" | "rejected")) {
            return Ok(None);
        }
        Ok(Some(ProjectChange { decider_id: person_of(check.connection, check.actor)?, decided_on: Some(check.today), ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "applied" {
            return Ok(Vec::new());
        }
        let current = baselines::table.filter(baselines::project_id.eq(self.project_id)).filter(baselines::state.eq("current"));
        let scope: Option<Option<Note>> = current.select(baselines::scope_statement).first(check.connection).optional()?;
        let statements = [scope.flatten(), self.scope_delta.clone()].into_iter().flatten().map(|note| note.0).collect::<Vec<_>>().join("\n\n");
        let baseline = Baseline {
            project_id: self.project_id,
            name: Title::cut(&format!("After the change: {}", self.title.0)),
            description: None,
            project_change_id: Some(check.id),
            baselined_on: Some(check.today),
            scope_statement: Some(Note::cut(&statements)).filter(|note| !note.is_empty()),
            items: FrozenItems(baseline_snapshot::planned(check, self.project_id)?),
        };
        Ok(vec![Effect::create(Placement::default(), baseline)])
    }
}
