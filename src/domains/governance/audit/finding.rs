//! Findings: what an audit, a test or anybody found, until it is put right.

use super::unproved_action;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::governance::{corrective_actions, findings};

/// Where a finding can come from.
const SOURCES: &[&str] = &[
    "governance/audits",
    "governance/audit-procedures",
    "governance/assessments",
    "governance/requirement-results",
    "governance/monitors",
    "governance/integrity-checks",
    "governance/meetings",
    "governance/exceptions",
    "security/recovery-tests",
    "security/recovery-activations",
    "security/recovery-results",
    "security/security-incidents",
    "security/access-reviews",
    "vendors/vendor-reviews",
    "infrastructure/problems",
];

choice! {
    /// Grading of a finding (ISO 19011, ISO/IEC 17021-1).
    pub enum FindingKind {
        /// A nonconformity that puts the purpose of the system in doubt.
        Major = "major",
        /// Any other nonconformity.
        Minor = "minor",
        /// Weakness that could become a nonconformity.
        Observation = "observation",
        /// Opportunity for improvement.
        Opportunity = "opportunity",
        /// Good practice that others should adopt.
        GoodPractice = "good_practice",
    }
}

choice! {
    /// Decision on the need for corrective action against recurrence (ISO 9001 and 27001, 10.2).
    pub enum ActionDecision {
        /// Corrective action is needed.
        Required = "required",
        /// The correction is enough.
        NotRequired = "not_required",
    }
}

impl Finding {
    /// A finding of which no more is known yet.
    pub fn found(title: Title, kind: FindingKind, description: Note) -> Finding {
        Finding {
            title,
            kind,
            description,
            criterion: None,
            source_id: None,
            requirement_id: None,
            control_id: None,
            repeats_id: None,
            found_on: None,
            due_on: None,
            correction: None,
            root_cause: None,
            action_decision: None,
            action_reason: None,
            verification: None,
        }
    }
}

impl FindingKind {
    /// Whether something that is required was not done.
    pub fn is_nonconformity(self) -> bool {
        matches!(self, FindingKind::Major | FindingKind::Minor)
    }
}

steward_core::resource! {
    /// Finding of an audit or another check. A nonconformity is closed once its correction, its root cause and the decision on corrective
    /// action are recorded, its actions are done, and none of them still lacks the proof that it works; and by another person than the one
    /// who corrected it.
    pub struct Finding {
        /// Title of the finding, in a line.
        #[field(search)]
        pub title: Title,
        /// Grading of the finding.
        pub kind: FindingKind,
        /// Description of the finding, with place and time.
        #[field(search)]
        pub description: Note,
        /// Criterion: the state that was expected.
        #[field(search)]
        pub criterion: Option<Note>,
        /// Source of the finding.
        #[field(refers_to(SOURCES))]
        pub source_id: Option<Id>,
        /// Requirement concerned.
        #[field(refers_to(&["governance/requirements"]))]
        pub requirement_id: Option<Id>,
        /// Control concerned.
        #[field(refers_to(&["governance/controls"]))]
        pub control_id: Option<Id>,
        /// Earlier finding that this one repeats.
        #[field(refers_to(&["governance/findings"]))]
        pub repeats_id: Option<Id>,
        /// Date of the finding.
        #[field(happened)]
        pub found_on: Option<Date>,
        /// Due date of the correction.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Correction of the finding.
        #[field(search)]
        pub correction: Option<Note>,
        /// Root cause of the finding.
        #[field(search)]
        pub root_cause: Option<Note>,
        /// Decision on the need for corrective action against recurrence.
        pub action_decision: Option<ActionDecision>,
        /// Reason for the decision.
        pub action_reason: Option<Note>,
        /// Description of the verification.
        pub verification: Option<Note>,
    }
}

impl Resource for Finding {
    const PATH: &'static str = "governance/findings";
    type Table = steward_schema::governance::findings::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["open", "acknowledged", "action_planned", "in_remediation", "ready_for_verification"];
    const RULES: &'static [Rule] = &[Rule::Tree("repeats_id")];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["action_planned"], &["due_on"]),
        Guard::all_in(&["closed"], "governance/corrective-actions", "finding_id", &["done", "verified", "ineffective"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→acknowledged:acknowledge→action_planned:plan_action→in_remediation:remediate\
            →ready_for_verification:submit_for_verification→closed:close; acknowledged→closed; \
            ready_for_verification|closed→in_remediation";
        Some(
            Lifecycle::new(notation)
                .settled(&["closed"])
                .named("ready_for_verification", "in_remediation", "send_back")
                .named("closed", "in_remediation", "reopen")
                .approving(&["close"]),
        )
    }

    fn sample() -> Self {
        Finding {
            title: "Rights of leavers are taken away late".into(),
            kind: FindingKind::Observation,
            description: "Three of 25 accounts stood open for two weeks after the last day.".into(),
            criterion: Some("Rights end on the last day (policy on access, 4.2).".into()),
            source_id: None,
            requirement_id: None,
            control_id: None,
            repeats_id: None,
            found_on: Date::parse("2026-04-14"),
            due_on: Date::parse("2026-06-30"),
            correction: Some("The three accounts were closed on the same day.".into()),
            root_cause: Some("Leavers of partner firms are not in the list of staff.".into()),
            action_decision: Some(ActionDecision::NotRequired),
            action_reason: Some("Partner firms are in the list since May.".into()),
            verification: Some("Ten leavers of June were drawn; all accounts were closed in time.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.found_on, self.due_on, "due_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let was = check.before::<Self>()?.map(|before| before.kind);
        if check.state == Some("open") || self.kind.is_nonconformity() || !was.is_some_and(FindingKind::is_nonconformity) {
            return Ok(());
        }
        let detail = "It was acknowledged as a nonconformity and stays one. Put it right, or record an observation beside it.";
        Err(Problem::conflict("/kind", "downgrade", detail).into())
    }

    fn check_removal(&self, _: &mut Check<'_>) -> Result<()> {
        if !self.kind.is_nonconformity() {
            return Ok(());
        }
        let detail = "A nonconformity is evidence and stays. While it is open its kind can be put right; then it is closed as what it is.";
        Err(Problem::conflict("", "nonconformity", detail).into())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = Vec::new();
        if step.to != "closed" {
            return Ok(unmet);
        }
        if self.kind.is_nonconformity() {
            if step.from == "acknowledged" {
                let detail = "Only an observation, an opportunity or a good practice is closed at once. Plan what is to be done.";
                unmet.push(UnmetGuard::new("/kind", "nonconformity", detail));
            }
            let needed =
                [("correction", self.correction.is_some()), ("root_cause", self.root_cause.is_some()), ("action_decision", self.action_decision.is_some())];
            let missing = needed.into_iter().filter(|(_, there)| !there);
            unmet.extend(missing.map(|(name, _)| UnmetGuard::new(&format!("/{name}"), "required", format!("A nonconformity needs its {name}. Set it first."))));
        }
        unmet.extend(unproved_action::unmet(check)?);
        if self.action_decision == Some(ActionDecision::Required) {
            let taken = corrective_actions::finding_id.eq(check.id).and(corrective_actions::state.eq_any(["done", "verified"]));
            let is_taken: bool = select(exists(corrective_actions::table.filter(taken))).get_result(check.connection)?;
            if !is_taken {
                unmet.push(UnmetGuard::new("/action_decision", "corrective_action", "Corrective action is required, and none is done. Do that first."));
            }
        }
        let owner = findings::table.find(check.id).select(findings::owner_id);
        let owner = owner.first::<Option<Id>>(check.connection).optional()?.flatten();
        if owner.is_some() && person_of(check.connection, check.actor)? == owner {
            unmet.push(UnmetGuard::new("/owner_id", "owner", "Who answers for a finding does not close it. Have another person do so."));
        }
        Ok(unmet)
    }
}
