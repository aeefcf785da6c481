//! Forecasts: what a year is expected to cost in the end.

use super::forecast_basis::{self, Asked};
use super::projection::ForecastMethod;
use crate::budget::period_amount::{self, LineAmount, PeriodAmount};
use crate::budget::period_number::{self, Named};
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Instant, Money, Note, Title, Whole};
use steward_core::resource::{Cause, Check, Id, Lifecycle, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};

steward_core::resource! {
    /// Forecast of the cost of a scope in a fiscal year, period by period. A locked forecast is frozen, so that its accuracy can be
    /// measured.
    pub struct Forecast {
        /// Name of the forecast.
        #[field(search)]
        pub name: Title,
        /// Scope of the forecast: a cost center, a service, a unit, a project or an initiative.
        #[field(refers_to(&["finance/cost-centers", "infrastructure/services", "teams/units", "projects/projects", "strategy/initiatives"]), fixed)]
        pub scope_id: Id,
        /// Fiscal year of the forecast.
        #[field(refers_to(&["finance/fiscal-years"]), fixed)]
        pub fiscal_year_id: Id,
        /// Budget for comparison, of the same scope and year.
        #[field(refers_to(&["finance/budgets"]))]
        pub budget_id: Option<Id>,
        /// Forecasting method.
        pub method: ForecastMethod,
        /// Last day whose facts are taken into account: at most the day of publication, or the end of the closed periods. A computed forecast without it uses the closed
        /// periods; a manual one gets the day of its publication.
        pub known_until_on: Option<Date>,
        /// Currency of the amounts.
        pub currency: Currency,
        /// Expected amounts by period. Required for a manual forecast; the service computes those of the other methods from the lines of
        /// the budget, whenever a draft is written and when it is published.
        pub amounts: Option<Vec<PeriodAmount>>,
        /// Expected amounts by budget line and period, where computed.
        #[field(read_only)]
        pub line_amounts: Option<Vec<LineAmount>>,
        /// Assumptions of the forecast.
        #[field(search)]
        pub assumptions: Option<Note>,
        /// Time of publication, from which on it counts.
        #[field(read_only)]
        pub published_at: Option<Instant>,
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
            name: "Infrastructure operations 2026, as the year begins".into(),
            scope_id: Id::sample(),
            fiscal_year_id: Id::sample(),
            budget_id: None,
            method: ForecastMethod::Manual,
            known_until_on: Date::parse("2025-12-31"),
            currency: Currency::sample("EUR"),
            amounts: Some(vec![PeriodAmount { period: Whole(1), amount: euros(9_500_000) }]),
            line_amounts: None,
            assumptions: Some("Power stays at the price of March; the second lot of servers comes in September.".into()),
            published_at: None,
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        match &self.amounts {
            Some(amounts) => period_amount::require_sound(faults, "amounts", amounts, self.currency),
            None => faults.require(self.method != ForecastMethod::Manual, "amounts", "required", "Say what is expected in each period."),
        }
    }

    fn stamped(&self, cause: Cause<'_>, check: &mut Check<'_>) -> Result<Option<Self>> {
        let published_at = if cause.to() == Some("published") { Some(check.now) } else { self.published_at };
        if self.method == ForecastMethod::Manual && cause.to() == Some("published") {
            let known_until_on = self.known_until_on.or(Some(check.today));
            return Ok(Some(Forecast { known_until_on, published_at, ..self.clone() }));
        }
        if self.method == ForecastMethod::Manual || matches!(cause, Cause::Move(step) if step.to != "published") {
            return Ok((published_at != self.published_at).then(|| Forecast { published_at, ..self.clone() }));
        }
        let (known_until_on, amounts, line_amounts) = match forecast_basis::compute(check, &self.asked())? {
            Some(computed) => (computed.known_until, Some(computed.amounts), Some(computed.line_amounts)),
            None => (self.known_until_on, None, None),
        };
        Ok(Some(Forecast { known_until_on, amounts, line_amounts, published_at, ..self.clone() }))
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let missing = step.to == "published" && self.method != ForecastMethod::Manual && forecast_basis::compute(check, &self.asked())?.is_none();
        let detail = "Nothing can be computed: it needs a budget of its scope, year and currency, for a run rate or a line a closed period, \
            and the exchange rates of what is promised.";
        let mut unmet = if missing { vec![UnmetGuard::new("/amounts", "required", detail)] } else { Vec::new() };
        let beyond = self.known_until_on.filter(|day| step.to == "published" && *day > check.today);
        // What is closed early is known.
        if beyond.is_some() && beyond > forecast_basis::last_closed(check.connection, self.fiscal_year_id)? {
            let detail = "No facts are known of days to come. Set known_until_on to today or an earlier day.";
            unmet.push(UnmetGuard::new("/known_until_on", "future", detail));
        }
        Ok(unmet)
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let numbers = self.amounts.iter().flatten().map(|each| each.period.0).collect();
        period_number::require(check, self.fiscal_year_id, &[Named { field: "amounts", numbers, adjusts: true }])
    }
}

impl Forecast {
    /// What it is computed from.
    pub fn asked(&self) -> Asked {
        Asked {
            budget: self.budget_id,
            scope: self.scope_id,
            year: self.fiscal_year_id,
            currency: self.currency,
            method: self.method,
            known_until: self.known_until_on,
        }
    }
}
