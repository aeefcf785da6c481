//! Amounts by period: how the amount of a year falls on its periods.

use steward_core::resource::value::{Currency, Money, Whole};
use steward_core::resource::{Id, ValidationErrors};

steward_core::value! {
    /// Amount of one period of the fiscal year.
    pub struct PeriodAmount {
        /// Number of the period in its fiscal year.
        pub period: Whole<1, 366>,
        /// Amount of the period.
        pub amount: Money,
    }
}

steward_core::value! {
    /// Amount of one period of the fiscal year, of one budget line.
    pub struct LineAmount {
        /// Budget line.
        #[field(recalls)]
        pub budget_line_id: Id,
        /// Number of the period in its fiscal year.
        pub period: Whole<1, 366>,
        /// Amount of the period.
        pub amount: Money,
    }
}

/// Refuses amounts that name a period twice or have another currency (422).
pub fn require_sound(faults: &mut ValidationErrors, field: &str, amounts: &[PeriodAmount], currency: Currency) {
    let mut numbers: Vec<i64> = amounts.iter().map(|each| each.period.0).collect();
    numbers.sort_unstable();
    let count = numbers.len();
    numbers.dedup();
    faults.require(numbers.len() == count, field, "duplicate", "A period is named twice. Give each period one amount.");
    faults.require(amounts.iter().all(|each| each.amount.currency == currency), field, "currency", "The amounts have another currency. Give all in the same.");
}

/// The sum of some amounts, in minor units.
pub fn sum(amounts: &[PeriodAmount]) -> i128 {
    amounts.iter().map(|each| i128::from(each.amount.minor)).sum()
}
