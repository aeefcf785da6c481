//! Metric samples: what was measured, once each.

use steward_core::resource::value::{Instant, Number};
use steward_core::resource::{Id, Resource, Scope, Unique};

steward_core::resource! {
    /// Value of a series at a time. It is an immutable fact. Many are written at once by bulk or import.
    pub struct MetricSample {
        /// Series of the value.
        #[field(refers_to(&["infrastructure/metric-series"]))]
        pub series_id: Id,
        /// Time of measurement; a series has one value at a time.
        #[field(happened)]
        pub measured_at: Instant,
        /// Value in the unit of the series.
        pub value: Number<-1_000_000_000_000_000, 1_000_000_000_000_000>,
    }
}

impl Resource for MetricSample {
    const PATH: &'static str = "infrastructure/metric-samples";
    type Table = steward_schema::infrastructure::metric_samples::table;
    const SCOPE: Scope = Scope::Within("series_id");
    const TITLE: &'static str = "measured_at";
    const FACT: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "metric_samples_time_key", fields: &["series_id", "measured_at"] }];

    fn sample() -> Self {
        MetricSample { series_id: Id::sample(), measured_at: Instant::parse("2026-06-01T00:00:00Z").unwrap_or_else(Instant::system_now), value: Number(812.5) }
    }
}
