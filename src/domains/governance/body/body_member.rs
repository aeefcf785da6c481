//! Members of governance bodies.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::Date;
use steward_core::resource::{Id, PartOf, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// Role of a member in a body.
    pub enum BodyRole {
        /// Chair of the body.
        Chair = "chair",
        /// Deputy of the chair.
        DeputyChair = "deputy_chair",
        /// Member of the body.
        Member = "member",
        /// Keeper of the record of decisions.
        Secretary = "secretary",
        /// Adviser to the body.
        Adviser = "adviser",
    }
}

steward_core::resource! {
    /// A person's seat in a governance body for a time.
    pub struct BodyMember {
        /// The body.
        #[field(refers_to(&["governance/governance-bodies"]), fixed)]
        pub governance_body_id: Id,
        /// The person; one seat in a body at a time.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// Role of the person in the body.
        #[field(default(|| json!("member")))]
        pub role: BodyRole,
        /// True if the person has a vote.
        #[field(default(|| json!(true)))]
        pub voting: bool,
        /// Deputy when the person cannot attend.
        #[field(refers_to(&["teams/people"]))]
        pub deputy_id: Option<Id>,
        /// First day.
        #[field(event)]
        pub starts_on: Date,
        /// Last day; empty if no end is known.
        #[field(event)]
        pub ends_on: Option<Date>,
    }
}

impl Resource for BodyMember {
    const PATH: &'static str = "governance/body-members";
    type Table = steward_schema::governance::body_members::table;
    const SCOPE: Scope = Scope::Within("governance_body_id");
    const TITLE: &'static str = "role";
    const PART_OF: Option<PartOf> = Some(PartOf::of("governance_body_id"));
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["governance_body_id", "person_id"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        BodyMember {
            governance_body_id: Id::sample(),
            person_id: Id::sample(),
            role: BodyRole::Chair,
            voting: true,
            deputy_id: None,
            starts_on: Date::sample("2025-01-01"),
            ends_on: Date::parse("2027-12-31"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
        let other = self.deputy_id.is_none() || self.deputy_id != Some(self.person_id);
        faults.require(other, "deputy_id", "itself", "A deputy is another person. Name one.");
    }
}
