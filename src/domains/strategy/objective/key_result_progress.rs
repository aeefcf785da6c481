//! The progress of a key result, as the figures tell it.

use super::{
    objective_tree::{self, Measured, Reported},
    progress,
};
use steward_core::resource::value::{Number, Text, Title, Whole};
use steward_core::view::prelude::*;

/// Progress of a key result.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeyResultProgress {
    /// Key result measured.
    pub key_result_id: Id,
    /// Measure and target of the key result.
    pub name: Title,
    /// Lifecycle state of the key result.
    pub state: Text<1, 40>,
    /// Weight in the progress of the objective.
    pub weight: Number<0, 1000>,
    /// Latest value: of the KPI linked to the key result, else of its check-ins; null without any.
    pub value: Figure,
    /// Time of the latest value.
    pub checked_in_at: Option<Instant>,
    /// Confidence at that time, from 0 to 10.
    pub confidence: Option<Whole<0, 10>>,
    /// Progress from 0 to 1; null without a measurement.
    pub progress: Figure,
    /// Forecast value at the end of the cycle, if the trend continues.
    pub forecast_value: Figure,
    /// Forecast progress at the end of the cycle.
    pub forecast_progress: Figure,
}

impl KeyResultProgress {
    /// Its progress by what was reported of it, and the forecast at the end of its cycle.
    pub fn of(result: &Measured, reported: &[Reported], cycle_ends_on: Date) -> Self {
        let latest = reported.last();
        let value = latest.map(|(_, value, _)| *value);
        let forecast = objective_tree::forecast(result, reported, cycle_ends_on);
        KeyResultProgress {
            key_result_id: result.id,
            name: Title::cut(&result.name),
            state: Text::cut(&result.state),
            weight: Number(result.weight),
            value: Figure(value),
            checked_in_at: latest.map(|(at, _, _)| *at),
            confidence: latest.and_then(|(_, _, confidence)| *confidence).map(Whole),
            progress: Figure(progress::of_key_result(&result.gauge, value)),
            forecast_value: Figure(forecast),
            forecast_progress: Figure(forecast.and_then(|value| progress::of_key_result(&result.gauge, Some(value)))),
        }
    }
}
