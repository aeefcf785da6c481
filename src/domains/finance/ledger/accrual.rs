//! Accruals: what was received and not yet invoiced.

use super::booking::plain_entry;
use super::cost_entry::CostEntry;
use super::given_back;
use super::place_in_time::Place;
use super::posting::{self, CostSource};
use super::standing_entry;
use crate::budget::funds;
use diesel::prelude::*;
use steward_core::error::{Error, Result};
use steward_core::ports::ledger::{FundsEvent, FundsRequest};
use steward_core::resource::record::Placement;
use steward_core::resource::value::{Currency, Date, Money, Note, Title};
use steward_core::resource::{Check, Due, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::accruals;

steward_core::resource! {
    /// Accrual of a cost that was received and not yet invoiced. Posting it books the cost in its period, by the funds check of its budget
    /// line for what its source has not committed; it is reversed automatically on its reversal date, so that the invoice does not count
    /// twice. One that was posted by mistake returns to `draft`, which takes its booking back in its own period, or in the next open one.
    pub struct Accrual {
        /// Goods or services received, in a line.
        #[field(search)]
        pub name: Title,
        /// Period of the receipt.
        #[field(refers_to(&["finance/fiscal-periods"]))]
        pub fiscal_period_id: Id,
        /// Budget line that pays, of the same fiscal year.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Budget line of the reversal where that falls into another fiscal year: one of that year. Left out, the reversal then names the
        /// line of the same name and category in the active budget of the same scope, if there is one; within one fiscal year it is the line
        /// that paid.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub reversal_line_id: Option<Id>,
        /// Vendor that delivered.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Line of the receipt, the order or the contract for the delivery.
        #[field(refers_to(&["vendors/receipt-lines", "vendors/purchase-order-lines", "vendors/contract-lines"]))]
        pub source_id: Option<Id>,
        /// Expected cost: more than 0, without tax, in the currency of the budget.
        pub amount: Money,
        /// Posting date, within the period.
        pub posted_on: Date,
        /// Reversal date, usually the first of the next period.
        #[field(deadline)]
        pub reverses_on: Date,
        /// Basis of the estimate.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Accrual {
    const PATH: &'static str = "finance/accruals";
    type Table = steward_schema::finance::accruals::table;
    const SCOPE: Scope = Scope::Unit;
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::reached(&["reversed"], "reverses_on")];
    const DUE: &'static [Due] = &[Due::on("reversed", "reverses_on")];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→posted:post→reversed:reverse; posted→draft").named("posted", "draft", "unpost"))
    }

    fn sample() -> Self {
        Accrual {
            name: "Consulting in January".into(),
            fiscal_period_id: Id::sample(),
            budget_line_id: None,
            reversal_line_id: None,
            vendor_id: None,
            source_id: None,
            amount: Money::new(1_250_000, Currency::sample("EUR")),
            posted_on: Date::sample("2026-01-30"),
            reverses_on: Date::sample("2026-01-31"),
            description: Some("Twelve and a half days at the rate of the contract, by the signed time sheets.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.amount.minor > 0, "amount", "range", "What is accrued is more than 0.");
        faults.require(self.reverses_on > self.posted_on, "reverses_on", "before_start", "It reverses itself after it is booked.");
    }

    fn locks(&self) -> Vec<Lock> {
        [Some(self.fiscal_period_id), self.budget_line_id].into_iter().flatten().map(Lock::Row).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if check.state.is_some_and(|state| state != "draft") {
            return Ok(());
        }
        posting::require_open(check, self.fiscal_period_id, self.posted_on)?;
        if let (Some(line), Some(period)) = (self.reversal_line_id, posting::period_of(check, self.reverses_on, self.fiscal_period_id)?) {
            posting::require_line(check, line, period, self.amount.currency).map_err(at_reversal)?;
        }
        match self.budget_line_id {
            Some(line) => posting::require_line(check, line, self.fiscal_period_id, self.amount.currency),
            None => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let missing = step.to == "reversed" && posting::period_of(check, self.reverses_on, self.fiscal_period_id)?.is_none();
        Ok(if missing { vec![posting::no_period("/reverses_on")] } else { Vec::new() })
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        if step.to == "draft" {
            return standing_entry::take_back(check, CostSource::Accrual, check.id, self.reversal_line_id);
        }
        if step.to == "posted" {
            let line = standing_entry::last_line(check, CostSource::Accrual, self.vendor_id, &check.id.to_string())? + 1;
            let unit: Option<Id> = accruals::table.find(check.id).select(accruals::unit_id).first(check.connection).optional()?;
            let entry = CostEntry {
                budget_line_id: self.budget_line_id,
                vendor_id: self.vendor_id,
                override_reason: self.require_funds(check)?,
                description: Some(Note::cut(&self.name.0)),
                ..plain_entry(self.fiscal_period_id, self.posted_on, self.amount, CostSource::Accrual, check.id, line)
            };
            return Ok(vec![Effect::create(Placement { unit_id: unit, owner_id: None }, entry)]);
        }
        let Some(period) = posting::period_of(check, self.reverses_on, self.fiscal_period_id)? else { return Ok(Vec::new()) };
        let at = Place { period, day: self.reverses_on };
        standing_entry::reversals(check, CostSource::Accrual, at, self.reversal_line_id, 1)
    }
}

impl Accrual {
    /// Refuses what its budget line lacks for what its source has not committed (409), and tells the reason where somebody overrides that. A
    /// cost of a budget that is over is accrued all the same.
    fn require_funds(&self, check: &mut Check<'_>) -> Result<Option<Note>> {
        let Some(budget_line) = self.budget_line_id else { return Ok(None) };
        let amount = Money::new(self.amount.minor.saturating_sub(self.committed(check)?), self.amount.currency);
        if amount.minor <= 0 {
            return Ok(None);
        }
        let request = FundsRequest { budget_line, fiscal_period: self.fiscal_period_id, amount, event: FundsEvent::Invoice };
        let reason = funds::override_reason(check, budget_line)?;
        funds::require_spent(check, &request, reason.is_some(), true)?;
        Ok(if reason.is_some() && funds::is_blocked(check, &request)? { reason } else { None })
    }

    /// What its source has committed on any line and is not cost yet, in minor units.
    fn committed(&self, check: &mut Check<'_>) -> Result<i64> {
        let Some(source) = self.source_id else { return Ok(0) };
        let standing = given_back::standing(check, &[source])?.into_iter().filter(|(_, standing)| standing.open.currency == self.amount.currency);
        Ok(standing.map(|(_, standing)| standing.open.minor).fold(0, i64::saturating_add))
    }
}

/// What is wrong with the line of the reversal, at its field.
fn at_reversal(error: Error) -> Error {
    match error {
        Error::Problem(mut problem) => {
            problem.errors.iter_mut().for_each(|error| error.pointer = "/reversal_line_id".into());
            Error::Problem(problem)
        }
        other => other,
    }
}
