//! The realisation of a benefit, in a period and in total, as the figures tell it.

use super::benefit::BenefitPeriod;
use super::benefit_share::{Share, percent};
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;

/// Period of a benefit.
#[derive(Debug, Serialize, ToSchema)]
pub struct RealizedPeriod {
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period.
    pub ends_on: Date,
    /// Planned value.
    pub planned: Money,
    /// Realised value; null while unknown.
    pub realised: Option<Money>,
    /// Share realised: realised / planned · 100; null while unknown.
    pub percent: Figure,
}

impl From<BenefitPeriod> for RealizedPeriod {
    fn from(period: BenefitPeriod) -> Self {
        let share = period.realised.and_then(|realised| percent(realised.minor, period.planned.minor));
        RealizedPeriod { starts_on: period.starts_on, ends_on: period.ends_on, planned: period.planned, realised: period.realised, percent: Figure(share) }
    }
}

/// Planned and realised value in total.
#[derive(Debug, Serialize, ToSchema)]
pub struct Realization {
    /// Planned value of all periods.
    pub planned: Money,
    /// Planned value of the periods that have ended.
    pub planned_to_date: Money,
    /// Realised value of the periods that have ended and are reported.
    pub realised: Money,
    /// Number of periods that have ended and are not reported.
    pub unreported_periods: Count,
    /// Realised value as a share of the value planned for the same periods, in percent; null if none is reported.
    pub realization_percent: Figure,
}

impl Realization {
    /// Realisation of a share, in the currency of its amounts.
    pub fn of(currency: Currency, share: Share) -> Realization {
        let money = |minor: i64| Money::new(minor, currency);
        Realization {
            planned: money(share.planned),
            planned_to_date: money(share.planned_to_date),
            realised: money(share.realised),
            unreported_periods: Whole(share.unreported),
            realization_percent: Figure(share.percent()),
        }
    }
}
