//! Requisitions: what somebody in the organisation needs to have bought.

use super::line_price::line_amount;
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::ports::ledger::{self, CommittedLine};
use steward_core::resource::value::{Code, Date, Note, Precise, PreciseMoney, Title};
use steward_core::resource::{ApprovalAmount, Check, Effect, Guard, Id, Lifecycle, Move, Own, Resource, Scope, Unique};
use steward_schema::vendors::{purchase_order_lines, requisition_lines};

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
    /// Request for a purchase, with its reason and date. The approver must differ from the submitter (four-eyes).
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
        /// Designated approver.
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

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match step.to {
            "approved" => reserve(check),
            "closed" | "cancelled" if step.from != "draft" && step.from != "submitted" => release(check, check.id),
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
        }
    }
}

/// The commitments that reserve what its lines are thought to cost.
fn reserve(check: &mut Check<'_>) -> Result<Vec<Effect>> {
    let (budget_line, period) = (requisition_lines::budget_line_id, requisition_lines::fiscal_period_id);
    let quantity = (requisition_lines::quantity_units, requisition_lines::quantity_pico);
    let price = (requisition_lines::unit_price_units, requisition_lines::unit_price_pico, requisition_lines::unit_price_currency);
    let lines: Vec<(Id, Id, Id, Precise, Option<PreciseMoney>)> = requisition_lines::table
        .filter(requisition_lines::requisition_id.eq(check.id))
        .filter(budget_line.is_not_null().and(period.is_not_null()))
        .order(requisition_lines::id)
        .select((requisition_lines::id, budget_line.assume_not_null(), period.assume_not_null(), quantity, price))
        .load(check.connection)?;
    let reserved = lines.into_iter().filter_map(|(source, budget_line, fiscal_period, quantity, price)| {
        let amount = line_amount(quantity, price?, None).filter(|money| money.minor > 0)?;
        Some(CommittedLine { source, budget_line, fiscal_period, amount })
    });
    let reserved: Vec<CommittedLine> = reserved.collect();
    ledger::commit(check, &reserved)
}

/// The effects that release what a requisition still reserves.
fn release(check: &mut Check<'_>, requisition: Id) -> Result<Vec<Effect>> {
    let lines = requisition_lines::table.filter(requisition_lines::requisition_id.eq(requisition)).select(requisition_lines::id);
    let lines: Vec<Id> = lines.load(check.connection)?;
    ledger::release(check, &lines)
}

/// The effects that release what the requisition lines behind an order reserve, since the order commits it: those that its lines name, or
/// all lines of the requisition where none is named.
pub fn release_ordered(check: &mut Check<'_>, order: Id, requisition: Option<Id>) -> Result<Vec<Effect>> {
    let named = purchase_order_lines::purchase_order_id.eq(order).and(purchase_order_lines::requisition_line_id.is_not_null());
    let named = purchase_order_lines::table.filter(named).select(purchase_order_lines::requisition_line_id.assume_not_null());
    let named: Vec<Id> = named.load(check.connection)?;
    match requisition.filter(|_| named.is_empty()) {
        Some(requisition) => release(check, requisition),
        None => ledger::release(check, &named),
    }
}
