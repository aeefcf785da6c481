//! Mentoring sessions: what a mentor and a mentee talk about. They exist for these two alone.

use steward_core::resource::value::{Date, Note, Number};
use steward_core::resource::{Id, Own, Resource, Rule, Scope};

steward_core::resource! {
    /// Conversation between a mentor and a mentee. Visible only to the two, through every interface.
    pub struct MentoringSession {
        /// Person being mentored.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub mentee_id: Id,
        /// Mentor in the session.
        #[field(refers_to(&["teams/people"]), fixed, differs_from("mentee_id"))]
        pub mentor_id: Id,
        /// Mentorship of the two; none for a single session.
        #[field(refers_to(&["teams/mentorships"]), fixed)]
        pub mentorship_id: Option<Id>,
        /// Date of the session.
        #[field(event)]
        pub held_on: Date,
        /// Duration in hours.
        pub duration_hours: Option<Number<0, 24>>,
        /// Topics discussed.
        pub topics: Option<Note>,
        /// Actions of the mentee until the next session.
        pub next_steps: Option<Note>,
    }
}

impl Resource for MentoringSession {
    const PATH: &'static str = "teams/mentoring-sessions";
    type Table = steward_schema::teams::mentoring_sessions::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("mentee_id"), Own::named("mentor_id")];
    const OWNED: bool = false;
    const TITLE: &'static str = "held_on";
    const PRIVATE_TO: &'static [&'static str] = &["mentee_id", "mentor_id"];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "mentorship_id", theirs: "mentee_id", ours: "mentee_id" },
        Rule::Agrees { by: "mentorship_id", theirs: "mentor_id", ours: "mentor_id" },
    ];

    fn sample() -> Self {
        MentoringSession {
            mentee_id: Id::sample(),
            mentor_id: Id::sample(),
            mentorship_id: None,
            held_on: Date::sample("2026-03-31"),
            duration_hours: Some(Number(1.0)),
            topics: Some("How to test a change to the core before the night.".into()),
            next_steps: Some("Build the core in the laboratory.".into()),
        }
    }
}
