//! Forecasts: what a year is expected to cost in the end.

use crate::choice;
use crate::domains::finance::budget::period_amount::{self, PeriodAmount};
use crate::domains::finance::budget::period_number::{self, Named};
use crate::error::Result;
use crate::resource::value::{Currency, Date, Money, Note, Title, Whole};
use crate::resource::{Check, Id, Lifecycle, Resource, Rule, Scope, ValidationErrors};

choice! {
    /// How a forecast is made.
    pub enum ForecastMethod {
        /// Somebody says so.
        Manual = "manual",
        /// The mean of the closed periods goes on.
        RunRate = "run_rate",
        /// The straight line through the closed periods goes on.
        Linear = "linear",
        /// What is spent and promised is all.
        Commitment = "commitment",
    }
}

crate::resource! {
    /// What something is expected to cost in a fiscal year, period by period. A locked forecast is kept as it is, so that its
    /// accuracy can be measured.
    pub struct Forecast {
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What it is for: a cost center, a service or a unit.
        #[field(refers_to(&["finance/cost-centers", "infrastructure/services", "teams/units", "projects/projects", "strategy/initiatives"]), fixed)]
        pub scope_id: Id,
        /// The year.
        #[field(refers_to(&["finance/fiscal-years"]), fixed)]
        pub fiscal_year_id: Id,
        /// The budget with which it is compared, of the same scope and year.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Option<Id>,
        /// How it is made.
        pub method: ForecastMethod,
        /// The last day whose facts it knows.
        pub known_until_on: Option<Date>,
        /// The currency of its amounts.
        pub currency: Currency,
        /// What is expected in each period. A manual forecast needs them.
        pub amounts: Option<Vec<PeriodAmount>>,
        /// What it assumes.
        #[field(search)]
        pub assumptions: Option<Note>,
    }
}

impl Resource for Forecast {
    const PATH: &'static str = "finance/forecasts";
    type Table = steward_schema::finance::forecasts::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["scope_id"];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[
        Rule::Agrees { by: "budget_id", theirs: "scope_id", ours: "scope_id" },
        Rule::Agrees { by: "budget_id", theirs: "fiscal_year_id", ours: "fiscal_year_id" },
        Rule::Agrees { by: "budget_id", theirs: "currency", ours: "currency" },
    ];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish→locked:lock"))
    }

    fn sample() -> Self {
        let euros = |minor: i64| Money::new(minor, Currency::sample("EUR"));
        Forecast {
            name: "Infrastructure operations 2026, after the first quarter".into(),
            scope_id: Id::sample(),
            fiscal_year_id: Id::sample(),
            budget_id: None,
            method: ForecastMethod::Manual,
            known_until_on: Date::parse("2026-03-31"),
            currency: Currency::sample("EUR"),
            amounts: Some(vec![PeriodAmount { period: Whole(4), amount: euros(9_500_000) }, PeriodAmount { period: Whole(5), amount: euros(9_750_000) }]),
            assumptions: Some("Power stays at the price of March; the second lot of servers comes in September.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        match &self.amounts {
            Some(amounts) => period_amount::require_sound(faults, "amounts", amounts, self.currency),
            None => faults.require(self.method != ForecastMethod::Manual, "amounts", "required", "Say what is expected in each period."),
        }
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let numbers = self.amounts.iter().flatten().map(|each| each.period.0).collect();
        period_number::require(check, self.fiscal_year_id, &[Named { field: "amounts", numbers, adjusts: true }])
    }
}
