//! Succession slots: who could follow where nobody may be missing.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Note, Whole};
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Readiness of a successor.
    pub enum Readiness {
        /// Ready now.
        Now = "now",
        /// Ready within a year.
        Within1y = "within_1y",
        /// Ready within two years.
        Within2y = "within_2y",
    }
}

steward_core::resource! {
    /// Successor for a critical position, role or service. Each successor has a separate slot.
    pub struct SuccessionSlot {
        /// Critical position, role or service; a person is named once as its successor.
        #[field(refers_to(&["teams/positions", "teams/role-profiles", "infrastructure/services"]), unique, fixed)]
        pub subject_id: Id,
        /// Designated successor.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub successor_id: Id,
        /// Current holder.
        #[field(refers_to(&["teams/people"]))]
        pub incumbent_id: Option<Id>,
        /// Readiness of the successor.
        #[field(restricted)]
        pub readiness: Readiness,
        /// Rank among the successors, 1 first.
        #[field(default(|| json!(1)))]
        pub place: Whole<1, 100>,
        /// Development plan that prepares the successor.
        #[field(refers_to(&["teams/development-plans"]))]
        pub development_plan_id: Option<Id>,
        /// Gaps still to be closed.
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
