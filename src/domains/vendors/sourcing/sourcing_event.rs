//! Sourcing events: asking the market, from the first question to the award.

use crate::order::requisition::Requisition;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Currency, Instant, Money, Note, Title};
use steward_core::resource::{Check, Effect, Guard, Id, Lifecycle, Lock, Move, Own, Resource, Scope, Unique, UnmetGuard, ValidationErrors};
use steward_schema::vendors::{requisitions, sourcing_events};

choice! {
    /// Kind of a sourcing event.
    pub enum SourcingKind {
        /// Request for information: the vendors' capabilities.
        Rfi = "rfi",
        /// Request for quotation: a price for something known.
        Rfq = "rfq",
        /// Request for proposal: a solution with its price.
        Rfp = "rfp",
        /// Binding offer in a formal procedure.
        Tender = "tender",
    }
}

steward_core::resource! {
    /// Request to vendors that ends in an award or in none. Its criteria are fixed when it is published; offers are accepted until its
    /// deadline and, where it is sealed, are opened only after it has closed.
    pub struct SourcingEvent {
        /// Number, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Subject of the event.
        #[field(search)]
        pub name: Title,
        /// Kind of request; fixed once it is published.
        pub kind: SourcingKind,
        /// Scope and conditions of the purchase; needed before it is published.
        #[field(search)]
        pub description: Option<Note>,
        /// Requisition behind the event; it is in sourcing once the event is published.
        #[field(refers_to(&["vendors/requisitions"]))]
        pub requisition_id: Option<Id>,
        /// End of the time for vendors' questions (UTC).
        #[field(deadline)]
        pub questions_until_at: Option<Instant>,
        /// Deadline for offers (UTC). Once the event is published it can only be put off, and only before it has passed.
        #[field(deadline)]
        pub deadline_at: Option<Instant>,
        /// Time until which offers must be binding (UTC).
        #[field(deadline)]
        pub binding_until_at: Option<Instant>,
        /// Baseline price: the cost today or as estimated, against which savings are counted. Fixed once the event is published.
        pub baseline_price: Option<Money>,
        /// Currency in which offers are compared.
        pub currency: Option<Currency>,
        /// True if nobody reads a price before the event has closed. Left out, it is true for `rfp` and `tender` and false for the others.
        /// Fixed once the event is published.
        pub sealed: Option<bool>,
        /// Documents for the vendors.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
        /// Reason for the cancellation or for the end without an award.
        pub outcome: Option<Note>,
    }
}

impl Resource for SourcingEvent {
    const PATH: &'static str = "vendors/sourcing-events";
    type Table = steward_schema::vendors::sourcing_events::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("owner_id").only(&["read"]), Own::behind("vendors/evaluators", "sourcing_event_id")];
    const BASIS: &'static [&'static str] = &["requisition_id"];
    const UNIQUE: &'static [Unique] = &[Unique { index: "sourcing_events_code_key", fields: &["code"] }];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["published"], &["description", "deadline_at"]),
        Guard::part(&["published"], "vendors/criteria"),
        Guard::referred(&["published"], "requisition_id", &["approved", "sourcing"]),
        Guard::reached(&["closed"], "deadline_at"),
        Guard::none_in(&["evaluating"], "vendors/offers", "sourcing_event_id", &["submitted"]),
        Guard::none_in(&["unsuccessful"], "vendors/awards", "sourcing_event_id", &["draft", "proposed"]),
        Guard::set(&["unsuccessful"], &["outcome"]),
    ];

    /// The award makes it awarded, so that there is none without.
    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→published:publish→open→closed:close→evaluating:evaluate→negotiating:negotiate→award_pending:propose_award\
            →awarded:award|unsuccessful:declare_unsuccessful; evaluating→award_pending; cancelled:cancel";
        Some(Lifecycle::new(notation).given_up(&["cancelled"]).settled(&["closed"]).automatic(&["award"]))
    }

    fn sample() -> Self {
        SourcingEvent {
            code: "RFP-2026-03".into(),
            name: "Storage for the order system".into(),
            kind: SourcingKind::Rfp,
            description: Some("250 TB usable in two rooms, delivered, installed and supported for five years.".into()),
            requisition_id: None,
            questions_until_at: Instant::parse("2026-06-01T12:00:00Z"),
            deadline_at: Instant::parse("2026-06-15T09:00:00Z"),
            binding_until_at: Instant::parse("2026-09-30T22:00:00Z"),
            baseline_price: Money::parse("182000", Currency::sample("EUR")),
            currency: Some(Currency::sample("EUR")),
            sealed: Some(true),
            file_id: None,
            outcome: Some("No offer met the requirements on support.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.questions_until_at, self.deadline_at, "deadline_at");
        faults.span(self.deadline_at, self.binding_until_at, "binding_until_at");
        let one = self.baseline_price.zip(self.currency).is_none_or(|(price, currency)| price.currency == currency);
        faults.require(one, "baseline_price", "currency", "Expected an amount in the event's currency.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let state = check.state.unwrap_or("draft");
        let Some(before) = check.before::<SourcingEvent>()?.filter(|_| state != "draft") else { return Ok(()) };
        let changed = [
            ("kind", self.kind != before.kind),
            ("sealed", self.sealed != before.sealed),
            ("currency", self.currency != before.currency),
            ("baseline_price", self.baseline_price != before.baseline_price),
        ];
        if let Some((field, _)) = changed.iter().find(|(_, changed)| *changed) {
            return Err(Problem::conflict(format!("/{field}"), "published", "That is fixed once the event is published. Cancel it and ask anew.").into());
        }
        if self.deadline_at != before.deadline_at
            && let Some(passed) = before.deadline_at.filter(|deadline| *deadline < check.now)
        {
            let detail = format!("The deadline of {} has passed ({passed}), for all vendors alike: it stays. Cancel the event and ask anew.", self.code.0);
            return Err(Problem::conflict("/deadline_at", "passed", detail).into());
        }
        let running = matches!(state, "published" | "open");
        if self.deadline_at != before.deadline_at && (!running || self.deadline_at < before.deadline_at) {
            return Err(Problem::conflict("/deadline_at", "published", "The deadline can only be put off, and only until the event has closed.").into());
        }
        Ok(())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let mut unmet = if step.to == "published" { super::criterion::require_full_weights(check)? } else { Vec::new() };
        if let Some(passed) = self.deadline_at.filter(|deadline| matches!(step.to, "published" | "open") && *deadline < check.now) {
            unmet.push(UnmetGuard::new("/deadline_at", "passed", format!("The deadline has passed already ({passed}): no offer could come in.")));
        }
        Ok(unmet)
    }

    fn locks(&self) -> Vec<Lock> {
        self.requisition_id.map(Lock::Row).into_iter().collect()
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "evaluating" {
            return super::low_price::explanations(check, check.id);
        }
        let Some(requisition) = self.requisition_id.filter(|_| step.to == "published") else { return Ok(Vec::new()) };
        let waiting = requisitions::table.find(requisition).filter(requisitions::state.eq("approved"));
        let waits: bool = select(exists(waiting)).get_result(check.connection)?;
        Ok(if waits { vec![Effect::transition::<Requisition>(requisition, "sourcing")] } else { Vec::new() })
    }
}

/// Whether nobody may read the prices of an event's offers yet.
pub fn is_sealed(check: &mut Check<'_>, event: Id) -> Result<bool> {
    let by_kind = sourcing_events::sealed.is_null().and(sourcing_events::kind.eq_any([SourcingKind::Rfp, SourcingKind::Tender]));
    let sealed = sourcing_events::table
        .find(event)
        .filter(sourcing_events::state.eq_any(["draft", "published", "open"]))
        .filter(sourcing_events::sealed.eq(true).or(by_kind));
    Ok(select(exists(sealed)).get_result(check.connection)?)
}

/// Until when an event takes offers.
pub fn deadline(check: &mut Check<'_>, event: Id) -> Result<Option<Instant>> {
    let query = sourcing_events::table.find(event).select(sourcing_events::deadline_at);
    Ok(query.first::<Option<Instant>>(check.connection).optional()?.flatten())
}
