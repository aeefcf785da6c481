//! Pulse surveys: a few questions to a team or a unit, answered without a name.

use crate::choice;
use crate::error::Result;
use crate::resource::value::{Date, Note, Text, Title};
use crate::resource::{Check, Due, Guard, Id, Lifecycle, Move, Own, Resource, Scope, UnmetGuard, ValidationErrors};
use serde_json::json;

choice! {
    /// What the answer to a question is.
    pub enum QuestionKind {
        /// 0 to 10, where 9 and 10 are promoters and 0 to 6 detractors, for the eNPS.
        Recommendation = "recommendation",
        /// 1 to 5, from not at all to wholly.
        Agreement = "agreement",
        /// In words.
        Text = "text",
    }
}

crate::value! {
    /// A question of a survey.
    pub struct PulseQuestion {
        /// By which answers name it; each once in the survey.
        pub code: Text<1, 40>,
        /// What is asked.
        pub text: Text<1, 500>,
        /// What the answer is.
        pub kind: QuestionKind,
    }
}

crate::resource! {
    /// A few questions to a team or a unit. Who answers is known, what they answer is not: answers carry no name. Results are
    /// there after it is closed, from five answers up.
    pub struct PulseSurvey {
        /// Title as people know it.
        #[field(search)]
        pub title: Title,
        /// What it is for.
        pub description: Option<Note>,
        /// The team that is asked; none for all of the unit.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// What is asked; needed before it is opened, and fixed from then on.
        #[field(default(|| json!([])))]
        pub questions: Vec<PulseQuestion>,
        /// First day on which it can be answered; needed before it is opened, and it is not opened earlier.
        #[field(event, lasts_until("ends_on"))]
        pub starts_on: Option<Date>,
        /// Last day on which it can be answered.
        pub ends_on: Option<Date>,
    }
}

impl Resource for PulseSurvey {
    const PATH: &'static str = "teams/pulse-surveys";
    type Table = steward_schema::teams::pulse_surveys::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::unit().in_states(&["open", "closed"])];
    const TITLE: &'static str = "title";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::reached(&["open"], "starts_on")];
    const DUE: &'static [Due] = &[Due::after("closed", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→open→closed:close"))
    }

    fn sample() -> Self {
        PulseSurvey {
            title: "Pulse, second quarter".into(),
            description: Some("Ten seconds, without your name.".into()),
            team_id: None,
            questions: vec![
                PulseQuestion {
                    code: "enps".into(),
                    text: "How likely are you to recommend us as a place to work?".into(),
                    kind: QuestionKind::Recommendation,
                },
                PulseQuestion { code: "help".into(), text: "I get help when I ask for it.".into(), kind: QuestionKind::Agreement },
            ],
            starts_on: Date::parse("2026-06-01"),
            ends_on: Date::parse("2026-06-12"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
        let repeated = self.questions.iter().enumerate().any(|(at, each)| self.questions.iter().take(at).any(|other| other.code == each.code));
        faults.require(!repeated, "questions", "duplicate", "Each code stands once. Give the repeated question another.");
    }

    fn guard(&self, step: &Move, _: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "open" || !self.questions.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/questions", "required", "Ask at least one question first.")])
    }
}
