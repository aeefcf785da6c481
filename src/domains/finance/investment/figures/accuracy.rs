//! The accuracy of a forecast: how far it was from what was booked.

use crate::budget::budget_line::BudgetLine;
use crate::investment::{
    forecast::Forecast,
    forecast_actual::actuals,
    projection::{ForecastMethod, accuracy},
};
use crate::ledger::cost_entry::CostEntry;
use steward_core::resource::value::{Text, Whole};
use steward_core::view::prelude::*;

/// Closed period covered by the forecast.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastPeriod {
    /// Number of the period.
    pub period: Whole<1, 366>,
    /// Expected cost.
    pub forecast: Money,
    /// Booked cost.
    pub actual: Money,
    /// Forecast less actual.
    pub error: Money,
    /// |error| ÷ |actual| · 100; null without cost.
    pub error_percent: Figure,
}

/// Accuracy of a forecast.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForecastAccuracy {
    /// Forecast measured.
    pub forecast: Ref<Forecast>,
    /// Method of the forecast.
    pub method: ForecastMethod,
    /// Last day whose facts were known to the forecast; null if not recorded.
    pub known_until_on: Option<Date>,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Closed periods that were not known to the forecast.
    pub periods: Vec<ForecastPeriod>,
    /// Mean absolute percentage error (MAPE); null if no such period has a cost.
    pub mape_percent: Figure,
    /// Bias: mean of forecast less actual; positive if too much was expected. Null without such a period.
    pub bias: Option<Money>,
    /// Σ (forecast − actual) ÷ Σ actual · 100; null without cost.
    pub bias_percent: Figure,
    /// Reason for a missing result; null otherwise.
    pub reason: Option<Text<1, 200>>,
}

impl View for ForecastAccuracy {
    const PATH: &'static str = "finance/forecasts/{id}/accuracy";
    const OPERATION_ID: &'static str = "get_forecast_accuracy";
    const SUMMARY: &'static str = "Get the accuracy of a forecast";
    const DESCRIPTION: &'static str = "Accuracy of a forecast against the cost booked in the ledger on the lines of its budget, over its closed periods that ended after `known_until_on`, and over the records visible to you.";
    const FORMULA: &'static str = "mape_percent = mean of |actual − forecast| ÷ |actual| · 100; bias = mean of (forecast − actual); bias_percent = Σ (forecast − actual) ÷ Σ actual · 100";
    const SOURCE: &'static str = "Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.8";
    type Reads = (Forecast, BudgetLine, CostEntry);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, forecast) = cx.get_typed::<Forecast>(id)?;
        let periods = actuals(cx, &forecast)?;
        let expected = |number: i64| forecast.amounts.iter().flatten().find(|each| each.period.0 == number).map(|each| each.amount.minor);
        let pairs: Vec<(i64, i64, i64)> = periods
            .iter()
            .filter(|period| period.closed && !period.ended)
            .filter_map(|period| Some((period.number, expected(period.number)?, period.actual)))
            .collect();
        let told = accuracy(&pairs.iter().map(|(_, forecast, actual)| (*forecast, *actual)).collect::<Vec<_>>());
        let money = |minor: i64| Money::new(minor, forecast.currency);
        let period = |(number, expected, actual): &(i64, i64, i64)| ForecastPeriod {
            period: Whole(*number),
            forecast: money(*expected),
            actual: money(*actual),
            error: money(expected.saturating_sub(*actual)),
            error_percent: Figure((*actual != 0).then(|| ((expected - actual) as f64 / *actual as f64).abs() * 100.0)),
        };
        let reason = match told.mape_percent {
            _ if pairs.is_empty() => Some("No period that the forecast names is closed yet, or it has no budget to be compared with."),
            None => Some("Nothing was booked in any of the periods, so that no error is a percentage of it."),
            Some(_) => None,
        };
        let reason = reason.map(Text::cut);
        Ok(ForecastAccuracy {
            forecast: Ref::new(id, &forecast.name.0, stored.meta.state.as_deref()),
            method: forecast.method,
            known_until_on: forecast.known_until_on,
            currency: forecast.currency,
            periods: pairs.iter().map(period).collect(),
            mape_percent: Figure(told.mape_percent),
            bias: told.bias.map(money),
            bias_percent: Figure(told.bias_percent),
            reason,
        })
    }
}
