//! Evaluators: who scores the offers of a sourcing event.

use steward_core::resource::value::Note;
use steward_core::resource::{Id, Own, PartOf, Resource, Scope, Unique};

steward_core::resource! {
    /// Member of the panel of a sourcing event. Where there is a panel, its members alone score the offers; they read the event, its
    /// criteria and what was submitted without holding more than what is their own.
    pub struct Evaluator {
        /// The sourcing event.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Id,
        /// Person; named once for each event.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Focus of the evaluation.
        pub focus: Option<Note>,
    }
}

impl Resource for Evaluator {
    const PATH: &'static str = "vendors/evaluators";
    type Table = steward_schema::vendors::evaluators::table;
    const SCOPE: Scope = Scope::Within("sourcing_event_id");
    const OWN: &'static [Own] = &[Own::named("person_id").only(&["read"])];
    const TITLE: &'static str = "id";
    const PART_OF: Option<PartOf> = Some(PartOf::of("sourcing_event_id"));
    const UNIQUE: &'static [Unique] = &[Unique { index: "evaluators_person_key", fields: &["sourcing_event_id", "person_id"] }];

    fn sample() -> Self {
        Evaluator { sourcing_event_id: Id::sample(), person_id: Id::sample(), focus: Some("Operation and support.".into()) }
    }
}
