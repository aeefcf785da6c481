//! Stakeholders: whom a project touches, and what it does about that.

use steward_core::choice;
use steward_core::resource::value::{Note, Title, Whole};
use steward_core::resource::{Id, PartOf, Resource, Scope};

choice! {
    /// Engagement of a stakeholder (the engagement matrix of the PMBOK).
    pub enum Engagement {
        /// Unaware of the project.
        Unaware = "unaware",
        /// Aware of it and resistant.
        Resistant = "resistant",
        /// Aware of it and neutral.
        Neutral = "neutral",
        /// Supportive of the project.
        Supportive = "supportive",
        /// Actively engaged in its success.
        Leading = "leading",
    }
}

steward_core::resource! {
    /// Stakeholder that affects or is affected by a project: a person, a person at a vendor, or a group without a record of its own.
    pub struct Stakeholder {
        /// Project of the stakeholder.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Name of the stakeholder.
        #[field(search)]
        pub name: Title,
        /// Person or group of persons, where a record exists.
        #[field(refers_to(&["teams/people", "teams/teams", "teams/units", "vendors/vendor-contacts", "vendors/vendors"]))]
        pub party_id: Option<Id>,
        /// Expectations and concerns.
        #[field(search)]
        pub interests: Option<Note>,
        /// Influence on the project: 1 little, 5 very much.
        pub influence: Option<Whole<1, 5>>,
        /// Interest in the project: 1 little, 5 very much.
        pub interest: Option<Whole<1, 5>>,
        /// Current engagement.
        pub engagement: Option<Engagement>,
        /// Desired engagement.
        pub desired_engagement: Option<Engagement>,
        /// Strategy to reach the desired engagement.
        #[field(search)]
        pub strategy: Option<Note>,
        /// Communication plan: frequency, sender and channel.
        pub communication: Option<Note>,
    }
}

impl Resource for Stakeholder {
    const PATH: &'static str = "projects/stakeholders";
    type Table = steward_schema::projects::stakeholders::table;
    const SCOPE: Scope = Scope::Within("project_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("project_id"));

    fn sample() -> Self {
        Stakeholder {
            project_id: Id::sample(),
            name: "The branches".into(),
            party_id: None,
            interests: Some("They sell around the clock and fear to be cut off on a Saturday.".into()),
            influence: Some(Whole(4)),
            interest: Some(Whole(5)),
            engagement: Some(Engagement::Resistant),
            desired_engagement: Some(Engagement::Supportive),
            strategy: Some("They choose the night on which their own services move.".into()),
            communication: Some("A call with all managers every second week, by the project's manager.".into()),
        }
    }
}
