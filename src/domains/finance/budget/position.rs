//! The position of a budget line in numbers: what is available of it, as a pure function of what flows in and out.

use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::HashMap;
use steward_core::choice;
use steward_core::resource::value::{Currency, Figure, Money, round_half_away};
use utoipa::ToSchema;

choice! {
    /// Status of a budget.
    pub enum PositionStatus {
        /// Positive available amount.
        Available = "available",
        /// Available amount of exactly zero.
        Exhausted = "exhausted",
        /// Overdrawn: more is spent or bound than was budgeted.
        Overdrawn = "overdrawn",
        /// Unknown: an exchange rate is missing.
        Unknown = "unknown",
    }
}

/// What flows in and out of a line, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// What the budget sets aside.
    pub budget: i64,
    /// What posted transfers brought.
    pub transfers_in: i64,
    /// What posted transfers took.
    pub transfers_out: i64,
    /// What transfers will take that are submitted or approved.
    pub reserved: i64,
    /// What the ledger has booked.
    pub actual: i64,
    /// What is promised and not yet delivered; none if it cannot be told.
    pub open_commitments: Option<i64>,
}

/// Figures of a budget, or of a line of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PositionFigures {
    /// Budget of the baseline.
    pub budget: Money,
    /// Amount received by posted transfers and carry-forwards.
    pub transfers_in: Money,
    /// Amount given by posted transfers and carry-forwards.
    pub transfers_out: Money,
    /// Amount reserved by outgoing transfers that are submitted or approved, and not yet posted.
    pub reserved: Money,
    /// Booked cost: the sum of `base_amount` of the cost entries.
    pub actual: Money,
    /// Open commitments: amount less the relieved part. Null if an exchange rate is missing.
    pub open_commitments: Option<Money>,
    /// Available amount: budget + transfers_in − transfers_out − reserved − actual − open_commitments. Null if an exchange rate is missing.
    pub available: Option<Money>,
    /// Consumption: (actual + open_commitments) ÷ (budget + transfers_in − transfers_out) · 100; null without a budget.
    pub consumption_percent: Figure,
    /// Status by the sign of the available amount.
    pub status: PositionStatus,
}

impl Position {
    /// The same in money of a currency, with what follows from it.
    pub fn figures(&self, currency: Currency) -> PositionFigures {
        let money = |minor: i64| Money::new(minor, currency);
        PositionFigures {
            budget: money(self.budget),
            transfers_in: money(self.transfers_in),
            transfers_out: money(self.transfers_out),
            reserved: money(self.reserved),
            actual: money(self.actual),
            open_commitments: self.open_commitments.map(money),
            available: self.available().map(money),
            consumption_percent: Figure(self.consumption_percent()),
            status: self.standing(),
        }
    }

    /// Nothing in, nothing out.
    pub const EMPTY: Position = Position { budget: 0, transfers_in: 0, transfers_out: 0, reserved: 0, actual: 0, open_commitments: Some(0) };

    /// budget + transfers in − transfers out.
    pub fn current_budget(&self) -> i64 {
        self.budget.saturating_add(self.transfers_in).saturating_sub(self.transfers_out)
    }

    /// budget + transfers in − transfers out − reserved − actual − open commitments.
    pub fn available(&self) -> Option<i64> {
        Some(self.current_budget().saturating_sub(self.reserved).saturating_sub(self.actual).saturating_sub(self.open_commitments?))
    }

    /// By how much it may be passed: so many percent of what it holds now, without what is reserved; by nothing where it holds nothing.
    pub fn tolerance(&self, percent: i64) -> i64 {
        let held = i128::from(self.current_budget().saturating_sub(self.reserved)).max(0);
        i64::try_from(held * i128::from(percent) / 100).unwrap_or(i64::MAX)
    }

    /// What transfers and carry-forwards bring, less what they take and are going to take.
    pub fn transferred(&self) -> i64 {
        self.transfers_in.saturating_sub(self.transfers_out).saturating_sub(self.reserved)
    }

    /// (actual + open commitments) ÷ (budget + transfers in − transfers out) · 100.
    pub fn consumption_percent(&self) -> Option<f64> {
        let (budget, used) = (self.current_budget(), self.actual.saturating_add(self.open_commitments?));
        (budget != 0).then(|| used as f64 / budget as f64 * 100.0)
    }

    /// How it stands.
    pub fn standing(&self) -> PositionStatus {
        match self.available() {
            None => PositionStatus::Unknown,
            Some(0) => PositionStatus::Exhausted,
            Some(left) if left < 0 => PositionStatus::Overdrawn,
            Some(_) => PositionStatus::Available,
        }
    }

    /// The two together.
    pub fn plus(&self, other: &Position) -> Position {
        Position {
            budget: self.budget.saturating_add(other.budget),
            transfers_in: self.transfers_in.saturating_add(other.transfers_in),
            transfers_out: self.transfers_out.saturating_add(other.transfers_out),
            reserved: self.reserved.saturating_add(other.reserved),
            actual: self.actual.saturating_add(other.actual),
            open_commitments: self.open_commitments.zip(other.open_commitments).map(|(own, more)| own.saturating_add(more)),
        }
    }
}

/// Sums in several currencies as one in another, in minor units: each sum at its rate, added exactly and rounded once, half away
/// from zero. None if a rate is missing.
pub fn converted(sums: &[(Currency, i64)], to: Currency, rates: &HashMap<&'static str, Decimal>) -> Option<i64> {
    let mut total = Decimal::ZERO;
    for (currency, minor) in sums.iter().filter(|(_, minor)| *minor != 0) {
        let rate = if *currency == to { Decimal::ONE } else { *rates.get(currency.code())? };
        total = total.checked_add(Decimal::new(*minor, currency.scale()).checked_mul(rate)?)?;
    }
    let mut rounded = round_half_away(total, to.scale());
    rounded.rescale(to.scale());
    i64::try_from(rounded.mantissa()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand: a line of 1,000.00 got 200.00 and gave 50.00; 30.00 are reserved, 400.00 booked, 250.00 promised.
    const LINE: Position =
        Position { budget: 100_000, transfers_in: 20_000, transfers_out: 5_000, reserved: 3_000, actual: 40_000, open_commitments: Some(25_000) };

    #[test]
    fn what_is_available_is_what_is_left_of_all_that_flowed() {
        // 1,000.00 + 200.00 − 50.00 − 30.00 − 400.00 − 250.00 = 470.00.
        assert_eq!(LINE.available(), Some(47_000));
        // (400.00 + 250.00) ÷ 1,150.00 = 56.52… %.
        assert_eq!(LINE.consumption_percent().map(|percent| (percent * 100.0).round() / 100.0), Some(56.52));
        assert_eq!(LINE.standing(), PositionStatus::Available);
    }

    #[test]
    fn lines_add_up_and_transfers_between_them_cancel() {
        let other = Position { budget: 50_000, transfers_in: 5_000, transfers_out: 20_000, reserved: 0, actual: 40_000, open_commitments: Some(0) };
        let total = LINE.plus(&other);
        assert_eq!(other.available(), Some(-5_000));
        assert_eq!(other.standing(), PositionStatus::Overdrawn);
        assert_eq!(total.available(), Some(42_000));
        assert_eq!(total.current_budget(), 150_000);
        assert_eq!(Position::EMPTY.plus(&LINE), LINE);
    }

    #[test]
    fn the_tolerance_is_a_share_of_what_a_line_holds_now() {
        // 10 % of 1,000.00 + 200.00 − 50.00 − 30.00 = 112.00.
        assert_eq!(LINE.tolerance(10), 11_200);
        assert_eq!(Position { transfers_out: 200_000, ..LINE }.tolerance(10), 0, "of less than nothing");
        assert_eq!(LINE.transferred(), 12_000);
    }

    #[test]
    fn what_cannot_be_told_is_no_number() {
        assert_eq!(Position::EMPTY.consumption_percent(), None, "a budget of 0");
        assert_eq!(Position::EMPTY.standing(), PositionStatus::Exhausted);
        let unknown = Position { open_commitments: None, ..LINE };
        assert_eq!((unknown.available(), unknown.consumption_percent(), unknown.standing()), (None, None, PositionStatus::Unknown));
    }

    #[test]
    fn foreign_sums_are_converted_exactly_and_rounded_once() {
        let [eur, usd, jpy] = ["EUR", "USD", "JPY"].map(Currency::sample);
        let rates = HashMap::from([("USD", Decimal::new(925, 3)), ("JPY", Decimal::new(61, 4))]);
        // 10.00 + 33.33 · 0.925 + 1000 · 0.0061 = 10.00 + 30.83025 + 6.10 = 46.93025.
        assert_eq!(converted(&[(eur, 1_000), (usd, 3_333), (jpy, 1_000)], eur, &rates), Some(4_693));
        assert_eq!(converted(&[(usd, 1), (Currency::sample("GBP"), 0)], eur, &rates), Some(1), "0.00925 is 0.01");
        assert_eq!(converted(&[(Currency::sample("GBP"), 1)], eur, &rates), None);
    }
}
