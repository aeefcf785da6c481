//! One-on-ones: what a person and who leads them talk about. They exist for these two alone.

use steward_core::resource::value::{Date, Note};
use steward_core::resource::{Id, Own, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// One-on-one conversation between a person and their lead. Visible only to the two participants, through every interface: nobody else,
    /// administrators included, can list, find or export it.
    pub struct OneOnOne {
        /// Person being led.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Lead of the person.
        #[field(refers_to(&["teams/people"]), fixed, differs_from("person_id"))]
        pub lead_id: Id,
        /// Date of the conversation.
        #[field(event)]
        pub held_on: Date,
        /// Topics to discuss.
        pub agenda: Option<Note>,
        /// Notes of the conversation.
        #[field(search)]
        pub notes: Option<Note>,
        /// Date of the next conversation. Actions until then are `teams/action-items` with this conversation as their subject.
        #[field(recurring)]
        pub next_on: Option<Date>,
    }
}

impl Resource for OneOnOne {
    const PATH: &'static str = "teams/one-on-ones";
    type Table = steward_schema::teams::one_on_ones::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("person_id"), Own::named("lead_id")];
    const OWNED: bool = false;
    const TITLE: &'static str = "held_on";
    const PRIVATE_TO: &'static [&'static str] = &["person_id", "lead_id"];

    fn sample() -> Self {
        OneOnOne {
            person_id: Id::sample(),
            lead_id: Id::sample(),
            held_on: Date::sample("2026-03-31"),
            agenda: Some("The certificate, and who covers the summer.".into()),
            notes: None,
            next_on: Date::parse("2026-04-14"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.held_on), self.next_on, "next_on");
    }
}
