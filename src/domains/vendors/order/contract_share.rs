//! What orders carry out of contracts: what an order commits is not committed by its contract line, too.

use super::line_price::LinePrice;
use super::reservation::STANDING;
use crate::contract::promise;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use steward_core::error::Result;
use steward_core::ports::ledger::{self, CommittedLine, StandingCommitment};
use steward_core::resource::value::Money;
use steward_core::resource::{Check, Effect, Id};
use steward_schema::vendors::{contract_lines, contracts, purchase_order_lines, purchase_orders};

/// The effects by which the contract lines of order lines commit as much less as these commit themselves.
pub fn take_over(check: &mut Check<'_>, committed: &[CommittedLine]) -> Result<Vec<Effect>> {
    let agreed = contract_lines_of(check, &committed.iter().map(|line| line.source).collect::<Vec<_>>())?;
    let taken = committed.iter().filter_map(|line| Some(CommittedLine { source: *agreed.get(&line.source)?, ..*line }));
    let taken: Vec<CommittedLine> = taken.collect();
    ledger::take_over(check, &taken)
}

/// What the contract lines of order lines that no longer stand are to commit again: what is open of these, as far as no other order carries it
/// out, while the contract is in force.
pub fn returned(check: &mut Check<'_>, order_lines: &[Id]) -> Result<Vec<CommittedLine>> {
    let agreed = contract_lines_of(check, order_lines)?;
    let lines: Vec<Id> = agreed.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let in_force = contracts::table.inner_join(contract_lines::table).filter(contract_lines::id.eq_any(&lines));
    let in_force = in_force.filter(contracts::state.eq_any(["active", "suspended"]));
    let contracts: Vec<Id> = in_force.select(contracts::id).distinct().load(check.connection)?;
    let mut promised = Vec::new();
    for contract in contracts {
        promised.extend(promise::committed(check, contract)?.into_iter().filter(|promise| lines.contains(&promise.source)));
    }
    let (of_orders, of_contracts) = (ledger::standing(check, order_lines)?, ledger::standing(check, &lines)?);
    let others = ordered_elsewhere(check, &lines, order_lines)?;
    let mut given = Vec::new();
    for line in lines {
        let freed = of_orders.iter().filter(|standing| agreed.get(&standing.line.source) == Some(&line));
        let own = promised.iter().filter(|promise| promise.source == line).copied();
        let bound = of_contracts.iter().filter(|standing| standing.line.source == line).map(|standing| standing.line);
        given.extend(shares(&freed.copied().collect::<Vec<_>>(), own.collect(), bound, others.get(&line).copied().unwrap_or_default()));
    }
    Ok(given)
}

/// What a contract line commits again, period by period: of what it promises that which neither it nor another order has bound, in the
/// periods of the order first, and at most what the order frees.
fn shares(freed: &[StandingCommitment], mut own: Vec<CommittedLine>, bound: impl Iterator<Item = CommittedLine>, others: i64) -> Vec<CommittedLine> {
    for bound in bound {
        let same = |promise: &&mut CommittedLine| promise.fiscal_period == bound.fiscal_period && promise.budget_line == bound.budget_line;
        if let Some(promise) = own.iter_mut().find(same) {
            promise.amount.minor = promise.amount.minor.saturating_sub(bound.amount.minor).max(0);
        }
    }
    own.sort_by_key(|promise| !freed.iter().any(|standing| standing.line.fiscal_period == promise.fiscal_period));
    let free = own.iter().map(|promise| promise.amount.minor).fold(0, i64::saturating_add).saturating_sub(others);
    let currency = own.first().map(|promise| promise.amount.currency);
    let freed = freed.iter().filter(|standing| Some(standing.open.currency) == currency).map(|standing| standing.open.minor).fold(0, i64::saturating_add);
    let mut left = freed.min(free).max(0);
    let share = |promise: CommittedLine| {
        let minor = promise.amount.minor.min(left);
        left -= minor;
        (minor > 0).then_some(CommittedLine { amount: Money::new(minor, promise.amount.currency), ..promise })
    };
    own.into_iter().filter_map(share).collect()
}

/// The contract line of each order line that names one.
fn contract_lines_of(check: &mut Check<'_>, order_lines: &[Id]) -> Result<BTreeMap<Id, Id>> {
    let named = purchase_order_lines::id.eq_any(order_lines).and(purchase_order_lines::contract_line_id.is_not_null());
    let named = purchase_order_lines::table.filter(named).select((purchase_order_lines::id, purchase_order_lines::contract_line_id.assume_not_null()));
    Ok(named.load::<(Id, Id)>(check.connection)?.into_iter().collect())
}

/// What other orders that stand have ordered of contract lines, in minor units.
fn ordered_elsewhere(check: &mut Check<'_>, lines: &[Id], order_lines: &[Id]) -> Result<BTreeMap<Id, i64>> {
    let rows: Vec<(Id, LinePrice)> = purchase_order_lines::table
        .inner_join(purchase_orders::table)
        .filter(purchase_order_lines::contract_line_id.eq_any(lines).and(purchase_order_lines::id.ne_all(order_lines)))
        .filter(purchase_orders::state.eq_any(STANDING).and(purchase_order_lines::budget_line_id.is_not_null()))
        .select((purchase_order_lines::contract_line_id.assume_not_null(), LinePrice::as_select()))
        .load(check.connection)?;
    let mut sums: BTreeMap<Id, i64> = BTreeMap::new();
    for (line, price) in rows {
        let sum = sums.entry(line).or_default();
        *sum = sum.saturating_add(price.amount().map_or(i64::MAX, |amount| amount.minor));
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Currency;

    #[test]
    fn a_contract_line_commits_again_what_is_free_of_its_promise() {
        let [source, line, early, late] = [(); 4].map(|()| Id::new());
        let euros = |minor: i64| Money::new(minor, Currency::sample("EUR"));
        let of = |fiscal_period: Id, minor: i64| CommittedLine { source, budget_line: line, fiscal_period, amount: euros(minor) };
        let freed = [StandingCommitment { line: of(late, 150), open: euros(150) }];
        let promised = || vec![of(early, 100), of(late, 100)];
        assert_eq!(shares(&freed, promised(), [of(early, 100)].into_iter(), 0), [of(late, 100)]);
        assert_eq!(shares(&freed, promised(), [].into_iter(), 0), [of(late, 100), of(early, 50)]);
        assert_eq!(shares(&freed, promised(), [of(early, 100)].into_iter(), 70), [of(late, 30)], "another order carries out 70");
        assert_eq!(shares(&[], promised(), [].into_iter(), 0), []);
    }
}
