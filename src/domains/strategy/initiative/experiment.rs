//! Experiments: trying out what a trend promises.

use crate::domains::strategy::objective::direction::Measure;
use crate::resource::value::{Date, Money, Note, Number, Title};
use crate::resource::{Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};

crate::resource! {
    /// A small attempt to find out whether a trend is worth more. What would count as success is said beforehand.
    pub struct Experiment {
        /// The trend.
        #[field(refers_to(&["strategy/trends"]))]
        pub trend_id: Id,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// What one expects, and why.
        #[field(search)]
        pub hypothesis: Note,
        /// What is measured, and in what.
        #[field(search)]
        pub metric: Title,
        /// The value that would be a success.
        pub success_threshold: Measure,
        /// The budget line that pays for it.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// What it may cost at most.
        pub cost_limit: Option<Money>,
        /// First day.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// The value that was measured in the end.
        pub measured_value: Option<Measure>,
        /// What came of it, and what was learnt. Needed to evaluate it.
        #[field(search)]
        pub result: Option<Note>,
    }
}

impl Resource for Experiment {
    const PATH: &'static str = "strategy/experiments";
    type Table = steward_schema::strategy::experiments::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["trend_id"];
    const GUARDS: &'static [Guard] = &[Guard::set(&["evaluated"], &["result"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("planned→running:run→evaluated:evaluate→scaled:scale|stopped:stop").given_up(&["stopped"]))
    }

    fn sample() -> Self {
        Experiment {
            trend_id: Id::sample(),
            name: "Voice orders with two customers".into(),
            hypothesis: "Shops order twice a week more if they need not type.".into(),
            metric: "Orders a week and shop".into(),
            success_threshold: Number(5.0),
            budget_line_id: None,
            cost_limit: Some(Money::sample("15000.00", "EUR")),
            starts_on: Date::parse("2026-05-01"),
            ends_on: Date::parse("2026-07-31"),
            measured_value: Some(Number(5.6)),
            result: Some("Shops order more, but need a second device at the counter.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.span(self.starts_on, self.ends_on, "ends_on");
    }
}
