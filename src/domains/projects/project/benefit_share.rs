//! How much of a benefit has come of what was to come.

use super::benefit::BenefitPeriod;
use steward_core::resource::value::Date;

/// What was planned and what came, in minor units of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// What is planned in all.
    pub planned: i64,
    /// What was planned for the periods that have ended.
    pub planned_to_date: i64,
    /// The same for those of them of which it is known what came.
    pub planned_of_reported: i64,
    /// What came in these.
    pub realised: i64,
    /// The periods that have ended, of which that is not known.
    pub unreported: i64,
}

impl Share {
    /// The share of some periods at the end of a day.
    pub fn of(periods: &[BenefitPeriod], day: Date) -> Share {
        let mut share = Share::default();
        for period in periods {
            share.planned = share.planned.saturating_add(period.planned.minor);
            if period.ends_on > day {
                continue;
            }
            share.planned_to_date = share.planned_to_date.saturating_add(period.planned.minor);
            match period.realised {
                Some(realised) => {
                    share.planned_of_reported = share.planned_of_reported.saturating_add(period.planned.minor);
                    share.realised = share.realised.saturating_add(realised.minor);
                }
                None => share.unreported += 1,
            }
        }
        share
    }

    /// Both together.
    pub fn and(self, other: Share) -> Share {
        Share {
            planned: self.planned.saturating_add(other.planned),
            planned_to_date: self.planned_to_date.saturating_add(other.planned_to_date),
            planned_of_reported: self.planned_of_reported.saturating_add(other.planned_of_reported),
            realised: self.realised.saturating_add(other.realised),
            unreported: self.unreported + other.unreported,
        }
    }

    /// What came of what was planned for the same periods, in percent; none if nothing was planned for them.
    pub fn percent(self) -> Option<f64> {
        percent(self.realised, self.planned_of_reported)
    }
}

/// A share in percent; none of nothing.
pub fn percent(realised: i64, planned: i64) -> Option<f64> {
    (planned > 0).then(|| realised as f64 / planned as f64 * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Money;

    fn period(starts: &str, ends: &str, planned: &str, realised: Option<&str>) -> BenefitPeriod {
        let money = |amount: &str| Money::sample(amount, "EUR");
        BenefitPeriod { starts_on: Date::sample(starts), ends_on: Date::sample(ends), planned: money(planned), realised: realised.map(money) }
    }

    #[test]
    fn what_is_not_known_counts_neither_as_nothing_nor_as_all() {
        let periods = [
            period("2026-01-01", "2026-03-31", "10000.00", Some("8000.00")),
            period("2026-04-01", "2026-06-30", "24000.00", None),
            period("2026-07-01", "2026-09-30", "6000.00", Some("1000.00")),
        ];
        let share = Share::of(&periods, Date::sample("2026-06-30"));
        // 8,000 of 10,000; the second quarter is not reported, the third has not ended.
        let expected = Share { planned: 4_000_000, planned_to_date: 3_400_000, planned_of_reported: 1_000_000, realised: 800_000, unreported: 1 };
        assert_eq!((share, share.percent()), (expected, Some(80.0)));
        assert_eq!(Share::of(&periods, Date::sample("2026-09-30")).percent(), Some(56.25), "9,000 of 16,000");
        assert_eq!((Share::of(&[], Date::sample("2026-06-30")).percent(), share.and(share).planned), (None, 8_000_000));
    }
}
