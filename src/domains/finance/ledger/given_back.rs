//! Commitments that go from one source to another: what an order takes over, and what it gives back as far as the budget lines take it.

use super::commitment::{Commitment, center_ends_before};
use crate::budget::budget::{ControlAction, ControlBasis};
use crate::budget::funds::{self, Decision, FundsCondition, FundsVerdict};
use diesel::prelude::*;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::ledger::{CommittedLine, FundsRequest, StandingCommitment};
use steward_core::resource::value::Money;
use steward_core::resource::{Check, Effect, Id};
use steward_schema::finance::commitments;

/// The commitments of some sources that were not released, in order of their ids.
pub fn standing(check: &mut Check<'_>, sources: &[Id]) -> Result<Vec<(Id, StandingCommitment)>> {
    type Row = (Id, Id, Id, Id, Money, Option<i64>);
    let mut rows: Vec<Row> = Vec::new();
    for chunk in sources.chunks(CHUNK) {
        let of_sources = commitments::table.filter(commitments::source_id.eq_any(chunk).and(commitments::state.ne("released")));
        let amount = (commitments::amount_amount, commitments::amount_currency);
        let place = (commitments::id, commitments::source_id, commitments::budget_line_id, commitments::fiscal_period_id);
        let columns = (place.0, place.1, place.2, place.3, amount, commitments::relieved_amount);
        rows.extend(of_sources.select(columns).load::<Row>(check.connection)?);
    }
    rows.sort_unstable_by_key(|row| row.0);
    let told = |(id, source, budget_line, fiscal_period, amount, relieved): Row| {
        let open = Money::new(amount.minor.saturating_sub(relieved.unwrap_or_default()), amount.currency);
        (id, StandingCommitment { line: CommittedLine { source, budget_line, fiscal_period, amount }, open })
    };
    Ok(rows.into_iter().map(told).collect())
}

/// The effects that lessen the open commitments of the source of each line by its amount: of its period first, then the oldest first.
pub fn take_over(check: &mut Check<'_>, lines: &[CommittedLine]) -> Result<Vec<Effect>> {
    let sources: Vec<Id> = lines.iter().map(|line| line.source).collect();
    let found = standing(check, &sources)?;
    let taken = shares(&found.iter().map(|(_, standing)| *standing).collect::<Vec<_>>(), lines);
    let lessen = |((id, standing), taken): (&(Id, StandingCommitment), i64)| {
        if taken == 0 {
            None
        } else if taken == standing.open.minor {
            Some(Effect::transition::<Commitment>(*id, "released"))
        } else {
            Some(Effect::update::<Commitment>(*id, move |rest| rest.amount.minor -= taken))
        }
    };
    Ok(found.iter().zip(taken).filter_map(lessen).collect())
}

/// How much of each commitment lines take, in minor units.
fn shares(found: &[StandingCommitment], lines: &[CommittedLine]) -> Vec<i64> {
    let mut taken = vec![0; found.len()];
    for line in lines {
        let mut wanted = line.amount.minor;
        for own_period in [true, false] {
            for (standing, taken) in found.iter().zip(&mut taken) {
                let fits = standing.line.source == line.source && standing.open.currency == line.amount.currency;
                if fits && (standing.line.fiscal_period == line.fiscal_period) == own_period {
                    let share = wanted.min(standing.open.minor - *taken).max(0);
                    *taken += share;
                    wanted -= share;
                }
            }
        }
    }
    taken
}

/// Lines as far as their budget lines take them once the open commitments of some sources are released.
pub fn within_room(check: &mut Check<'_>, lines: &[CommittedLine], released: &[Id]) -> Result<Vec<CommittedLine>> {
    let freed = standing(check, released)?.into_iter().map(|(_, standing)| CommittedLine { amount: standing.open, ..standing.line });
    let freed: Vec<CommittedLine> = freed.collect();
    let mut given: Vec<CommittedLine> = Vec::new();
    for line in lines {
        let most = room(check, line, &freed, &given)?;
        let minor = most.map_or(line.amount.minor, |most| line.amount.minor.min(most));
        if minor > 0 {
            given.push(CommittedLine { amount: Money::new(minor, line.amount.currency), ..*line });
        }
    }
    Ok(given)
}

/// How much of a line its budget line takes, in minor units of the line; none without a limit.
fn room(check: &mut Check<'_>, line: &CommittedLine, freed: &[CommittedLine], given: &[CommittedLine]) -> Result<Option<i64>> {
    if center_ends_before(check, line.budget_line, line.fiscal_period)? {
        return Ok(Some(0));
    }
    let event = funds::event_of(check, line.source)?;
    let request = FundsRequest { budget_line: line.budget_line, fiscal_period: line.fiscal_period, amount: line.amount, event };
    let Some(decision) = funds::decide(check, &request)? else { return Ok(None) };
    if !matches!(decision.condition, FundsCondition::Funds | FundsCondition::ExchangeRate) {
        return Ok(Some(0));
    }
    if decision.action != ControlAction::Block || decision.verdict == FundsVerdict::Override {
        return Ok(None);
    }
    Ok(most(&decision, line, freed, given))
}

/// What a limit leaves: what there is, and what is freed of the line less what is given back of it already.
fn most(decision: &Decision, line: &CommittedLine, freed: &[CommittedLine], given: &[CommittedLine]) -> Option<i64> {
    let annual = decision.control.basis == ControlBasis::Annual;
    let same = |other: &&CommittedLine| {
        let same_part = annual || other.fiscal_period == line.fiscal_period;
        other.budget_line == line.budget_line && same_part && other.amount.currency == decision.currency
    };
    let sum = |lines: &[CommittedLine]| lines.iter().filter(same).map(|line| line.amount.minor).fold(0, i64::saturating_add);
    let at_most = decision.bound.and_then(|bound| bound.at_most(decision.control.tolerance_percent.0));
    let (Some(at_most), Some(taken)) = (at_most, decision.taken) else { return Some(0) };
    let left = at_most.saturating_add(sum(freed)).saturating_sub(sum(given)).max(0);
    if line.amount.currency == decision.currency {
        return Some(left);
    }
    // What is in another currency is given back in full or not at all.
    if taken <= left { None } else { Some(0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Currency;

    #[test]
    fn an_order_takes_from_its_own_period_first_and_never_more_than_is_open() {
        let [source, other, line, early, late] = [(); 5].map(|()| Id::new());
        let euros = |minor: i64| Money::new(minor, Currency::sample("EUR"));
        let of = |source: Id, fiscal_period: Id, minor: i64| CommittedLine { source, budget_line: line, fiscal_period, amount: euros(minor) };
        let open = |source: Id, period: Id, amount: i64, open: i64| StandingCommitment { line: of(source, period, amount), open: euros(open) };
        let found = [open(source, early, 100, 60), open(source, late, 100, 100), open(other, late, 100, 100)];
        assert_eq!(shares(&found, &[of(source, late, 130)]), [30, 100, 0]);
        assert_eq!(shares(&found, &[of(source, late, 500), of(other, early, 20)]), [60, 100, 20]);
        assert_eq!(shares(&found, &[]), [0, 0, 0]);
    }
}
