//! Negotiation plans: what a team wants to reach, and what nobody else may know.

use serde_json::json;
use steward_core::resource::value::{Date, Note, Text, Title};
use steward_core::resource::{Id, Resource, Rule, Scope, ValidationErrors};

steward_core::value! {
    /// Item of a negotiation.
    pub struct NegotiationItem {
        /// Subject, such as the price, the notice period or the liability.
        pub term: Title,
        /// Target of the team.
        pub target: Text<1, 500>,
        /// Least acceptable result.
        pub limit: Option<Text<1, 500>>,
        /// Result achieved.
        pub achieved: Option<Text<1, 500>>,
    }
}

steward_core::resource! {
    /// Plan of a negotiation, with targets and limits. Visible only to the members of its team, in every part of the API.
    pub struct NegotiationPlan {
        /// Name used by the team.
        #[field(search)]
        pub name: Title,
        /// Lead negotiator.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Id,
        /// Subject-matter expert.
        #[field(refers_to(&["teams/people"]))]
        pub expert_id: Option<Id>,
        /// Legal counsel.
        #[field(refers_to(&["teams/people"]))]
        pub counsel_id: Option<Id>,
        /// Decision-maker beyond the team's mandate.
        #[field(refers_to(&["teams/people"]))]
        pub decider_id: Option<Id>,
        /// Vendor on the other side.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Offer under negotiation; of that vendor.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Option<Id>,
        /// Contract under renegotiation.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Main objective.
        pub objective: Option<Note>,
        /// Best alternative to an agreement, if the negotiation fails.
        pub alternative: Option<Note>,
        /// Interests, strengths and fears of the other side.
        pub counterpart: Option<Note>,
        /// Sequence of statements, demands and concessions.
        pub strategy: Option<Note>,
        /// Items of the negotiation.
        #[field(default(|| json!([])))]
        pub items: Vec<NegotiationItem>,
        /// First day of the talks.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Day by which a result is needed.
        #[field(event)]
        pub ends_on: Option<Date>,
    }
}

impl Resource for NegotiationPlan {
    const PATH: &'static str = "vendors/negotiation-plans";
    type Table = steward_schema::vendors::negotiation_plans::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const PRIVATE_TO: &'static [&'static str] = &["lead_id", "expert_id", "counsel_id", "decider_id"];
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "offer_id", theirs: "vendor_id", ours: "vendor_id" }];

    fn sample() -> Self {
        NegotiationPlan {
            name: "Storage: last round".into(),
            lead_id: Id::sample(),
            expert_id: None,
            counsel_id: None,
            decider_id: None,
            vendor_id: None,
            offer_id: None,
            contract_id: None,
            objective: Some("Five years of support at the price of four.".into()),
            alternative: Some("The second offer, 6 % dearer, with better support.".into()),
            counterpart: Some("Their year ends in June, and they want a reference in the region.".into()),
            strategy: Some("Offer the reference last.".into()),
            items: vec![NegotiationItem {
                term: "Price".into(),
                target: "150,000 EUR".into(),
                limit: Some("160,000 EUR".into()),
                achieved: Some("154,000 EUR".into()),
            }],
            starts_on: Date::parse("2026-06-22"),
            ends_on: Date::parse("2026-07-03"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }
}
