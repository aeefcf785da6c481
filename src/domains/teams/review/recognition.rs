//! Recognitions: what people are thanked for before all.

use crate::choice;
use crate::resource::value::{Currency, Date, Money, Note, Title};
use crate::resource::{Id, Resource, Scope, ValidationErrors};

choice! {
    /// What a recognition is.
    pub enum RecognitionKind {
        /// A word of thanks.
        Thanks = "thanks",
        /// An award.
        Award = "award",
        /// For years of work.
        Anniversary = "anniversary",
    }
}

crate::resource! {
    /// Thanks to a person or a team for something done, for all to read.
    pub struct Recognition {
        /// The person or team that is thanked.
        #[field(refers_to(&["teams/people", "teams/teams"]), fixed)]
        pub subject_id: Id,
        /// Who gives it.
        #[field(refers_to(&["teams/people"]))]
        pub giver_id: Option<Id>,
        /// What it is.
        pub kind: RecognitionKind,
        /// What it is for, in a line.
        #[field(search)]
        pub title: Title,
        /// What was done.
        #[field(search)]
        pub description: Option<Note>,
        /// The day on which it was given.
        #[field(happened)]
        pub given_on: Date,
        /// What came with it.
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
