//! Lessons: what a project learnt that others should know.

use crate::quality::gate::ProjectPhase;
use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Date, Note, Title};
use steward_core::resource::{Id, Resource, Scope};

choice! {
    /// Kind of a lesson.
    pub enum LessonKind {
        /// Success: to be repeated.
        Success = "success",
        /// Failure: to be done differently.
        Failure = "failure",
    }
}

choice! {
    /// Topic of a lesson.
    pub enum LessonTopic {
        /// Scope and its limits.
        Scope = "scope",
        /// Planning and dates.
        Schedule = "schedule",
        /// Estimates and money.
        Cost = "cost",
        /// Quality of the results.
        Quality = "quality",
        /// Collaboration of people.
        People = "people",
        /// Communication and information.
        Communication = "communication",
        /// Risks and their treatment.
        Risk = "risk",
        /// Collaboration with vendors.
        Procurement = "procurement",
        /// Tools and techniques.
        Technology = "technology",
    }
}

steward_core::resource! {
    /// Lesson that a project learnt, for use by others.
    pub struct Lesson {
        /// Project of the lesson.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Lesson in one line.
        #[field(search)]
        pub title: Title,
        /// Kind of lesson: to be repeated or to be done differently.
        #[field(default(|| json!("success")))]
        pub kind: LessonKind,
        /// Topic of the lesson.
        pub topic: Option<LessonTopic>,
        /// Phase in which it was learnt.
        pub phase: Option<ProjectPhase>,
        /// Description of the event.
        #[field(search)]
        pub description: Option<Note>,
        /// Cause of the event.
        pub cause: Option<Note>,
        /// Recommendation to others.
        #[field(search)]
        pub recommendation: Option<Note>,
        /// Date of recording.
        #[field(happened)]
        pub recorded_on: Option<Date>,
        /// Author and contact for questions.
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
