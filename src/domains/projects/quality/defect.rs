//! Defects: what was made and is not as it should be.

use crate::project::evidence;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Number, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// Severity of a defect.
    pub enum DefectSeverity {
        /// Critical: nothing works, or data is lost.
        Critical = "critical",
        /// Major: an important function fails, without a workaround.
        Major = "major",
        /// Minor: a function fails, with a workaround.
        Minor = "minor",
        /// Trivial: a cosmetic flaw.
        Trivial = "trivial",
    }
}

steward_core::resource! {
    /// Defect of a deliverable or of work.
    pub struct Defect {
        /// Project of the defect.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Defect in one line.
        #[field(search)]
        pub title: Title,
        /// Actual and expected behaviour.
        #[field(search)]
        pub description: Option<Note>,
        /// Steps to reproduce the defect.
        pub steps_to_reproduce: Option<Note>,
        /// Severity of the defect. Critical and major defects count for the quality of the project.
        #[field(default(|| json!("minor")))]
        pub severity: DefectSeverity,
        /// Deliverable that has it, of the same project.
        #[field(refers_to(&["projects/deliverables"]))]
        pub deliverable_id: Option<Id>,
        /// Work item in which it was made, of the same project.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Option<Id>,
        /// Quality check that found it, of the same project.
        #[field(refers_to(&["projects/quality-checks"]))]
        pub quality_check_id: Option<Id>,
        /// Date of discovery.
        #[field(happened)]
        pub found_on: Option<Date>,
        /// Person who found it.
        #[field(refers_to(&["teams/people"]))]
        pub reporter_id: Option<Id>,
        /// Person assigned to correct it.
        #[field(refers_to(&["teams/people"]), concerned)]
        pub assignee_id: Option<Id>,
        /// Due date of the correction.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Cause of the defect.
        pub cause: Option<Note>,
        /// Resolution of the defect; required for `resolved` and `rejected`.
        #[field(search)]
        pub resolution: Option<Note>,
        /// Date of the resolution.
        #[field(happened)]
        pub resolved_on: Option<Date>,
        /// Effort of the correction in hours.
        pub rework_hours: Option<Number<0, 100_000>>,
    }
}

impl Resource for Defect {
    const PATH: &'static str = "projects/defects";
    type Table = steward_schema::projects::defects::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const TITLE: &'static str = "title";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "deliverable_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "work_item_id", theirs: "project_id", ours: "project_id" },
        Rule::Agrees { by: "quality_check_id", theirs: "project_id", ours: "project_id" },
    ];
    const GUARDS: &'static [Guard] = &[Guard::set(&["resolved", "rejected"], &["resolution"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→in_progress:start→resolved:resolve→closed:close; open|in_progress→rejected:reject; \
            resolved|closed|rejected→open:reopen";
        Some(Lifecycle::new(notation).settled(&["resolved", "closed"]))
    }

    fn sample() -> Self {
        Defect {
            project_id: Id::sample(),
            title: "The second link stays down after a restart".into(),
            description: Some("After a restart of the left switch only one of two links comes up.".into()),
            steps_to_reproduce: Some("Restart the left switch and wait five minutes.".into()),
            severity: DefectSeverity::Major,
            deliverable_id: None,
            work_item_id: None,
            quality_check_id: None,
            found_on: Date::parse("2026-05-13"),
            reporter_id: None,
            assignee_id: None,
            due_on: Date::parse("2026-05-20"),
            cause: Some("The port was configured by hand and not saved.".into()),
            resolution: Some("The port is in the template now.".into()),
            resolved_on: Date::parse("2026-05-15"),
            rework_hours: Some(Number(3.5)),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.found_on, self.resolved_on, "resolved_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }
}
