//! Metric series: what is measured of something over time.

use crate::operation::dependency::NODES;
use serde_json::json;
use steward_core::choice;
use steward_core::resource::value::{Name, Note, Text, Title, Whole};
use steward_core::resource::{Id, Resource, Scope, Unique};

choice! {
    /// Kind of the values of a series.
    pub enum MetricKind {
        /// Independent values that may rise and fall.
        Gauge = "gauge",
        /// Running total that only rises, until it restarts at 0.
        Counter = "counter",
    }
}

steward_core::resource! {
    /// Measure of a subject over time, to which samples are added.
    pub struct MetricSeries {
        /// Subject of the measure.
        #[field(refers_to(NODES), fixed)]
        pub subject_id: Id,
        /// Name of the measure, unique for the subject.
        #[field(unique, search)]
        pub name: Name,
        /// Unit of the values, such as GiB, percent or requests per second.
        pub measured_in: Text<1, 60>,
        /// Kind of the values.
        #[field(default(|| json!("gauge")))]
        pub kind: MetricKind,
        /// Usual interval between two samples, in seconds.
        pub interval_seconds: Option<Whole<1, 31_536_000>>,
        /// Source of the samples.
        #[field(search)]
        pub source: Option<Title>,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for MetricSeries {
    const PATH: &'static str = "infrastructure/metric-series";
    type Table = steward_schema::infrastructure::metric_series::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const UNIQUE: &'static [Unique] = &[Unique { index: "metric_series_name_key", fields: &["subject_id", "name"] }];

    fn sample() -> Self {
        MetricSeries {
            subject_id: Id::sample(),
            name: "Used space".into(),
            measured_in: "GiB".into(),
            kind: MetricKind::Gauge,
            interval_seconds: Some(Whole(86_400)),
            source: Some("Monitoring".into()),
            description: Some("Copies and snapshots included.".into()),
        }
    }
}
