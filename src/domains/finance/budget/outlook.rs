//! How a year runs against its budget, as a pure function of its periods: variance to date, burn, runway and full-year outlook.

use rust_decimal::Decimal;
use steward_core::resource::value::round_half_away;

/// How many closed periods make the burn.
const BURNING: usize = 3;

/// A period of a fiscal year, for a budget or a line of it, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodState {
    /// Its number in the year.
    pub number: i64,
    /// True if it is for adjustments only.
    pub adjustment: bool,
    /// True if its last day has passed.
    pub ended: bool,
    /// True if it is closed.
    pub closed: bool,
    /// What the budget sets aside in it, with what transfers bring into it.
    pub budget: i64,
    /// What the ledger has booked.
    pub actual: i64,
    /// What is promised; none if it cannot be told.
    pub open: Option<i64>,
    /// What a forecast expects; none without a forecast.
    pub forecast: Option<i64>,
}

impl PeriodState {
    /// The two together: of two lines in the same period.
    pub fn plus(self, other: PeriodState) -> PeriodState {
        let both = |one: Option<i64>, more: Option<i64>| match (one, more) {
            (Some(one), Some(more)) => Some(one.saturating_add(more)),
            (one, more) => one.or(more),
        };
        PeriodState {
            budget: self.budget.saturating_add(other.budget),
            actual: self.actual.saturating_add(other.actual),
            open: self.open.zip(other.open).map(|(one, more)| one.saturating_add(more)),
            forecast: both(self.forecast, other.forecast),
            ..self
        }
    }

    /// Whether it is over and closed: what is closed early has not run yet.
    fn has_run(&self) -> bool {
        self.closed && self.ended
    }

    /// What it costs in the end: what was booked once it is closed, before that the greater of what is spent and promised and what is
    /// forecast.
    fn outlook(&self) -> Option<i64> {
        if self.has_run() {
            return Some(self.actual);
        }
        let bound = self.actual.saturating_add(self.open?);
        Some(self.forecast.map_or(bound, |forecast| forecast.max(bound)))
    }
}

/// How the year runs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Outlook {
    /// Budget less actual over the periods that have ended; none if none has.
    pub variance_to_date: Option<i64>,
    /// The same against the budget of those periods, in percent.
    pub variance_percent: Option<f64>,
    /// The mean cost of the last three closed periods; none if none is closed.
    pub burn_per_period: Option<i64>,
    /// How many periods what is available lasts at that pace.
    pub runway_periods: Option<f64>,
    /// What the year will cost.
    pub full_year_outlook: Option<i64>,
}

/// How a year runs: its periods in order, what transfers brought without a period, and what is available. What belongs to no period counts to
/// date by the share of the regular periods that have ended.
pub fn outlook(periods: &[PeriodState], unassigned: i64, available: Option<i64>) -> Outlook {
    let regular = periods.iter().filter(|period| !period.adjustment).count() as i64;
    let ended: Vec<&PeriodState> = periods.iter().filter(|period| period.ended).collect();
    let passed = ended.iter().filter(|period| !period.adjustment).count() as i64;
    let share = if regular == 0 { 0 } else { mean(i128::from(unassigned) * i128::from(passed), regular) };
    let budget = ended.iter().map(|period| period.budget).fold(share, i64::saturating_add);
    let actual = ended.iter().map(|period| period.actual).fold(0, i64::saturating_add);
    let variance = (!ended.is_empty()).then(|| budget.saturating_sub(actual));
    let closed: Vec<i64> = periods.iter().filter(|period| period.has_run() && !period.adjustment).map(|period| period.actual).collect();
    let last = closed.get(closed.len().saturating_sub(BURNING)..).unwrap_or_default();
    let burnt: i128 = last.iter().map(|actual| i128::from(*actual)).sum();
    let runway = available.filter(|_| burnt > 0).map(|left| left.max(0) as f64 * last.len() as f64 / burnt as f64);
    let whole = periods.iter().try_fold(0i64, |sum, period| Some(sum.saturating_add(period.outlook()?)));
    Outlook {
        variance_to_date: variance,
        variance_percent: variance.filter(|_| budget != 0).map(|variance| variance as f64 / budget as f64 * 100.0),
        burn_per_period: (!last.is_empty()).then(|| mean(burnt, last.len() as i64)),
        runway_periods: runway,
        full_year_outlook: whole.filter(|_| !periods.is_empty()),
    }
}

/// A sum by a count, rounded half away from zero.
fn mean(sum: i128, count: i64) -> i64 {
    let exact = Decimal::from_i128_with_scale(sum, 0) / Decimal::from(count);
    i64::try_from(round_half_away(exact, 0).trunc().mantissa()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(number: i64, states: (bool, bool), budget: i64, actual: i64, open: i64, forecast: Option<i64>) -> PeriodState {
        PeriodState { number, adjustment: false, ended: states.0, closed: states.1, budget, actual, open: Some(open), forecast }
    }

    /// Worked by hand: a year of six periods of 100; four are closed, the fifth has ended, the sixth is to come.
    fn year() -> Vec<PeriodState> {
        vec![
            period(1, (true, true), 100, 90, 0, None),
            period(2, (true, true), 100, 80, 0, None),
            period(3, (true, true), 100, 110, 0, None),
            period(4, (true, true), 100, 120, 7, Some(500)),
            period(5, (true, false), 100, 60, 30, Some(80)),
            period(6, (false, false), 100, 0, 40, Some(95)),
        ]
    }

    #[test]
    fn a_year_worked_by_hand() {
        let told = outlook(&year(), 0, Some(200));
        // To date 500 − 460 = 40, of 500.
        assert_eq!((told.variance_to_date, told.variance_percent), (Some(40), Some(8.0)));
        // The last three closed: 80 + 110 + 120 = 310, 103.33 each; 200 ÷ 103.33.
        assert_eq!(told.burn_per_period, Some(103));
        assert!((told.runway_periods.unwrap() - 600.0 / 310.0).abs() < 1e-12);
        // 90 + 80 + 110 + 120, then max(60 + 30, 80) and max(40, 95).
        assert_eq!(told.full_year_outlook, Some(400 + 90 + 95));
    }

    #[test]
    fn what_came_without_a_period_counts_by_the_time_that_has_passed() {
        // 60 · 5 ÷ 6 = 50 more to date.
        assert_eq!(outlook(&year(), 60, Some(0)).variance_to_date, Some(90));
        assert_eq!(outlook(&year(), 60, Some(-5)).runway_periods, Some(0.0));
    }

    #[test]
    fn what_cannot_be_told_is_no_number() {
        assert_eq!(outlook(&[], 10, Some(1)), Outlook::default());
        let mut unknown = year();
        unknown[5].open = None;
        let told = outlook(&unknown, 0, None);
        assert_eq!((told.full_year_outlook, told.runway_periods), (None, None));
        let fresh = outlook(&[period(1, (false, false), 100, 0, 0, None)], 0, Some(100));
        assert_eq!((fresh.variance_to_date, fresh.burn_per_period, fresh.full_year_outlook), (None, None, Some(0)));
    }

    #[test]
    fn lines_of_a_period_add_up() {
        let sum = period(1, (true, true), 1, 2, 3, None).plus(period(1, (true, true), 10, 20, 30, Some(40)));
        assert_eq!(sum, period(1, (true, true), 11, 22, 33, Some(40)));
    }
}
