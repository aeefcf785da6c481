//! Lessons: what a project learnt that others should know.

use crate::choice;
use crate::domains::projects::quality::gate::ProjectPhase;
use crate::resource::value::{Date, Note, Title};
use crate::resource::{Id, Resource, Scope};
use serde_json::json;

choice! {
    /// What a lesson tells.
    pub enum LessonKind {
        /// To be done again.
        Success = "success",
        /// To be done differently.
        Failure = "failure",
    }
}

choice! {
    /// What a lesson is about.
    pub enum LessonTopic {
        /// What was in and what was out.
        Scope = "scope",
        /// Planning and dates.
        Schedule = "schedule",
        /// Estimates and money.
        Cost = "cost",
        /// Whether it was good.
        Quality = "quality",
        /// Working with each other.
        People = "people",
        /// Telling and being told.
        Communication = "communication",
        /// What might have happened.
        Risk = "risk",
        /// Working with vendors.
        Procurement = "procurement",
        /// Tools and techniques.
        Technology = "technology",
    }
}

crate::resource! {
    /// What a project learnt that others should know.
    pub struct Lesson {
        /// The project.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// What was learnt, in a line.
        #[field(search)]
        pub title: Title,
        /// Whether it is to be done again or differently.
        #[field(default(|| json!("success")))]
        pub kind: LessonKind,
        /// What it is about.
        pub topic: Option<LessonTopic>,
        /// The phase in which it was learnt.
        pub phase: Option<ProjectPhase>,
        /// What happened.
        #[field(search)]
        pub description: Option<Note>,
        /// Why it happened.
        pub cause: Option<Note>,
        /// What others should do.
        #[field(search)]
        pub recommendation: Option<Note>,
        /// The day on which it was written down.
        #[field(happened)]
        pub recorded_on: Option<Date>,
        /// Who learnt it and can be asked.
        #[field(refers_to(&["teams/people"]))]
        pub author_id: Option<Id>,
    }
}

impl Resource for Lesson {
    const PATH: &'static str = "projects/lessons";
    type Table = steward_schema::projects::lessons::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const TITLE: &'static str = "title";

    fn sample() -> Self {
        Lesson {
            project_id: Id::sample(),
            title: "Ask the grid operator first".into(),
            kind: LessonKind::Failure,
            topic: Some(LessonTopic::Procurement),
            phase: Some(ProjectPhase::Planning),
            description: Some("The power came six weeks late, and everything waited for it.".into()),
            cause: Some("It was ordered after the hall was rented.".into()),
            recommendation: Some("Order the power on the day on which the site is chosen.".into()),
            recorded_on: Date::parse("2026-05-29"),
            author_id: None,
        }
    }
}
