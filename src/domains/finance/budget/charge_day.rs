//! The days on which a contract is charged.

use chrono::Months;
use steward_core::resource::value::Date;

/// The most charges of a line: monthly for two hundred years.
const MOST: i64 = 2_400;

/// The days on which a line is charged up to a day: every so many months from its first day, or on that day only where it has no interval.
pub fn charge_days(starts_on: Date, interval_months: Option<i64>, last: Date) -> impl Iterator<Item = Date> {
    let day = move |at: i64| {
        let months = u32::try_from(interval_months.unwrap_or(1).max(1).saturating_mul(at)).ok()?;
        starts_on.0.checked_add_months(Months::new(months)).map(Date)
    };
    let often = if interval_months.is_some() { MOST } else { 1 };
    (0..often).map_while(day).take_while(move |day| *day <= last)
}
