//! Improvement actions: what a team changes after it has looked back.

use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Guard, Id, Lifecycle, PartOf, Resource, Scope};

steward_core::resource! {
    /// Improvement agreed by a team in a retrospective.
    pub struct ImprovementAction {
        /// Retrospective that produced the action.
        #[field(refers_to(&["teams/retrospectives"]), fixed)]
        pub retrospective_id: Id,
        /// Improvement to be made, in a line.
        #[field(search)]
        pub title: Title,
        /// Approach and expected benefit.
        #[field(search)]
        pub description: Option<Note>,
        /// Person responsible for the action.
        #[field(refers_to(&["teams/people"]))]
        pub assignee_id: Option<Id>,
        /// Due date of the action.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Result of the improvement; required for completion.
        pub result: Option<Note>,
    }
}

impl Resource for ImprovementAction {
    const PATH: &'static str = "teams/improvement-actions";
    type Table = steward_schema::teams::improvement_actions::table;
    const SCOPE: Scope = Scope::Within("retrospective_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("retrospective_id"));
    const TITLE: &'static str = "title";
    const GUARDS: &'static [Guard] = &[Guard::set(&["done"], &["result"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→in_progress:start→done:finish; open|in_progress→cancelled:cancel").given_up(&["cancelled"]))
    }

    fn sample() -> Self {
        ImprovementAction {
            retrospective_id: Id::sample(),
            title: "Tell the desk two days before".into(),
            description: Some("A line in the template of every change.".into()),
            assignee_id: None,
            due_on: Date::parse("2026-04-30"),
            result: Some("No call has come as a surprise since.".into()),
        }
    }
}
