//! Feedback: what one person tells another about their work. It exists for those it names alone.

use crate::person::person::is_actor;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Note};
use steward_core::resource::{Check, Id, Own, Resource, Scope, ValidationErrors};

choice! {
    /// Audience of feedback.
    pub enum Visibility {
        /// The two participants.
        Participants = "participants",
        /// The two participants and the person's manager.
        Manager = "manager",
        /// The two participants and the team lead, who may share it with the team.
        Team = "team",
    }
}

choice! {
    /// Type of feedback.
    pub enum FeedbackKind {
        /// Praise for good work.
        Praise = "praise",
        /// Suggestion for improvement.
        Suggestion = "suggestion",
        /// Answer to a question of the person.
        Answer = "answer",
    }
}

steward_core::resource! {
    /// Feedback from one person to another about their work. Visible only to the people named, through every interface: always the two, and
    /// the manager or team lead where it is meant for them too.
    pub struct Feedback {
        /// Person who receives the feedback.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Author of the feedback: the caller who records it.
        #[field(refers_to(&["teams/people"]), caller, differs_from("person_id"))]
        pub author_id: Id,
        /// Audience of the feedback. With `team` it is visible to the two and to the person in `manager_id`, who may share it with the
        /// team; thanks readable by all are a recognition.
        #[field(default(|| json!("participants")))]
        pub visibility: Visibility,
        /// Manager of the person or lead of the team. Required unless the feedback is for the two participants only, and not allowed then.
        #[field(refers_to(&["teams/people"]))]
        pub manager_id: Option<Id>,
        /// Type of feedback.
        pub kind: FeedbackKind,
        /// Date of the feedback.
        #[field(happened)]
        pub given_on: Date,
        /// Situation observed.
        pub situation: Option<Note>,
        /// Behaviour observed and its impact.
        pub text: Note,
    }
}

impl Resource for Feedback {
    const PATH: &'static str = "teams/feedback";
    type Table = steward_schema::teams::feedback::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("author_id"), Own::named("person_id").only(&["read"]), Own::named("manager_id").only(&["read"])];
    const OWNED: bool = false;
    const TITLE: &'static str = "given_on";
    const PRIVATE_TO: &'static [&'static str] = &["author_id", "person_id", "manager_id"];

    fn sample() -> Self {
        Feedback {
            person_id: Id::sample(),
            author_id: Id::sample(),
            visibility: Visibility::Participants,
            manager_id: None,
            kind: FeedbackKind::Praise,
            given_on: Date::sample("2026-03-31"),
            situation: Some("The outage of the core switch.".into()),
            text: "You told the desk every ten minutes where we were. Nobody called twice.".into(),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let between = self.visibility == Visibility::Participants;
        faults.require(between || self.manager_id.is_some(), "manager_id", "required", "Say who leads them.");
        faults.require(!between || self.manager_id.is_none(), "manager_id", "not_applicable", "Between two there is no third. Leave it out.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.before.is_some() { self.require_author(check) } else { Ok(()) }
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        self.require_author(check)
    }
}

impl Feedback {
    /// Refuses a change of what somebody else has said (409).
    fn require_author(&self, check: &mut Check<'_>) -> Result<()> {
        if is_actor(check, self.author_id)? {
            return Ok(());
        }
        Err(Problem::conflict("/author_id", "other", "Only who gave the feedback changes it or takes it back. Answer it with feedback of your own.").into())
    }
}
