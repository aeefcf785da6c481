//! Clarifications: what vendors ask during a sourcing event, and what all of them are answered.

use steward_core::resource::value::{Instant, Note, Title};
use steward_core::resource::{Guard, Id, Lifecycle, PartOf, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Question about a sourcing event. Its answer goes to all invited vendors, without the name of the vendor that asked.
    pub struct Clarification {
        /// The sourcing event.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Id,
        /// Asking vendor; null where the organisation explains something unasked. Not disclosed to the others.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Subject of the question.
        #[field(search)]
        pub subject: Title,
        /// The question.
        #[field(search)]
        pub question: Note,
        /// Time of the question (UTC).
        #[field(happened)]
        pub asked_at: Option<Instant>,
        /// The answer.
        #[field(search)]
        pub answer: Option<Note>,
        /// Person who answers.
        #[field(refers_to(&["teams/people"]))]
        pub responder_id: Option<Id>,
        /// Time of the answer (UTC).
        #[field(happened)]
        pub answered_at: Option<Instant>,
    }
}

impl Resource for Clarification {
    const PATH: &'static str = "vendors/clarifications";
    type Table = steward_schema::vendors::clarifications::table;
    const SCOPE: Scope = Scope::Within("sourcing_event_id");
    const TITLE: &'static str = "subject";
    const PART_OF: Option<PartOf> = Some(PartOf::of("sourcing_event_id"));
    const EDITABLE_IN: &'static [&'static str] = &["open", "answered"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["answered", "published"], &["answer"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("open→answered:answer→published:publish; withdrawn:withdraw").given_up(&["withdrawn"]))
    }

    fn sample() -> Self {
        Clarification {
            sourcing_event_id: Id::sample(),
            vendor_id: None,
            subject: "Installation at the weekend".into(),
            question: "May the installation take place on a Saturday?".into(),
            asked_at: Instant::parse("2026-05-26T09:15:00Z"),
            answer: Some("Yes, from 8 to 18 o'clock, if it is announced five days before.".into()),
            responder_id: None,
            answered_at: Instant::parse("2026-05-27T11:00:00Z"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.asked_at, self.answered_at, "answered_at");
    }
}
