//! The measure of vendors: about how many contracts in force it can still be decided in time.

use super::contract::{Contract, not_ended};
use super::contract_line::ContractLine;
use super::deadlines::stored_terms;
use super::notice::Terms;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::http::measure::{Basis, Measure, Measured, Sense, so_many};
use crate::resource::Id;
use crate::resource::value::Precise;
use crate::store::Reader;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashSet;

const UNIT: &str = "percent";

/// The measure.
pub static RENEWALS: Measure = Measure {
    name: "renewals_in_time",
    description: "Over the contracts in force (active or suspended): the share whose notice deadline has not passed while its term still runs, or of which it was decided whether they go on; the plan is 100. \
        `contracted_spend` is what their lines that are charged again and again come to in a year, in the base currency: Σ quantity × price × 12 ÷ interval in months.",
    compute,
};

fn compute(reader: &mut Reader<'_>, basis: &Basis) -> Result<Measured> {
    let Some(narrowed) = reader.narrowed::<Contract>()? else { return Ok(Measured::unknown(UNIT, "You may not see contracts.")) };
    let spend = spend(reader, narrowed.clone(), basis)?;
    let decided = decided(reader, basis)?;
    let mut query = Statement::new(
        "SELECT id, starts_on, ends_on, minimum_ends_on, renewal, renewal_months, notice_period, notice_to, notice_counts FROM contracts \
         WHERE state IN ('active', 'suspended')",
    );
    query.append(not_ended(basis.today)).append(narrowed);
    let kinds = [Kind::Id, Kind::Date, Kind::Date, Kind::Date, Kind::Text, Kind::Integer, Kind::Doc, Kind::Text, Kind::Text];
    let rows = query.rows(reader.connection, &kinds)?;
    let contracts: Vec<(Id, Terms)> = rows.iter().filter_map(terms).collect();
    let told = if contracts.is_empty() {
        Measured::unknown(UNIT, "No contract that you may see is in force.")
    } else {
        let late = |(id, terms): &&(Id, Terms)| {
            let passed = terms.notice_deadline(basis.today).is_some_and(|exit| exit.notice_on < basis.today);
            passed && !decided.contains(id)
        };
        let late = contracts.iter().filter(late).count();
        let actual = (contracts.len() - late) as f64 / contracts.len() as f64 * 100.0;
        let contracts = so_many(contracts.len(), "contract in force is", "contracts in force are");
        let reason = format!("{late} of {contracts} past the day for notice without a decision.");
        Measured::of(UNIT, Sense::More, (Some(100.0), Some(actual)), None, reason).and("deadlines_missed", "contracts", Some(late as f64))
    };
    Ok(told.and("contracted_spend", format!("{} a year", basis.currency.code()), spend))
}

fn terms(row: &Row) -> Option<(Id, Terms)> {
    let (id, terms) = row.split_first()?;
    Some((id.as_id()?, stored_terms(terms)?.0))
}

/// The contracts of which it was decided whether they go on after a term that has not ended.
fn decided(reader: &mut Reader<'_>, basis: &Basis) -> Result<HashSet<Id>> {
    let Some(narrowed) = reader.narrowed::<super::renewal::Renewal>()? else { return Ok(HashSet::new()) };
    let mut query = Statement::new("SELECT contract_id FROM renewals WHERE state NOT IN ('opened', 'analysed') AND (term_ends_on IS NULL OR term_ends_on >= ");
    query.bind(basis.today).push(")").append(narrowed);
    Ok(query.rows(reader.connection, &[Kind::Id])?.iter().filter_map(|row| row.first()?.as_id()).collect())
}

/// What the contracts in force come to in a year, in the base currency; none if the reader may not see their lines.
fn spend(reader: &mut Reader<'_>, contracts: Statement, basis: &Basis) -> Result<Option<f64>> {
    let Some(lines) = reader.narrowed::<ContractLine>()? else { return Ok(None) };
    let mut query = Statement::new(
        "SELECT quantity_units, quantity_pico, unit_price_units, unit_price_pico, interval_months FROM contract_lines \
         WHERE charge = 'recurring' AND quantity_units IS NOT NULL AND unit_price_currency = ",
    );
    query.bind(basis.currency.code()).push(" AND (starts_on IS NULL OR starts_on <= ").bind(basis.today);
    query
        .push(") AND (ends_on IS NULL OR ends_on >= ")
        .bind(basis.today)
        .push(") AND contract_id IN (SELECT id FROM contracts WHERE state IN ('active', 'suspended')");
    query.append(not_ended(basis.today)).append(contracts).push(")").append(lines);
    let read = |row: &Row| {
        let whole = |at: usize| row.get(at).and_then(Cell::as_integer);
        let part = |at: usize| Some(Precise::from_parts(whole(at)?, whole(at + 1)?)?.0);
        part(0)?.checked_mul(part(2)?)?.checked_mul(Decimal::from(12))?.checked_div(Decimal::from(whole(4)?))
    };
    let rows = query.rows(reader.connection, &[Kind::Integer; 5])?;
    let sum = rows.iter().filter_map(read).try_fold(Decimal::ZERO, Decimal::checked_add);
    Ok(sum.and_then(|sum| crate::resource::value::round_half_away(sum, basis.currency.scale()).to_f64()))
}
