//! Computed forecasts and how accurate they were: pure functions over the periods of a year.

use crate::budget::outlook::PeriodState;
use rust_decimal::Decimal;
use steward_core::choice;
use steward_core::resource::value::round_half_away;

choice! {
    /// Forecasting method.
    pub enum ForecastMethod {
        /// Manual amounts.
        Manual = "manual",
        /// Run rate: the mean of the closed periods continues.
        RunRate = "run_rate",
        /// Linear trend: the straight line through the closed periods continues.
        Linear = "linear",
        /// Commitments: actual cost plus open commitments.
        Commitment = "commitment",
    }
}

/// What each period is expected to cost: a period whose facts are known costs what was booked, the others follow from the method. None if it
/// cannot be told. Rounding is done on the running sum, so that the periods add up to what the method gives for all of them.
pub fn project(method: ForecastMethod, periods: &[PeriodState], known: impl Fn(&PeriodState) -> bool) -> Option<Vec<i64>> {
    let regular: Vec<&PeriodState> = periods.iter().filter(|period| !period.adjustment).collect();
    let place = |period: &PeriodState| regular.iter().position(|each| each.number == period.number).map(|at| at as i64 + 1);
    let facts: Vec<(i64, i64)> = regular.iter().filter(|period| known(period)).filter_map(|period| Some((place(period)?, period.actual))).collect();
    let line = match method {
        ForecastMethod::RunRate => Some(Line { level: mean(facts.iter().map(|(_, cost)| *cost))?, slope: Decimal::ZERO }),
        ForecastMethod::Linear => Some(Line::through(&facts)?),
        ForecastMethod::Commitment | ForecastMethod::Manual => None,
    };
    let (mut exact, mut told) = (Decimal::ZERO, 0);
    let mut amounts = Vec::with_capacity(periods.len());
    for period in periods {
        let cost = match (&line, place(period).filter(|_| !period.adjustment)) {
            _ if known(period) => Decimal::from(period.actual),
            (Some(line), Some(at)) => line.at(at)?,
            _ => Decimal::from(period.actual).checked_add(Decimal::from(period.open?))?,
        };
        exact = exact.checked_add(cost)?;
        let sum = i64::try_from(round_half_away(exact, 0).trunc().mantissa()).ok()?;
        amounts.push(sum.checked_sub(told)?);
        told = sum;
    }
    Some(amounts)
}

/// A straight line over the places of periods in the year.
struct Line {
    level: Decimal,
    slope: Decimal,
}

impl Line {
    /// The line with the least squares through some costs; level through one.
    fn through(facts: &[(i64, i64)]) -> Option<Line> {
        let count = Decimal::from(facts.len());
        let sum = |of: &dyn Fn(&(i64, i64)) -> Decimal| facts.iter().try_fold(Decimal::ZERO, |sum, fact| sum.checked_add(of(fact)));
        let (x, y) = (sum(&|fact| fact.0.into())?, sum(&|fact| fact.1.into())?);
        let products = sum(&|fact| Decimal::from(fact.0) * Decimal::from(fact.1))?;
        let squares = sum(&|fact| Decimal::from(fact.0 * fact.0))?;
        let spread = count * squares - x * x;
        let slope = if spread.is_zero() { Decimal::ZERO } else { (count * products - x * y).checked_div(spread)? };
        Some(Line { level: (y - slope * x).checked_div(count)?, slope })
    }

    fn at(&self, place: i64) -> Option<Decimal> {
        self.level.checked_add(self.slope.checked_mul(place.into())?)
    }
}

fn mean(costs: impl ExactSizeIterator<Item = i64>) -> Option<Decimal> {
    let count = costs.len();
    let sum: Decimal = costs.map(Decimal::from).sum();
    sum.checked_div(Decimal::from(count))
}

/// How far forecasts were from what was booked.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Accuracy {
    /// Mean of |actual − forecast| ÷ |actual|, in percent, over the periods with a cost.
    pub mape_percent: Option<f64>,
    /// Mean of forecast − actual, in minor units: more than 0 if too much was expected.
    pub bias: Option<i64>,
    /// Σ (forecast − actual) ÷ Σ actual, in percent.
    pub bias_percent: Option<f64>,
}

/// The accuracy of forecasts, each with what was booked in the end.
pub fn accuracy(pairs: &[(i64, i64)]) -> Accuracy {
    let errors: Vec<f64> =
        pairs.iter().filter(|(_, actual)| *actual != 0).map(|(forecast, actual)| ((actual - forecast) as f64 / *actual as f64).abs() * 100.0).collect();
    let over: i128 = pairs.iter().map(|(forecast, actual)| i128::from(*forecast) - i128::from(*actual)).sum();
    let spent: i128 = pairs.iter().map(|(_, actual)| i128::from(*actual)).sum();
    let bias = Decimal::from_i128_with_scale(over, 0).checked_div(Decimal::from(pairs.len()));
    Accuracy {
        mape_percent: (!errors.is_empty()).then(|| errors.iter().sum::<f64>() / errors.len() as f64),
        bias: bias.and_then(|bias| i64::try_from(round_half_away(bias, 0).trunc().mantissa()).ok()),
        bias_percent: (spent != 0).then(|| over as f64 / spent as f64 * 100.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(actuals: &[(i64, bool, i64)]) -> Vec<PeriodState> {
        let period = |(at, (actual, closed, open)): (usize, &(i64, bool, i64))| PeriodState {
            number: at as i64 + 1,
            closed: *closed,
            ended: *closed,
            actual: *actual,
            open: Some(*open),
            ..PeriodState::default()
        };
        actuals.iter().enumerate().map(period).collect()
    }

    #[test]
    fn the_run_rate_goes_on_and_its_cents_are_not_lost() {
        // 90 + 80 + 110 = 280, 93.33 each: 93, 94 and 93 make 280 again.
        let year = year(&[(90, true, 0), (80, true, 0), (110, true, 0), (5, false, 7), (0, false, 0), (0, false, 0)]);
        assert_eq!(project(ForecastMethod::RunRate, &year, |period| period.closed), Some(vec![90, 80, 110, 93, 94, 93]));
        assert_eq!(project(ForecastMethod::Commitment, &year, |period| period.closed), Some(vec![90, 80, 110, 12, 0, 0]));
    }

    #[test]
    fn a_quarter_of_a_hundred_million_runs_at_four_hundred_a_year() {
        // Investopedia, "Run Rate": 100 million in the latest quarter are a run rate of 400 million.
        let year = year(&[(100, true, 0), (0, false, 0), (0, false, 0), (0, false, 0)]);
        let told = project(ForecastMethod::RunRate, &year, |period| period.closed).unwrap();
        assert_eq!((told.iter().sum::<i64>(), told), (400, vec![100; 4]));
    }

    #[test]
    fn the_straight_line_is_that_of_the_textbook() {
        // Least squares through (1, 1), (2, 2), (3, 1.3), (4, 3.75), (5, 2.25): y = 0.785 + 0.425 x (Lane, "Online Statistics
        // Education", Introduction to Linear Regression). In hundredths: 78.5 + 42.5 · 6 = 333.5, · 7 = 376.
        let points = [100, 200, 130, 375, 225].map(|cost| (cost, true, 0));
        let year = year(&[&points[..], &[(0, false, 0), (0, false, 0)]].concat());
        let told = project(ForecastMethod::Linear, &year, |period| period.closed).unwrap();
        assert_eq!(told[5..], [334, 376], "333.5 and 376, on the running sum");
        assert_eq!(told.iter().sum::<i64>(), 1030 + 710, "709.5 rounded once");
    }

    #[test]
    fn without_facts_nothing_goes_on() {
        let year = year(&[(0, false, 10), (0, false, 0)]);
        assert_eq!(project(ForecastMethod::RunRate, &year, |period| period.closed), None);
        assert_eq!(project(ForecastMethod::Linear, &year, |period| period.closed), None);
        assert_eq!(project(ForecastMethod::Commitment, &year, |period| period.closed), Some(vec![10, 0]));
        let unknown = [PeriodState { open: None, ..year[0] }];
        assert_eq!(project(ForecastMethod::Commitment, &unknown, |period| period.closed), None);
    }

    #[test]
    fn an_adjustment_period_costs_what_is_booked_and_promised() {
        let mut year = year(&[(100, true, 0), (0, false, 0), (4, false, 3)]);
        year[2].adjustment = true;
        assert_eq!(project(ForecastMethod::RunRate, &year, |period| period.closed), Some(vec![100, 100, 7]));
    }

    #[test]
    fn accuracy_worked_by_hand() {
        // |100 − 110| ÷ 100 = 10 %, |200 − 180| ÷ 200 = 10 %, |50 − 65| ÷ 50 = 30 %: 16.67 %. +10 − 20 + 15 = +5 of 350.
        let told = accuracy(&[(110, 100), (180, 200), (65, 50)]);
        assert!((told.mape_percent.unwrap() - 50.0 / 3.0).abs() < 1e-9);
        assert_eq!((told.bias, told.bias_percent), (Some(2), Some(500.0 / 350.0)), "5 ÷ 3 is 1.67");
        // A period without cost has no percentage, and counts for the bias.
        assert_eq!(accuracy(&[(10, 0)]), Accuracy { mape_percent: None, bias: Some(10), bias_percent: None });
        assert_eq!(accuracy(&[]), Accuracy::default());
    }
}
