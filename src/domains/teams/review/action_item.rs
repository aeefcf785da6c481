//! Action items: what somebody has undertaken to do about a record of any kind.

use crate::resource::value::{Date, Note, Title};
use crate::resource::{ANY, Id, Lifecycle, PartOf, Resource, Scope};

crate::resource! {
    /// Something that somebody has undertaken to do about its subject: a one-on-one, a team, any record. Whoever sees the
    /// subject sees it and nobody else: those of a one-on-one exist for its two alone.
    pub struct ActionItem {
        /// The record that it belongs to.
        #[field(refers_to(ANY), fixed)]
        pub subject_id: Id,
        /// What is to be done.
        #[field(search)]
        pub title: Title,
        /// What one should know to do it.
        pub description: Option<Note>,
        /// The person who does it.
        #[field(refers_to(&["teams/people"]))]
        pub assignee_id: Option<Id>,
        /// The day by which it is to be done.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// The day on which it was done.
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
