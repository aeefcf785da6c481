//! Negotiation rounds: how an offer changed while it was talked about.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Currency, Date, Money, Note, Text, Title, Whole};
use steward_core::resource::{Guard, Id, Lifecycle, PartOf, Resource, Scope, ValidationErrors};

choice! {
    /// Side that made a concession.
    pub enum Side {
        /// The organisation.
        Ours = "ours",
        /// The vendor.
        Theirs = "theirs",
    }
}

steward_core::value! {
    /// Concession of one side.
    pub struct Concession {
        /// Side that made the concession.
        pub side: Side,
        /// Term conceded.
        pub term: Title,
        /// Position before.
        pub was: Option<Text<1, 500>>,
        /// Position after.
        pub becomes: Text<1, 500>,
    }
}

steward_core::resource! {
    /// Round of talks about an offer, with the resulting version of the offer. The saving is the offer's price less that of the last round
    /// held.
    pub struct NegotiationRound {
        /// The offer.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Id,
        /// Number of the round, from 1.
        pub round_number: Whole<1, 1000>,
        /// Day of the talks.
        #[field(event)]
        pub held_on: Option<Date>,
        /// Participants of both sides.
        pub participants: Option<Note>,
        /// Total price without tax after the round.
        #[field(restricted)]
        pub price: Option<Money>,
        /// Concessions of each side.
        #[field(restricted, default(|| json!([])))]
        pub concessions: Vec<Concession>,
        /// Minutes and agreements.
        pub minutes: Option<Note>,
        /// Vendor's new version of the offer.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for NegotiationRound {
    const PATH: &'static str = "vendors/negotiation-rounds";
    type Table = steward_schema::vendors::negotiation_rounds::table;
    const SCOPE: Scope = Scope::Within("offer_id");
    const TITLE: &'static str = "held_on";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("offer_id", &["draft", "submitted", "opened", "qualified", "evaluated", "shortlisted"]));
    const EDITABLE_IN: &'static [&'static str] = &["planned"];
    const GUARDS: &'static [Guard] =
        &[Guard::set(&["held"], &["held_on", "price"]), Guard::referred(&["held"], "offer_id", &["opened", "qualified", "evaluated", "shortlisted"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→held:hold_meeting; cancelled:cancel").given_up(&["cancelled"]))
    }

    fn sample() -> Self {
        NegotiationRound {
            offer_id: Id::sample(),
            round_number: Whole(1),
            held_on: Date::parse("2026-06-15"),
            participants: Some("Ada Okafor, Ruben Sand.".into()),
            price: Money::parse("158000", Currency::sample("EUR")),
            concessions: vec![Concession { side: Side::Theirs, term: "Price".into(), was: Some("164,500 EUR".into()), becomes: "158,000 EUR".into() }],
            minutes: Some("The price falls if the order comes before the end of June.".into()),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.price.is_none_or(|price| price.minor >= 0), "price", "range", "Expected 0 or more.");
    }
}
