//! The figures of drawn years, as several answers have them.

use crate::risk::risk_quantification::{DrawnPoint, RunResult};
use crate::risk::simulation::Summary;
use steward_core::view::picture::{Chart, Form, Pen, Picture, Series};
use steward_core::view::prelude::*;

/// A point of an exceedance curve.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExceedancePoint {
    /// Loss of a year.
    pub loss: Money,
    /// Share of the years that lose more, from 0 to 1.
    pub probability: Figure,
}

/// The figures of the drawn years.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct LossFigures {
    /// Mean annual loss.
    pub mean: Option<Money>,
    /// Standard deviation of the annual loss.
    pub standard_deviation: Option<Money>,
    /// Median: loss that half of the years do not exceed.
    pub p50: Option<Money>,
    /// Loss that 90 % of the years do not exceed.
    pub p90: Option<Money>,
    /// Loss that 95 % of the years do not exceed.
    pub p95: Option<Money>,
    /// Loss that 99 % of the years do not exceed.
    pub p99: Option<Money>,
    /// Mean loss of the worst 1 % of the years.
    pub expected_shortfall_99: Option<Money>,
    /// Loss exceedance curve: 100 points from 0 to the loss of one year in a thousand.
    pub exceedance: Vec<ExceedancePoint>,
}

impl LossFigures {
    /// The loss exceedance curve.
    pub fn picture(&self, title: String) -> Picture {
        let currency = self.mean.map_or_else(String::new, |mean| mean.currency.code().to_owned());
        let points = self.exceedance.iter().filter_map(|point| Some((point.loss.drawn(), point.probability.0? * 100.0)));
        let series = vec![Series { name: "Loss exceedance".into(), pen: Pen::Surface, points: points.collect() }];
        let chart = Chart { horizontal: format!("Loss of a year, {currency}"), vertical: "Years that lose more, %".into(), places: Vec::new(), series };
        Picture::new(title, Form::Chart(chart))
    }

    /// The figures of a summary in a currency.
    pub fn of(summary: &Summary, currency: Currency) -> Self {
        LossFigures::of_run(&RunResult::of(summary, currency))
    }

    /// The figures of a run.
    pub fn of_run(run: &RunResult) -> Self {
        let point = |point: &DrawnPoint| ExceedancePoint { loss: point.loss, probability: Figure(Some(point.probability.0)) };
        LossFigures {
            mean: run.mean,
            standard_deviation: run.standard_deviation,
            p50: run.p50,
            p90: run.p90,
            p95: run.p95,
            p99: run.p99,
            expected_shortfall_99: run.expected_shortfall_99,
            exceedance: run.exceedance.iter().map(point).collect(),
        }
    }
}
