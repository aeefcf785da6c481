//! Memberships: who belongs to which team, and how much of their time.

use crate::resource::value::{Date, Percent, Title};
use crate::resource::{Faults, Id, Resource, Rule, Scope};

crate::resource! {
    /// A person's place in a team over a span of days. What a person gives to all teams may be more than 100 percent: it is
    /// flagged (`figures=true` on people), not refused.
    pub struct Membership {
        /// The team.
        #[field(refers_to(&["teams/teams"]), fixed)]
        pub team_id: Id,
        /// The person.
        #[field(refers_to(&["teams/people"]), fixed)]
        pub person_id: Id,
        /// What the person is in the team, such as product owner.
        pub role: Option<Title>,
        /// How much of a full week the person gives to the team, in percent; none if it is not settled.
        pub fte_percent: Option<Percent>,
        /// First day. A person is in a team once at a time.
        pub starts_on: Date,
        /// Last day; none while it lasts.
        pub ends_on: Option<Date>,
    }
}

impl Resource for Membership {
    const PATH: &'static str = "teams/memberships";
    const SCOPE: Scope = Scope::Within("team_id");
    const TITLE: &'static str = "starts_on";
    const RULES: &'static [Rule] = &[Rule::NoOverlap { same: &["team_id", "person_id"], starts: "starts_on", ends: "ends_on" }];

    fn sample() -> Self {
        Membership {
            team_id: Id::sample(),
            person_id: Id::sample(),
            role: Some("Network engineer".into()),
            fte_percent: Some(crate::resource::value::Number(80.0)),
            starts_on: Date::sample("2026-01-01"),
            ends_on: Date::parse("2026-12-31"),
        }
    }

    fn rules(&self, faults: &mut Faults) {
        faults.span(Some(self.starts_on), self.ends_on, "ends_on");
    }
}
