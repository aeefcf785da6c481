//! Assessments of trends: what somebody thinks of one.

use steward_core::resource::value::{Date, Note, Whole};
use steward_core::resource::{Id, PartOf, Resource, Scope};

steward_core::resource! {
    /// Assessment of a trend by one assessor. The latest of each assessor counts.
    pub struct TrendAssessment {
        /// Trend assessed.
        #[field(refers_to(&["strategy/trends"]))]
        pub trend_id: Id,
        /// Assessor of the trend.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub assessor_id: Id,
        /// Date of the assessment.
        #[field(happened)]
        pub assessed_on: Date,
        /// Impact on the organisation: 1 little, 5 transformative.
        pub impact: Whole<1, 5>,
        /// Likelihood of the trend: 1 very low, 5 nearly certain.
        pub likelihood: Whole<1, 5>,
        /// Readiness of the organisation: 1 none, 5 full.
        pub organisation_readiness: Whole<1, 5>,
        /// Technology readiness level, 1 to 9 (ISO 16290).
        pub technology_maturity: Whole<1, 9>,
        /// Effort to follow the trend: 1 little, 5 very high.
        pub effort: Whole<1, 5>,
        /// Capability most affected.
        #[field(refers_to(&["strategy/capabilities"]))]
        pub affected_capability_id: Option<Id>,
        /// Objective most affected.
        #[field(refers_to(&["strategy/objectives"]))]
        pub affected_objective_id: Option<Id>,
        /// Rationale of the scores, and other effects.
        #[field(search)]
        pub rationale: Option<Note>,
    }
}

impl Resource for TrendAssessment {
    const PATH: &'static str = "strategy/trend-assessments";
    type Table = steward_schema::strategy::trend_assessments::table;
    const SCOPE: Scope = Scope::Within("trend_id");
    const TITLE: &'static str = "assessed_on";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("trend_id", &["identified", "assessing"]));

    fn sample() -> Self {
        TrendAssessment {
            trend_id: Id::sample(),
            assessor_id: Id::sample(),
            assessed_on: Date::sample("2026-04-20"),
            impact: Whole(3),
            likelihood: Whole(4),
            organisation_readiness: Whole(2),
            technology_maturity: Whole(7),
            effort: Whole(3),
            affected_capability_id: None,
            affected_objective_id: None,
            rationale: Some("The devices are good enough; our catalogue is not.".into()),
        }
    }
}
