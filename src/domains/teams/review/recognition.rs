//! Recognitions: what people are thanked for before all.

use steward_core::choice;
use steward_core::resource::value::{Currency, Date, Money, Note, Title};
use steward_core::resource::{Id, Resource, Scope, ValidationErrors};

choice! {
    /// Type of recognition.
    pub enum RecognitionKind {
        /// Word of thanks.
        Thanks = "thanks",
        /// Award for an achievement.
        Award = "award",
        /// Anniversary of employment.
        Anniversary = "anniversary",
    }
}

steward_core::resource! {
    /// Recognition of a person or a team for an achievement, readable by all.
    pub struct Recognition {
        /// Person or team recognised.
        #[field(refers_to(&["teams/people", "teams/teams"]), fixed)]
        pub subject_id: Id,
        /// Person giving the recognition.
        #[field(refers_to(&["teams/people"]))]
        pub giver_id: Option<Id>,
        /// Type of recognition.
        pub kind: RecognitionKind,
        /// Achievement recognised, in a line.
        #[field(search)]
        pub title: Title,
        /// Free-text description of the achievement.
        #[field(search)]
        pub description: Option<Note>,
        /// Date of the recognition.
        #[field(happened)]
        pub given_on: Date,
        /// Monetary reward.
        #[field(restricted)]
        pub reward: Option<Money>,
    }
}

impl Resource for Recognition {
    const PATH: &'static str = "teams/recognitions";
    type Table = steward_schema::teams::recognitions::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "title";

    fn sample() -> Self {
        Recognition {
            subject_id: Id::sample(),
            giver_id: None,
            kind: RecognitionKind::Thanks,
            title: "For the move in one night".into(),
            description: Some("Both sites were up at six, and nobody noticed.".into()),
            given_on: Date::sample("2026-03-31"),
            reward: Some(Money::new(10000, Currency::sample("EUR"))),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.giver_id != Some(self.subject_id), "giver_id", "itself", "Nobody thanks themselves. Name another person.");
    }
}
