//! Disputes: what the organisation and a vendor do not agree on.

use super::contract_version::Party;
use diesel::prelude::*;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Money, Note, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::disputes;

choice! {
    /// Subject of a dispute.
    pub enum DisputeKind {
        /// Invoice or price.
        Billing = "billing",
        /// Delivery.
        Delivery = "delivery",
        /// Service level or credit.
        ServiceLevel = "service_level",
        /// Interpretation of the contract.
        Contract = "contract",
        /// Anything else.
        Other = "other",
    }
}

steward_core::resource! {
    /// Disagreement between the organisation and a vendor, until it is settled. While one about an invoice is open, that is not paid.
    pub struct Dispute {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// Contract in dispute.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// Exact record in dispute.
        #[field(refers_to(&["vendors/invoices", "vendors/purchase-orders", "vendors/receipts", "vendors/service-credits", "vendors/contract-obligations"]))]
        pub subject_id: Option<Id>,
        /// Title of the dispute.
        #[field(search)]
        pub title: Title,
        /// Subject of the dispute.
        pub kind: DisputeKind,
        /// Party that raised the dispute.
        pub raising_party: Party,
        /// Day on which it was raised.
        #[field(happened)]
        pub raised_on: Date,
        /// Day by which the other side must answer.
        #[field(deadline)]
        pub answer_due_on: Option<Date>,
        /// Positions of both sides.
        #[field(search)]
        pub description: Note,
        /// Amount in dispute.
        pub amount: Option<Money>,
        /// Person responsible for the settlement.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// Resolution of the dispute.
        #[field(search)]
        pub resolution: Option<Note>,
        /// Amount of the settlement.
        pub settled_amount: Option<Money>,
        /// Letter or settlement as a file.
        #[field(refers_to(&["platform/files"]))]
        pub file_id: Option<Id>,
    }
}

impl Resource for Dispute {
    const PATH: &'static str = "vendors/disputes";
    type Table = steward_schema::vendors::disputes::table;
    const SCOPE: Scope = Scope::Within("vendor_id");
    const TITLE: &'static str = "title";
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "contract_id", theirs: "vendor_id", ours: "vendor_id" }];
    const GUARDS: &'static [Guard] = &[Guard::set(&["resolved"], &["resolution"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "open→negotiating:negotiate→escalated:escalate→resolved:resolve; open|negotiating→resolved; open→escalated; \
            withdrawn:withdraw";
        Some(Lifecycle::new(notation).given_up(&["withdrawn"]))
    }

    fn sample() -> Self {
        let euro = |minor| Some(Money::new(minor, Currency::sample("EUR")));
        Dispute {
            vendor_id: Id::sample(),
            contract_id: None,
            subject_id: None,
            title: "One rack billed twice".into(),
            kind: DisputeKind::Billing,
            raising_party: Party::Ours,
            raised_on: Date::sample("2026-04-03"),
            answer_due_on: Date::parse("2026-04-17"),
            description: "The invoice for March names rack A-03 in two lines. The vendor says that it has two feeds.".into(),
            amount: euro(64_000),
            responsible_id: None,
            resolution: Some("The vendor sent a credit note.".into()),
            settled_amount: euro(64_000),
            file_id: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.raised_on), self.answer_due_on, "answer_due_on");
        let one = self.amount.zip(self.settled_amount).is_none_or(|(amount, settled)| amount.currency == settled.currency);
        faults.require(one, "settled_amount", "currency", "Both amounts are in one currency.");
    }
}

/// Disputes about an invoice that are not settled: it is not paid until they are.
pub fn unmet(check: &mut Check<'_>, invoice: Id, pointer: &str) -> Result<Vec<UnmetGuard>> {
    let open = disputes::subject_id.eq(invoice).and(disputes::state.eq_any(["open", "negotiating", "escalated"]));
    let open: Vec<Title> = disputes::table.filter(open).order(disputes::id).select(disputes::title).load(check.connection)?;
    let told = |title: Title| {
        let detail = format!("The invoice is in dispute: \"{}\". Resolve or withdraw the dispute first.", title.0);
        UnmetGuard::new(pointer, "disputed", detail)
    };
    Ok(open.into_iter().map(told).collect())
}
