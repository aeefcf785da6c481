//! What a contract promises of budgets without an order: once in a period, or with each charge over its periods.

use super::agreed::{self, SignedAmendment, Term, WrittenLine};
use super::contract_line::ChargeKind;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use steward_core::database::Dialect;
use steward_core::error::Result;
use steward_core::ports::ledger::{self, CommittedLine, RecurringLine};
use steward_core::resource::value::{Date, Money};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::vendors::{contract_lines, contracts};

/// A line of a contract.
#[derive(Queryable, Selectable)]
#[diesel(table_name = contract_lines, check_for_backend(Dialect))]
struct Line {
    #[diesel(embed)]
    written: WrittenLine,
    #[diesel(column_name = budget_line_id)]
    budget_line: Option<Id>,
    #[diesel(column_name = fiscal_period_id)]
    period: Option<Id>,
    #[diesel(select_expression = (contract_lines::committed_amount_amount, contract_lines::committed_amount_currency))]
    amount: Option<Money>,
    charge: ChargeKind,
    #[diesel(column_name = interval_months)]
    interval: Option<i64>,
}

/// What the lines of a contract commit that bind.
#[derive(Default)]
struct Promised {
    /// Lines that name a period.
    once: Vec<CommittedLine>,
    /// Lines that are committed with each charge.
    charged: Vec<RecurringLine>,
    /// The lines that are written under an amendment, with it.
    amended: HashMap<Id, Id>,
}

/// The commitments of the lines of a contract that are paid without orders: those for one period, and with each charge those that name none.
pub fn commit(check: &mut Check<'_>, contract: Id) -> Result<Vec<Effect>> {
    let committed = committed(check, contract)?;
    ledger::commit(check, &committed)
}

/// What the lines of a contract that are paid without orders commit, once it is active.
pub fn committed(check: &mut Check<'_>, contract: Id) -> Result<Vec<CommittedLine>> {
    let Some(term) = Term::of(check, contract)? else { return Ok(Vec::new()) };
    let amendments = signed(check, contract)?;
    let promised = promised_in(check, contract, term.after(&amendments), &amendments)?;
    let spread = ledger::spread(check, &promised.charged)?;
    Ok(promised.once.into_iter().chain(spread).collect())
}

/// The effects of an amendment that is signed on the commitments of its contract: its own lines are committed, charges in a longer term are
/// added, and those that are not charged any more are released.
pub fn amend(check: &mut Check<'_>, contract: Id, amendment: Id) -> Result<Vec<Effect>> {
    let Some(term) = Term::of(check, contract)? else { return Ok(Vec::new()) };
    // What it changes is not written in the contract yet.
    let amendments: Vec<SignedAmendment> =
        signed(check, contract)?.into_iter().map(|each| if each.id() == amendment { each.to_come() } else { each }).collect();
    let before = term.after(amendments.iter().filter(|each| each.id() != amendment));
    let after = term.after(&amendments);
    let promised = promised_in(check, contract, after, &amendments)?;
    let own = |source: &Id| promised.amended.get(source) == Some(&amendment);
    let mut added: Vec<CommittedLine> = promised.once.iter().filter(|line| own(&line.source)).copied().collect();
    let charged: Vec<RecurringLine> = promised.charged.iter().filter(|line| own(&line.source)).copied().collect();
    added.extend(ledger::spread(check, &charged)?);
    let rest: Vec<RecurringLine> = promised.charged.iter().filter(|line| !own(&line.source)).copied().collect();
    follow(check, &rest, added, (before.last(), after.last()))
}

/// The effects of a notice, or of one that is taken back, on the commitments of a contract.
pub fn end(check: &mut Check<'_>, contract: Id, exit_on: Option<Date>) -> Result<Vec<Effect>> {
    let Some(term) = Term::of(check, contract)? else { return Ok(Vec::new()) };
    let amendments = signed(check, contract)?;
    let (before, after) = (term.after(&amendments), Term { exit_on, ..term }.after(&amendments));
    let promised = promised_in(check, contract, after, &amendments)?;
    follow(check, &promised.charged, Vec::new(), (before.last(), after.last()))
}

/// The commitments of active contracts on lines of a budget that becomes active, where nothing is committed of a charge yet.
pub fn commit_on(check: &mut Check<'_>, contracts: &[Id], budget_lines: &[Id]) -> Result<Vec<Effect>> {
    let mut added = Vec::new();
    for contract in active(check, contracts)? {
        let Some(term) = Term::of(check, contract)? else { continue };
        let amendments = signed(check, contract)?;
        let promised = promised_in(check, contract, term.after(&amendments), &amendments)?;
        let held = held(check, &promised.charged)?;
        let spread = ledger::spread(check, &promised.charged)?;
        let missing = |line: &CommittedLine| budget_lines.contains(&line.budget_line) && !held.contains_key(&(line.source, line.fiscal_period));
        added.extend(spread.into_iter().filter(missing));
    }
    ledger::commit(check, &added)
}

/// True if a contract commits what it charges.
pub fn is_committed(check: &mut Check<'_>, contract: Id) -> Result<bool> {
    Ok(!active(check, &[contract])?.is_empty())
}

fn active(check: &mut Check<'_>, among: &[Id]) -> Result<Vec<Id>> {
    let found = contracts::table.filter(contracts::id.eq_any(among).and(contracts::state.eq_any(["active", "suspended"])));
    Ok(found.order(contracts::id).select(contracts::id).load(check.connection)?)
}

fn signed(check: &mut Check<'_>, contract: Id) -> Result<Vec<SignedAmendment>> {
    Ok(agreed::signed(check, Some(contract))?.remove(&contract).unwrap_or_default())
}

/// The effects by which commitments follow a last day that changes: releases first, so that what is added finds their room.
fn follow(
    check: &mut Check<'_>,
    charged: &[RecurringLine],
    mut added: Vec<CommittedLine>,
    (before, after): (Option<Date>, Option<Date>),
) -> Result<Vec<Effect>> {
    let held = held(check, charged)?;
    let whole = sums(ledger::spread(check, &charged.iter().map(|line| RecurringLine { ends_on: None, ..*line }).collect::<Vec<_>>())?);
    let due = sums(ledger::spread(check, charged)?);
    let released: Vec<CommittedLine> = whole.values().filter_map(|line| too_much(*line, &due, &held)).collect();
    if let Some(before) = before.filter(|before| after.is_none_or(|after| after > *before)) {
        let later: Vec<RecurringLine> = charged.iter().map(|line| RecurringLine { from: Some(before.plus_days(1)), ..*line }).collect();
        added.extend(sums(ledger::spread(check, &later)?).into_values().filter_map(|line| too_little(line, &due, &held)));
    }
    let mut effects = ledger::take_over(check, &released)?;
    effects.extend(ledger::commit(check, &added)?);
    Ok(effects)
}

/// A line and a period.
type Place = (Id, Id);

/// What is committed at a place: in all, and of it what has not become cost.
type Held = HashMap<Place, (i64, i64)>;

fn held(check: &mut Check<'_>, charged: &[RecurringLine]) -> Result<Held> {
    let sources: Vec<Id> = charged.iter().map(|line| line.source).collect::<HashSet<_>>().into_iter().collect();
    let mut held = Held::new();
    for standing in ledger::standing(check, &sources)? {
        let (all, open) = held.entry((standing.line.source, standing.line.fiscal_period)).or_default();
        *all += standing.line.amount.minor;
        *open += standing.open.minor;
    }
    Ok(held)
}

fn sums(lines: Vec<CommittedLine>) -> BTreeMap<Place, CommittedLine> {
    lines.into_iter().map(|line| ((line.source, line.fiscal_period), line)).collect()
}

fn minor_of(due: &BTreeMap<Place, CommittedLine>, place: Place) -> i64 {
    due.get(&place).map_or(0, |line| line.amount.minor)
}

/// What is committed at a place beyond its charges, since the line ends; `whole` is what it would be charged without an end.
fn too_much(whole: CommittedLine, due: &BTreeMap<Place, CommittedLine>, held: &Held) -> Option<CommittedLine> {
    let place = (whole.source, whole.fiscal_period);
    let charged = minor_of(due, place);
    let (all, open) = *held.get(&place)?;
    let excess = (all - charged).min(open);
    (whole.amount.minor > charged && excess > 0).then(|| CommittedLine { amount: Money::new(excess, whole.amount.currency), ..whole })
}

/// What is not committed yet of charges that a longer term adds.
fn too_little(later: CommittedLine, due: &BTreeMap<Place, CommittedLine>, held: &Held) -> Option<CommittedLine> {
    let place = (later.source, later.fiscal_period);
    let all = held.get(&place).map_or(0, |(all, _)| *all);
    let missing = (minor_of(due, place) - all).min(later.amount.minor);
    (missing > 0).then(|| CommittedLine { amount: Money::new(missing, later.amount.currency), ..later })
}

/// What the lines of a contract promise in its term.
fn promised_in(check: &mut Check<'_>, contract: Id, term: Term, amendments: &[SignedAmendment]) -> Result<Promised> {
    let lines = lines(check, contract)?;
    let written: Vec<WrittenLine> = lines.iter().map(|line| line.written).collect();
    let spans = agreed::spans(&written, term.starts_on, term.last(), amendments);
    let mut promised = Promised::default();
    for line in lines {
        let source = line.written.id;
        let (Some((starts_on, ends_on)), Some(budget_line)) = (spans.get(&source).copied(), line.budget_line) else { continue };
        let Some(amount) = line.amount.filter(|amount| amount.minor > 0) else { continue };
        if let Some(amendment) = line.written.amendment {
            promised.amended.insert(source, amendment);
        }
        match line.period {
            Some(fiscal_period) => promised.once.push(CommittedLine { source, budget_line, fiscal_period, amount }),
            None => promised.charged.push(RecurringLine {
                source,
                budget_line,
                contract,
                amount,
                interval_months: line.interval.filter(|_| line.charge == ChargeKind::Recurring),
                starts_on,
                ends_on,
                from: None,
            }),
        }
    }
    Ok(promised)
}

fn lines(check: &mut Check<'_>, contract: Id) -> Result<Vec<Line>> {
    let of_contract = contract_lines::table.filter(contract_lines::contract_id.eq(contract)).order(contract_lines::id);
    Ok(of_contract.select(Line::as_select()).load(check.connection)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use steward_core::resource::value::Currency;

    #[test]
    fn what_is_not_charged_any_more_is_let_go_and_what_is_charged_longer_is_added() {
        let (source, period) = (Id::new(), Id::new());
        let of = |minor: i64| CommittedLine { source, budget_line: Id::new(), fiscal_period: period, amount: Money::new(minor, Currency::sample("EUR")) };
        let minor = |line: Option<CommittedLine>| line.map(|line| line.amount.minor);
        let (due, held) = (sums(vec![of(1_000)]), |all: i64, open: i64| Held::from([((source, period), (all, open))]));
        // Three charges were committed, one is left: two are let go, of what has not become cost.
        assert_eq!(minor(too_much(of(3_000), &due, &held(3_000, 3_000))), Some(2_000));
        assert_eq!(minor(too_much(of(3_000), &due, &held(3_000, 500))), Some(500));
        assert_eq!(minor(too_much(of(3_000), &due, &held(600, 600))), None, "an order has taken the rest over");
        assert_eq!(minor(too_much(of(1_000), &due, &held(2_000, 2_000))), None, "it is charged as before");
        // One charge of the longer term, of three in the period.
        let due = sums(vec![of(3_000)]);
        assert_eq!(minor(too_little(of(1_000), &due, &held(2_000, 0))), Some(1_000));
        assert_eq!(minor(too_little(of(1_000), &due, &held(3_000, 0))), None, "it is committed already");
        assert_eq!(minor(too_little(of(1_000), &due, &Held::new())), Some(1_000));
    }
}
