//! Prepayments: what was paid in advance and becomes cost month by month.

use crate::choice;
use crate::resource::value::{Currency, Date, Money, Note, Title};
use crate::resource::{Due, Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// How an amount falls on the months of a span.
    pub enum ScheduleMethod {
        /// The same on each month that it touches.
        Equal = "equal",
        /// By the number of its days in each month.
        ByDays = "by_days",
    }
}

crate::resource! {
    /// What was paid in advance, such as a year of maintenance. It becomes cost over the months for which it was paid;
    /// `/schedule` tells how much in each.
    pub struct Prepayment {
        /// What was paid for, as people know it.
        #[field(search)]
        pub name: Title,
        /// Who was paid.
        #[field(refers_to(&["vendors/vendors"]))]
        pub vendor_id: Option<Id>,
        /// The line of the invoice that was paid.
        #[field(refers_to(&["vendors/invoice-lines"]))]
        pub invoice_line_id: Option<Id>,
        /// The budget line that pays in the first fiscal year.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// The kind of cost that it becomes.
        #[field(refers_to(&["finance/cost-categories"]))]
        pub cost_category_id: Option<Id>,
        /// What was paid, without tax: more than 0.
        pub amount: Money,
        /// First day for which it was paid.
        #[field(event)]
        pub starts_on: Date,
        /// Last day for which it was paid.
        #[field(event)]
        pub ends_on: Date,
        /// How the amount falls on the months.
        #[field(default(|| json!("equal")))]
        pub method: ScheduleMethod,
        /// What one should know of it.
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
