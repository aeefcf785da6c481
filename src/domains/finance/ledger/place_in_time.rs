//! Where in time a document is booked: its own period where that is open, else the next that is.

use crate::budget::regular_period::{RegularPeriod, of_years, year_of_line};
use diesel::dsl::not;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::Date;
use steward_core::resource::{Check, Id};
use steward_schema::finance::fiscal_periods;

/// A period and a day in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The period.
    pub period: Id,
    /// The day.
    pub day: Date,
}

/// The place of a document of a day: in the period that it names, and there only; else, in the fiscal year of its budget line or of the
/// period in which it is expected, in the period that has the day, or the one that is expected where the year does not have it. What falls
/// into a closed period is booked on the first day of the next one that is open; without one it is left to that period to refuse it. None
/// where no period has the day.
pub fn place(check: &mut Check<'_>, day: Date, budget_line: Option<Id>, named: Option<Id>, expected: Option<Id>) -> Result<Option<Place>> {
    if let Some(named) = named {
        let days = fiscal_periods::table.find(named).select((fiscal_periods::starts_on, fiscal_periods::ends_on));
        let found: Option<(Date, Date)> = days.first(check.connection).optional()?;
        return Ok(found.map(|days| Place { period: named, day: within(days, day) }));
    }
    let mut year = match budget_line {
        Some(line) => year_of_line(check, line)?,
        None => None,
    };
    if year.is_none() {
        let of_day = fiscal_periods::starts_on.le(day).and(fiscal_periods::ends_on.ge(day)).and(not(fiscal_periods::adjustment));
        let of_day = fiscal_periods::table.filter(of_day).order(fiscal_periods::id);
        year = of_day.select(fiscal_periods::fiscal_year_id).first(check.connection).optional()?;
    }
    let Some(year) = year else { return Ok(None) };
    Ok(chosen(&of_years(check, &[year])?, day, expected))
}

/// The place of a day among the periods of a year.
fn chosen(periods: &[RegularPeriod], day: Date, expected: Option<Id>) -> Option<Place> {
    let wanted = periods.iter().position(|period| period.has(day)).or_else(|| periods.iter().position(|period| Some(period.id) == expected));
    let nearest = if periods.last().is_some_and(|last| day > last.ends_on) { periods.len().checked_sub(1) } else { Some(0) };
    let wanted = wanted.or(nearest)?;
    let open = periods.iter().skip(wanted).find(|period| !period.is_closed);
    let period = open.or_else(|| periods.get(wanted))?;
    Some(Place { period: period.id, day: within((period.starts_on, period.ends_on), day) })
}

fn within((first, last): (Date, Date), day: Date) -> Date {
    day.max(first).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_booked_on_its_day_or_in_the_next_open_period() {
        let day = |text: &str| Date::sample(text);
        let ids: Vec<Id> = (0..3).map(|_| Id::new()).collect();
        let fiscal_year = Id::new();
        let period =
            |at: usize, from: &str, to: &str, is_closed: bool| RegularPeriod { id: ids[at], fiscal_year, starts_on: day(from), ends_on: day(to), is_closed };
        let periods = [period(0, "2026-01-01", "2026-01-31", true), period(1, "2026-02-01", "2026-02-28", false), period(2, "2026-03-01", "2026-03-31", false)];
        let of = |on: &str, expected: Option<usize>| {
            let place = chosen(&periods, day(on), expected.map(|at| ids[at])).unwrap();
            (ids.iter().position(|id| *id == place.period).unwrap(), place.day.to_string())
        };
        assert_eq!(of("2026-03-10", Some(1)), (2, "2026-03-10".into()), "its own day");
        assert_eq!(of("2026-01-10", None), (1, "2026-02-01".into()), "January is closed");
        assert_eq!(of("2027-01-10", Some(1)), (1, "2026-02-28".into()), "of another year: where it was expected");
        assert_eq!(of("2027-01-10", None), (2, "2026-03-31".into()));
        assert_eq!(of("2025-12-31", None), (1, "2026-02-01".into()));
        assert_eq!(chosen(&[], day("2026-01-01"), None), None);
    }
}
