//! Service credits: what a vendor owes because it fell short.

use super::sla_period::promise;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Money, Note, Number};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::vendors::{invoices, service_credits};

steward_core::resource! {
    /// Credit claimed from a vendor because it missed a service level target in a window.
    pub struct ServiceCredit {
        /// Service level target that was missed.
        #[field(refers_to(&["vendors/sla-targets"]))]
        pub sla_target_id: Id,
        /// Contract of that target. Left out, it is taken from there.
        #[field(refers_to(&["vendors/contracts"]))]
        pub contract_id: Option<Id>,
        /// First day of the window.
        pub starts_on: Date,
        /// Last day of the window.
        pub ends_on: Date,
        /// Measured value, in the unit of the target.
        pub measured_value: Option<Number<0, 1000000000>>,
        /// Amount claimed.
        pub amount: Money,
        /// Amount that the vendor accepted, at most the amount claimed.
        pub accepted_amount: Option<Money>,
        /// Day of the claim.
        #[field(happened)]
        pub claimed_on: Date,
        /// Reason for the claim.
        pub reason: Option<Note>,
        /// Vendor's reason for refusing it.
        pub refusal_reason: Option<Note>,
        /// Invoice or credit note with which it was set off.
        #[field(refers_to(&["vendors/invoices"]))]
        pub invoice_id: Option<Id>,
        /// Day on which it was set off.
        #[field(happened)]
        pub applied_on: Option<Date>,
    }
}

impl Resource for ServiceCredit {
    const PATH: &'static str = "vendors/service-credits";
    type Table = steward_schema::vendors::service_credits::table;
    const SCOPE: Scope = Scope::Within("sla_target_id");
    const TITLE: &'static str = "claimed_on";
    const RULES: &'static [Rule] = &[Rule::Agrees { by: "sla_target_id", theirs: "contract_id", ours: "contract_id" }];
    const GUARDS: &'static [Guard] = &[
        Guard::set(&["accepted"], &["accepted_amount", "measured_value"]),
        Guard::set(&["applied"], &["applied_on"]),
        Guard::set(&["refused"], &["refusal_reason"]),
        Guard::referred(&["accepted", "applied"], "contract_id", &["active", "suspended", "expired", "terminated", "renewed", "closed"]),
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("claimed→accepted:accept→applied:apply; claimed→refused:refuse").given_up(&["refused"]))
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
    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.sla_target_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(promise) = promise(check, self.sla_target_id)? else { return Ok(()) };
        let known = check.before::<ServiceCredit>()?;
        if self.amount.currency != promise.currency {
            let detail = format!("The contract is in {}. Claim the credit in that currency.", promise.currency.code());
            return Err(Problem::conflict("/amount/currency", "currency", detail).into());
        }
        if known.is_none_or(|known| (known.starts_on, known.ends_on) != (self.starts_on, self.ends_on)) {
            promise.require_window(self.starts_on, self.ends_on)?;
        }
        if self.claimed_on <= self.ends_on {
            return Err(
                Problem::conflict("/claimed_on", "before_end", format!("The window lasts until {}: a credit is claimed after it.", self.ends_on)).into()
            );
        }
        let last = promise.claim_days.and_then(|days| self.ends_on.later(u32::try_from(days).ok()?));
        if let Some(last) = last.filter(|last| self.claimed_on > *last) {
            return Err(Problem::conflict("/claimed_on", "late", format!("A credit for this window had to be claimed until {last}.")).into());
        }
        if self.measured_value.is_some_and(|value| promise.is_met_by(value.0)) {
            let detail = format!("The target of {} was met: no credit is owed.", promise.target);
            return Err(Problem::conflict("/measured_value", "met", detail).into());
        }
        let Some(invoice) = self.invoice_id else { return Ok(()) };
        let same = invoices::table.find(invoice).filter(invoices::vendor_id.eq(promise.vendor).and(invoices::gross_currency.eq(promise.currency)));
        if select(exists(same)).get_result::<bool>(check.connection)? {
            return Ok(());
        }
        Err(Problem::conflict("/invoice_id", "other_vendor", "That invoice is of another vendor or in another currency. Name one of the contract's vendor.")
            .into())
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if step.to != "accepted" {
            return Ok(Vec::new());
        }
        let other = service_credits::table
            .filter(service_credits::sla_target_id.eq(self.sla_target_id).and(service_credits::id.ne(check.id)))
            .filter(service_credits::state.eq_any(["accepted", "applied"]))
            .filter(service_credits::starts_on.le(self.ends_on).and(service_credits::ends_on.ge(self.starts_on)));
        let twice: bool = select(exists(other)).get_result(check.connection)?;
        let detail = "A credit for this window is accepted already. Refuse this one.";
        Ok(if twice { vec![UnmetGuard::new("/starts_on", "another", detail)] } else { Vec::new() })
    }
}
