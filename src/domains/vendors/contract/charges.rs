//! The lines of contracts that will be charged, for those who plan the next year.

use super::contract_line::ChargeKind;
use super::handover;
use super::index_rule::IndexRule;
use super::notice::{self, RenewalKind};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::contracts::{self, ChargedLine, Indexation};
use steward_core::resource::value::{Date, Precise, PreciseMoney, Title};
use steward_core::resource::{Check, Id};
use steward_schema::vendors::{contract_lines, contracts as contract_rows};

/// Contracts, as this domain keeps them.
pub struct Contracts;

/// Of a line: id, title, contract, budget line, charge, interval, quantity, price, whether it is indexed, first and last day.
type Line = (Id, Title, Id, Option<Id>, ChargeKind, Option<i64>, Option<Precise>, PreciseMoney, bool, Option<Date>, Option<Date>);
/// Of its contract: vendor, first and last day, renewal, index rule, whether it has ended.
type Terms = (Id, Date, Option<Date>, RenewalKind, Option<IndexRule>, bool);

/// The states of a contract that has ended.
pub const ENDED: [&str; 4] = ["expired", "terminated", "renewed", "closed"];

impl contracts::Contracts for Contracts {
    fn charged(&self, check: &mut Check<'_>, until: Date) -> Result<Vec<ChargedLine>> {
        let rows: Vec<(Line, Terms)> = contract_lines::table
            .inner_join(contract_rows::table)
            .filter(contract_rows::state.eq_any(["signed", "active", "suspended"].into_iter().chain(ENDED)).and(contract_rows::starts_on.le(until)))
            .order(contract_lines::id)
            .select((
                (
                    contract_lines::id,
                    contract_lines::title,
                    contract_lines::contract_id,
                    contract_lines::budget_line_id,
                    contract_lines::charge,
                    contract_lines::interval_months,
                    (contract_lines::quantity_units, contract_lines::quantity_pico),
                    (contract_lines::unit_price_units, contract_lines::unit_price_pico, contract_lines::unit_price_currency),
                    contract_lines::indexed,
                    contract_lines::starts_on,
                    contract_lines::ends_on,
                ),
                (
                    contract_rows::vendor_id,
                    contract_rows::starts_on,
                    contract_rows::ends_on,
                    contract_rows::renewal,
                    contract_rows::index_rule,
                    contract_rows::state.eq_any(ENDED),
                ),
            ))
            .load(check.connection)?;
        let today = check.today;
        Ok(rows.into_iter().filter_map(|(line, terms)| charged(line, terms, today)).collect())
    }

    fn not_handed_over(&self, check: &mut Check<'_>, project: Id) -> Result<Vec<(Id, String)>> {
        handover::not_handed_over(check, project)
    }

    fn ends(&self, check: &mut Check<'_>, contracts: &[Id]) -> Result<HashMap<Id, Date>> {
        let mut ends = HashMap::new();
        for chunk in contracts.chunks(CHUNK) {
            let binding = contract_rows::state.eq_any(["signed", "active", "suspended", "expired", "terminated"]);
            let query = contract_rows::table.filter(contract_rows::id.eq_any(chunk).and(binding));
            let rows: Vec<(Id, notice::Terms)> = query.select((contract_rows::id, notice::Terms::as_select())).load(check.connection)?;
            ends.extend(rows.into_iter().filter_map(|(id, terms)| Some((id, terms.term_end(check.today).or(terms.ends_on)?))));
        }
        Ok(ends)
    }
}

/// A line as it will be charged: not any more where its contract has ended. None if its quantity is not agreed.
fn charged(line: Line, terms: Terms, today: Date) -> Option<ChargedLine> {
    let (id, title, contract, budget_line, charge, interval, quantity, unit_price, indexed, starts_on, ends_on) = line;
    let (vendor, first, last, renewal, rule, has_ended) = terms;
    let renews = !has_ended && (renewal == RenewalKind::Tacit || last.is_none());
    let ends_on = ends_on.or(last.filter(|_| !renews));
    let ends_on = if has_ended { Some(ends_on.map_or(today, |last| last.min(today))) } else { ends_on };
    let indexation = rule.filter(|_| indexed).map(|rule| Indexation {
        cap_percent: rule.cap_percent.map(|cap| cap.0),
        floor_percent: rule.floor_percent.map(|floor| floor.0),
        fixed_share_percent: rule.fixed_share_percent.0,
    });
    Some(ChargedLine {
        id,
        title,
        contract,
        vendor,
        budget_line,
        unit_price,
        quantity: quantity?,
        interval_months: (charge == ChargeKind::Recurring).then(|| interval.unwrap_or(1)),
        starts_on: starts_on.unwrap_or(first),
        ends_on,
        renews,
        indexation,
    })
}
