//! Sprints: short spans in which a team finishes what it took on.

use crate::project::evidence;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Number, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

steward_core::resource! {
    /// Sprint: a short span with a goal (Scrum). The sprints of a team in a project do not overlap.
    pub struct Sprint {
        /// Project of the sprint.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Team that works in it.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// Sprint goal.
        #[field(search)]
        pub goal: Option<Note>,
        /// First day of the sprint.
        #[field(event, lasts_until("ends_on"))]
        pub starts_on: Date,
        /// Last day of the sprint.
        pub ends_on: Date,
        /// Capacity of the team in hours.
        pub capacity_hours: Option<Number<0, 100_000>>,
        /// Story points committed at the start.
        pub committed_points: Option<Number<0, 10_000>>,
        /// Lessons from the review at its end.
        pub review: Option<Note>,
    }
}

impl Resource for Sprint {
    const PATH: &'static str = "projects/sprints";
    type Table = steward_schema::projects::sprints::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const BEGINS_AT_ONCE: bool = true;
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["project_id", "team_id"], starts: "starts_on", ends: "ends_on" }];
    const GUARDS: &'static [Guard] = &[Guard::alone(&["active"], &["project_id", "team_id"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→active:activate→completed:complete; cancelled:cancel").given_up(&["cancelled"]))
    }

    fn sample() -> Self {
        Sprint {
            project_id: Id::sample(),
            team_id: None,
            name: "Sprint 7".into(),
            goal: Some("The first service runs at the second site.".into()),
            starts_on: Date::sample("2026-05-04"),
            ends_on: Date::sample("2026-05-15"),
            capacity_hours: Some(Number(240.0)),
            committed_points: Some(Number(34.0)),
            review: Some("Testing came too late; next time from the first day.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        evidence::require_unchanged_once_over(check, self, self.project_id, "project_id")
    }
}
