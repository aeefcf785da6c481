//! Service credits: what a vendor owes because it fell short.

use super::owed_credit::of_window;
use super::sla_measurement::MeasuredFrom;
use super::sla_period::promise;
use crate::contract::agreed;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Money, Note, Number};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, StateException, UnmetGuard, ValidationErrors};
use steward_schema::vendors::{invoices, service_credits, sla_measurements, sla_targets};

steward_core::resource! {
    /// Credit claimed from a vendor because it missed a service level target in a window. It is accepted only where a recorded measurement of
    /// the window missed the target; the last measurement of each source counts.
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
        /// Amount that the vendor accepted, at most the amount claimed. More than the credit tiers owe for the measured value is accepted only
        /// with a reason for the move.
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
    const EDITABLE_IN: &'static [&'static str] = &["claimed"];
    const STATE_EXCEPTIONS: &'static [StateException] =
        &[StateException::editable(&["accepted"], &["invoice_id", "applied_on"], "A credit stays as it was accepted until it is set off.")];
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
        let mut unmet: Vec<UnmetGuard> = self.unmet_measurement(check)?.into_iter().chain(self.unmet_amount(check)?).collect();
        if !holds(check, self.sla_target_id)? {
            unmet.push(UnmetGuard::new("/sla_target_id", "not_in_effect", "The amendment of the target has not taken effect: nothing is owed for it yet."));
        }
        if twice {
            unmet.push(UnmetGuard::new("/starts_on", "another", detail));
        }
        Ok(unmet)
    }
}

/// True if a target is one of the contract itself, or of an amendment that has taken effect.
fn holds(check: &mut Check<'_>, target: Id) -> Result<bool> {
    let holds = sla_targets::amendment_id.is_null().or(sla_targets::amendment_id.eq_any(agreed::applied()));
    Ok(select(exists(sla_targets::table.find(target).filter(holds))).get_result(check.connection)?)
}

impl ServiceCredit {
    /// What is missing of a measurement of the window that missed the target: the last one of each source counts.
    fn unmet_measurement(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let Some(promise) = promise(check, self.sla_target_id)? else { return Ok(None) };
        let of_window = sla_measurements::table
            .filter(sla_measurements::sla_target_id.eq(self.sla_target_id))
            .filter(sla_measurements::starts_on.eq(self.starts_on).and(sla_measurements::ends_on.eq(self.ends_on)));
        let rows: Vec<(MeasuredFrom, f64)> = of_window
            .order((sla_measurements::created_at, sla_measurements::id))
            .select((sla_measurements::source, sla_measurements::value))
            .load(check.connection)?;
        let last: HashMap<&'static str, f64> = rows.into_iter().map(|(source, value)| (source.word(), value)).collect();
        if last.is_empty() {
            let detail = format!("No measurement from {} to {} is recorded. Record one first.", self.starts_on, self.ends_on);
            return Ok(Some(UnmetGuard::new("/measured_value", "not_measured", detail)));
        }
        let mut missed: Vec<f64> = last.into_values().filter(|value| !promise.is_met_by(*value)).collect();
        missed.sort_by(f64::total_cmp);
        let Some(first) = missed.first() else {
            let detail = format!("The target of {} was met in this window, as it was measured: no credit is owed. Refuse it.", promise.target);
            return Ok(Some(UnmetGuard::new("/measured_value", "met", detail)));
        };
        let agrees = self.measured_value.is_none_or(|value| missed.iter().any(|measured| (measured - value.0).abs() < 1e-9));
        Ok((!agrees).then(|| {
            let detail = format!("The window was measured at {first}. Correct the value of the claim.");
            UnmetGuard::new("/measured_value", "measured", detail)
        }))
    }

    /// What is accepted beyond what is owed for the measured value, without a reason.
    fn unmet_amount(&self, check: &mut Check<'_>) -> Result<Option<UnmetGuard>> {
        let reason = check.reason.filter(|reason| !reason.trim().is_empty());
        let (Some(value), Some(accepted), None) = (self.measured_value, self.accepted_amount, reason) else { return Ok(None) };
        let Some(owed) = of_window(check, self.sla_target_id, self.ends_on, value.0)? else { return Ok(None) };
        let most = if owed.percent <= 0.0 { Some(Money::new(0, accepted.currency)) } else { owed.amount };
        // Without a known fee nothing can be said of the amount.
        let Some(most) = most.filter(|most| accepted.minor > most.minor) else { return Ok(None) };
        let detail = format!("The credit tiers owe {} % of the fee for this value: {most}. Accept at most that, or give a reason for the move.", owed.percent);
        Ok(Some(UnmetGuard::new("/accepted_amount", "above_owed", detail)))
    }
}
