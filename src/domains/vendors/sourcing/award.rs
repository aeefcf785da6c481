//! Awards: which offer wins, and why.

use super::offer::Offer;
use super::sourcing_event::SourcingEvent;
use crate::domains::vendors::vendor::qualification::require_in_date;
use crate::error::Result;
use crate::resource::value::{Currency, Date, Money, Note, Whole};
use crate::resource::{ApprovalAmount, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_schema::vendors::sourcing_events;

crate::resource! {
    /// The decision for an offer: the one of the top rank, or another with a written reason. Somebody else than who proposed it
    /// approves it, and that makes the offer and its event awarded. Only a qualified or active vendor is awarded anything, and none
    /// whose qualification has expired.
    pub struct Award {
        /// The offer.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Id,
        /// The sourcing event; taken from the offer where it is left out.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Option<Id>,
        /// The vendor; taken from the offer where it is left out.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// The offer's rank in the evaluation, 1 for the best.
        pub rank: Whole<1, 1000>,
        /// Why this offer; without it only the first is awarded.
        pub reason: Option<Note>,
        /// What is awarded of the event, where it is not all of it.
        pub lot: Option<Note>,
        /// The price at which it is awarded, without tax.
        #[field(restricted)]
        pub price: Option<Money>,
        /// The day of the decision.
        pub decided_on: Option<Date>,
        /// Until when the others may object before a contract is signed.
        pub standstill_until_on: Option<Date>,
    }
}

impl Resource for Award {
    const PATH: &'static str = "vendors/awards";
    type Table = steward_schema::vendors::awards::table;
    const SCOPE: Scope = Scope::Within("offer_id");
    const TITLE: &'static str = "id";
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "offer_id", theirs: "sourcing_event_id", ours: "sourcing_event_id" },
        Rule::Agrees { by: "offer_id", theirs: "vendor_id", ours: "vendor_id" },
    ];
    const GUARDS: &'static [Guard] = &[
        Guard::referred(&["approved"], "offer_id", &["shortlisted"]),
        Guard::referred(&["approved"], "sourcing_event_id", &["award_pending", "awarded"]),
        Guard::referred(&["approved"], "vendor_id", &["qualified", "active"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→proposed→approved|rejected; rejected→draft; withdrawn").approving(&["approve"]).worth(&[ApprovalAmount::Field("price")]))
    }

    fn sample() -> Self {
        Award {
            offer_id: Id::sample(),
            sourcing_event_id: None,
            vendor_id: None,
            rank: Whole(2),
            reason: Some("The first cannot deliver before the arrays are full.".into()),
            lot: Some("The arrays; the cabling is bought apart.".into()),
            price: Money::parse("154000", Currency::sample("EUR")),
            decided_on: Date::parse("2026-06-08"),
            standstill_until_on: Date::parse("2026-07-16"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.rank.0 == 1 || self.reason.is_some(), "reason", "required", "Say in writing why not the offer of the top rank.");
        faults.span(self.decided_on, self.standstill_until_on, "standstill_until_on");
    }

    fn locks(&self) -> Vec<Lock> {
        [self.sourcing_event_id, self.vendor_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        match self.vendor_id {
            Some(vendor) if step.to == "approved" => require_in_date(check, vendor),
            _ => Ok(Vec::new()),
        }
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to != "approved" {
            return Ok(Vec::new());
        }
        let mut effects = vec![Effect::transition::<Offer>(self.offer_id, "awarded")];
        if let Some(event) = self.sourcing_event_id {
            let pending = sourcing_events::table.find(event).filter(sourcing_events::state.eq("award_pending"));
            if select(exists(pending)).get_result(check.connection)? {
                effects.push(Effect::transition::<SourcingEvent>(event, "awarded"));
            }
        }
        Ok(effects)
    }
}
