//! Service level objectives: how good a service is to be.

use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Name, Note, Number, Percent, Whole};
use steward_core::resource::{Id, Resource, Scope, Unique, ValidationErrors};

choice! {
    /// Indicator that an objective measures.
    pub enum Indicator {
        /// Share of the agreed time in which the service is up.
        Availability = "availability",
        /// Share of requests answered within the threshold.
        Latency = "latency",
        /// Share of requests answered without an error.
        ErrorRate = "error_rate",
        /// Share of the time in which the throughput reaches the threshold.
        Throughput = "throughput",
        /// Share of data not older than the threshold.
        Freshness = "freshness",
        /// Share of correct results.
        Correctness = "correctness",
    }
}

steward_core::resource! {
    /// Service level objective: the target share of good in a window. The rest is the error budget.
    pub struct Slo {
        /// Service of the objective.
        #[field(refers_to(&["infrastructure/services"]), fixed)]
        pub service_id: Id,
        /// Name as people know it, unique for the service.
        #[field(unique, search)]
        pub name: Name,
        /// Indicator that it measures.
        #[field(default(|| json!("availability")))]
        pub indicator: Indicator,
        /// Target share of good in percent; under 100, so that there is an error budget.
        pub target_percent: Percent,
        /// Length of the window in days, up to and including today.
        #[field(default(|| json!(30)))]
        pub window_days: Whole<1, 366>,
        /// Threshold of the indicator: in milliseconds for latency, in seconds for freshness, in requests per second for throughput.
        pub threshold: Option<Number<0, 1_000_000_000>>,
        /// True if approved maintenance is excluded from the agreed time.
        #[field(default(|| json!(false)))]
        pub excludes_maintenance: bool,
        /// Series that measures it, where outages do not.
        #[field(refers_to(&["infrastructure/metric-series"]))]
        pub series_id: Option<Id>,
        /// Free-text description of what is agreed beyond the numbers.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for Slo {
    const PATH: &'static str = "infrastructure/slos";
    type Table = steward_schema::infrastructure::slos::table;
    const SCOPE: Scope = Scope::Within("service_id");
    const UNIQUE: &'static [Unique] = &[Unique { index: "slos_name_key", fields: &["service_id", "name"] }];

    fn sample() -> Self {
        Slo {
            service_id: Id::sample(),
            name: "Orders are answered fast".into(),
            indicator: Indicator::Latency,
            target_percent: Number(99.5),
            window_days: Whole(30),
            threshold: Some(Number(300.0)),
            excludes_maintenance: true,
            series_id: None,
            description: Some("Measured at the edge, for requests that are valid.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let bounded = self.target_percent.0 > 0.0 && self.target_percent.0 < 100.0;
        faults.require(bounded, "target_percent", "range", "Expected more than 0 and less than 100: with 100 there is no error budget.");
    }
}
