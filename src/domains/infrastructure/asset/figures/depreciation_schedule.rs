//! The depreciation schedule of an asset.

use super::asset_book_value::{FORMULA, SOURCE};
use crate::asset::{asset::Asset, book_value::Valued, depreciation::Terms};
use chrono::{Datelike, Months, NaiveDate};
use steward_core::choice;
use steward_core::resource::value::Note;
use steward_core::view::prelude::*;
use steward_schema::infrastructure::assets;

choice! {
    /// Length of a period of a schedule.
    pub enum Interval {
        /// A calendar month.
        Month = "month",
        /// A calendar year.
        Year = "year",
    }
}

/// Division into periods.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
pub struct Query {
    /// Length of a period; `year` if left out.
    #[param(inline)]
    pub interval: Option<Interval>,
}

/// Depreciation of a period.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DepreciationPeriod {
    /// First day of the period.
    pub starts_on: Date,
    /// Last day of the period.
    pub ends_on: Date,
    /// Depreciation in the period.
    pub depreciation: Money,
    /// Accumulated depreciation at its end.
    pub accumulated_depreciation: Money,
    /// Book value at its end.
    pub book_value: Money,
}

/// Depreciation schedule of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepreciationSchedule {
    /// Depreciated asset.
    pub asset: Ref<Asset>,
    /// Periods with depreciation, in order; their sum is the total depreciation.
    pub data: Vec<DepreciationPeriod>,
    /// Reason why there are no periods; null where there are.
    pub reason: Option<Note>,
}

impl View for DepreciationSchedule {
    const PATH: &'static str = "infrastructure/assets/{id}/depreciation-schedule";
    const SUMMARY: &'static str = "Get the depreciation schedule of an asset";
    const DESCRIPTION: &'static str = "Depreciation of an asset by calendar years or months, from its entry into service to the end of its life or its disposal; none of one that is ordered or rented. \
        For units of use, the periods end with the last reading.";
    const FORMULA: &'static str = FORMULA;
    const SOURCE: &'static str = SOURCE;
    type Reads = (Asset,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let id = cx.id()?;
        let (stored, asset) = cx.get_typed::<Asset>(id)?;
        let valued: Valued = assets::table.find(id).select(Valued::as_select()).get_result(cx.unscoped("the record that was read"))?;
        let terms = valued.beside_books().map_or_else(|| valued.terms(), Err);
        let (data, reason) = match (terms, asset.cost) {
            (Err(reason), _) => (Vec::new(), Some(reason)),
            (Ok(Some(terms)), Some(cost)) => {
                let data = periods(&valued, &terms, query.interval.unwrap_or(Interval::Year), cost.currency);
                let reason = data.is_empty().then_some("Nothing of its cost is written off.");
                (data, reason)
            }
            _ => (Vec::new(), Some("It is not in service yet. Say in in_service_on when it was.")),
        };
        Ok(DepreciationSchedule { asset: Ref::new(id, &asset.name.0, stored.meta.state.as_deref()), data, reason: reason.map(Note::cut) })
    }
}

/// The periods in which something is written off.
fn periods(valued: &Valued, terms: &Terms, interval: Interval, currency: Currency) -> Vec<DepreciationPeriod> {
    let of_life = terms.ends_on().or_else(|| terms.usage.last().map(|(read_on, _)| *read_on));
    let Some(until) = of_life.into_iter().chain(valued.leaves_on().map(|day| day.0)).min() else { return Vec::new() };
    let (mut periods, mut starts_on, mut before) = (Vec::new(), terms.starts_on, 0);
    while starts_on <= until {
        let Some(next) = next_period(starts_on, interval) else { break };
        let last = next.pred_opt().unwrap_or(next);
        let after = valued.written_off_by(terms, last);
        let money = |minor: i64| Money::new(minor, currency);
        if after > before {
            periods.push(DepreciationPeriod {
                starts_on: Date(starts_on),
                ends_on: Date(last),
                depreciation: money(after - before),
                accumulated_depreciation: money(after),
                book_value: money(terms.cost.saturating_sub(after)),
            });
        }
        (before, starts_on) = (after, next);
    }
    periods
}

/// The first day of the next month or year.
fn next_period(day: NaiveDate, interval: Interval) -> Option<NaiveDate> {
    match interval {
        Interval::Month => day.with_day(1)?.checked_add_months(Months::new(1)),
        Interval::Year => NaiveDate::from_ymd_opt(day.year() + 1, 1, 1),
    }
    .filter(|next| Date::within(*next).is_some())
}
