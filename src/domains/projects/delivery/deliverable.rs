//! Deliverables: what a project hands over.

use crate::project::evidence;
use steward_core::access::person_of;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Lock, Resource, Rule, Scope};

steward_core::resource! {
    /// Deliverable of a project, with its acceptance criteria. Another person than the one responsible for it accepts or waives it.
    pub struct Deliverable {
        /// Project of the deliverable.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Name of the deliverable in one line.
        #[field(search)]
        pub name: Title,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
        /// Requirement that it meets, of the same project.
        #[field(refers_to(&["projects/scope-items"]))]
        pub scope_item_id: Option<Id>,
        /// Work item that produces it, of the same project.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Option<Id>,
        /// Acceptance criteria; required for `submitted`.
        #[field(search)]
        pub acceptance_criteria: Option<Note>,
        /// Due date of the deliverable.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Person responsible for producing it; neither accepts nor waives it.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// Person who accepted it, written by the move to `accepted`; null before, and where the acceptor's account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub acceptor_id: Option<Id>,
        /// Date of acceptance, written by the move to `accepted`; null before.
        #[field(read_only, happened)]
        pub accepted_on: Option<Date>,
        /// File of the deliverable, or the signed acceptance.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Date of the waiver, written by the move to `waived`; null otherwise.
        #[field(read_only, happened)]
        pub waived_on: Option<Date>,
        /// Reason for the waiver; required for `waived`.
        pub waiver_reason: Option<Note>,
    }
}

impl Resource for Deliverable {
    const PATH: &'static str = "projects/deliverables";
    type Table = steward_schema::projects::deliverables::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "scope_item_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "work_item_id", theirs: "project_id", ours: "project_id" },
    ];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["submitted"], &["acceptance_criteria"]),
        Guard::set(&["waived"], &["waiver_reason"]),
        Guard::all_in(&["accepted"], "projects/quality-checks", "deliverable_id", &["passed", "waived"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "planned→in_progress:start→submitted:submit→accepted:accept|rejected:reject; rejected→in_progress; waived:waive";
        let lifecycle = Lifecycle::new(notation).given_up(&["waived"]).named("rejected", "in_progress", "rework");
        Some(lifecycle.approving(&["accept", "waive"]).involving(&["responsible_id"]))
    }

    fn sample() -> Self {
        Deliverable {
            project_id: Id::sample(),
            name: "Core network of the second site".into(),
            description: Some("Two core switches, cabled, configured and documented.".into()),
            scope_item_id: None,
            work_item_id: None,
            acceptance_criteria: Some("Either switch can be pulled without a lost session.".into()),
            due_on: Date::parse("2026-05-15"),
            responsible_id: None,
            acceptor_id: None,
            accepted_on: Date::parse("2026-05-18"),
            file_id: None,
            waived_on: Date::parse("2026-05-20"),
            waiver_reason: Some("The branch closes before it would be used.".into()),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let today = Some(check.today);
        Ok(match cause.to() {
            Some("accepted") => Some(Deliverable { acceptor_id: person_of(check.connection, check.actor)?, accepted_on: today, ..self.clone() }),
            Some("waived") => Some(Deliverable { waived_on: today, ..self.clone() }),
            _ => None,
        })
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.project_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_deletable(check, self.project_id, "If it is not delivered, give the reason (waiver_reason) and have it waived.")
    }
}
