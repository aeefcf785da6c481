//! Metric series: what is measured of something over time.

use crate::choice;
use crate::domains::infrastructure::operation::dependency::NODES;
use crate::resource::value::{Name, Note, Text, Title, Whole};
use crate::resource::{Id, Resource, Scope, Unique};
use serde_json::json;

choice! {
    /// How the values of a series are to be read.
    pub enum MetricKind {
        /// Each stands for itself and may rise and fall.
        Gauge = "gauge",
        /// Each is the sum of all before and only rises, until it starts again at 0.
        Counter = "counter",
    }
}

crate::resource! {
    /// One measure of one thing, to which samples are added.
    pub struct MetricSeries {
        /// What is measured.
        #[field(refers_to(NODES), fixed)]
        pub subject_id: Id,
        /// Name of the measure, unique for the subject.
        #[field(unique, search)]
        pub name: Name,
        /// What the values are in, such as GiB, percent or requests per second.
        pub measured_in: Text<1, 60>,
        /// How the values are to be read.
        #[field(default(|| json!("gauge")))]
        pub kind: MetricKind,
        /// How many seconds lie between two samples, as a rule.
        pub interval_seconds: Option<Whole<1, 31_536_000>>,
        /// What measures it.
        #[field(search)]
        pub source: Option<Title>,
        /// What one should know of it.
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
