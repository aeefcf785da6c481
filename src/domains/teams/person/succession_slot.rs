//! Succession slots: who could follow where nobody may be missing.

use crate::choice;
use crate::resource::value::{Note, Whole};
use crate::resource::{Id, Resource, Scope, Unique, ValidationErrors};
use serde_json::json;

choice! {
    /// When somebody could follow.
    pub enum Readiness {
        /// Today.
        Now = "now",
        /// Within a year.
        Within1y = "within_1y",
        /// Within two years.
        Within2y = "within_2y",
    }
}

crate::resource! {
    /// A person who could follow in a critical role or for a critical service. Each successor has a slot of their own.
    pub struct SuccessionSlot {
        /// The position, role or service that is critical; a person stands in its line once.
        #[field(refers_to(&["teams/positions", "teams/role-profiles", "infrastructure/services"]), unique, fixed)]
        pub subject_id: Id,
        /// The person who could follow.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub successor_id: Id,
        /// The person who has it today.
        #[field(refers_to(&["teams/people"]))]
        pub incumbent_id: Option<Id>,
        /// When they could follow.
        #[field(restricted)]
        pub readiness: Readiness,
        /// The place in the line, 1 first.
        #[field(default(|| json!(1)))]
        pub place: Whole<1, 100>,
        /// The plan by which they get ready.
        #[field(refers_to(&["teams/development-plans"]))]
        pub development_plan_id: Option<Id>,
        /// What is still missing.
        #[field(restricted)]
        pub notes: Option<Note>,
    }
}

impl Resource for SuccessionSlot {
    const PATH: &'static str = "teams/succession-slots";
    type Table = steward_schema::teams::succession_slots::table;
    const SCOPE: Scope = Scope::Unit;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "succession_slots_successor_key", fields: &["subject_id", "successor_id"] }];

    fn sample() -> Self {
        SuccessionSlot {
            subject_id: Id::sample(),
            successor_id: Id::sample(),
            incumbent_id: None,
            readiness: Readiness::Within1y,
            place: Whole(1),
            development_plan_id: None,
            notes: Some("Has not led a change of the core yet.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.incumbent_id != Some(self.successor_id), "successor_id", "itself", "Nobody follows themselves. Name another person.");
    }
}
