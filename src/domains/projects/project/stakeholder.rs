//! Stakeholders: whom a project touches, and what it does about that.

use crate::choice;
use crate::resource::value::{Note, Title, Whole};
use crate::resource::{Id, PartOf, Resource, Scope};

choice! {
    /// Where somebody stands to a project (the engagement matrix of the PMBOK).
    pub enum Engagement {
        /// Does not know of it.
        Unaware = "unaware",
        /// Knows of it and is against it.
        Resistant = "resistant",
        /// Knows of it and does not mind.
        Neutral = "neutral",
        /// Is for it.
        Supportive = "supportive",
        /// Works for its success.
        Leading = "leading",
    }
}

crate::resource! {
    /// Somebody whom a project touches, or who can touch it: a person, a person at a vendor, or a group without an entry of its
    /// own.
    pub struct Stakeholder {
        /// The project.
        #[field(refers_to(&["projects/projects"]))]
        pub project_id: Id,
        /// Who it is.
        #[field(search)]
        pub name: Title,
        /// The person, or the group of persons, where they have an entry.
        #[field(refers_to(&["teams/people", "teams/teams", "teams/units", "vendors/vendor-contacts", "vendors/vendors"]))]
        pub party_id: Option<Id>,
        /// What they want of it, and what they fear.
        #[field(search)]
        pub interests: Option<Note>,
        /// How much they can do for or against it: 1 little, 5 very much.
        pub influence: Option<Whole<1, 5>>,
        /// How much it matters to them: 1 little, 5 very much.
        pub interest: Option<Whole<1, 5>>,
        /// Where they stand now.
        pub engagement: Option<Engagement>,
        /// Where they should stand.
        pub desired_engagement: Option<Engagement>,
        /// What is done to get them there.
        #[field(search)]
        pub strategy: Option<Note>,
        /// How often, by whom and by which way they are told.
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
