//! Service credits: what a vendor owes because it fell short.

use crate::resource::value::{Currency, Date, Money, Note, Number};
use crate::resource::{Guard, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

crate::resource! {
    /// A credit that is claimed from a vendor because it missed a service level target in a window.
    pub struct ServiceCredit {
        /// The target that was missed.
        #[field(refers_to(&["vendors/sla-targets"]))]
        pub sla_target_id: Id,
        /// The contract of that target. Left out, it is taken from there.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// First day of the window.
        pub starts_on: Date,
        /// Last day of the window.
        pub ends_on: Date,
        /// What was reached, in the unit of the target.
        pub measured_value: Option<Number<0, 1000000000>>,
        /// What is claimed.
        pub amount: Money,
        /// What the vendor accepted, at most what is claimed.
        pub accepted_amount: Option<Money>,
        /// The day on which it was claimed.
        pub claimed_on: Date,
        /// Why it is owed.
        pub reason: Option<Note>,
        /// Why the vendor refused it.
        pub refusal_reason: Option<Note>,
        /// The invoice or credit note with which it was set off.
        #[field(refers_to(&["vendors/invoices"]))]
        pub invoice_id: Option<Id>,
        /// The day on which it was set off.
        pub applied_on: Option<Date>,
    }
}

impl Resource for ServiceCredit {
    const PATH: &'static str = "vendors/service-credits";
    type Table = steward_schema::vendors::service_credits::table;
    const SCOPE: Scope = Scope::Within("sla_target_id");
    const TITLE: &'static str = "claimed_on";
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "sla_target_id", theirs: "contract_id", ours: "contract_id" }];
    const GUARDS: &'static [Guard] =
        &[Guard::set(&["accepted"], &["accepted_amount"]), Guard::set(&["applied"], &["applied_on"]), Guard::set(&["refused"], &["refusal_reason"])];
    const UNDATED: &'static [&'static str] = &["starts_on", "ends_on"];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("claimed→accepted→applied; claimed→refused"))
    }

    fn sample() -> Self {
        ServiceCredit {
            sla_target_id: Id::sample(),
            contract_id: None,
            starts_on: Date::sample("2026-03-01"),
            ends_on: Date::sample("2026-03-31"),
            measured_value: Some(Number(99.95)),
            amount: Money::new(38_400, Currency::sample("EUR")),
            accepted_amount: Some(Money::new(38_400, Currency::sample("EUR"))),
            claimed_on: Date::sample("2026-04-10"),
            reason: Some("Power was available for 99.95 % of March; 99.99 % were promised.".into()),
            refusal_reason: Some("The vendor says that the feed was ours.".into()),
            invoice_id: None,
            applied_on: Date::parse("2026-05-02"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        faults.span(Some(self.claimed_on), self.applied_on, "applied_on");
        faults.require(self.amount.minor > 0, "amount", "range", "Expected an amount of more than 0.");
        let within = |accepted: Money| accepted.currency == self.amount.currency && (0..=self.amount.minor).contains(&accepted.minor);
        let accepted = self.accepted_amount.is_none_or(within);
        faults.require(accepted, "accepted_amount", "range", "Expected an amount in the same currency, at most what is claimed.");
    }
}
