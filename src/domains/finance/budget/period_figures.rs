//! The figures of a period of a budget, as an answer tells them.

use super::outlook::PeriodState;
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Period of a budget, all lines together.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeriodFigures {
    /// Number of the period in its year.
    pub number: Count,
    /// True if the period is closed.
    pub closed: bool,
    /// Budget of the period, including transfers into and out of it.
    pub budget: Money,
    /// Booked cost.
    pub actual: Money,
    /// Open commitments; null if an exchange rate is missing.
    pub open_commitments: Option<Money>,
    /// Expected cost; null without a forecast.
    pub forecast: Option<Money>,
}

impl PeriodFigures {
    /// Those of a period, in a currency.
    pub fn of(period: PeriodState, currency: Currency) -> Self {
        let money = |minor: i64| Money::new(minor, currency);
        PeriodFigures {
            number: Whole(period.number),
            closed: period.closed,
            budget: money(period.budget),
            actual: money(period.actual),
            open_commitments: period.open.map(money),
            forecast: period.forecast.map(money),
        }
    }
}
