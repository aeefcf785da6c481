//! Retrospectives: what a team learns from its work.

use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Id, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Retrospective of a team over a period of its work. Changes agreed on are recorded as improvement actions.
    pub struct Retrospective {
        /// Team that holds the retrospective.
        #[field(refers_to(&["teams/teams"]), fixed)]
        pub team_id: Id,
        /// Subject of the retrospective.
        #[field(search)]
        pub title: Title,
        /// Date of the retrospective, once it was held.
        #[field(happened)]
        pub held_on: Date,
        /// First day of the period reviewed.
        pub starts_on: Option<Date>,
        /// Last day of the period reviewed.
        pub ends_on: Option<Date>,
        /// Facilitator of the retrospective.
        #[field(refers_to(&["teams/people"]))]
        pub facilitator_id: Option<Id>,
        /// Successes of the period.
        #[field(search)]
        pub went_well: Option<Note>,
        /// Problems of the period.
        #[field(search)]
        pub went_badly: Option<Note>,
        /// Lessons learned.
        #[field(search)]
        pub learned: Option<Note>,
    }
}

impl Resource for Retrospective {
    const PATH: &'static str = "teams/retrospectives";
    type Table = steward_schema::teams::retrospectives::table;
    const SCOPE: Scope = Scope::Within("team_id");
    const TITLE: &'static str = "title";

    fn sample() -> Self {
        Retrospective {
            team_id: Id::sample(),
            title: "The move to the new core".into(),
            held_on: Date::sample("2026-03-31"),
            starts_on: Date::parse("2026-03-01"),
            ends_on: Date::parse("2026-03-28"),
            facilitator_id: None,
            went_well: Some("The plan for going back was tried before.".into()),
            went_badly: Some("The desk learned of it on the day.".into()),
            learned: Some("Whoever answers the telephone is told first.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }
}
