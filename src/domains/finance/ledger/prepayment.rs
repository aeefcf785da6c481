//! Prepayments: what was paid in advance and becomes cost month by month.

use super::prepaid_span::{ScheduleMethod, months};
use super::prepayment_month::{self, PrepaymentMonth};
use crate::domains::finance::budget::period_cover::Span;
use crate::error::Result;
use crate::resource::value::{Currency, Date, Money, Note, Title};
use crate::resource::{Check, Due, Effect, Guard, Id, Lifecycle, Move, Resource, Scope, ValidationErrors};
use diesel::prelude::*;
use serde_json::json;
use steward_schema::finance::prepayment_months;

crate::resource! {
    /// Prepayment, such as a year of maintenance paid in advance. It becomes cost over the months for which it was paid; `/schedule`
    /// returns the amount of each month. Once active, each month is booked automatically when it is due; cancelling keeps the booked ones.
    pub struct Prepayment {
        /// Goods or services prepaid, in a line.
        #[field(search)]
        pub name: Title,
        /// Vendor paid.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// Invoice line paid.
        #[field(refers_to(&["vendors/invoice-lines"]))]
        pub invoice_line_id: Option<Id>,
        /// Budget line that pays in the first fiscal year.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Cost category of the resulting cost.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// Amount paid, without tax: more than 0.
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
        Some(Lifecycle::new("draft→active:activate→completed:complete; cancelled:cancel").given_up(&["cancelled"]))
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        match step.to {
            "active" => Ok(prepayment_month::of(check.id, self.months(), self.amount.currency)),
            "cancelled" => {
                let planned = prepayment_months::prepayment_id.eq(check.id).and(prepayment_months::state.eq("planned"));
                let planned = prepayment_months::table.filter(planned).order(prepayment_months::id).select(prepayment_months::id);
                let planned: Vec<Id> = planned.load(check.connection)?;
                Ok(planned.into_iter().map(|id| Effect::transition::<PrepaymentMonth>(id, "cancelled")).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    fn sample() -> Self {
        Prepayment {
            name: "Maintenance of the storage arrays, June to May".into(),
            vendor_id: None,
            invoice_line_id: None,
            budget_line_id: None,
            cost_category_id: None,
            amount: Money::new(3_600_000, Currency::sample("EUR")),
            starts_on: Date::sample("2025-06-01"),
            ends_on: Date::sample("2026-05-31"),
            method: ScheduleMethod::Equal,
            description: Some("Paid for a year in advance, for three percent less.".into()),
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
