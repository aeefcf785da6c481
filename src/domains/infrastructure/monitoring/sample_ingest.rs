//! Taking in many samples at once.

use super::metric_sample::MetricSample;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use steward_core::error::{Error, FieldError, Problem, Result};
use steward_core::resource::value::{Instant, List, Number};
use steward_core::resource::{Id, Model};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery};
use steward_schema::infrastructure::metric_samples;
use utoipa::ToSchema;

/// Most samples of a call.
const MOST: usize = 10_000;

steward_core::value! {
    /// Value of a series at a time.
    pub struct IngestedSample {
        /// Series of the value.
        #[field(refers_to(&["infrastructure/metric-series"]))]
        pub series_id: Id,
        /// Time of measurement.
        pub measured_at: Instant,
        /// Value in the unit of the series.
        pub value: Number<-1_000_000_000_000_000, 1_000_000_000_000_000>,
    }
}

steward_core::value! {
    /// Samples, of one series or of many.
    pub struct SampleBatch {
        /// Samples to record, 10,000 at most.
        pub samples: List<IngestedSample, MOST>,
    }
}

/// Result of recording samples.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct SamplesIngested {
    /// Number of samples recorded.
    pub created: u32,
    /// Number of samples already recorded with the same value.
    pub unchanged: u32,
}

/// `POST infrastructure/metric-samples/ingest`.
#[derive(Debug)]
pub struct IngestSamples;

impl Action for IngestSamples {
    const PATH: &'static str = "infrastructure/metric-samples/ingest";
    const OPERATION_ID: &'static str = "ingest_metric_samples";
    const SUMMARY: &'static str = "Ingest metric samples";
    const DESCRIPTION: &'static str = "Records up to 10,000 samples, all of them or none. A sample already recorded with the same value is skipped, so that sending them again is safe; one already recorded with another value is refused (409), because samples are immutable.";
    const PERMISSIONS: &'static [&'static str] = &["infrastructure.metric_samples:create"];
    const LIMIT: usize = 4 << 20;
    const LONG: bool = true;
    type Query = NoQuery;
    type Body = SampleBatch;
    type Prepared = SampleBatch;
    type Answer = SamplesIngested;

    fn example(_: &str) -> Value {
        json!({"samples": [{"series_id": Id::sample().to_string(), "measured_at": "2026-06-01T00:00:00Z", "value": 812.5}]})
    }

    fn apply(writer: &mut Writer<'_>, _: &Call, batch: &SampleBatch) -> Result<Outcome> {
        let samples = &batch.samples.0;
        if samples.is_empty() {
            return Err(Problem::invalid(vec![FieldError::new("/samples", "count", format!("Send 1 to {MOST} samples at once; these are none."))]).into());
        }
        let definition = writer.definition::<MetricSample>()?;
        let series: BTreeSet<Id> = samples.iter().map(|sample| sample.series_id).collect();
        let series: Vec<Id> = series.into_iter().collect();
        writer.lock_many(&[definition], &series)?;
        let mut known = known(writer, &series, samples)?;
        let mut outcome = SamplesIngested::default();
        for (at, sample) in samples.iter().enumerate() {
            match known.insert((sample.series_id, sample.measured_at), sample.value.0) {
                Some(value) if value == sample.value.0 => outcome.unchanged += 1,
                Some(value) => {
                    let detail = format!("The series has {value} at that time, and samples stay as they were recorded.");
                    return Err(Problem::conflict(format!("/samples/{at}/value"), "recorded", detail).into());
                }
                None => {
                    writer.create(definition, sample.to_json()).map_err(|error| within(error, at))?;
                    outcome.created += 1;
                }
            }
        }
        Outcome::of(200, &outcome)
    }
}

/// What some series have recorded in the time of a batch.
fn known(writer: &mut Writer<'_>, series: &[Id], samples: &[IngestedSample]) -> Result<HashMap<(Id, Instant), f64>> {
    let times = || samples.iter().map(|sample| sample.measured_at);
    let (Some(first), Some(last)) = (times().min(), times().max()) else { return Ok(HashMap::new()) };
    let mut known = HashMap::new();
    for chunk in series.chunks(steward_core::database::CHUNK) {
        let rows: Vec<(Id, Instant, f64)> = metric_samples::table
            .filter(metric_samples::series_id.eq_any(chunk).and(metric_samples::measured_at.between(first, last)))
            .select((metric_samples::series_id, metric_samples::measured_at, metric_samples::value))
            .load(writer.connection)?;
        known.extend(rows.into_iter().map(|(series, at, value)| ((series, at), value)));
    }
    Ok(known)
}

/// What is wrong with one sample, by its place in the batch.
fn within(error: Error, at: usize) -> Error {
    let Error::Problem(mut problem) = error else { return error };
    for fault in &mut problem.errors {
        fault.pointer = format!("/samples/{at}{}", fault.pointer);
    }
    Error::Problem(problem)
}
