//! Quality checks: whether what was made is as it should be.

use crate::project::evidence;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Cause, Check, Guard, Id, Lifecycle, Resource, Rule, Scope};

choice! {
    /// Method of a quality check.
    pub enum CheckMethod {
        /// Review by others.
        Review = "review",
        /// Inspection or measurement.
        Inspection = "inspection",
        /// Test by trial.
        Test = "test",
        /// Demonstration to the users.
        Demonstration = "demonstration",
        /// Audit against a standard by an external party.
        Audit = "audit",
    }
}

steward_core::resource! {
    /// Quality check of a deliverable or of work. Work is done and a deliverable accepted only once its checks are passed or waived.
    pub struct QualityCheck {
        /// Project of the check.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Subject of the check in one line.
        #[field(search)]
        pub name: Title,
        /// Deliverable that is checked, of the same project.
        #[field(refers_to(&["projects/deliverables"]))]
        pub deliverable_id: Option<Id>,
        /// Work item that is checked, of the same project.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Option<Id>,
        /// Method of the check.
        #[field(default(|| json!("review")))]
        pub method: CheckMethod,
        /// Acceptance criteria.
        #[field(search)]
        pub criteria: Option<Note>,
        /// Planned date of the check.
        #[field(deadline)]
        pub planned_on: Option<Date>,
        /// Date of the check, written by the move to `passed` or `failed`; null while it is planned.
        #[field(read_only, happened)]
        pub checked_on: Option<Date>,
        /// Person who recorded the result, written by the same move; null while it is planned, and where the account is linked to no person.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub checker_id: Option<Id>,
        /// Findings of the check.
        #[field(search)]
        pub result: Option<Note>,
        /// Evidence of the result.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Reason for the waiver; required for `waived`.
        pub waiver_reason: Option<Note>,
    }
}

impl Resource for QualityCheck {
    const PATH: &'static str = "projects/quality-checks";
    type Table = steward_schema::projects::quality_checks::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const EDITABLE_IN: &'static [&'static str] = &["planned"];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "deliverable_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "work_item_id", theirs: "project_id", ours: "project_id" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::set(&["waived"], &["waiver_reason"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→passed:pass|failed:fail; failed→planned:plan; waived:waive").given_up(&["waived"]).approving(&["waive"]))
    }

    fn sample() -> Self {
        QualityCheck {
            project_id: Id::sample(),
            name: "Failover of the core switches".into(),
            deliverable_id: None,
            work_item_id: None,
            method: CheckMethod::Test,
            criteria: Some("No session is lost when either switch is pulled.".into()),
            planned_on: Date::parse("2026-05-12"),
            checked_on: Date::parse("2026-05-13"),
            checker_id: None,
            result: Some("Both were pulled twice; nothing was lost.".into()),
            file_id: None,
            waiver_reason: Some("The maker tested it and gave us the protocol.".into()),
        }
    }

    /// Who checked and when; what is planned anew is not checked.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let (checked_on, checker_id) = match cause.to() {
            Some("passed" | "failed") => (Some(check.today), person_of(check.connection, check.actor)?),
            Some("planned") => (None, None),
            _ => return Ok(None),
        };
        Ok(Some(QualityCheck { checked_on, checker_id, ..self.clone() }))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_deletable(check, self.project_id, "If it is done without, waive it with the reason (waiver_reason).")
    }
}
