//! Offers: what a vendor would deliver, and for how much.

use super::evaluation::{self, Asked};
use super::life_cycle::LifeCycle;
use super::low_price::explanations;
use super::price_explanation::PriceExplanation;
use super::sourcing_event::{deadline, is_sealed};
use crate::vendor::qualification::require_in_date;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Currency, Date, Instant, Money, Note, Title, Whole};
use steward_core::resource::{
    Cause, Check, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Rule, Scope, StateException, UnmetGuard, ValidationErrors,
};
use steward_schema::vendors::sourcing_events;

steward_core::resource! {
    /// Offer of a vendor in a sourcing event. Where the event is sealed, the price goes in as `sealed_price`, which nobody reads, and
    /// becomes `price` when the offer is opened after the event has closed. A submitted offer does not change any more; later negotiation
    /// is recorded in its negotiation rounds.
    pub struct Offer {
        /// The sourcing event.
        #[field(refers_to(&["vendors/sourcing-events"]))]
        pub sourcing_event_id: Id,
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]), fixed)]
        pub vendor_id: Id,
        /// Invitation that the offer answers; of the same vendor and event.
        #[field(refers_to(&["vendors/invitations"]))]
        pub invitation_id: Option<Id>,
        /// Vendor's reference, or common name.
        #[field(search)]
        pub reference: Title,
        /// Time of receipt (UTC); later than the event's deadline the offer cannot be submitted.
        #[field(happened)]
        pub received_at: Option<Instant>,
        /// Total price without tax, while sealed: write-only, never returned.
        #[field(sealed)]
        pub sealed_price: Option<Money>,
        /// Total price without tax. In a sealed event, present once the offer is opened.
        #[field(restricted)]
        pub price: Option<Money>,
        /// Life-cycle cost beside the price, while sealed: nobody may read it.
        #[field(sealed)]
        pub sealed_life_cycle: Option<LifeCycle>,
        /// Life-cycle cost beside the price. In a sealed event, present once the offer is opened.
        #[field(restricted)]
        pub life_cycle: Option<LifeCycle>,
        /// Last day on which the vendor is bound by the offer.
        #[field(deadline)]
        pub valid_until_on: Option<Date>,
        /// Delivery time in days from the order.
        pub delivery_days: Option<Whole<0, 3650>>,
        /// Payment term in days from the invoice.
        pub payment_days: Option<Whole<0, 365>>,
        /// Summary of the offer, while sealed: write-only, never returned.
        #[field(sealed)]
        pub sealed_summary: Option<Note>,
        /// Summary of the offer, with what it leaves out. In a sealed event it is stored as `sealed_summary` until the offer is opened.
        #[field(search)]
        pub summary: Option<Note>,
        /// Documents of the offer, while sealed: nobody may read them.
        #[field(refers_to(&["platform/files"]), sealed)]
        pub sealed_file_id: Option<Id>,
        /// Documents of the offer. In a sealed event they are stored as `sealed_file_id` until the offer is opened.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Explanation of a price that seems too low; requested by the evaluation where the price is abnormally low. While it is `requested` or
        /// `rejected` the offer can be neither shortlisted nor awarded.
        #[field(default(|| json!({"status": "none"})))]
        pub price_explanation: PriceExplanation,
        /// Reason for the disqualification.
        pub disqualification_reason: Option<Note>,
        /// Free-text notes.
        pub notes: Option<Note>,
    }
}

impl Resource for Offer {
    const PATH: &'static str = "vendors/offers";
    type Table = steward_schema::vendors::offers::table;
    const SCOPE: Scope = Scope::Within("sourcing_event_id");
    const OWN: &'static [Own] =
        &[Own::beside("sourcing_event_id").in_states(&["submitted", "opened", "qualified", "evaluated", "shortlisted"]).only(&["read"])];
    const TITLE: &'static str = "reference";
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "invitation_id", theirs: "sourcing_event_id", ours: "sourcing_event_id" },
        Rule::Agrees { by: "invitation_id", theirs: "vendor_id", ours: "vendor_id" },
    ];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const STATE_EXCEPTIONS: &'static [StateException] = &[
        StateException::editable(
            &["submitted", "opened", "qualified", "evaluated", "shortlisted"],
            &["price_explanation", "disqualification_reason", "notes"],
            "An offer stays as it was submitted. Record what is negotiated as a negotiation round.",
        ),
        StateException::by_service(&["opened"], "The seal is taken off what the vendor offers."),
    ];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["submitted"], &["received_at"]),
        Guard::referred(&["submitted"], "sourcing_event_id", &["open"]),
        Guard::referred(&["opened"], "sourcing_event_id", &["closed", "evaluating", "negotiating", "award_pending"]),
        Guard::set(&["disqualified"], &["disqualification_reason"]),
        Guard::referred(&["awarded"], "vendor_id", &["qualified", "active"]),
    ];

    /// An approved award makes it awarded, so that none is without.
    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→opened:unseal→qualified:qualify|disqualified:disqualify; qualified→disqualified; \
            qualified→evaluated:rate→shortlisted:shortlist→awarded:award|lost:decline; evaluated→lost; \
            submitted→withdrawn:withdraw";
        let named = Lifecycle::new(notation);
        Some(named.automatic(&["award"]))
    }

    fn sample() -> Self {
        let euros = |amount: &str| Money::parse(amount, Currency::sample("EUR"));
        Offer {
            sourcing_event_id: Id::sample(),
            vendor_id: Id::sample(),
            invitation_id: None,
            reference: "DH-2026-0417".into(),
            received_at: Instant::parse("2026-06-12T14:05:00Z"),
            sealed_price: euros("164500"),
            price: None,
            sealed_life_cycle: Some(LifeCycle { opex: euros("12000").into_iter().cycle().take(5).collect(), exit_cost: euros("8000") }),
            life_cycle: None,
            valid_until_on: Date::parse("2026-09-30"),
            delivery_days: Some(Whole(42)),
            payment_days: Some(Whole(30)),
            sealed_summary: Some("Two arrays with five years of support; without the cabling.".into()),
            summary: None,
            sealed_file_id: None,
            file_id: None,
            price_explanation: PriceExplanation {
                status: super::price_explanation::ExplanationStatus::Accepted,
                text: Some("Discount for last year's model, shown by its list price.".into()),
            },
            disqualification_reason: Some("Does not support the hours that are asked for.".into()),
            notes: Some("The reference in Utrecht was satisfied.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let asks = "Give it either sealed or open.";
        faults.require(self.price.is_none() || self.sealed_price.is_none(), "sealed_price", "one_of", asks);
        faults.require(self.life_cycle.is_none() || self.sealed_life_cycle.is_none(), "sealed_life_cycle", "one_of", asks);
        let price = self.price.or(self.sealed_price);
        faults.require(price.is_none_or(|price| price.minor >= 0), if self.price.is_some() { "price" } else { "sealed_price" }, "range", "Expected 0 or more.");
        let beside = self.life_cycle.as_ref().or(self.sealed_life_cycle.as_ref());
        let mut amounts = beside.into_iter().flat_map(|costs| costs.opex.iter().chain(&costs.exit_cost));
        let one = price.is_none_or(|price| amounts.all(|amount| amount.currency == price.currency));
        let field = if self.life_cycle.is_some() { "life_cycle" } else { "sealed_life_cycle" };
        faults.require(one, field, "currency", "Expected all amounts in the currency of the price.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.sourcing_event_id), Lock::Row(self.vendor_id)]
    }

    /// What comes openly into a sealed event is sealed.
    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let written = matches!(cause, Cause::Create | Cause::Update) && check.state.is_none_or(|state| state == "draft");
        if !written || (self.summary.is_none() && self.file_id.is_none()) || !is_sealed(check, self.sourcing_event_id)? {
            return Ok(None);
        }
        let mut sealed = self.clone();
        sealed.sealed_summary = sealed.summary.take().or(sealed.sealed_summary);
        sealed.sealed_file_id = sealed.file_id.take().or(sealed.sealed_file_id);
        Ok(Some(sealed))
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.received_at.is_some_and(|at| at.date() > check.today.plus_days(1)) {
            return Err(Problem::invalid(vec![FieldError::new("/received_at", "future", "An offer is recorded after it came in.")]).into());
        }
        let open = if self.price.is_some() { "price" } else { "life_cycle" };
        if (self.price.is_some() || self.life_cycle.is_some()) && is_sealed(check, self.sourcing_event_id)? {
            let detail = format!("The event is sealed: nobody reads that before it has closed. Send it as sealed_{open}.");
            return Err(Problem::conflict(format!("/{open}"), "sealed", detail).into());
        }
        self.require_currency(check)
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        match step.to {
            "submitted" => self.require_in_time(check),
            "shortlisted" => Ok(self.price_explanation.unmet().into_iter().collect()),
            "awarded" => require_in_date(check, self.vendor_id),
            _ => Ok(Vec::new()),
        }
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        match state {
            "qualified" | "shortlisted" | "awarded" => evaluation::unmet(check, self.sourcing_event_id, Asked::KeptIn),
            "evaluated" => evaluation::unmet(check, self.sourcing_event_id, Asked::Complete),
            _ => Ok(Vec::new()),
        }
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "evaluated" {
            return explanations(check, self.sourcing_event_id);
        }
        if step.to != "opened" {
            return Ok(Vec::new());
        }
        let texts = self.sealed_summary.is_some() || self.sealed_file_id.is_some();
        let sealed = texts || self.sealed_price.is_some() || self.sealed_life_cycle.is_some();
        let own = sealed.then(|| Effect::update(check.id, Offer::unseal));
        Ok(own.into_iter().chain(super::offer_line::unseal(check)?).collect())
    }
}

impl Offer {
    /// Takes the seal off its price and its further costs.
    fn unseal(&mut self) {
        self.price = self.sealed_price.take().or(self.price);
        self.life_cycle = self.sealed_life_cycle.take().or_else(|| self.life_cycle.take());
        self.summary = self.sealed_summary.take().or_else(|| self.summary.take());
        self.file_id = self.sealed_file_id.take().or(self.file_id);
    }

    /// Refuses a price in another currency than that of the event (409).
    fn require_currency(&self, check: &mut Check<'_>) -> Result<()> {
        let query = sourcing_events::table.find(self.sourcing_event_id).select(sourcing_events::currency);
        let Some(currency) = query.first::<Option<Currency>>(check.connection).optional()?.flatten() else { return Ok(()) };
        let given = [("price", self.price), ("sealed_price", self.sealed_price)];
        match given.into_iter().find(|(_, price)| price.is_some_and(|price| price.currency != currency)) {
            Some((field, _)) => {
                let detail = format!("Offers are compared in {} in this event. Give the price in that currency.", currency.code());
                Err(Problem::conflict(format!("/{field}"), "currency", detail).into())
            }
            None => Ok(()),
        }
    }

    fn require_in_time(&self, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let Some(deadline) = deadline(check, self.sourcing_event_id)? else { return Ok(Vec::new()) };
        if check.now <= deadline && self.received_at.is_none_or(|at| at <= deadline) {
            return Ok(Vec::new());
        }
        Ok(vec![UnmetGuard::new("/received_at", "late", format!("Offers were to come in until {deadline}. This one is late."))])
    }
}
