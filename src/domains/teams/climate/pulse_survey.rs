//! Pulse surveys: a few questions to a team or a unit, answered without a name.

use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Text, Title};
use steward_core::resource::{Check, Due, Guard, Id, Lifecycle, Move, Own, Resource, Scope, UnmetGuard, ValidationErrors};

choice! {
    /// Type of answer to a question.
    pub enum QuestionKind {
        /// 0 to 10, where 9 and 10 are promoters and 0 to 6 detractors, for the eNPS.
        Recommendation = "recommendation",
        /// 1 to 5, from no to full agreement.
        Agreement = "agreement",
        /// Free text.
        Text = "text",
    }
}

steward_core::value! {
    /// Question of a pulse survey.
    pub struct PulseQuestion {
        /// Code of the question, used in the answers; unique in the survey.
        pub code: Text<1, 40>,
        /// Wording of the question.
        pub text: Text<1, 500>,
        /// Type of answer expected.
        pub kind: QuestionKind,
    }
}

steward_core::resource! {
    /// Short survey of a team or a unit. Participation is recorded, but answers are anonymous. Results are available after closing, from
    /// five answers up.
    pub struct PulseSurvey {
        /// Title of the survey.
        #[field(search)]
        pub title: Title,
        /// Purpose of the survey.
        pub description: Option<Note>,
        /// Team surveyed; none for the whole unit.
        #[field(refers_to(&["teams/teams"]))]
        pub team_id: Option<Id>,
        /// Questions of the survey; required for opening, and fixed from then on.
        #[field(default(|| json!([])))]
        pub questions: Vec<PulseQuestion>,
        /// First day on which it can be answered; required for opening, which is not possible earlier.
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
