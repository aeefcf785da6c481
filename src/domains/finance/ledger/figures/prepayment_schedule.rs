//! The schedule of a prepayment: how much of it becomes cost in each month.

use crate::budget::period_cover::Span;
use crate::ledger::{cost_entry::CostEntry, prepayment::Prepayment};
use steward_core::database::expression::total;
use steward_core::view::prelude::*;
use steward_schema::finance::cost_entries;

/// Month of a prepayment schedule.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduledMonth {
    /// First day in the month.
    pub starts_on: Date,
    /// Last day in the month.
    pub ends_on: Date,
    /// Amount that becomes cost in the month.
    pub amount: Money,
}

/// Schedule of a prepayment's cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Schedule {
    /// Prepayment scheduled.
    pub prepayment_id: IdOf<Prepayment>,
    /// Amount paid.
    pub amount: Money,
    /// Amount already booked in the ledger, in the same currency.
    pub booked: Money,
    /// Amount still to be booked.
    pub remaining: Money,
    /// Months of the schedule, in order.
    pub months: Vec<ScheduledMonth>,
}

impl View for Schedule {
    const PATH: &'static str = "finance/prepayments/{id}/schedule";
    const SUMMARY: &'static str = "Get the schedule of a prepayment";
    const DESCRIPTION: &'static str = "Schedule of a prepayment: the amount that becomes cost in each calendar month of its period, in equal parts or by its days in each. The months add up to the amount exactly; the minor units left by rounding go, one each, to the months with the largest remainders, the earlier first. \
        *Booked* is the sum of `base_amount` of the cost entries visible to you with the prepayment as their source.";
    type Reads = (Prepayment, CostEntry);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, paid) = cx.get_typed::<Prepayment>(id)?;
        let currency = paid.amount.currency;
        let month = |(span, minor): (Span, i64)| ScheduledMonth { starts_on: span.starts_on, ends_on: span.ends_on, amount: Money::new(minor, currency) };
        let listed = paid.months().into_iter().map(month).collect();
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
