//! Service level objectives: how good a service is to be.

use crate::choice;
use crate::resource::value::{Name, Note, Number, Percent, Whole};
use crate::resource::{Id, Resource, Scope, Unique, ValidationErrors};
use serde_json::json;

choice! {
    /// What an objective measures.
    pub enum Indicator {
        /// The share of the agreed time in which the service is there.
        Availability = "availability",
        /// The share of requests that are answered within the threshold.
        Latency = "latency",
        /// The share of requests that are answered without an error.
        ErrorRate = "error_rate",
        /// The share of the time in which as much is done as the threshold says.
        Throughput = "throughput",
        /// The share of data that is not older than the threshold.
        Freshness = "freshness",
        /// The share of results that are right.
        Correctness = "correctness",
    }
}

crate::resource! {
    /// An objective of a service: the share of good in a window. What may be missing of it is the error budget.
    pub struct Slo {
        /// The service.
        #[field(refers_to(&["infrastructure/services"]), fixed)]
        pub service_id: Id,
        /// Name as people know it, unique for the service.
        #[field(unique, search)]
        pub name: Name,
        /// What it measures.
        #[field(default(|| json!("availability")))]
        pub indicator: Indicator,
        /// How much is to be good, in percent; under 100, since nothing always is.
        pub target_percent: Percent,
        /// Over how many days, up to and with today.
        #[field(default(|| json!(30)))]
        pub window_days: Whole<1, 366>,
        /// The limit of the indicator: in milliseconds for latency, in seconds for freshness, in requests per second for
        /// throughput.
        pub threshold: Option<Number<0, 1_000_000_000>>,
        /// Whether approved maintenance leaves the agreed time.
        #[field(default(|| json!(false)))]
        pub excludes_maintenance: bool,
        /// The series that it is measured by, where it is not measured by outages.
        #[field(refers_to(&["infrastructure/metric-series"]))]
        pub series_id: Option<Id>,
        /// What is agreed beside the numbers.
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
