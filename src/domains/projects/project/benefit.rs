//! Benefits: what a project or an initiative is to bring, and what it brought.

use crate::choice;
use crate::resource::value::{Date, Money, Note, Title};
use crate::resource::{Id, Resource, Scope, ValidationErrors};
use serde_json::json;

choice! {
    /// What a benefit is made of.
    pub enum BenefitKind {
        /// More income.
        Revenue = "revenue",
        /// More done in the same time.
        Productivity = "productivity",
        /// Less cost.
        Cost = "cost",
        /// Less risk.
        Risk = "risk",
    }
}

crate::value! {
    /// What is to come, and what came, in a span of days.
    pub struct BenefitPeriod {
        /// First day.
        pub starts_on: Date,
        /// Last day.
        pub ends_on: Date,
        /// What it is to be worth.
        pub planned: Money,
        /// What it was worth; none while it is not known.
        pub realised: Option<Money>,
    }
}

crate::resource! {
    /// What a project or an initiative is to bring, worth how much and when, and what came of it. It is written on after the end
    /// of the project.
    pub struct Benefit {
        /// The project or initiative that brings it.
        #[field(refers_to(&["projects/projects", "strategy/initiatives"]), fixed)]
        pub subject_id: Id,
        /// What it is, in a line.
        #[field(search)]
        pub name: Title,
        /// What it is, and for whom.
        #[field(search)]
        pub description: Option<Note>,
        /// What it is made of.
        pub kind: BenefitKind,
        /// By what it is measured, and how that is turned into money.
        pub measure: Option<Note>,
        /// The indicator that shows it.
        #[field(refers_to(&["strategy/kpis"]))]
        pub kpi_id: Option<Id>,
        /// What is planned and what was realised, period by period, in one currency and without overlap.
        #[field(default(|| json!([])))]
        pub periods: Vec<BenefitPeriod>,
        /// What it rests on.
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
}
