//! Earned value: planned and earned value of a day, the indices and forecasts that follow, and earned schedule.
//!
//! Amounts are in minor units; what cannot be computed is none, never 0.

use super::work_time::WorkTime;

/// Work with a budget, as it is planned. Days count from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budgeted {
    /// Its budget at completion.
    pub budget: f64,
    /// Its first day; with its last day alone its whole budget is due then.
    pub starts: Option<i64>,
    /// Its last day; work without one ends with the latest.
    pub ends: Option<i64>,
}

/// The share of work that is planned to be done at the end of a day, by working time.
pub fn planned_share(time: &WorkTime, starts: Option<i64>, ends: i64, day: i64) -> f64 {
    let whole = starts.map_or(0, |starts| time.before(ends + 1) - time.before(starts));
    match starts {
        _ if day >= ends => 1.0,
        Some(starts) if whole > 0 && day >= starts => (time.before(day + 1) - time.before(starts)) as f64 / whole as f64,
        _ => 0.0,
    }
}

/// Planned value at the end of a day.
pub fn planned_value(time: &WorkTime, work: &[Budgeted], day: i64) -> f64 {
    let Some(last) = work.iter().filter_map(|each| each.ends).max() else { return 0.0 };
    work.iter().map(|each| each.budget * planned_share(time, each.starts, each.ends.unwrap_or(last), day)).sum()
}

/// The percent complete of work at the end of a day: that of the last record until then. Records are in order.
pub fn recorded_percent(records: &[(i64, f64)], day: i64) -> f64 {
    let after = records.partition_point(|(on, _)| *on <= day);
    after.checked_sub(1).and_then(|at| records.get(at)).map_or(0.0, |(_, percent)| *percent)
}

/// What is known of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub struct Values {
    pub bac: f64,
    pub pv: f64,
    pub ev: f64,
    pub ac: Option<f64>,
    pub commitments: Option<f64>,
}

/// What follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[allow(missing_docs)]
pub struct Indices {
    pub cv: Option<f64>,
    pub sv: Option<f64>,
    pub cpi: Option<f64>,
    pub spi: Option<f64>,
    pub eac_typical: Option<f64>,
    pub eac_atypical: Option<f64>,
    pub eac_cpi_spi: Option<f64>,
    pub floor: Option<f64>,
    pub floor_applied: bool,
    pub etc: Option<f64>,
    pub vac: Option<f64>,
    pub tcpi_bac: Option<f64>,
    pub tcpi_eac: Option<f64>,
}

/// The indices and forecasts of a day. The estimates at completion are as their formulas give them; ETC, VAC and TCPI to EAC rest on the typical one,
/// or on the floor where that is higher.
pub fn indices(values: Values) -> Indices {
    let Values { bac, pv, ev, ac, commitments } = values;
    let left = bac - ev;
    let cpi = ac.and_then(|ac| ratio(ev, ac));
    let spi = ratio(ev, pv);
    // BAC ÷ CPI and AC + (BAC − EV) ÷ (CPI · SPI), with what they are quotients of.
    let eac_typical = ac.filter(|_| cpi.is_some()).and_then(|ac| ratio(bac * ac, ev));
    let eac_cpi_spi = ac.filter(|_| cpi.is_some() && spi.is_some()).and_then(|ac| Some(ac + ratio(left * ac * pv, ev * ev)?));
    let floor = ac.zip(commitments).map(|(ac, open)| ac + open);
    let eac_atypical = ac.map(|ac| ac + left);
    let floor_applied = eac_typical.zip(floor).is_some_and(|(eac, floor)| eac < floor);
    let eac = if floor_applied { floor } else { eac_typical };
    Indices {
        cv: ac.map(|ac| ev - ac),
        sv: Some(ev - pv),
        cpi,
        spi,
        eac_typical,
        eac_atypical,
        eac_cpi_spi,
        floor,
        floor_applied,
        etc: eac.zip(ac).map(|(eac, ac)| eac - ac),
        vac: eac.map(|eac| bac - eac),
        tcpi_bac: ac.and_then(|ac| ratio(left, bac - ac)),
        tcpi_eac: eac.zip(ac).and_then(|(eac, ac)| ratio(left, eac - ac)),
    }
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    (denominator != 0.0).then(|| numerator / denominator)
}

/// Earned schedule: the number of periods after which as much was to be earned as is earned. `planned` is the planned value after so
/// many periods, of `periods` in all.
pub fn earned_schedule(planned: impl Fn(i64) -> f64, periods: i64, earned: f64) -> Option<f64> {
    if periods <= 0 || planned(periods) <= 0.0 {
        return None;
    }
    let (mut low, mut high) = (0, periods + 1);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if planned(middle) <= earned {
            low = middle;
        } else {
            high = middle;
        }
    }
    if low == periods {
        return Some(periods as f64);
    }
    let (before, after) = (planned(low), planned(low + 1));
    Some(low as f64 + (earned - before) / (after - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: i64 = 20_605;

    fn of(bac: f64, pv: f64, ev: f64, ac: f64) -> Indices {
        indices(Values { bac, pv, ev, ac: Some(ac), commitments: None })
    }

    fn close(one: Option<f64>, other: f64) -> bool {
        one.is_some_and(|one| (one - other).abs() < 0.005)
    }

    #[test]
    fn the_figures_equal_published_examples() {
        // Construction Methods and Project Management, project control and monitoring (arizval.app, examples): PV 500,000, EV
        // 450,000, AC 480,000, BAC 1,000,000.
        let example = of(1_000_000.0, 500_000.0, 450_000.0, 480_000.0);
        assert_eq!([example.cv, example.sv, example.cpi, example.spi], [Some(-30_000.0), Some(-50_000.0), Some(0.9375), Some(0.9)]);
        assert!(close(example.eac_typical, 1_066_666.67));
        // There: BAC 2,000,000, AC 1,100,000, EV 1,000,000, the overrun does not come again.
        assert_eq!(of(2_000_000.0, 1.0, 1_000_000.0, 1_100_000.0).eac_atypical, Some(2_100_000.0));
        // There: BAC 5,000,000, EV 2,000,000, AC 2,500,000.
        assert_eq!(of(5_000_000.0, 1.0, 2_000_000.0, 2_500_000.0).tcpi_bac, Some(1.2));
        // Project control and earned value (ceboardexamgenerator.com): BAC 5,000,000, EV 1,500,000, AC 1,800,000.
        let example = of(5_000_000.0, 1.0, 1_500_000.0, 1_800_000.0);
        assert!(close(example.eac_typical, 6_000_000.0) && close(example.etc, 4_200_000.0) && close(example.vac, -1_000_000.0));
        // EVM forecasting (wikislate.com, poster 15, with the values of poster 14): BAC 100, PV 50, EV 40, AC 45, in thousands. There SPI 0.80,
        // CPI 0.89, EAC 112.5 and about 129 by cost and schedule, ETC 67.5, VAC −12.5, TCPI to BAC 1.09.
        let example = of(100.0, 50.0, 40.0, 45.0);
        assert_eq!((example.spi, example.eac_typical, example.etc, example.vac), (Some(0.8), Some(112.5), Some(67.5), Some(-12.5)));
        assert!(close(example.cpi, 0.89) && close(example.eac_cpi_spi, 129.375) && close(example.tcpi_bac, 1.09));
        // There: TCPI to EAC = (BAC − EV) ÷ (EAC − AC), which is the CPI where EAC is BAC ÷ CPI.
        assert!(close(example.tcpi_eac, 0.89));
    }

    #[test]
    fn what_remains_follows_by_hand() {
        let example = of(1_000.0, 500.0, 400.0, 500.0);
        // 500 + 600 / (0.8 · 0.8); 600 / 500; 600 / (1250 − 500).
        assert_eq!([example.eac_cpi_spi, example.tcpi_bac, example.tcpi_eac], [Some(1_437.5), Some(1.2), Some(0.8)]);
        // A floor of 500 + 900 is above 1,250, one of 500 + 500 is below all.
        let floored = |open| indices(Values { bac: 1_000.0, pv: 500.0, ev: 400.0, ac: Some(500.0), commitments: Some(open) });
        let above = floored(900.0);
        assert_eq!(
            (above.floor, above.floor_applied, above.eac_typical, above.etc, above.vac),
            (Some(1_400.0), true, Some(1_250.0), Some(900.0), Some(-400.0))
        );
        // The formulas stay what they are: 500 + 600, and 500 + 600 / 0.64.
        assert_eq!([above.eac_atypical, above.eac_cpi_spi], [Some(1_100.0), Some(1_437.5)]);
        assert_eq!((floored(500.0).floor_applied, floored(500.0).vac), (false, Some(-250.0)));
    }

    #[test]
    fn nothing_is_divided_by_zero() {
        let start = of(1_000.0, 0.0, 0.0, 0.0);
        assert_eq!([start.cpi, start.spi, start.eac_typical, start.eac_cpi_spi, start.etc, start.vac, start.tcpi_eac], [None; 7]);
        assert_eq!([start.cv, start.sv, start.eac_atypical, start.tcpi_bac], [Some(0.0), Some(0.0), Some(1_000.0), Some(1.0)]);
        assert_eq!(of(1_000.0, 500.0, 400.0, 1_000.0).tcpi_bac, None);
        assert_eq!(of(1_000.0, 500.0, 0.0, 100.0).eac_typical, None);
        let unknown = indices(Values { bac: 1_000.0, pv: 500.0, ev: 400.0, ac: None, commitments: Some(5.0) });
        assert_eq!([unknown.cv, unknown.cpi, unknown.eac_atypical, unknown.tcpi_bac, unknown.floor], [None; 5]);
        assert_eq!(unknown.spi, Some(0.8));
    }

    #[test]
    fn planned_value_is_spread_over_working_time() {
        let time = WorkTime::standard();
        // Ten working days of two weeks: on Friday half is due, on Sunday still.
        let work = Budgeted { budget: 1_000.0, starts: Some(MONDAY), ends: Some(MONDAY + 11) };
        let at = |day| planned_value(&time, &[work], day);
        assert_eq!(
            [at(MONDAY - 1), at(MONDAY), at(MONDAY + 4), at(MONDAY + 6), at(MONDAY + 11), at(MONDAY + 50)],
            [0.0, 100.0, 500.0, 500.0, 1_000.0, 1_000.0]
        );
        let undated = Budgeted { budget: 10.0, starts: None, ends: None };
        assert_eq!(planned_value(&time, &[work, undated], MONDAY + 11), 1_010.0);
        assert_eq!(planned_value(&time, &[undated], MONDAY), 0.0);
        // A milestone on a Sunday.
        assert_eq!(planned_value(&time, &[Budgeted { starts: Some(MONDAY + 6), ends: Some(MONDAY + 6), budget: 5.0 }], MONDAY + 6), 5.0);
    }

    #[test]
    fn the_last_record_until_a_day_counts() {
        let records = [(10, 20.0), (12, 50.0), (12, 40.0)];
        assert_eq!([9, 10, 11, 12, 99].map(|day| recorded_percent(&records, day)), [0.0, 20.0, 20.0, 40.0, 40.0]);
    }

    #[test]
    fn earned_schedule_interpolates_between_periods() {
        // Lipke 2003: N + (EV − PV(N)) ÷ (PV(N + 1) − PV(N)). By hand: 350 lies halfway between month 2 (300) and 3 (400).
        let planned = [0.0, 100.0, 300.0, 400.0, 500.0];
        let of = |earned| earned_schedule(|period| planned[period as usize], 4, earned);
        assert_eq!([of(0.0), of(50.0), of(350.0), of(400.0), of(500.0), of(600.0)], [Some(0.0), Some(0.5), Some(2.5), Some(3.0), Some(4.0), Some(4.0)]);
        assert_eq!(earned_schedule(|_| 0.0, 4, 0.0), None);
        // Lipke, Earned Schedule (International Metrics Congress 2007): ten months are planned, seven are over, and as much is earned as was
        // planned for five: two months late, SPI(t) = 5 ÷ 7.
        let found = earned_schedule(|month| month as f64 * 10.0, 10, 50.0);
        assert_eq!((found, found.map(|earned| earned - 7.0)), (Some(5.0), Some(-2.0)));
    }
}
