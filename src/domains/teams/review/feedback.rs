//! Feedback: what one person tells another about their work. It exists for those it names alone.

use crate::choice;
use crate::domains::teams::person::person::is_actor;
use crate::error::{Problem, Result};
use crate::resource::value::{Date, Note};
use crate::resource::{Check, Id, Own, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// For whom feedback is meant.
    pub enum Visibility {
        /// The two.
        Participants = "participants",
        /// The two, and who leads the person.
        Manager = "manager",
        /// The two, and who leads the team, to be told to all of it.
        Team = "team",
    }
}

choice! {
    /// What feedback does.
    pub enum FeedbackKind {
        /// Says what was good.
        Praise = "praise",
        /// Says what could be better.
        Suggestion = "suggestion",
        /// Answers a question of the person's.
        Answer = "answer",
    }
}

crate::resource! {
    /// What one person tells another about their work. It exists for the people it names alone, through every door: the two
    /// always, and who leads the person or the team where it is meant for them too.
    pub struct Feedback {
        /// Whose work it is about.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Who says it: who records it.
        #[field(refers_to(&["teams/people"]), caller, differs_from("person_id"))]
        pub author_id: Id,
        /// For whom it is meant. With `team` it exists for the two and for who is named by `manager_id`, who may tell it to the
        /// team; what all may read is a recognition.
        #[field(default(|| json!("participants")))]
        pub visibility: Visibility,
        /// Who leads the person or the team. Needed unless it is for the two only, and only there.
        #[field(refers_to(&["teams/people"]))]
        pub manager_id: Option<Id>,
        /// What it does.
        pub kind: FeedbackKind,
        /// The day on which it was given.
        #[field(happened)]
        pub given_on: Date,
        /// In which situation.
        pub situation: Option<Note>,
        /// What was done, and what that led to.
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
