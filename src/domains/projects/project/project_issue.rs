//! Project issues: what happened, was not planned, and needs somebody.

use super::evidence;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// Kind of an issue (PRINCE2).
    pub enum IssueKind {
        /// Request for something other than agreed.
        RequestForChange = "request_for_change",
        /// Off-specification: something agreed is not, or will not be, as specified.
        OffSpecification = "off_specification",
        /// Problem that hinders the project.
        Problem = "problem",
        /// Concern of a person.
        Concern = "concern",
    }
}

choice! {
    /// Severity of an issue for the project.
    pub enum IssueSeverity {
        /// Negligible effect.
        Low = "low",
        /// Effect within the tolerances.
        Medium = "medium",
        /// Effect that may exceed the tolerances.
        High = "high",
        /// Objective of the project out of reach.
        Critical = "critical",
    }
}

steward_core::resource! {
    /// Unplanned event in a project that requires action by a person.
    pub struct ProjectIssue {
        /// Project of the issue.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Issue in one line.
        #[field(search)]
        pub title: Title,
        /// Description of the issue and its consequences.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of issue.
        #[field(default(|| json!("problem")))]
        pub kind: IssueKind,
        /// Severity of the issue.
        #[field(default(|| json!("medium")))]
        pub severity: IssueSeverity,
        /// Work item concerned, of the same project.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Option<Id>,
        /// Risk that materialised with it.
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// Date on which it was raised.
        #[field(happened)]
        pub raised_on: Option<Date>,
        /// Person who raised it.
        #[field(refers_to(&["teams/people"]))]
        pub raiser_id: Option<Id>,
        /// Person assigned to it.
        #[field(refers_to(&["teams/people"]), concerned)]
        pub assignee_id: Option<Id>,
        /// Person of the escalation, if the project cannot solve it.
        #[field(refers_to(&["teams/people"]))]
        pub escalated_to_id: Option<Id>,
        /// Due date of the resolution.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Resolution of the issue; required for `resolved`.
        #[field(search)]
        pub resolution: Option<Note>,
        /// Date of the resolution.
        #[field(happened)]
        pub resolved_on: Option<Date>,
    }
}

impl Resource for ProjectIssue {
    const PATH: &'static str = "projects/project-issues";
    type Table = steward_schema::projects::project_issues::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const TITLE: &'static str = "title";
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "work_item_id", theirs: "project_id", ours: "project_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["resolved"], &["resolution"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→in_progress:start→resolved:resolve→closed:close; resolved|closed→open:reopen";
        Some(Lifecycle::new(notation).settled(&["resolved", "closed"]))
    }

    fn sample() -> Self {
        ProjectIssue {
            project_id: Id::sample(),
            title: "The power of the second site is delivered late".into(),
            description: Some("The grid operator needs six weeks more. Nothing can be moved before.".into()),
            kind: IssueKind::Problem,
            severity: IssueSeverity::High,
            work_item_id: None,
            risk_id: None,
            raised_on: Date::parse("2026-04-02"),
            raiser_id: None,
            assignee_id: None,
            escalated_to_id: None,
            due_on: Date::parse("2026-04-30"),
            resolution: Some("A generator bridges the time.".into()),
            resolved_on: Date::parse("2026-04-24"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.raised_on, self.resolved_on, "resolved_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }
}
