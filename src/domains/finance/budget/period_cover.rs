//! How periods tile a year, as a pure function of their spans.

use steward_core::resource::value::Date;

/// A span of days, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::Queryable)]
pub struct Span {
    /// First day.
    pub starts_on: Date,
    /// Last day.
    pub ends_on: Date,
}

/// What is wrong with a period among the others of its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// It has days that are not of the year.
    Outside,
    /// It is for adjustments and does not end with the year.
    NotAtTheEnd,
    /// It has days that another one has.
    Overlap,
    /// It leaves days between it and the others.
    Between,
}

/// What is wrong with a period: it lies in the year; one for adjustments ends with the year; the others form one block of days
/// without gap or overlap, in whatever order they are made.
pub fn fault(year: Span, own: Span, adjustment: bool, others: &[Span]) -> Option<Gap> {
    if own.starts_on < year.starts_on || own.ends_on > year.ends_on {
        return Some(Gap::Outside);
    }
    if adjustment {
        return (own.ends_on != year.ends_on).then_some(Gap::NotAtTheEnd);
    }
    if others.iter().any(|other| own.starts_on <= other.ends_on && other.starts_on <= own.ends_on) {
        return Some(Gap::Overlap);
    }
    let mut all: Vec<Span> = others.iter().copied().chain([own]).collect();
    all.sort_by_key(|span| span.starts_on);
    let gapless = all.iter().zip(all.iter().skip(1)).all(|(before, after)| before.ends_on.plus_days(1) == after.starts_on);
    (!gapless).then_some(Gap::Between)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(starts_on: &str, ends_on: &str) -> Span {
        Span { starts_on: Date::sample(starts_on), ends_on: Date::sample(ends_on) }
    }

    #[test]
    fn periods_that_follow_each_other_tile_the_year() {
        let year = span("2026-01-01", "2026-12-31");
        let (january, february, march) = (span("2026-01-01", "2026-01-31"), span("2026-02-01", "2026-02-28"), span("2026-03-01", "2026-03-31"));
        assert_eq!(fault(year, january, false, &[]), None);
        assert_eq!(fault(year, february, false, &[january]), None);
        assert_eq!(fault(year, january, false, &[march, february]), None, "in whatever order");
        assert_eq!(fault(year, march, false, &[january]), Some(Gap::Between));
        assert_eq!(fault(year, span("2026-01-31", "2026-02-28"), false, &[january]), Some(Gap::Overlap));
        assert_eq!(fault(year, span("2026-12-01", "2027-01-01"), false, &[]), Some(Gap::Outside));
    }

    #[test]
    fn an_adjustment_period_lies_over_the_last_day() {
        let year = span("2026-01-01", "2026-12-31");
        let december = span("2026-12-01", "2026-12-31");
        assert_eq!(fault(year, span("2026-12-31", "2026-12-31"), true, &[december]), None);
        assert_eq!(fault(year, span("2026-11-30", "2026-11-30"), true, &[]), Some(Gap::NotAtTheEnd));
    }
}
