//! Awards: which offer wins, and why.

use super::evaluation::{Standing, standings};
use super::low_price::abnormally_low;
use super::offer::Offer;
use super::price_explanation::{ExplanationStatus, PriceExplanation};
use super::sourcing_event::SourcingEvent;
use crate::vendor::qualification::require_in_date;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Money, Note, Whole};
use steward_core::resource::{ApprovalAmount, Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::{offers, sourcing_events};

steward_core::resource! {
    /// Award decision for an offer: the one of the top rank, or another with a written reason. The approver must differ from the proposer
    /// (four-eyes); the approval makes the offer and its event awarded. Only a qualified or active vendor whose qualifications have not
    /// expired can be awarded.
    pub struct Award {
        /// The offer.
        #[field(refers_to(&["vendors/offers"]))]
        pub offer_id: Id,
        /// Sourcing event; taken from the offer where it is left out.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Option<Id>,
        /// Vendor; taken from the offer where it is left out.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Rank of the offer in the evaluation, 1 for the best; null until all offers are scored. Needed before the award is proposed.
        #[field(read_only)]
        pub rank: Option<Whole<1, 1000>>,
        /// Reason for choosing this offer; needed to propose an offer other than the first-ranked.
        pub reason: Option<Note>,
        /// Part of the event that is awarded, where it is not all of it.
        pub lot: Option<Note>,
        /// Awarded price without tax: that of the last negotiation round, else that of the offer.
        #[field(restricted, read_only)]
        pub price: Option<Money>,
        /// Day of the decision: that of the approval.
        #[field(read_only, happened)]
        pub decided_on: Option<Date>,
        /// Last day on which the other bidders may object (standstill). An order for the award is sent after it.
        #[field(deadline)]
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
        Guard::referred(&["proposed", "approved"], "offer_id", &["shortlisted"]),
        Guard::referred(&["approved"], "sourcing_event_id", &["award_pending", "awarded"]),
        Guard::referred(&["approved"], "vendor_id", &["qualified", "active"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→proposed:propose→approved:approve|rejected:reject; rejected→draft:return_to_draft; withdrawn:withdraw";
        Some(Lifecycle::new(notation).given_up(&["withdrawn"]).approving(&["approve"]).worth(&[ApprovalAmount::Field("price")]))
    }

    fn sample() -> Self {
        Award {
            offer_id: Id::sample(),
            sourcing_event_id: None,
            vendor_id: None,
            rank: Some(Whole(2)),
            reason: Some("The first cannot deliver before the arrays are full.".into()),
            lot: Some("The arrays; the cabling is bought apart.".into()),
            price: Money::parse("154000", Currency::sample("EUR")),
            decided_on: Date::parse("2026-06-08"),
            standstill_until_on: Date::parse("2026-07-16"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.decided_on, self.standstill_until_on, "standstill_until_on");
    }

    fn locks(&self) -> Vec<Lock> {
        [self.sourcing_event_id, self.vendor_id].into_iter().flatten().map(Lock::Row).collect()
    }

    /// Rank and price follow from the evaluation.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if matches!(cause, Cause::Move(step) if !matches!(step.to, "proposed" | "approved")) {
            return Ok(None);
        }
        let standing = self.standing(check)?;
        let decided_on = if cause.to() == Some("approved") { Some(check.today) } else { self.decided_on };
        let rank = standing.and_then(|standing| standing.rank).map(Whole);
        Ok(Some(Award { rank, price: standing.and_then(|standing| standing.price), decided_on, ..self.clone() }))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(step.to, "proposed" | "approved") {
            return Ok(Vec::new());
        }
        let mut unmet = match self.vendor_id {
            Some(vendor) => require_in_date(check, vendor)?,
            None => Vec::new(),
        };
        unmet.extend(self.unmet_explanation(check)?);
        let standing = self.standing(check)?;
        match standing.and_then(|standing| standing.rank) {
            None => {
                unmet.push(UnmetGuard::new("/rank", "required", "The rank of the offer is not known: an offer of the event is not scored, or this one is out."))
            }
            Some(1) => {}
            Some(_) if self.reason.is_some() => {}
            Some(rank) => unmet.push(UnmetGuard::new("/reason", "required", format!("The offer is on rank {rank}: say in writing why not the first."))),
        }
        match standing.and_then(|standing| standing.price) {
            None => unmet.push(UnmetGuard::new("/price", "required", "The price of the offer is not known. Without it nothing is awarded.")),
            price if step.to == "approved" && price != self.price => {
                unmet.push(UnmetGuard::new("/price", "changed", "Another price was negotiated since the award was proposed. Reject it and propose it anew."));
            }
            Some(_) => {}
        }
        Ok(unmet)
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
            effects.extend(self.losers(check, event)?);
        }
        Ok(effects)
    }
}

impl Award {
    /// Where its offer stands among those of the event.
    fn standing(&self, check: &mut Check<'_>) -> Result<Option<Standing>> {
        let Some(event) = self.sourcing_event_id else { return Ok(None) };
        Ok(standings(check, event)?.into_iter().find(|standing| standing.id == self.offer_id))
    }

    /// The explanation of its price that the offer still owes.
    fn unmet_explanation(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let known: Option<PriceExplanation> = offers::table.find(self.offer_id).select(offers::price_explanation).first(check.connection).optional()?;
        let Some(explanation) = known else { return Ok(None) };
        let low = match self.sourcing_event_id {
            Some(event) if explanation.status == ExplanationStatus::None => abnormally_low(check, event)?.contains(&self.offer_id),
            _ => false,
        };
        let detail = "The price of the offer is abnormally low. Ask the vendor for an explanation, and accept it in price_explanation.";
        let unasked = low.then(|| UnmetGuard::new("/offer_id", "price_explanation", detail));
        Ok(unasked.or_else(|| explanation.unmet().map(|UnmetGuard(error)| UnmetGuard::new("/offer_id", "price_explanation", error.detail))))
    }

    /// The other offers that lose by it; of a lot only, none does.
    fn losers(&self, check: &mut Check<'_>, event: Id) -> Result<Vec<Effect>> {
        if self.lot.is_some() {
            return Ok(Vec::new());
        }
        let others: Vec<Id> = offers::table
            .filter(offers::sourcing_event_id.eq(event).and(offers::id.ne(self.offer_id)))
            .filter(offers::state.eq_any(["evaluated", "shortlisted"]))
            .order(offers::id)
            .select(offers::id)
            .load(check.connection)?;
        Ok(others.into_iter().map(|id| Effect::transition::<Offer>(id, "lost")).collect())
    }
}
