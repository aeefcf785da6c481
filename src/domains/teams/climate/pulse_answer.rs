//! Pulse answers: what somebody answered, without saying who.

use super::pulse_participation::PulseParticipation;
use super::pulse_survey::PulseQuestion;
use diesel::prelude::*;
use steward_core::access::account_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Date, Text, Whole};
use steward_core::resource::{Check, Effect, Id, Lock, Own, Placement, Resource, Scope, ValidationErrors};
use steward_schema::teams::pulse_surveys;

steward_core::value! {
    /// Answer to one question.
    pub struct GivenAnswer {
        /// Code of the question.
        pub code: Text<1, 40>,
        /// Score given: 0 to 10 for a recommendation, 1 to 5 for an agreement.
        pub score: Option<Whole<0, 10>>,
        /// Free-text answer.
        pub text: Option<Text<1, 4000>>,
    }
}

steward_core::resource! {
    /// Anonymous response to a pulse survey, without name or time of day. Single responses cannot be read; results are available after the
    /// survey is closed, from five responses up.
    pub struct PulseAnswer {
        /// Survey answered.
        #[field(refers_to(&["teams/pulse-surveys"]))]
        pub pulse_survey_id: Id,
        /// Answers, one per question.
        pub answers: Vec<GivenAnswer>,
    }
}

impl Resource for PulseAnswer {
    const PATH: &'static str = "teams/pulse-answers";
    type Table = steward_schema::teams::pulse_answers::table;
    const SCOPE: Scope = Scope::Within("pulse_survey_id");
    const OWN: &'static [Own] = &[Own::beside("pulse_survey_id").only(&["create"])];
    const TITLE: &'static str = "id";
    const FACT: bool = true;
    const ANONYMOUS: bool = true;

    fn sample() -> Self {
        let enps = GivenAnswer { code: "enps".into(), score: Some(Whole(9)), text: None };
        PulseAnswer { pulse_survey_id: Id::sample(), answers: vec![enps] }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let repeated = self.answers.iter().enumerate().any(|(at, each)| self.answers.iter().take(at).any(|other| other.code == each.code));
        faults.require(!repeated, "answers", "duplicate", "A question is answered once.");
        let given = self.answers.iter().all(|each| each.score.is_some() != each.text.is_some());
        faults.require(given, "answers", "required", "Give either a score or a text to each question.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.pulse_survey_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let survey = pulse_surveys::table.find(self.pulse_survey_id).select((pulse_surveys::state, pulse_surveys::ends_on, pulse_surveys::questions));
        let found: Option<(String, Option<Date>, Vec<PulseQuestion>)> = survey.first(check.connection).optional()?;
        let Some((state, last, asked)) = found else { return Ok(()) };
        // The last day counts, not whether the survey was closed after it.
        let ended = state == "open" && last.is_some_and(|last| last < check.today);
        if ended || state == "closed" {
            return Err(Problem::conflict("/pulse_survey_id", "parent_state", "That survey is closed. Answers are taken until then.").into());
        }
        let unknown = self.answers.iter().position(|answer| asked.iter().all(|question| question.code.0 != answer.code.0));
        match unknown {
            Some(at) => {
                Err(Problem::conflict(format!("/answers/{at}/code"), "question", "The survey asks no such question. Use the code of one of its questions.")
                    .into())
            }
            None => Ok(()),
        }
    }

    /// Whoever has an account of a person takes part once; nothing leads from that to the answer.
    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let person = account_of(check.connection, check.actor)?;
        let took_part = person.map(|person_id| PulseParticipation { pulse_survey_id: self.pulse_survey_id, person_id });
        Ok(took_part.map(|took_part| Effect::create(Placement::default(), took_part)).into_iter().collect())
    }
}
