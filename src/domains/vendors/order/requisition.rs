//! Requisitions: what somebody in the organisation needs to have bought.

use crate::choice;
use crate::resource::value::{Code, Date, Note, Title};
use crate::resource::{ApprovalAmount, Guard, Id, Lifecycle, Own, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// How soon something is needed.
    pub enum Urgency {
        /// When it suits.
        Low = "low",
        /// In the usual time.
        Normal = "normal",
        /// Before others.
        High = "high",
        /// Work stands still without it.
        Critical = "critical",
    }
}

crate::resource! {
    /// What is needed, why and by when. Somebody else than who submitted it approves it.
    pub struct Requisition {
        /// Number, unique.
        #[field(unique, search)]
        pub code: Code,
        /// What it is about, in a few words.
        #[field(search)]
        pub name: Title,
        /// Why it is needed, and what happens without it.
        #[field(search)]
        pub justification: Option<Note>,
        /// Who needs it; they answer for it.
        #[field(refers_to(&["teams/people"]))]
        pub requester_id: Option<Id>,
        /// Who is to approve it.
        #[field(refers_to(&["teams/people"]))]
        pub approver_id: Option<Id>,
        /// Who is to buy it.
        #[field(refers_to(&["teams/people"]))]
        pub buyer_id: Option<Id>,
        /// How soon it is needed.
        #[field(default(|| json!("normal")))]
        pub urgency: Urgency,
        /// The day by which it is needed.
        #[field(deadline)]
        pub needed_on: Option<Date>,
        /// Where it is to be delivered.
        #[field(refers_to(&["infrastructure/sites"]))]
        pub site_id: Option<Id>,
        /// The cost center that bears it.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// A vendor that could deliver it.
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
