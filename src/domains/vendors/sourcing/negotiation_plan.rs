//! Negotiation plans: what a team wants to reach, and what nobody else may know.

use crate::resource::value::{Date, Note, Text, Title};
use crate::resource::{Id, Resource, Rule, Scope, ValidationErrors};
use serde_json::json;

crate::value! {
    /// One thing that is negotiated.
    pub struct NegotiationItem {
        /// What it is about, such as the price, the notice period or the liability.
        pub term: Title,
        /// What the team wants.
        pub target: Text<1, 500>,
        /// What it will accept and no less.
        pub limit: Option<Text<1, 500>>,
        /// What it got.
        pub achieved: Option<Text<1, 500>>,
    }
}

crate::resource! {
    /// What is to be reached in a negotiation, and up to where to go. It exists for the people of its team alone, through every door.
    pub struct NegotiationPlan {
        /// Name as the team knows it.
        #[field(search)]
        pub name: Title,
        /// Who leads the negotiation.
        #[field(refers_to(&["teams/people"]))]
        pub lead_id: Id,
        /// Who knows what is bought.
        #[field(refers_to(&["teams/people"]))]
        pub expert_id: Option<Id>,
        /// Who knows the law.
        #[field(refers_to(&["teams/people"]))]
        pub counsel_id: Option<Id>,
        /// Who decides what the team may not.
        #[field(refers_to(&["teams/people"]))]
        pub decider_id: Option<Id>,
        /// The vendor on the other side.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// The offer that is negotiated; of that vendor.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Option<Id>,
        /// The contract that is negotiated anew.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// What matters most.
        pub objective: Option<Note>,
        /// What is done if it fails: the best alternative to an agreement.
        pub alternative: Option<Note>,
        /// What the other side wants, can do and fears.
        pub counterpart: Option<Note>,
        /// In which order what is said, asked and given.
        pub strategy: Option<Note>,
        /// What is negotiated, one by one.
        #[field(default(|| json!([])))]
        pub items: Vec<NegotiationItem>,
        /// The first day of the talks.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// The day by which there must be a result.
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
