//! The schedule of a prepayment: how much of it becomes cost in each month.

use crate::database::expression::total;
use crate::domains::finance::budget::{distribution::split, period_cover::Span};
use crate::domains::finance::ledger::{
    cost_entry::CostEntry,
    prepayment::{Prepayment, ScheduleMethod},
};
use crate::view::IdOf;
use crate::view::prelude::*;
use chrono::{Datelike, Months};
use steward_schema::finance::cost_entries;

/// What becomes cost in a month.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduledMonth {
    /// First day in the month.
    pub starts_on: Date,
    /// Last day in the month.
    pub ends_on: Date,
    /// How much becomes cost.
    pub amount: Money,
}

/// How a prepayment becomes cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Schedule {
    /// The prepayment.
    pub prepayment_id: IdOf<Prepayment>,
    /// What was paid.
    pub amount: Money,
    /// What the ledger has booked of it already, in the same currency.
    pub booked: Money,
    /// What is still to be booked.
    pub remaining: Money,
    /// Each month, in order.
    pub months: Vec<ScheduledMonth>,
}

impl View for Schedule {
    const PATH: &'static str = "finance/prepayments/{id}/schedule";
    const SUMMARY: &'static str = "Get the schedule of a prepayment";
    const DESCRIPTION: &'static str = "How much of a prepayment becomes cost in each calendar month that it touches: the same in each, or by its days in each. The months add up to the amount exactly; what rounding leaves goes, a minor unit each, to the months with the largest remainders, the earlier first. \
        *Booked* is the sum of `base_amount` of the cost entries that name it as their source and that you may see.";
    type Reads = (Prepayment, CostEntry);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, paid) = cx.get_typed::<Prepayment>(id)?;
        let currency = paid.amount.currency;
        let months = months_of(Span { starts_on: paid.starts_on, ends_on: paid.ends_on });
        let parts = split(paid.amount.minor, &weights(&months, paid.method));
        let month = |(span, minor): (&Span, i64)| ScheduledMonth { starts_on: span.starts_on, ends_on: span.ends_on, amount: Money::new(minor, currency) };
        let listed = months.iter().zip(parts).map(month).collect();
        let booked = booked(cx, id, &paid.amount)?;
        let money = |minor: i64| Money::new(minor, currency);
        Ok(Schedule {
            prepayment_id: id.into(),
            amount: paid.amount,
            booked: money(booked),
            remaining: money(paid.amount.minor.saturating_sub(booked)),
            months: listed,
        })
    }
}

fn booked(reader: &mut Reader<'_>, id: Id, amount: &Money) -> Result<i64> {
    let seen = reader.sees::<CostEntry>()?;
    if seen.is_nothing() {
        return Ok(0);
    }
    let booked: Option<i64> = cost_entries::table
        .filter(cost_entries::source_id.eq(id).and(cost_entries::base_amount_currency.eq(amount.currency)))
        .filter(seen.clone())
        .select(total(cost_entries::base_amount_amount))
        .get_result(reader.within(&seen))?;
    Ok(booked.unwrap_or(0))
}

/// The calendar months that a span touches, each cut to the span.
pub fn months_of(span: Span) -> Vec<Span> {
    let mut months = Vec::new();
    let mut starts_on = span.starts_on;
    while starts_on <= span.ends_on {
        let next = starts_on.0.with_day(1).and_then(|first| first.checked_add_months(Months::new(1))).filter(|next| Date::within(*next).is_some());
        let last = next.and_then(|next| next.pred_opt()).map_or(span.ends_on, Date);
        months.push(Span { starts_on, ends_on: last.min(span.ends_on) });
        match next {
            Some(next) => starts_on = Date(next),
            None => break,
        }
    }
    months
}

fn weights(months: &[Span], method: ScheduleMethod) -> Vec<i64> {
    let days = |span: &Span| (span.ends_on.0 - span.starts_on.0).num_days() + 1;
    months.iter().map(|span| if method == ScheduleMethod::Equal { 1 } else { days(span) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(starts_on: &str, ends_on: &str) -> Span {
        Span { starts_on: Date::sample(starts_on), ends_on: Date::sample(ends_on) }
    }

    #[test]
    fn a_span_is_cut_at_the_months() {
        let months = months_of(span("2026-01-16", "2026-03-10"));
        assert_eq!(months, [span("2026-01-16", "2026-01-31"), span("2026-02-01", "2026-02-28"), span("2026-03-01", "2026-03-10")]);
        assert_eq!(months_of(span("2200-12-30", "2200-12-31")), [span("2200-12-30", "2200-12-31")]);
    }

    #[test]
    fn a_prepayment_falls_on_its_months_to_the_cent() {
        let months = months_of(span("2026-01-16", "2026-03-10"));
        // 16, 28 and 10 of 54 days; 54.00 is 16.00, 28.00 and 10.00.
        assert_eq!(split(5_400, &weights(&months, ScheduleMethod::ByDays)), [1_600, 2_800, 1_000]);
        assert_eq!(split(100, &weights(&months, ScheduleMethod::Equal)), [34, 33, 33]);
    }
}
