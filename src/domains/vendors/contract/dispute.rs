//! Disputes: what the organisation and a vendor do not agree on.

use super::contract_version::Party;
use crate::choice;
use crate::resource::value::{Currency, Date, Money, Note, Title};
use crate::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// What a dispute is about.
    pub enum DisputeKind {
        /// An invoice or a price.
        Billing = "billing",
        /// What was delivered.
        Delivery = "delivery",
        /// A service level or a credit.
        ServiceLevel = "service_level",
        /// What the contract says.
        Contract = "contract",
        /// Anything else.
        Other = "other",
    }
}

crate::resource! {
    /// Something that the organisation and a vendor do not agree on, until it is settled.
    pub struct Dispute {
        /// The vendor.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Id,
        /// The contract that it is about.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// What exactly it is about.
        #[field(refers_to(&["vendors/invoices", "vendors/purchase-orders", "vendors/receipts", "vendors/service-credits", "vendors/contract-obligations"]))]
        pub subject_id: Option<Id>,
        /// What it is called.
        #[field(search)]
        pub title: Title,
        /// What it is about.
        pub kind: DisputeKind,
        /// Which side raised it.
        pub raising_party: Party,
        /// The day on which it was raised.
        #[field(happened)]
        pub raised_on: Date,
        /// The day by which the other side must answer.
        #[field(deadline)]
        pub answer_due_on: Option<Date>,
        /// What each side says.
        #[field(search)]
        pub description: Note,
        /// What is at stake.
        pub amount: Option<Money>,
        /// The person who settles it.
        #[field(refers_to(&["teams/people"]))]
        pub responsible_id: Option<Id>,
        /// How it was settled.
        #[field(search)]
        pub resolution: Option<Note>,
        /// What was settled on.
        pub settled_amount: Option<Money>,
        /// The letter or the settlement.
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
