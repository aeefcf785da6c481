//! What a contract promises of budgets without an order: once in a period, or with each charge over its periods.

use super::contract_line::ChargeKind;
use super::notice::RenewalKind;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::ports::ledger::{self, CommittedLine, RecurringLine};
use steward_core::resource::value::{Date, Money};
use steward_core::resource::{Check, Effect, Id};
use steward_schema::vendors::{contract_lines, contracts};

/// A line with an amount that it commits.
#[derive(Queryable)]
struct Line {
    id: Id,
    budget_line: Id,
    period: Option<Id>,
    amount: Money,
    charge: ChargeKind,
    interval: Option<i64>,
    starts_on: Option<Date>,
    ends_on: Option<Date>,
}

/// The term of a contract: its first and last day, and whether it goes on by itself.
type Term = (Date, Option<Date>, RenewalKind);

/// The commitments of the lines of a contract that are paid without orders: those for one period, and with each charge those that name none.
pub fn commit(check: &mut Check<'_>, contract: Id) -> Result<Vec<Effect>> {
    let (once, charged) = lines(check, contract)?;
    let spread = ledger::spread(check, &charged)?;
    ledger::commit(check, &once.into_iter().chain(spread).collect::<Vec<_>>())
}

/// The commitments that a longer term adds: those of the charges after a day.
pub fn commit_after(check: &mut Check<'_>, contract: Id, last: Date, until: Option<Date>) -> Result<Vec<Effect>> {
    let (_, mut charged) = lines(check, contract)?;
    charged.retain(|line| line.ends_on.is_none_or(|end| end >= last));
    for line in &mut charged {
        line.from = Some(last.plus_days(1));
        line.ends_on = until;
    }
    let spread = ledger::spread(check, &charged)?;
    ledger::commit(check, &spread)
}

fn lines(check: &mut Check<'_>, contract: Id) -> Result<(Vec<CommittedLine>, Vec<RecurringLine>)> {
    let term: Option<Term> =
        contracts::table.find(contract).select((contracts::starts_on, contracts::ends_on, contracts::renewal)).first(check.connection).optional()?;
    let Some((first, last, renewal)) = term else { return Ok(Default::default()) };
    // What renews itself is charged on.
    let last = last.filter(|_| renewal != RenewalKind::Tacit);
    let (minor, currency) = (contract_lines::committed_amount_amount, contract_lines::committed_amount_currency);
    let found: Vec<Line> = contract_lines::table
        .filter(contract_lines::contract_id.eq(contract).and(minor.gt(0)))
        .filter(contract_lines::budget_line_id.is_not_null())
        .order(contract_lines::id)
        .select((
            contract_lines::id,
            contract_lines::budget_line_id.assume_not_null(),
            contract_lines::fiscal_period_id,
            (minor.assume_not_null(), currency.assume_not_null()),
            contract_lines::charge,
            contract_lines::interval_months,
            contract_lines::starts_on,
            contract_lines::ends_on,
        ))
        .load(check.connection)?;
    let (mut once, mut charged) = (Vec::new(), Vec::new());
    for line in found {
        match line.period {
            Some(period) => once.push(CommittedLine { source: line.id, budget_line: line.budget_line, fiscal_period: period, amount: line.amount }),
            None => charged.push(RecurringLine {
                source: line.id,
                budget_line: line.budget_line,
                contract,
                amount: line.amount,
                interval_months: line.interval.filter(|_| line.charge == ChargeKind::Recurring),
                starts_on: line.starts_on.unwrap_or(first),
                ends_on: line.ends_on.or(last),
                from: None,
            }),
        }
    }
    Ok((once, charged))
}
