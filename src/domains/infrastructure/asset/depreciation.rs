//! Depreciation: how much of the cost of an asset is written off by a day, impairment losses included.
//!
//! Amounts are in minor units. What is written off by a day is rounded once, half up, so that the parts of a schedule add up to the whole.

use super::asset_value::{DepreciationConvention, DepreciationMethod};
use super::impairment::{Impairment, Remaining};
use chrono::{Datelike, Days, Months, NaiveDate};

/// Parts of a minor unit in which amounts are kept until they are rounded.
const PARTS: i128 = 1_000_000_000;
/// Months in a year.
const YEAR: i64 = 12;

/// What the depreciation of an asset follows from.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What it cost, in minor units.
    pub cost: i64,
    /// What it will be worth at the end, in minor units; at most its cost.
    pub salvage: i64,
    /// The day on which depreciation begins.
    pub starts_on: NaiveDate,
    /// How the cost is spread.
    pub method: DepreciationMethod,
    /// How the first and last periods are counted.
    pub convention: DepreciationConvention,
    /// Its life, in months; at least 1.
    pub life_months: i64,
    /// Readings of its use, in order: the day, and the share of all its use that was read then.
    pub usage: Vec<(NaiveDate, f64)>,
    /// Recognised impairment losses, in order.
    pub impairments: Vec<Impairment>,
}

impl Terms {
    /// The amount written off at a day, in minor units: by the days from its start to that day, or by the months begun, that of the day included;
    /// and by the losses of the days before.
    pub fn written_off(&self, day: NaiveDate) -> i64 {
        self.written_off_at(day, |impairment| impairment.on < day)
    }

    /// The amount written off when a day has ended: what a schedule shows for the last day of a period.
    pub fn written_off_after(&self, day: NaiveDate) -> i64 {
        self.written_off_at(self.end_of(day), |impairment| impairment.on <= day)
    }

    /// Until when the life of a day that has ended counts.
    fn end_of(&self, day: NaiveDate) -> NaiveDate {
        let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
        if self.convention == DepreciationConvention::Daily && next > self.starts_on { next } else { day }
    }

    fn written_off_at(&self, day: NaiveDate, is_counted: impl Fn(&Impairment) -> bool) -> i64 {
        if day < self.starts_on {
            return 0;
        }
        let most = i128::from(self.depreciable()) * PARTS;
        let unimpaired = |day: NaiveDate| (most - self.spread(day)).clamp(0, most);
        let mut remaining = Remaining::all(most);
        for impairment in self.impairments.iter().filter(|each| is_counted(each)) {
            remaining.lose(unimpaired(self.end_of(impairment.on)), i128::from(impairment.loss) * PARTS);
        }
        let parts = most + remaining.below_salvage() - remaining.of(unimpaired(day));
        let rounded = (parts + PARTS / 2).div_euclid(PARTS);
        i64::try_from(rounded).unwrap_or(self.cost).clamp(0, self.cost.max(0))
    }

    /// The amount written off at a day by use or time alone, in parts of a minor unit.
    fn spread(&self, day: NaiveDate) -> i128 {
        match self.method {
            _ if day < self.starts_on => 0,
            DepreciationMethod::None => 0,
            DepreciationMethod::UnitsOfUse => self.by_use(day),
            _ if self.convention == DepreciationConvention::HalfYear => self.in_calendar_years(day),
            _ => self.in_years_of_life(day),
        }
    }

    /// By the use that was last read.
    fn by_use(&self, day: NaiveDate) -> i128 {
        let used = self.usage.iter().rev().find(|(read_on, _)| *read_on <= day).map_or(0.0, |(_, share)| share.clamp(0.0, 1.0));
        let units = self.depreciable() as f64 * used;
        units.trunc() as i128 * PARTS + (units.fract() * PARTS as f64) as i128
    }

    /// The last day on which something is written off by time; none by use, as nobody knows it. A loss that leaves nothing ends it at once.
    pub fn ends_on(&self) -> Option<NaiveDate> {
        let lost_on = self.impairments.iter().map(|each| each.on).find(|on| self.written_off_after(*on) >= self.depreciable());
        self.life_ends_on().into_iter().chain(lost_on).min()
    }

    fn life_ends_on(&self) -> Option<NaiveDate> {
        if matches!(self.method, DepreciationMethod::UnitsOfUse | DepreciationMethod::None) {
            return None;
        }
        let after = |from: NaiveDate| from.checked_add_months(Months::new(u32::try_from(self.life_months).ok()?))?.pred_opt();
        match self.convention {
            DepreciationConvention::Daily => after(self.starts_on),
            DepreciationConvention::FullMonth => after(self.starts_on.with_day(1)?),
            DepreciationConvention::HalfYear if self.life_months <= YEAR / 2 => NaiveDate::from_ymd_opt(self.starts_on.year(), 12, 31),
            DepreciationConvention::HalfYear => after(self.starts_on.with_day(1)?.with_month(7)?),
        }
    }

    fn depreciable(&self) -> i64 {
        self.cost.saturating_sub(self.salvage).max(0)
    }

    /// The amount of each year of life; the last may be shorter.
    fn years_of_life(&self) -> Vec<i128> {
        let most = i128::from(self.depreciable()) * PARTS;
        let lengths = (0..self.life_months).step_by(YEAR as usize).map(|begun| (self.life_months - begun, YEAR.min(self.life_months - begun)));
        match self.method {
            DepreciationMethod::DoubleDeclining => self.declining(lengths),
            DepreciationMethod::SumOfYearsDigits => {
                let weights: Vec<i128> = lengths.map(|(left, length)| i128::from(left * length)).collect();
                let sum: i128 = weights.iter().sum();
                weights.into_iter().map(|weight| most * weight / sum).collect()
            }
            _ => lengths.map(|(_, length)| most * i128::from(length) / i128::from(self.life_months)).collect(),
        }
    }

    /// Twice the straight rate on what is left, or a straight line over what is left of life once that writes off more; never below the
    /// salvage. Of each year: how many months are left of life at its beginning, and how many of them it has.
    fn declining(&self, years: impl Iterator<Item = (i64, i64)>) -> Vec<i128> {
        let (mut value, salvage) = (i128::from(self.cost) * PARTS, i128::from(self.salvage) * PARTS);
        let amounts = years.map(|(left, length)| {
            let rest = (value - salvage).max(0);
            let falling = value * i128::from(2 * length) / i128::from(self.life_months);
            let straight = rest * i128::from(length) / i128::from(left);
            let amount = falling.max(straight).min(rest);
            value -= amount;
            amount
        });
        amounts.collect()
    }

    /// By years of life, each spread evenly over its days or months.
    fn in_years_of_life(&self, day: NaiveDate) -> i128 {
        let amounts = self.years_of_life();
        let birthday = |year: i64| {
            let months = u32::try_from((year * YEAR).min(self.life_months)).unwrap_or(u32::MAX);
            self.starts_on.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
        };
        let mut sum = 0;
        for (year, amount) in (0..).zip(amounts) {
            let (gone, length) = if self.convention == DepreciationConvention::Daily {
                ((day - birthday(year)).num_days(), (birthday(year + 1) - birthday(year)).num_days())
            } else {
                (months_begun(self.starts_on, day) - year * YEAR, YEAR.min(self.life_months - year * YEAR))
            };
            sum += amount * i128::from(gone.clamp(0, length)) / i128::from(length.max(1));
        }
        sum
    }

    /// By calendar years: the first takes half of the first year of life, and the last what is left.
    fn in_calendar_years(&self, day: NaiveDate) -> i128 {
        let half = (YEAR / 2).min(self.life_months);
        let amounts = if self.method == DepreciationMethod::DoubleDeclining {
            let later = (half..self.life_months).step_by(YEAR as usize).map(|gone| (self.life_months - gone, YEAR.min(self.life_months - gone)));
            self.declining(std::iter::once((self.life_months, half)).chain(later))
        } else {
            let years = self.years_of_life();
            let month_of = |month: i64| {
                let year = month / YEAR;
                let length = YEAR.min(self.life_months - year * YEAR);
                usize::try_from(year).ok().and_then(|year| years.get(year)).map_or(0, |amount| *amount / i128::from(length))
            };
            let ends = (half..self.life_months).step_by(YEAR as usize).map(|from| (from, (from + YEAR).min(self.life_months)));
            std::iter::once((0, half)).chain(ends).map(|(from, to)| (from..to).map(month_of).sum()).collect()
        };
        let (first, mut sum) = (self.starts_on.year(), 0);
        for (year, amount) in (first..).zip(amounts) {
            let is_first = year == first;
            let begins = if is_first { self.starts_on } else { NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX) };
            let left = self.life_months - half - i64::from(year - first - 1) * YEAR;
            let length = if is_first { YEAR - i64::from(begins.month0()) } else { YEAR.min(left) };
            let gone = if day < begins { 0 } else { months_begun(begins, day).min(length) };
            sum += amount * i128::from(gone) / i128::from(length);
        }
        sum
    }
}

/// How many calendar months have begun from one day to another, both included.
fn months_begun(from: NaiveDate, to: NaiveDate) -> i64 {
    i64::from(to.year() - from.year()) * YEAR + i64::from(to.month()) - i64::from(from.month()) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use DepreciationConvention::{Daily, FullMonth, HalfYear};
    use DepreciationMethod::{DoubleDeclining, StraightLine, SumOfYearsDigits, UnitsOfUse};

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn terms(cost: i64, salvage: i64, years: i64, method: DepreciationMethod, convention: DepreciationConvention) -> Terms {
        Terms {
            cost: cost * 100,
            salvage: salvage * 100,
            starts_on: day(2021, 1, 1),
            method,
            convention,
            life_months: years * YEAR,
            usage: Vec::new(),
            impairments: Vec::new(),
        }
    }

    /// The amounts of the calendar years from that of the start, in whole units.
    fn by_year(terms: &Terms, years: i32) -> Vec<f64> {
        let first = terms.starts_on.year();
        let ends: Vec<i64> = (first..first + years).map(|year| terms.written_off_after(day(year, 12, 31))).collect();
        let begins = std::iter::once(0).chain(ends.iter().copied());
        ends.iter().zip(begins).map(|(end, begin)| (end - begin) as f64 / 100.0).collect()
    }

    #[test]
    fn a_straight_line_is_the_same_each_year_whatever_the_convention_of_a_life_that_begins_with_the_year() {
        // Kieso, Weygandt, Warfield, Intermediate Accounting, "Stanley Coal Mines": 500,000, salvage 50,000, 5 years.
        for convention in [Daily, FullMonth] {
            assert_eq!(by_year(&terms(500_000, 50_000, 5, StraightLine, convention), 6), [90_000.0, 90_000.0, 90_000.0, 90_000.0, 90_000.0, 0.0]);
        }
        assert_eq!(by_year(&terms(500_000, 50_000, 5, StraightLine, HalfYear), 7), [45_000.0, 90_000.0, 90_000.0, 90_000.0, 90_000.0, 45_000.0, 0.0]);
    }

    #[test]
    fn the_digits_of_the_years_weigh_them() {
        // The same example: 5/15, 4/15, 3/15, 2/15, 1/15 of 450,000.
        assert_eq!(by_year(&terms(500_000, 50_000, 5, SumOfYearsDigits, FullMonth), 5), [150_000.0, 120_000.0, 90_000.0, 60_000.0, 30_000.0]);
    }

    #[test]
    fn twice_the_rate_falls_to_the_salvage_and_no_further() {
        // The same example: 200,000, 120,000, 72,000, 43,200 and what is left above 50,000.
        assert_eq!(by_year(&terms(500_000, 50_000, 5, DoubleDeclining, Daily), 6), [200_000.0, 120_000.0, 72_000.0, 43_200.0, 14_800.0, 0.0]);
    }

    #[test]
    fn half_a_year_with_twice_the_rate_is_the_table_of_the_internal_revenue_service() {
        // IRS Publication 946, Table A-1, 5-year and 7-year property, half-year convention, in percent.
        assert_eq!(by_year(&terms(100, 0, 5, DoubleDeclining, HalfYear), 6), [20.0, 32.0, 19.2, 11.52, 11.52, 5.76]);
        assert_eq!(by_year(&terms(100, 0, 7, DoubleDeclining, HalfYear), 8), [14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46]);
    }

    #[test]
    fn a_life_that_begins_within_a_year_is_spread_over_calendar_years() {
        // Kieso et al., "Depreciation and partial periods": 10,000, no salvage, 5 years, bought on 1 July: half of each year of life in two.
        let from_july = |method, convention| Terms { starts_on: day(2021, 7, 1), ..terms(10_000, 0, 5, method, convention) };
        assert_eq!(by_year(&from_july(SumOfYearsDigits, FullMonth), 6), [1_666.67, 3_000.0, 2_333.33, 1_666.67, 1_000.0, 333.33]);
        assert_eq!(by_year(&from_july(DoubleDeclining, FullMonth), 3), [2_000.0, 3_200.0, 1_920.0]);
        assert_eq!(by_year(&from_july(StraightLine, FullMonth), 6), [1_000.0, 2_000.0, 2_000.0, 2_000.0, 2_000.0, 1_000.0]);
    }

    #[test]
    fn days_count_in_their_year_of_life_and_the_month_of_start_counts_whole() {
        let from_march = |convention| Terms { starts_on: day(2023, 3, 15), ..terms(3_660, 0, 3, StraightLine, convention) };
        // The first year of life has 366 days; 17 of them are gone on 1 April: 1,220 · 17 / 366.
        assert_eq!(from_march(Daily).written_off(day(2023, 4, 1)), 5_667);
        assert_eq!(from_march(Daily).written_off(day(2023, 3, 15)), 0);
        assert_eq!(from_march(Daily).written_off(day(2026, 3, 15)), 366_000);
        assert_eq!(from_march(FullMonth).written_off(day(2023, 3, 31)), 10_167);
        assert_eq!(from_march(FullMonth).written_off(day(2023, 2, 28)), 0);
        assert_eq!(from_march(FullMonth).ends_on(), Some(day(2026, 2, 28)));
    }

    #[test]
    fn use_is_what_was_last_read() {
        // Kieso et al., the same example, activity method: 4,000 of 30,000 hours in the first year are 60,000.
        let crane = Terms { usage: vec![(day(2021, 12, 31), 4_000.0 / 30_000.0)], ..terms(500_000, 50_000, 5, UnitsOfUse, Daily) };
        assert_eq!(by_year(&crane, 1), [60_000.0]);
        let usage = vec![(day(2021, 6, 30), 0.1), (day(2021, 12, 31), 0.25), (day(2022, 12, 31), 1.4)];
        let terms = Terms { usage, ..terms(500_000, 50_000, 5, UnitsOfUse, Daily) };
        let at = |on| terms.written_off(on);
        assert_eq!([at(day(2021, 6, 29)), at(day(2021, 12, 30)), at(day(2022, 1, 1)), at(day(2023, 1, 1))], [0, 4_500_000, 11_250_000, 45_000_000]);
    }

    #[test]
    fn whatever_the_method_and_life_the_parts_add_up_and_never_grow_back() {
        for method in [StraightLine, DoubleDeclining, SumOfYearsDigits] {
            for convention in [Daily, FullMonth, HalfYear] {
                for (cost, salvage, life_months) in [(100_001, 1, 7), (99_999, 33_333, 60), (1, 0, 13), (1_000_003, 0, 1), (5_000, 7, 6), (77_777, 0, 1_200)] {
                    let terms =
                        Terms { cost, salvage, starts_on: day(2024, 2, 29), method, convention, life_months, usage: Vec::new(), impairments: Vec::new() };
                    let mut before = 0;
                    for days in (0..40_000).step_by(13) {
                        let now = terms.written_off(day(2024, 2, 1) + Days::new(days));
                        assert!(now >= before, "{terms:?}");
                        before = now;
                    }
                    assert_eq!(before, cost - salvage, "{terms:?}");
                    assert_eq!(terms.written_off_after(terms.ends_on().unwrap()), cost - salvage, "{terms:?}");
                }
            }
        }
    }

    fn impaired(terms: Terms, losses: &[(NaiveDate, i64)]) -> Terms {
        Terms { impairments: losses.iter().map(|(on, loss)| Impairment { on: *on, loss: *loss }).collect(), ..terms }
    }

    #[test]
    fn after_an_impairment_the_revised_carrying_amount_is_spread_over_the_remaining_life() {
        // Kaplan, ACCA F7 Integrated Workbook, chapter 4, example 2: a machine of 24,000 and eight years is impaired by 4,500 when two of
        // them are over. 13,500 are left over six years, 2,250 a year, and 9,000 two years later.
        for convention in [Daily, FullMonth] {
            let machine = impaired(terms(24_000, 0, 8, StraightLine, convention), &[(day(2022, 12, 31), 450_000)]);
            assert_eq!(by_year(&machine, 9), [3_000.0, 7_500.0, 2_250.0, 2_250.0, 2_250.0, 2_250.0, 2_250.0, 2_250.0, 0.0]);
            assert_eq!(machine.cost - machine.written_off_after(day(2024, 12, 31)), 900_000);
        }
        // IAS 36, Illustrative Examples 2 and 4: 2,000 over 15 years, of which 1,467 are left after four and 1,360 after the loss; two years
        // later 1,113.
        let entity = impaired(terms(2_000, 0, 15, StraightLine, FullMonth), &[(day(2024, 12, 31), 10_667)]);
        let carrying = |year| (entity.cost - entity.written_off_after(day(year, 12, 31)) + 50) / 100;
        assert_eq!((carrying(2024), carrying(2026)), (1_360, 1_113));
    }

    #[test]
    fn a_loss_counts_at_the_end_of_its_day_and_what_it_takes_below_the_salvage_at_once() {
        let on = day(2022, 12, 31);
        // 10,000, salvage 1,000, three years: 3,000 a year. Of 4,000 are left 500: 3,000 are not written off any more, and 500 of the salvage.
        let low = impaired(terms(10_000, 1_000, 3, StraightLine, Daily), &[(on, 350_000)]);
        assert_eq!(by_year(&low, 4), [3_000.0, 6_500.0, 0.0, 0.0]);
        assert_eq!((low.written_off(on), low.written_off_after(on), low.written_off(day(2023, 1, 1))), (599_178, 950_000, 950_000));
        assert_eq!(low.ends_on(), Some(on));
        // By hand: 5/15 + 4/15 of 450,000 leave 230,000, of them 180,000 beside the salvage; 130,000 of these stay, as 3/6, 2/6 and 1/6.
        let digits = impaired(terms(500_000, 50_000, 5, SumOfYearsDigits, FullMonth), &[(on, 5_000_000)]);
        assert_eq!(by_year(&digits, 5), [150_000.0, 170_000.0, 65_000.0, 43_333.33, 21_666.67]);
        // What is not depreciated keeps what the loss left.
        let land = impaired(terms(900, 0, 1, DepreciationMethod::None, Daily), &[(on, 20_000)]);
        assert_eq!((land.written_off(on), land.written_off_after(on), land.written_off_after(day(2040, 1, 1))), (0, 20_000, 20_000));
        assert_eq!((land.ends_on(), digits.ends_on()), (None, Some(day(2025, 12, 31))));
        // By use: 60,000 of 450,000 are written off by what was read; 390,000 less 195,000 are spread over what is left to be used.
        let usage = vec![(day(2021, 12, 31), 4_000.0 / 30_000.0), (day(2023, 6, 30), 17_000.0 / 30_000.0)];
        let crane = impaired(Terms { usage, ..terms(500_000, 50_000, 5, UnitsOfUse, Daily) }, &[(on, 19_500_000)]);
        assert_eq!([day(2022, 12, 30), on, day(2023, 12, 31)].map(|day| crane.written_off_after(day)), [6_000_000, 25_500_000, 35_250_000]);
    }

    #[test]
    fn whatever_the_losses_no_more_than_the_cost_is_written_off_and_it_never_grows_back() {
        for method in [StraightLine, DoubleDeclining, SumOfYearsDigits, DepreciationMethod::None] {
            for convention in [Daily, FullMonth, HalfYear] {
                for (cost, salvage, life_months) in [(100_001, 1, 7), (99_999, 33_333, 60), (1_000_003, 0, 1), (77_777, 0, 1_200), (900_000_000_000_000, 7, 60)]
                {
                    let mut terms =
                        Terms { cost, salvage, starts_on: day(2024, 2, 29), method, convention, life_months, usage: Vec::new(), impairments: Vec::new() };
                    for (on, divisor) in [(day(2024, 5, 3), 7), (day(2024, 5, 3), 3), (day(2026, 1, 31), 2), (day(2027, 7, 8), 1)] {
                        let left = cost - terms.written_off_after(on);
                        terms.impairments.push(Impairment { on, loss: left / divisor });
                        assert_eq!(cost - terms.written_off_after(on), left - left / divisor, "{terms:?}");
                    }
                    let mut before = 0;
                    for days in (0..1_500).step_by(13) {
                        let now = terms.written_off_after(day(2024, 2, 1) + Days::new(days));
                        assert!((before..=cost).contains(&now), "{terms:?}");
                        before = now;
                    }
                    assert_eq!(before, cost, "all that was left was lost: {terms:?}");
                }
            }
        }
    }
}
