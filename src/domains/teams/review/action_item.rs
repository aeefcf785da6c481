//! Action items: what somebody has undertaken to do about a record of any kind.

use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{ANY, Id, Lifecycle, PartOf, Resource, Scope};

steward_core::resource! {
    /// Action agreed on about its subject: a one-on-one, a team or any other record. Visible exactly to the people who can see the subject;
    /// those of a one-on-one only to its two participants.
    pub struct ActionItem {
        /// Record that the action concerns.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// Action to be taken.
        #[field(search)]
        pub title: Title,
        /// Free-text description.
        pub description: Option<Note>,
        /// Person responsible for the action.
        #[field(refers_to(&["teams/people"]))]
        pub assignee_id: Option<Id>,
        /// Due date of the action.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Date of completion.
        #[field(happened)]
        pub completed_on: Option<Date>,
    }
}

impl Resource for ActionItem {
    const PATH: &'static str = "teams/action-items";
    type Table = steward_schema::teams::action_items::table;
    const SCOPE: Scope = Scope::Within("subject_id");
    const PART_OF: Option<PartOf> = Some(PartOf::loose("subject_id"));
    const TITLE: &'static str = "title";

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→in_progress:start→done:finish; open→done; open|in_progress→cancelled:cancel; done→open:reopen";
        Some(Lifecycle::new(notation).given_up(&["cancelled"]).settled(&["done"]))
    }

    fn sample() -> Self {
        ActionItem {
            subject_id: Id::sample(),
            title: "Ask the vendor for a second engineer".into(),
            description: Some("For the two weeks of the move.".into()),
            assignee_id: None,
            due_on: Date::parse("2026-06-30"),
            completed_on: Date::parse("2026-06-12"),
        }
    }
}
