//! The lines of contracts that will be charged, for those who plan the next year.

use super::agreed::{self, Term, WrittenLine};
use super::amended_part::BINDING;
use super::contract_line::ChargeKind;
use super::handover;
use super::index_rule::IndexRule;
use super::next_term::{self, NextTerm};
use super::notice;
use super::promise;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::{CHUNK, Dialect};
use steward_core::error::Result;
use steward_core::ports::contracts::{self, ChargedLine, Indexation};
use steward_core::resource::value::{Date, Precise, PreciseMoney, Title};
use steward_core::resource::{Check, Effect, Id};
use steward_core::view::grouped;
use steward_schema::vendors::{contract_lines, contracts as contract_rows};

/// Contracts, as this domain keeps them.
pub struct Contracts;

/// A line of a contract.
#[derive(Queryable, Selectable)]
#[diesel(table_name = contract_lines, check_for_backend(Dialect))]
struct Line {
    #[diesel(embed)]
    written: WrittenLine,
    title: Title,
    #[diesel(column_name = contract_id)]
    contract: Id,
    #[diesel(column_name = budget_line_id)]
    budget_line: Option<Id>,
    charge: ChargeKind,
    #[diesel(column_name = interval_months)]
    interval: Option<i64>,
    #[diesel(select_expression = (contract_lines::quantity_units, contract_lines::quantity_pico))]
    quantity: Option<Precise>,
    #[diesel(select_expression = (contract_lines::unit_price_units, contract_lines::unit_price_pico, contract_lines::unit_price_currency))]
    unit_price: PreciseMoney,
    #[diesel(column_name = indexed)]
    is_indexed: bool,
}

/// Of its contract: vendor, term, months of a further term, index rule, whether it has ended.
type Terms = (Id, Term, Option<i64>, Option<IndexRule>, bool);

/// The states of a contract that has ended.
pub const ENDED: [&str; 4] = ["expired", "terminated", "renewed", "closed"];

impl contracts::Contracts for Contracts {
    fn charged(&self, check: &mut Check<'_>, until: Date) -> Result<Vec<ChargedLine>> {
        let rows: Vec<(Line, Terms)> = contract_lines::table
            .inner_join(contract_rows::table)
            .filter(contract_rows::state.eq_any(["signed", "active", "suspended"].into_iter().chain(ENDED)).and(contract_rows::starts_on.le(until)))
            .order(contract_lines::id)
            .select((
                Line::as_select(),
                (contract_rows::vendor_id, Term::as_select(), contract_rows::renewal_months, contract_rows::index_rule, contract_rows::state.eq_any(ENDED)),
            ))
            .load(check.connection)?;
        let (mut amendments, mut renewed) = (agreed::signed(check, None)?, next_term::decided(check)?);
        let mut lines = Vec::new();
        let mut contracts: Vec<(Id, Vec<(Line, Terms)>)> = grouped(rows.into_iter().map(|row| (row.0.contract, row))).into_iter().collect();
        contracts.sort_unstable_by_key(|(contract, _)| *contract);
        for (contract, rows) in contracts {
            let (amendments, renewed) = (amendments.remove(&contract).unwrap_or_default(), renewed.remove(&contract).unwrap_or_default());
            lines.extend(charged_of(rows, &amendments, &renewed, (check.today, until)));
        }
        lines.sort_by_key(|line| line.id);
        Ok(lines)
    }

    fn commit_on(&self, check: &mut Check<'_>, contracts: &[Id], budget_lines: &[Id]) -> Result<Vec<Effect>> {
        promise::commit_on(check, contracts, budget_lines)
    }

    fn not_handed_over(&self, check: &mut Check<'_>, project: Id) -> Result<Vec<(Id, String)>> {
        handover::not_handed_over(check, project)
    }

    fn ends(&self, check: &mut Check<'_>, contracts: &[Id]) -> Result<HashMap<Id, Date>> {
        let mut ends = HashMap::new();
        for chunk in contracts.chunks(CHUNK) {
            let binding = contract_rows::state.eq_any(BINDING);
            let query = contract_rows::table.filter(contract_rows::id.eq_any(chunk).and(binding));
            let columns = (contract_rows::id, contract_rows::exit_on, notice::Terms::as_select());
            let rows: Vec<(Id, Option<Date>, notice::Terms)> = query.select(columns).load(check.connection)?;
            ends.extend(rows.into_iter().filter_map(|(id, exit, terms)| Some((id, exit.or_else(|| terms.term_end(check.today)).or(terms.ends_on)?))));
        }
        Ok(ends)
    }
}

/// The lines of a contract as they will be charged: not any more once it has ended, and on in a further term that was decided.
fn charged_of(rows: Vec<(Line, Terms)>, amendments: &[agreed::SignedAmendment], renewed: &[NextTerm], (today, until): (Date, Date)) -> Vec<ChargedLine> {
    let Some((_, (_, term, months, _, has_ended))) = rows.first() else { return Vec::new() };
    let (months, has_ended, term) = (*months, *has_ended, term.after(amendments));
    let written: Vec<WrittenLine> = rows.iter().map(|(line, _)| line.written).collect();
    let next = renewed.iter().find(|next| !has_ended && next.follows(&term)).copied();
    let last = match next {
        Some(_) => term.last().and_then(|last| next_term::last_of(last, months)),
        None if has_ended => Some(term.last().map_or(today, |last| last.min(today))),
        None => term.last(),
    };
    let spans = agreed::spans(&written, term.starts_on, last, amendments);
    let renews = !has_ended && last.is_none();
    let mut charged = Vec::new();
    for (line, (vendor, _, _, rule, _)) in rows {
        let Some((starts_on, ends_on)) = spans.get(&line.written.id).copied() else { continue };
        let Some(line) = line.charged((vendor, rule), (starts_on, ends_on), renews) else { continue };
        match next.zip(term.last()) {
            Some((next, end)) => charged.extend(next.lines(line, end, until)),
            None => charged.push(line),
        }
    }
    charged
}

impl Line {
    /// What is charged of it: nothing that can be told ahead of what is charged by usage, or without an agreed quantity.
    fn charged(self, (vendor, rule): (Id, Option<IndexRule>), (starts_on, ends_on): (Date, Option<Date>), renews: bool) -> Option<ChargedLine> {
        let quantity = self.quantity.filter(|_| self.charge != ChargeKind::Usage)?;
        let indexation = rule.filter(|_| self.is_indexed).map(|rule| Indexation {
            cap_percent: rule.cap_percent.map(|cap| cap.0),
            floor_percent: rule.floor_percent.map(|floor| floor.0),
            fixed_share_percent: rule.fixed_share_percent.0,
        });
        Some(ChargedLine {
            id: self.written.id,
            title: self.title,
            contract: self.contract,
            vendor,
            budget_line: self.budget_line,
            unit_price: self.unit_price,
            quantity,
            interval_months: (self.charge == ChargeKind::Recurring).then(|| self.interval.unwrap_or(1)),
            starts_on,
            ends_on,
            renews,
            indexation,
        })
    }
}
