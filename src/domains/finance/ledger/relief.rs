//! The relief of commitments: what of a promise has become cost or was paid in advance, by the entries of the ledger and the prepayments
//! that name it, and what of it is not asked for any more once all of an order line is billed.

use super::commitment::Commitment;
use crate::budget::regular_period::year_of_period;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use std::collections::BTreeMap;
use steward_core::database::expression::total;
use steward_core::error::Result;
use steward_core::ports::deliveries;
use steward_core::resource::value::{Currency, Money};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::finance::{allocations, commitments, cost_entries, fiscal_periods, prepayments};

/// The states in which a prepayment keeps a promise.
pub const PREPAID: &[&str] = &["active", "completed"];

/// What entries that are about to be written change of what promises have become, by commitment.
#[derive(Debug, Default)]
pub struct Relief {
    changes: BTreeMap<Id, Vec<(Money, i64)>>,
}

impl Relief {
    /// Counts an entry of a commitment once more, or once less.
    pub fn add(&mut self, commitment: Option<Id>, net: Money, times: i64) {
        if let Some(commitment) = commitment {
            self.changes.entry(commitment).or_default().push((net, times));
        }
    }

    /// The effects that bring each commitment to what has become cost.
    pub fn effects(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        for (commitment, changes) in &self.changes {
            let amount = (commitments::amount_amount, commitments::amount_currency);
            let query = commitments::table.find(*commitment).select((amount, commitments::state, commitments::source_id));
            let Some((amount, state, source)) = query.first::<(Money, String, Id)>(check.connection).optional()? else { continue };
            // What was released stays so.
            if state == "released" {
                continue;
            }
            let booked = booked(check, *commitment, amount.currency)?;
            let changed = changes.iter().filter(|(net, _)| net.currency == amount.currency).map(|(net, times)| i128::from(net.minor) * i128::from(*times));
            let unused =
                deliveries::unused(check, &[source])?.get(&source).filter(|unused| unused.currency == amount.currency).map_or(0, |unused| unused.minor);
            let relieved = relieved(booked + changed.sum::<i128>() + i128::from(unused), amount.minor);
            effects.extend(moves(*commitment, &state, Money::new(relieved, amount.currency), amount));
            // What is given back after the order is closed, or after the people are free again, is promised no more.
            if relieved < amount.minor && is_over(check, source)? {
                effects.push(Effect::transition::<Commitment>(*commitment, "released"));
            }
        }
        Ok(effects)
    }
}

/// Whether a source promises nothing any more.
fn is_over(check: &mut Check<'_>, source: Id) -> Result<bool> {
    if deliveries::over(check, &[source])?.contains(&source) {
        return Ok(true);
    }
    let ended = allocations::table.find(source).filter(allocations::state.eq_any(["completed", "released"]));
    Ok(select(exists(ended)).get_result(check.connection)?)
}

/// The commitment of a source that a cost in a period keeps: that of the period, else of its fiscal year, such as what was carried forward
/// into it, else one of which something is open, the oldest first; none if none is left that was not released.
pub fn of_source(check: &mut Check<'_>, source: Id, period: Id) -> Result<Option<Id>> {
    let year = year_of_period(check, period)?;
    let rows: Vec<(Id, Id, Id, String)> = commitments::table
        .inner_join(fiscal_periods::table.on(fiscal_periods::id.eq(commitments::fiscal_period_id)))
        .filter(commitments::source_id.eq(source).and(commitments::state.ne("released")))
        .select((commitments::id, commitments::fiscal_period_id, fiscal_periods::fiscal_year_id, commitments::state))
        .load(check.connection)?;
    let best = rows.into_iter().min_by_key(|(id, own, of, state)| (*own != period, Some(*of) != year, state == "relieved", *id));
    Ok(best.map(|(id, ..)| id))
}

/// The source and the budget line of a commitment.
pub fn promise_of(check: &mut Check<'_>, commitment: Id) -> Result<Option<(Id, Id)>> {
    let columns = (commitments::source_id, commitments::budget_line_id);
    Ok(commitments::table.find(commitment).select(columns).first(check.connection).optional()?)
}

/// The commitment of an allocation of a person on a budget line that hours in a period keep: that of the period, else the oldest.
pub fn of_person(check: &mut Check<'_>, person: Id, line: Id, period: Id) -> Result<Option<Id>> {
    let elsewhere = commitments::fiscal_period_id.ne(period);
    let own = allocations::table.filter(allocations::person_id.eq(person).and(allocations::budget_line_id.eq(line)));
    let own: Vec<Id> = own.filter(allocations::state.eq_any(["confirmed", "active"])).select(allocations::id).load(check.connection)?;
    Ok(commitments::table
        .filter(commitments::source_id.eq_any(own).and(commitments::budget_line_id.eq(line)))
        .filter(commitments::state.ne_all(["released", "relieved"]))
        .order((elsewhere, commitments::id))
        .select(commitments::id)
        .first(check.connection)
        .optional()?)
}

/// What is booked for a promise or paid in advance, in minor units of its currency.
fn booked(check: &mut Check<'_>, commitment: Id, currency: Currency) -> Result<i128> {
    let of_it = cost_entries::commitment_id.eq(commitment).and(cost_entries::net_currency.eq(currency));
    let sum: Option<i64> = cost_entries::table.filter(of_it).select(total(cost_entries::net_amount)).first(check.connection)?;
    let paid = prepayments::commitment_id.eq(commitment).and(prepayments::invoiced_currency.eq(currency)).and(prepayments::state.eq_any(PREPAID));
    let paid: Option<i64> = prepayments::table.filter(paid).select(total(prepayments::invoiced_amount)).first(check.connection)?;
    Ok(i128::from(sum.unwrap_or_default()) + i128::from(paid.unwrap_or_default()))
}

/// What of a promise is kept: at least nothing and at most all of it.
fn relieved(cost: i128, promised: i64) -> i64 {
    i64::try_from(cost.clamp(0, promised.into())).unwrap_or(promised)
}

/// The state of a promise by what of it is kept.
fn state_of(relieved: i64, promised: i64) -> &'static str {
    match relieved {
        0 => "open",
        all if all == promised => "relieved",
        _ => "partially_relieved",
    }
}

/// What relieves a promise, or binds it again: a final state is left before its figure changes, and entered after.
fn moves(commitment: Id, from: &str, relieved: Money, promised: Money) -> Vec<Effect> {
    let to = state_of(relieved.minor, promised.minor);
    let update = Effect::update::<Commitment>(commitment, move |own| own.relieved = Some(relieved));
    let step = (from != to).then(|| Effect::transition::<Commitment>(commitment, to));
    if from == "relieved" { step.into_iter().chain([update]).collect() } else { [update].into_iter().chain(step).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_by_what_it_costs_and_never_beyond() {
        let of = |cost: i128| (relieved(cost, 1_000), state_of(relieved(cost, 1_000), 1_000));
        assert_eq!(
            [of(-5), of(0), of(1), of(999), of(1_000), of(1_500)],
            [(0, "open"), (0, "open"), (1, "partially_relieved"), (999, "partially_relieved"), (1_000, "relieved"), (1_000, "relieved")]
        );
    }
}
