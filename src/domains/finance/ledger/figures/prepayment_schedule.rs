//! The schedule of a prepayment: how much of it becomes cost in each month.

use crate::database::expression::total;
use crate::domains::finance::budget::period_cover::Span;
use crate::domains::finance::ledger::{cost_entry::CostEntry, prepayment::Prepayment};
use crate::view::IdOf;
use crate::view::prelude::*;
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
