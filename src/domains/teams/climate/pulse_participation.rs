//! Pulse participations: who has answered a survey, without what.

use steward_core::resource::{Id, Operations, Own, Resource, Scope, Unique};

steward_core::resource! {
    /// Record of a person's participation in a survey, made by the response. It cannot be linked to that response.
    pub struct PulseParticipation {
        /// Survey; a person takes part once.
        #[field(refers_to(&["teams/pulse-surveys"]), unique)]
        pub pulse_survey_id: Id,
        /// Participant in the survey.
        #[field(refers_to(&["teams/people"]))]
        pub person_id: Id,
    }
}

impl Resource for PulseParticipation {
    const PATH: &'static str = "teams/pulse-participations";
    type Table = steward_schema::teams::pulse_participations::table;
    const SCOPE: Scope = Scope::Within("pulse_survey_id");
    const OWN: &'static [Own] = &[Own::named("person_id").only(&["read"])];
    const TITLE: &'static str = "id";
    const FACT: bool = true;
    const OPERATIONS: Operations = Operations::NONE;
    const UNIQUE: &'static [Unique] = &[Unique { index: "pulse_participations_person_key", fields: &["pulse_survey_id", "person_id"] }];

    fn sample() -> Self {
        PulseParticipation { pulse_survey_id: Id::sample(), person_id: Id::sample() }
    }
}
