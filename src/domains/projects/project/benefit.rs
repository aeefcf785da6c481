//! Benefits: what a project or an initiative is to bring, and what it brought.

use serde_json::json;
use steward_core::choice;
use steward_core::error::{FieldError, Problem, Result};
use steward_core::resource::value::{Date, Money, Note, Title};
use steward_core::resource::{Check, Id, Resource, Scope, ValidationErrors};

choice! {
    /// Kind of a benefit.
    pub enum BenefitKind {
        /// Increase of revenue.
        Revenue = "revenue",
        /// Increase of productivity.
        Productivity = "productivity",
        /// Reduction of cost.
        Cost = "cost",
        /// Reduction of risk.
        Risk = "risk",
    }
}

steward_core::value! {
    /// Planned and realised value of a benefit in a span of days.
    pub struct BenefitPeriod {
        /// First day of the period.
        pub starts_on: Date,
        /// Last day of the period.
        pub ends_on: Date,
        /// Planned value.
        pub planned: Money,
        /// Realised value; none while unknown, and before the first day of the period.
        pub realised: Option<Money>,
    }
}

steward_core::resource! {
    /// Benefit of a project or an initiative, with its planned and realised value by period. It remains editable after the end of the
    /// project.
    pub struct Benefit {
        /// Project or initiative that delivers it.
        #[field(refers_to(&["projects/projects", "strategy/initiatives"]), fixed)]
        pub subject_id: Id,
        /// Benefit in one line.
        #[field(search)]
        pub name: Title,
        /// Description of the benefit and its beneficiaries.
        #[field(search)]
        pub description: Option<Note>,
        /// Kind of benefit.
        pub kind: BenefitKind,
        /// Measure of the benefit and its conversion into money.
        pub measure: Option<Note>,
        /// Indicator that measures it.
        #[field(refers_to(&["strategy/kpis"]))]
        pub kpi_id: Option<Id>,
        /// Planned and realised values by period, in one currency and without overlap.
        #[field(default(|| json!([])))]
        pub periods: Vec<BenefitPeriod>,
        /// Assumptions behind the benefit.
        pub assumptions: Option<Note>,
    }
}

impl Resource for Benefit {
    const PATH: &'static str = "projects/benefits";
    type Table = steward_schema::projects::benefits::table;
    const SCOPE: Scope = Scope::Unit;

    fn sample() -> Self {
        let period = |starts: &str, ends: &str, planned: &str, realised: Option<&str>| BenefitPeriod {
            starts_on: Date::sample(starts),
            ends_on: Date::sample(ends),
            planned: Money::sample(planned, "EUR"),
            realised: realised.map(|amount| Money::sample(amount, "EUR")),
        };
        Benefit {
            subject_id: Id::sample(),
            name: "Half the rent".into(),
            description: Some("The new site costs half of the old one.".into()),
            kind: BenefitKind::Cost,
            measure: Some("Rent and power of both sites, against those of 2025.".into()),
            kpi_id: None,
            periods: vec![period("2026-01-01", "2026-03-31", "10000.00", Some("8000.00")), period("2026-04-01", "2026-06-30", "24000.00", None)],
            assumptions: Some("The old lease ends as planned.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let currency = self.periods.first().map(|period| period.planned.currency);
        let one = |money: &Money| Some(money.currency) == currency;
        let sound = self.periods.iter().all(|period| one(&period.planned) && period.realised.as_ref().is_none_or(one));
        faults.require(sound, "periods", "currency", "All amounts of a benefit have one currency.");
        let mut spans: Vec<(Date, Date)> = self.periods.iter().map(|period| (period.starts_on, period.ends_on)).collect();
        faults.require(spans.iter().all(|(starts, ends)| ends >= starts), "periods", "before_start", "The end must not be before the start.");
        spans.sort_unstable();
        let apart = spans.windows(2).all(|pair| matches!(pair, [before, after] if before.1 < after.0));
        faults.require(apart, "periods", "overlap", "The periods of a benefit do not overlap.");
    }

    /// What a period that is to come brings is not known yet; what was told of it before may stay.
    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let known = check.before::<Benefit>()?.map(|before| before.periods.as_slice()).unwrap_or_default();
        let told = |period: &BenefitPeriod| known.iter().any(|each| (each.starts_on, &each.realised) == (period.starts_on, &period.realised));
        let early = self.periods.iter().enumerate().filter(|(_, period)| period.realised.is_some() && period.starts_on > check.today && !told(period));
        let fault = |(at, period): (usize, &BenefitPeriod)| {
            let detail = format!("The period begins on {}: what it realises is recorded from then on. Leave it out.", period.starts_on);
            FieldError::new(format!("/periods/{at}/realised"), "future", detail)
        };
        let faults: Vec<FieldError> = early.map(fault).collect();
        if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults).into()) }
    }
}
