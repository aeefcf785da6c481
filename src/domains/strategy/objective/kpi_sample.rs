//! Samples of key performance indicators: what was measured, once each.

use super::direction::Measure;
use crate::resource::value::{Instant, Note, Number};
use crate::resource::{Id, Resource, Scope, Unique};

crate::resource! {
    /// A value of an indicator at a time. It is a fact: it stays as it was recorded. Many are written at once by bulk or import.
    pub struct KpiSample {
        /// The indicator.
        #[field(refers_to(&["strategy/kpis"]))]
        pub kpi_id: Id,
        /// When it was measured; an indicator has one value at a time.
        pub measured_at: Instant,
        /// The value, in the indicator's unit of measure.
        pub value: Measure,
        /// What one should know to read it.
        #[field(search)]
        pub note: Option<Note>,
    }
}

impl Resource for KpiSample {
    const PATH: &'static str = "strategy/kpi-samples";
    type Table = steward_schema::strategy::kpi_samples::table;
    const SCOPE: Scope = Scope::Within("kpi_id");
    const TITLE: &'static str = "measured_at";
    const FACT: bool = true;
    const UNIQUE: &'static [Unique] = &[Unique { index: "kpi_samples_time_key", fields: &["kpi_id", "measured_at"] }];

    fn sample() -> Self {
        KpiSample {
            kpi_id: Id::sample(),
            measured_at: Instant::sample("2026-05-31T00:00:00Z"),
            value: Number(6.4),
            note: Some("The move of the data centre is left out.".into()),
        }
    }
}
