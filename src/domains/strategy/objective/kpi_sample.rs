//! Samples of key performance indicators: what was measured, once each.

use super::direction::Measure;
use super::retraction;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Instant, Note, Number};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique, ValidationErrors};
use steward_schema::strategy::kpi_samples;

steward_core::resource! {
    /// Measured value of an indicator at a time. Append-only: a wrong one is retracted by another that names it as `retraction_of`. Bulk
    /// requests and imports record many at once.
    pub struct KpiSample {
        /// Indicator measured.
        #[field(refers_to(&["strategy/kpis"]))]
        pub kpi_id: Id,
        /// Time of measurement; an indicator has one value at a time.
        #[field(happened)]
        pub measured_at: Instant,
        /// Value in the indicator's unit of measure. Null only in a retraction without a replacement value.
        pub value: Option<Measure>,
        /// Id of the retracted sample of the same indicator, which this one replaces. A sample can be retracted once at most.
        pub retraction_of: Option<Id>,
        /// Notes on the interpretation of the value.
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
    const UNIQUE: &'static [Unique] = &[
        Unique { index: "kpi_samples_retraction_key", fields: &["kpi_id", "measured_at", "retraction_of"] },
        Unique { index: "kpi_samples_time_key", fields: &["kpi_id", "measured_at"] },
    ];

    fn sample() -> Self {
        KpiSample {
            kpi_id: Id::sample(),
            measured_at: Instant::sample("2026-05-31T00:00:00Z"),
            value: Some(Number(6.4)),
            retraction_of: None,
            note: Some("The move of the data centre is left out.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let valued = self.value.is_some() || self.retraction_of.is_some();
        faults.require(valued, "value", "required", "Say what was measured. Only a retraction may have no value.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.retraction_of.map(|other| Lock::Named(format!("strategy.kpi_samples {other}"))).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let Some(other) = self.retraction_of else { return Ok(()) };
        let of: Option<Id> = kpi_samples::table.find(other).select(kpi_samples::kpi_id).first(check.connection).optional()?;
        let again = kpi_samples::table.filter(kpi_samples::retraction_of.eq(other).and(kpi_samples::id.ne(check.id)));
        let is_taken_back = select(exists(again)).get_result(check.connection)?;
        retraction::require(of == Some(self.kpi_id), is_taken_back, "sample", "indicator")
    }
}
