//! Requisitions: what somebody in the organisation needs to have bought.

use super::line_price::{line_amount, unmet_of_sum};
use super::reservation;
use diesel::prelude::*;
use serde_json::json;
use steward_core::access::person_of;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::ledger;
use steward_core::resource::value::{Code, Date, Note, Precise, PreciseMoney, Title};
use steward_core::resource::{ApprovalAmount, Cause, Check, Effect, Guard, Id, Lifecycle, Move, Own, Resource, Scope, Unique, UnmetGuard};
use steward_schema::vendors::requisition_lines;

choice! {
    /// Urgency of a need.
    pub enum Urgency {
        /// No time pressure.
        Low = "low",
        /// Usual time.
        Normal = "normal",
        /// Priority over others.
        High = "high",
        /// Work stops without it.
        Critical = "critical",
    }
}

steward_core::resource! {
    /// Request for a purchase, with its reason and date. The approver must differ from the submitter (four-eyes). Its approval reserves what
    /// its lines are estimated to cost; approved orders take over the share that they order, and give it back when they are cancelled.
    pub struct Requisition {
        /// Number, unique.
        #[field(unique, search)]
        pub code: Code,
        /// Short description of the need.
        #[field(search)]
        pub name: Title,
        /// Justification, with the consequences of not buying.
        #[field(search)]
        pub justification: Option<Note>,
        /// Requester; the accountable owner.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Designated approver; who decided is in `decider_id`.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// Designated buyer.
        #[field(refers_to(&["teams/people"]))]
        pub buyer_id: Option<Id>,
        /// Urgency of the need.
        #[field(default(|| json!("normal")))]
        pub urgency: Urgency,
        /// Day by which it is needed.
        #[field(deadline)]
        pub needed_on: Option<Date>,
        /// Site of the delivery.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// Cost center that pays.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Suggested vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub suggested_vendor_id: Option<Id>,
        /// Person who approved or rejected it; null until then, and where an account without a person did.
        #[field(refers_to(&["teams/people"]), read_only)]
        pub decider_id: Option<Id>,
        /// Day of the decision.
        #[field(read_only, happened)]
        pub decided_on: Option<Date>,
    }
}

impl Resource for Requisition {
    const PATH: &'static str = "vendors/requisitions";
    type Table = steward_schema::vendors::requisitions::table;
    const SCOPE: Scope = Scope::Unit;
    const OWN: &'static [Own] = &[Own::named("requester_id"), Own::named("approver_id").only(&["read"]), Own::named("buyer_id").only(&["read"])];
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "requisitions_code_key", fields: &["code"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[
        Guard::part(&["submitted"], "vendors/requisition-lines"),
        Guard::none_in(
            &["cancelled"],
            "vendors/sourcing-events",
            "requisition_id",
            &["published", "open", "closed", "evaluating", "negotiating", "award_pending"],
        ),
        Guard::none_in(&["cancelled"], "vendors/purchase-orders", "requisition_id", &["submitted", "approved", "sent", "acknowledged"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→submitted:submit→approved:approve→sourcing:source→ordered:order→closed:close; approved→ordered; \
            submitted→rejected:reject; cancelled:cancel";
        Some(Lifecycle::new(notation).given_up(&["cancelled"]).approving(&["approve"]).involving(&["requester_id"]).worth(&[ApprovalAmount::Priced {
            of: "vendors/requisition-lines",
            quantity: "quantity",
            price: "unit_price",
            discount: None,
        }]))
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        if !matches!(cause.to(), Some("approved" | "rejected")) {
            return Ok(None);
        }
        Ok(Some(Requisition { decider_id: person_of(check.connection, check.actor)?, decided_on: Some(check.today), ..self.clone() }))
    }

    fn unmet_in(&self, state: &str, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(state, "submitted" | "approved") {
            return Ok(Vec::new());
        }
        let quantity = (requisition_lines::quantity_units, requisition_lines::quantity_pico);
        let price = (requisition_lines::unit_price_units, requisition_lines::unit_price_pico, requisition_lines::unit_price_currency);
        let lines = requisition_lines::table.filter(requisition_lines::requisition_id.eq(check.id)).select((quantity, price));
        let lines: Vec<(Precise, Option<PreciseMoney>)> = lines.load(check.connection)?;
        let amounts = lines.into_iter().filter_map(|(quantity, price)| Some(line_amount(quantity, price?, None)));
        Ok(unmet_of_sum(amounts).into_iter().collect())
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match step.to {
            "approved" => {
                let lines = reservation::lines_of(check, check.id)?;
                reservation::reserve(check, &lines)
            }
            "closed" | "cancelled" if step.from != "draft" && step.from != "submitted" => {
                let lines = reservation::lines_of(check, check.id)?;
                ledger::release(check, &lines)
            }
            _ => Ok(Vec::new()),
        }
    }

    fn sample() -> Self {
        Requisition {
            code: "REQ-2026-014".into(),
            name: "Storage for the order system".into(),
            justification: Some("The arrays are full in October, and orders stop then.".into()),
            requester_id: None,
            approver_id: None,
            buyer_id: None,
            urgency: Urgency::High,
            needed_on: Date::parse("2026-09-15"),
            site_id: None,
            cost_center_id: None,
            suggested_vendor_id: None,
            decider_id: None,
            decided_on: None,
        }
    }
}
