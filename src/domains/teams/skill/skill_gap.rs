//! The skill gap of a person to a role, and the readiness that follows from it: the calculation alone.

use steward_core::resource::value::Date;

/// Days of a month on average: 365.2425 / 12.
const DAYS_A_MONTH: f64 = 30.436_875;
/// After how many months a confirmation counts half.
const HALF_LIFE_MONTHS: f64 = 24.0;

/// max(0, required − confirmed): how many levels are missing. What was never confirmed counts as 0.
pub fn gap(required: i64, confirmed: Option<i64>) -> i64 {
    (required - confirmed.unwrap_or(0)).max(0)
}

/// 2^(−months since confirmation / 24): 1 on the day of the confirmation, a half after two years.
pub fn freshness(confirmed_on: Date, today: Date) -> f64 {
    let months = (today.0 - confirmed_on.0).num_days().max(0) as f64 / DAYS_A_MONTH;
    (-months / HALF_LIFE_MONTHS).exp2()
}

/// A skill that a role asks for, and what a person has of it.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// The level that is asked for.
    pub required: i64,
    /// The level that was confirmed last.
    pub confirmed: Option<i64>,
    /// Weight in the readiness.
    pub weight: f64,
}

/// Σ w·min(1, have/need) / Σ w; none when nothing weighs anything.
pub fn readiness(needs: &[Need]) -> Option<f64> {
    let total: f64 = needs.iter().map(|need| need.weight).sum();
    let share = |need: &Need| if need.required <= 0 { 1.0 } else { (need.confirmed.unwrap_or(0) as f64 / need.required as f64).min(1.0) };
    (total > 0.0).then(|| needs.iter().map(|need| need.weight * share(need)).sum::<f64>() / total)
}

/// Whether what ends on a day (included) still stands; what has no end stands.
pub fn stands(ends_on: Option<Date>, today: Date) -> bool {
    ends_on.is_none_or(|end| today <= end)
}

/// The last day on which a course that was passed counts; none if it counts for ever.
pub fn counts_until(passed_on: Date, validity_months: Option<i64>) -> Option<Date> {
    passed_on.months_later(u32::try_from(validity_months?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn need(required: i64, confirmed: Option<i64>, weight: f64) -> Need {
        Need { required, confirmed, weight }
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-3
    }

    #[test]
    fn a_gap_is_what_is_missing_and_never_less_than_nothing() {
        assert_eq!([gap(4, Some(2)), gap(3, Some(3)), gap(2, Some(5)), gap(3, None)], [2, 0, 0, 3]);
    }

    #[test]
    fn freshness_is_whole_today_half_after_two_years_and_a_quarter_after_four() {
        assert_eq!(freshness(day("2026-06-15"), day("2026-06-15")), 1.0);
        assert!(near(freshness(day("2024-06-15"), day("2026-06-15")), 0.5));
        assert!(near(freshness(day("2022-06-15"), day("2026-06-15")), 0.25));
        // By hand: 365 days are 11.992 months, and 2^(-11.992/24) is 0.7073.
        assert!(near(freshness(day("2025-06-15"), day("2026-06-15")), 0.7073));
        assert_eq!(freshness(day("2026-06-16"), day("2026-06-15")), 1.0, "a confirmation east of here");
    }

    #[test]
    fn readiness_weighs_each_skill_and_more_than_needed_does_not_make_up_for_less() {
        // By hand: (2 · 3/4 + 1 · 1 + 1 · 0) / 4 = 2.5 / 4.
        let needs = [need(4, Some(3), 2.0), need(2, Some(5), 1.0), need(3, None, 1.0)];
        assert_eq!(readiness(&needs), Some(0.625));
        assert_eq!(readiness(&[need(3, Some(3), 1.0)]), Some(1.0));
    }

    #[test]
    fn readiness_is_unknown_when_nothing_weighs_anything() {
        assert_eq!(readiness(&[]), None);
        assert_eq!(readiness(&[need(3, Some(3), 0.0)]), None);
        // What weighs nothing does not count beside what does.
        assert_eq!(readiness(&[need(3, None, 0.0), need(2, Some(1), 5.0)]), Some(0.5));
    }

    #[test]
    fn what_ends_on_a_day_stands_through_it() {
        assert!(stands(Some(day("2026-06-15")), day("2026-06-15")) && stands(None, day("2026-06-15")));
        assert!(!stands(Some(day("2026-06-14")), day("2026-06-15")));
    }

    #[test]
    fn a_course_counts_for_its_months_and_for_ever_without() {
        assert_eq!(counts_until(day("2025-08-31"), Some(6)), Some(day("2026-02-28")));
        assert_eq!(counts_until(day("2025-08-31"), None), None);
    }
}
