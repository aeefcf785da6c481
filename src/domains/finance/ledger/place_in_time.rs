//! Where in time a document is booked: in the fiscal year of its day, in its own period where that is open, else in the next that is.

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

/// The place of a document of a day: in the period that it names, and there only; else in the period that has the day. What is of a day
/// after the fiscal year of its budget line is booked in the year of the day; of a day before that year in the year of the line: in the period
/// that is expected, or the one next to the day. What falls into a closed period, or on a day that no fiscal year has, is booked on the first
/// day of the next period that is open, be it of a later year; without one it is left to the period of the line to refuse it. None where no
/// period has the day and none comes after it.
pub fn place(check: &mut Check<'_>, day: Date, budget_line: Option<Id>, named: Option<Id>, expected: Option<Id>) -> Result<Option<Place>> {
    if let Some(named) = named {
        let days = fiscal_periods::table.find(named).select((fiscal_periods::starts_on, fiscal_periods::ends_on));
        let found: Option<(Date, Date)> = days.first(check.connection).optional()?;
        return Ok(found.map(|days| Place { period: named, day: within(days, day) }));
    }
    let year = year_of_day(check, day)?;
    if year.is_none()
        && let Some(next) = next_open(check, day)?
    {
        return Ok(Some(next));
    }
    let mut periods = match budget_line {
        Some(line) => {
            let year = year_of_line(check, line)?;
            of_year(check, year)?
        }
        None => Vec::new(),
    };
    if periods.last().is_none_or(|last| day > last.ends_on) {
        periods = if year.is_some() { of_year(check, year)? } else { periods };
    }
    let Some((own, is_closed)) = chosen(&periods, day, expected) else { return Ok(None) };
    let next = match periods.last() {
        Some(last) if is_closed => next_open(check, last.ends_on)?,
        _ => None,
    };
    Ok(Some(next.unwrap_or(own)))
}

fn of_year(check: &mut Check<'_>, year: Option<Id>) -> Result<Vec<RegularPeriod>> {
    year.map_or(Ok(Vec::new()), |year| of_years(check, &[year]))
}

fn year_of_day(check: &mut Check<'_>, day: Date) -> Result<Option<Id>> {
    let of_day = fiscal_periods::starts_on.le(day).and(fiscal_periods::ends_on.ge(day)).and(not(fiscal_periods::adjustment));
    let of_day = fiscal_periods::table.filter(of_day).order(fiscal_periods::id);
    Ok(of_day.select(fiscal_periods::fiscal_year_id).first(check.connection).optional()?)
}

/// The first day of the first period after a day that is not closed.
fn next_open(check: &mut Check<'_>, after: Date) -> Result<Option<Place>> {
    let open = fiscal_periods::starts_on.gt(after).and(not(fiscal_periods::adjustment)).and(fiscal_periods::state.ne("closed"));
    let open = fiscal_periods::table.filter(open).order((fiscal_periods::starts_on, fiscal_periods::id));
    let found: Option<(Id, Date)> = open.select((fiscal_periods::id, fiscal_periods::starts_on)).first(check.connection).optional()?;
    Ok(found.map(|(period, day)| Place { period, day }))
}

/// The place of a day among the periods of a year, and whether it is closed there.
fn chosen(periods: &[RegularPeriod], day: Date, expected: Option<Id>) -> Option<(Place, bool)> {
    let wanted = periods.iter().position(|period| period.has(day)).or_else(|| periods.iter().position(|period| Some(period.id) == expected));
    let nearest = if periods.last().is_some_and(|last| day > last.ends_on) { periods.len().checked_sub(1) } else { Some(0) };
    let wanted = wanted.or(nearest)?;
    let open = periods.iter().skip(wanted).find(|period| !period.is_closed);
    let period = open.or_else(|| periods.get(wanted))?;
    Some((Place { period: period.id, day: within((period.starts_on, period.ends_on), day) }, period.is_closed))
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
            let (place, is_closed) = chosen(&periods, day(on), expected.map(|at| ids[at])).unwrap();
            assert!(!is_closed);
            (ids.iter().position(|id| *id == place.period).unwrap(), place.day.to_string())
        };
        assert_eq!(of("2026-03-10", Some(1)), (2, "2026-03-10".into()), "its own day");
        assert_eq!(of("2026-01-10", None), (1, "2026-02-01".into()), "January is closed");
        assert_eq!(of("2027-01-10", Some(1)), (1, "2026-02-28".into()), "of another year: where it was expected");
        assert_eq!(of("2027-01-10", None), (2, "2026-03-31".into()));
        assert_eq!(of("2025-12-31", None), (1, "2026-02-01".into()));
        assert_eq!(chosen(&[], day("2026-01-01"), None), None);
        let over = [periods[0]];
        assert_eq!(chosen(&over, day("2026-01-10"), None), Some((Place { period: ids[0], day: day("2026-01-10") }, true)), "all of it is closed");
    }
}
