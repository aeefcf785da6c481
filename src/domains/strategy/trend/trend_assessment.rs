//! Assessments of trends: what somebody thinks of one.

use crate::resource::value::{Date, Note, Whole};
use crate::resource::{Id, PartOf, Resource, Scope};

crate::resource! {
    /// What somebody thinks of a trend. The latest of each assessor counts.
    pub struct TrendAssessment {
        /// The trend that it is part of.
        #[field(refers_to(&["strategy/trends"]))]
        pub trend_id: Id,
        /// The person who assessed.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub assessor_id: Id,
        /// The day of the assessment.
        #[field(happened)]
        pub assessed_on: Date,
        /// How much it would change for the organisation: 1 little, 5 everything.
        pub impact: Whole<1, 5>,
        /// How likely it is: 1 hardly, 5 nearly certain.
        pub likelihood: Whole<1, 5>,
        /// How ready the organisation is for it: 1 not at all, 5 wholly.
        pub organisation_readiness: Whole<1, 5>,
        /// How mature the technology is: technology readiness level 1 to 9 (ISO 16290).
        pub technology_maturity: Whole<1, 9>,
        /// How much work it would be to follow it: 1 little, 5 very much.
        pub effort: Whole<1, 5>,
        /// The capability that it touches most.
        #[field(refers_to(&["strategy/capabilities"]))]
        pub affected_capability_id: Option<Id>,
        /// The objective that it touches most.
        #[field(refers_to(&["strategy/objectives"]))]
        pub affected_objective_id: Option<Id>,
        /// Why it was judged so, and what else it touches.
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
