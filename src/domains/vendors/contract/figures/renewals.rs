//! The measure of vendors: about how many contracts in force it can still be decided in time.

use crate::contract::{
    agreed::applied,
    contract::Contract,
    contract_line::{ChargeKind, ContractLine},
    notice::{RenewalKind, Terms},
    renewal::Renewal,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::HashSet;
use steward_core::database::Narrowed;
use steward_core::resource::value::{Precise, round_half_away};
use steward_core::view::measure::{Basis, Measured, Sense, so_many};
use steward_core::view::prelude::*;
use steward_schema::vendors::{contract_lines, contracts, renewals};

const UNIT: &str = "percent";

/// The measure.
#[derive(Debug)]
pub struct Renewals;

impl View for Renewals {
    const PATH: &'static str = "vendors/renewals_in_time";
    const FORMULA: &'static str = "Over the contracts in force (active or suspended): the share whose notice deadline has not passed while its term still runs, or of which it was decided whether they go on; the plan is 100. \
        `contracted_spend` is what their lines that are charged again and again come to in a year, in the base currency: Σ quantity × price × 12 ÷ interval in months.";
    type Reads = (IfPermitted<Contract>, IfPermitted<Renewal>, IfPermitted<ContractLine>);
    type Query = Basis;
    type Answer = Measured;

    fn run(cx: &mut Context<'_, '_>, basis: Basis) -> Result<Measured> {
        let seen = cx.sees::<Contract>()?;
        if seen.is_nothing() {
            return Ok(Measured::unknown(UNIT, "You may not see contracts."));
        }
        let spend = spend(cx, seen.clone(), &basis)?;
        let decided = decided(cx, &basis)?;
        let query = in_force(basis.today).filter(seen.clone()).select((contracts::id, Terms::as_select()));
        let contracts: Vec<(Id, Terms)> = query.load(cx.within(&seen))?;
        let told = if contracts.is_empty() {
            Measured::unknown(UNIT, "No contract that you may see is in force.")
        } else {
            let late = |(id, terms): &&(Id, Terms)| {
                let passed = terms.notice_deadline(basis.today).is_some_and(|exit| exit.last_on < basis.today);
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
}

/// The active and suspended contracts whose last term has not ended: the day counts, whether or not somebody has moved the
/// contract on.
#[diesel::dsl::auto_type(no_type_alias)]
fn in_force(today: Date) -> _ {
    let states: [&'static str; 2] = ["active", "suspended"];
    let tacit: RenewalKind = RenewalKind::Tacit;
    let goes_on = contracts::renewal.eq(tacit).or(contracts::ends_on.is_null()).or(contracts::ends_on.ge(today));
    let not_left = contracts::exit_on.is_null().or(contracts::exit_on.ge(today));
    contracts::table.filter(contracts::state.eq_any(states)).filter(goes_on).filter(not_left)
}

/// The contracts of which it was decided whether they go on after a term that has not ended.
fn decided(reader: &mut Reader<'_>, basis: &Basis) -> Result<HashSet<Id>> {
    let seen = reader.sees::<Renewal>()?;
    if seen.is_nothing() {
        return Ok(HashSet::new());
    }
    let ids: Vec<Id> = renewals::table
        .filter(renewals::state.ne_all(["opened", "analysed"]))
        .filter(renewals::term_ends_on.is_null().or(renewals::term_ends_on.ge(basis.today)))
        .filter(seen.clone())
        .select(renewals::contract_id)
        .load(reader.within(&seen))?;
    Ok(ids.into_iter().collect())
}

/// The yearly cost of the contracts in force, in the base currency; none if the reader may not see their lines.
fn spend(reader: &mut Reader<'_>, seen_contracts: Narrowed<contracts::table>, basis: &Basis) -> Result<Option<f64>> {
    let seen = reader.sees::<ContractLine>()?;
    if seen.is_nothing() {
        return Ok(None);
    }
    let (starts_on, ends_on) = (contract_lines::starts_on, contract_lines::ends_on);
    let quantity = (contract_lines::quantity_units.assume_not_null(), contract_lines::quantity_pico.assume_not_null());
    let price = (contract_lines::unit_price_units, contract_lines::unit_price_pico);
    let rows: Vec<(Precise, Precise, Option<i64>)> = contract_lines::table
        .filter(contract_lines::charge.eq(ChargeKind::Recurring).and(contract_lines::quantity_units.is_not_null()))
        .filter(contract_lines::unit_price_currency.eq(basis.currency))
        .filter(contract_lines::amendment_id.is_null().or(contract_lines::amendment_id.eq_any(applied())))
        .filter(starts_on.is_null().or(starts_on.le(basis.today)))
        .filter(ends_on.is_null().or(ends_on.ge(basis.today)))
        .filter(contract_lines::contract_id.eq_any(in_force(basis.today).filter(seen_contracts).select(contracts::id)))
        .filter(seen.clone())
        .select((quantity, price, contract_lines::interval_months))
        .load(reader.within(&seen))?;
    let yearly = |(quantity, price, interval): (Precise, Precise, Option<i64>)| {
        quantity.0.checked_mul(price.0)?.checked_mul(Decimal::from(12))?.checked_div(Decimal::from(interval?))
    };
    let sum = rows.into_iter().filter_map(yearly).try_fold(Decimal::ZERO, Decimal::checked_add);
    Ok(sum.and_then(|sum| round_half_away(sum, basis.currency.scale()).to_f64()))
}
