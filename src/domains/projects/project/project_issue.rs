//! Project issues: what happened, was not planned, and needs somebody.

use crate::choice;
use crate::resource::value::{Date, Note, Title};
use crate::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// What an issue is (PRINCE2).
    pub enum IssueKind {
        /// Somebody wants something else than was agreed.
        RequestForChange = "request_for_change",
        /// Something that was agreed is not, or will not be, as it should.
        OffSpecification = "off_specification",
        /// Something stands in the way.
        Problem = "problem",
        /// Somebody is worried.
        Concern = "concern",
    }
}

choice! {
    /// How much an issue hurts the project.
    pub enum IssueSeverity {
        /// Hardly.
        Low = "low",
        /// Within its tolerances.
        Medium = "medium",
        /// It may pass its tolerances.
        High = "high",
        /// It cannot reach what it is for.
        Critical = "critical",
    }
}

crate::resource! {
    /// Something that happened in a project, was not planned, and needs somebody.
    pub struct ProjectIssue {
        /// The project.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// What it is, in a line.
        #[field(search)]
        pub title: Title,
        /// What it is, and what follows from it.
        #[field(search)]
        pub description: Option<Note>,
        /// What kind of issue it is.
        #[field(default(|| json!("problem")))]
        pub kind: IssueKind,
        /// How much it hurts.
        #[field(default(|| json!("medium")))]
        pub severity: IssueSeverity,
        /// The work that it concerns, of the same project.
        #[field(refers_to(&["projects/work-items"]))]
        pub work_item_id: Option<Id>,
        /// The risk that came true with it.
        #[field(refers_to(&["security/risks"]))]
        pub risk_id: Option<Id>,
        /// The day on which it was raised.
        #[field(happened)]
        pub raised_on: Option<Date>,
        /// Who raised it.
        #[field(refers_to(&["teams/people"]))]
        pub raiser_id: Option<Id>,
        /// Who sees to it.
        #[field(refers_to(&["teams/people"]), concerned)]
        pub assignee_id: Option<Id>,
        /// To whom it was taken, if the project cannot solve it.
        #[field(refers_to(&["teams/people"]))]
        pub escalated_to_id: Option<Id>,
        /// By when it is to be solved.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// What was done. What is resolved says so.
        #[field(search)]
        pub resolution: Option<Note>,
        /// The day on which it was resolved.
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
}
