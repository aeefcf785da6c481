//! Experiments: trying out what a trend promises.

use crate::objective::direction::Measure;
use steward_core::resource::value::{Date, Money, Note, Number, Title};
use steward_core::resource::{Guard, Id, Lifecycle, Resource, Scope, ValidationErrors};

steward_core::resource! {
    /// Small-scale test of a trend, with its success threshold set beforehand.
    pub struct Experiment {
        /// Trend tested.
        #[field(refers_to(&["strategy/trends"]))]
        pub trend_id: Id,
        /// Name of the experiment.
        #[field(search)]
        pub name: Title,
        /// Hypothesis to be tested, with its rationale.
        #[field(search)]
        pub hypothesis: Note,
        /// Metric and its unit.
        #[field(search)]
        pub metric: Title,
        /// Success threshold: the value that would be a success.
        pub success_threshold: Measure,
        /// Budget line that funds the experiment.
        #[field(refers_to(&["finance/budget-lines"]))]
        pub budget_line_id: Option<Id>,
        /// Cost limit.
        pub cost_limit: Option<Money>,
        /// First day of the experiment.
        #[field(event)]
        pub starts_on: Option<Date>,
        /// Last day of the experiment.
        #[field(event)]
        pub ends_on: Option<Date>,
        /// Final measured value.
        pub measured_value: Option<Measure>,
        /// Result and lessons learned. Required for evaluation.
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
