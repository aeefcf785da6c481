//! Prepayments: what was paid in advance and becomes cost month by month.

use super::prepaid_span::{ScheduleMethod, months};
use super::prepayment_month::{self, PrepaymentMonth};
use crate::budget::funds;
use crate::budget::period_cover::Span;
use diesel::prelude::*;
use serde_json::json;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Instant, Money, Note, Title};
use steward_core::resource::{Cause, Check, Due, Effect, Guard, Id, Lifecycle, Lock, Move, Resource, Scope, UnmetGuard, ValidationErrors};
use steward_schema::finance::{prepayment_months, prepayments};

steward_core::resource! {
    /// Prepayment, such as a year of maintenance paid in advance. It becomes cost over the months for which it was paid; `/schedule`
    /// returns the amount of each month. Once active, each month is booked automatically when it is due, and committed on the budget line
    /// until then. Cancelling keeps the booked months, and reversing takes them back. The approval of a prepayment invoice makes one for each of its
    /// lines; holding, disputing or voiding that invoice reverses it with all its months, and a credit note replaces it by one of the rest.
    pub struct Prepayment {
        /// Goods or services prepaid, in a line.
        #[field(search)]
        pub name: Title,
        /// Vendor paid.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Invoice line paid; named by at most one prepayment in force.
        #[field(refers_to(&["vendors/invoice-lines"]))]
        pub invoice_line_id: Option<Id>,
        /// Budget line that pays in the first fiscal year; in the others the line of the same name and category in the active budget of the
        /// same scope pays.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Cost category of the resulting cost.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Cost center of the cost, where no budget line names one.
        #[field(refers_to(&["finance/cost-centers"]))]
        pub cost_center_id: Option<Id>,
        /// Amount paid, without tax: more than 0. For an invoice in another currency, its value on the day of the invoice.
        pub amount: Money,
        /// First day of the prepaid period.
        #[field(event)]
        pub starts_on: Date,
        /// Last day of the prepaid period.
        #[field(event)]
        pub ends_on: Date,
        /// Distribution of the amount over the months.
        #[field(default(|| json!("equal")))]
        pub method: ScheduleMethod,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
        /// Amount of the invoice line before tax, less what was credited, in the currency of the invoice; null where it was made by hand.
        #[field(read_only)]
        pub invoiced: Option<Money>,
        /// Promise that it keeps: what an order or a contract committed is relieved by the invoiced amount.
        #[field(refers_to(&["finance/commitments"]), read_only)]
        pub commitment_id: Option<Id>,
        /// Reason for passing the limit of the budget line: given by a holder of the role that overrides the budget.
        #[field(read_only)]
        pub override_reason: Option<Note>,
        /// Time at which it was taken back.
        #[field(read_only)]
        pub reversed_at: Option<Instant>,
    }
}

impl Resource for Prepayment {
    const PATH: &'static str = "finance/prepayments";
    type Table = steward_schema::finance::prepayments::table;
    const SCOPE: Scope = Scope::Unit;
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const GUARDS: &'static [Guard] = &[Guard::after(&["completed"], "ends_on")];
    const DUE: &'static [Due] = &[Due::after("completed", "ends_on")];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft→active:activate→completed:complete; draft|active→cancelled:cancel; active|completed→reversed:reverse";
        Some(Lifecycle::new(notation).given_up(&["cancelled", "reversed"]).settled(&["completed"]))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match step.to {
            "active" => Ok(prepayment_month::of(check.id, self.months(), self.amount.currency)),
            "cancelled" => moved(check, &["planned"], "cancelled"),
            "reversed" => moved(check, &["planned", "posted"], "reversed"),
            _ => Ok(Vec::new()),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        match (cause.to(), self.budget_line_id) {
            (Some("reversed"), _) => Ok(Some(Prepayment { reversed_at: Some(check.now), ..self.clone() })),
            (Some("active"), Some(line)) if check.actor != Id::system() => {
                let override_reason = funds::override_reason(check, line)?;
                Ok(Some(Prepayment { override_reason, ..self.clone() }))
            }
            _ => Ok(None),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if !matches!(step.to, "cancelled" | "reversed") || check.actor == Id::system() {
            return Ok(Vec::new());
        }
        let made_by: Option<Id> = prepayments::table.find(check.id).select(prepayments::created_by).first(check.connection).optional()?;
        let detail = "It came with the approval of a prepayment invoice. Hold, dispute or void that invoice, or have a credit note approved.";
        Ok(if made_by == Some(Id::system()) { vec![UnmetGuard::new("", "invoice", detail)] } else { Vec::new() })
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let (Some(line), Some("draft")) = (self.invoice_line_id, check.state) else { return Ok(()) };
        let others = prepayments::table.filter(prepayments::invoice_line_id.eq(line).and(prepayments::id.ne(check.id)));
        let other = others.filter(prepayments::state.eq_any(["draft", "active"])).order(prepayments::id).select(prepayments::name);
        match other.first::<Title>(check.connection).optional()? {
            Some(other) => {
                let detail = format!("Prepayment \"{}\" names that invoice line already. Cancel it first, or name another line.", other.0);
                Err(Problem::conflict("/invoice_line_id", "duplicate", detail).into())
            }
            None => Ok(()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        self.invoice_line_id.map(Lock::Row).into_iter().collect()
    }

    fn sample() -> Self {
        Prepayment {
            name: "Maintenance of the storage arrays, June to May".into(),
            vendor_id: None,
            invoice_line_id: None,
            budget_line_id: None,
            cost_category_id: None,
            cost_center_id: None,
            amount: Money::new(3_600_000, Currency::sample("EUR")),
            starts_on: Date::sample("2025-06-01"),
            ends_on: Date::sample("2026-05-31"),
            method: ScheduleMethod::Equal,
            description: Some("Paid for a year in advance, for three percent less.".into()),
            invoiced: None,
            commitment_id: None,
            override_reason: None,
            reversed_at: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(Some(self.starts_on), Some(self.ends_on), "ends_on");
        faults.require(self.amount.minor > 0, "amount", "range", "What was paid is more than 0.");
        let days = (self.ends_on.0 - self.starts_on.0).num_days();
        faults.require(days < 36_600, "ends_on", "range", "Nothing is paid for more than a hundred years.");
    }
}

impl Prepayment {
    /// Each month that it touches, cut to its span, and how much becomes cost in it, in minor units.
    pub fn months(&self) -> Vec<(Span, i64)> {
        months(Span { starts_on: self.starts_on, ends_on: self.ends_on }, self.method, self.amount.minor)
    }
}

/// The effects that move the months of the prepayment that are in some states.
fn moved(check: &mut Check<'_>, from: &[&'static str], to: &'static str) -> Result<Vec<Effect>> {
    let months = prepayment_months::table.filter(prepayment_months::prepayment_id.eq(check.id));
    let months = months.filter(prepayment_months::state.eq_any(from.to_vec())).order(prepayment_months::number).select(prepayment_months::id);
    let months: Vec<Id> = months.load(check.connection)?;
    Ok(months.into_iter().map(|id| Effect::transition::<PrepaymentMonth>(id, to)).collect())
}
