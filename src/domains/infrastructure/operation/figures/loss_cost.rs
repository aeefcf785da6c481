//! What a loss costs: downtime by the hour, and the credits that vendors owe for it.

use super::loss_repair::{assets_of, contracts_named};
use super::node::{ImpactNode, Partial, counted, of};
use crate::compute::device::Device;
use crate::network::circuit::Circuit;
use crate::operation::{
    dependency::{CONTRACTS, VENDORS},
    it_service::Service,
};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::ports::{books, ledger, service_level};
use steward_core::resource::value::{Note, Text, Title, round_half_away};
use steward_core::view::prelude::*;
use steward_schema::infrastructure::services;

/// Service level targets.
const TARGETS: &str = "vendors/sla-targets";

/// Cost of downtime per hour.
#[derive(Debug, Serialize, ToSchema)]
pub struct DowntimeCost {
    /// Sums by currency, in the order of their codes.
    pub amounts: Vec<Money>,
    /// Total in the base currency, by the rates of today; null where nothing is recorded or a rate is missing.
    pub total: Option<Money>,
    /// Number of services that are down and have their cost recorded.
    pub known: Count,
    /// Number of services that are down and have no cost recorded.
    pub unknown: Count,
    /// Reason why a figure cannot be computed; null where all are.
    pub reason: Option<Note>,
}

/// Service credit that a vendor would owe.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditRow {
    /// Service level target.
    pub sla_target_id: Id,
    /// Name of the target.
    pub title: Title,
    /// Contract of the target.
    pub contract_id: Id,
    /// Vendor of the contract.
    pub vendor_id: Id,
    /// Service that depends on it.
    pub service_id: Option<Text<1, 36>>,
    /// True if the vendor or its contract is among the lost nodes, or the lost node is a circuit under the contract. Otherwise the credit is
    /// owed only if the vendor is at fault.
    pub at_fault: bool,
    /// First day of the current window.
    pub starts_on: Date,
    /// Last day of the current window.
    pub ends_on: Date,
    /// Promised availability, in percent.
    pub target_percent: Figure,
    /// Availability in the window with this loss and no other, in percent.
    pub attained_percent: Figure,
    /// Share of the fee of the window that is owed, in percent.
    pub credit_percent: Figure,
    /// Fee of the window; null where no recurring line of the contract states it.
    pub fee: Option<Money>,
    /// Credit owed; null without a fee.
    pub amount: Option<Money>,
}

/// The cost of downtime of what has fallen.
pub fn downtime(cx: &mut Context<'_, '_>, fallen: &[ImpactNode]) -> Result<DowntimeCost> {
    let (seen, down) = (cx.sees::<Service>()?, of(fallen, Service::PATH));
    let mut sums: BTreeMap<&'static str, Money> = BTreeMap::new();
    let mut known = 0;
    for chunk in down.chunks(CHUNK) {
        let cost = (services::downtime_cost_per_hour_amount, services::downtime_cost_per_hour_currency);
        let query = services::table.filter(services::id.eq_any(chunk)).filter(seen.clone()).select(cost);
        for cost in query.load::<Option<Money>>(cx.within(&seen))?.into_iter().flatten() {
            let sum = sums.entry(cost.currency.code()).or_insert(Money::new(0, cost.currency));
            sum.minor = sum.minor.saturating_add(cost.minor);
            known += 1;
        }
    }
    let amounts: Vec<Money> = sums.into_values().collect();
    let (total, rate) = in_base(cx, &amounts)?;
    let reason = match (down.len(), known) {
        (0, _) => Some("No service is down."),
        (_, 0) => Some("No service that is down tells its downtime_cost_per_hour."),
        (all, known) if known < all => Some("Some services that are down do not tell their downtime_cost_per_hour."),
        _ => rate,
    };
    Ok(DowntimeCost { amounts, total, known: counted(known), unknown: counted(down.len() - known), reason: reason.map(Note::cut) })
}

/// Amounts in the base currency, by the rates of today; none without any, or why not.
fn in_base(cx: &mut Context<'_, '_>, amounts: &[Money]) -> Result<(Option<Money>, Option<&'static str>)> {
    let Some(base) = cx.ask(books::base_currency)?.filter(|_| !amounts.is_empty()) else { return Ok((None, None)) };
    let (mut sum, today) = (Decimal::ZERO, cx.today());
    for amount in amounts {
        let rate = if amount.currency == base { Some(Decimal::ONE) } else { cx.ask(|check| ledger::exchange_rate(check, amount.currency, base, today))? };
        let converted = rate.and_then(|rate| Decimal::new(amount.minor, amount.currency.scale()).checked_mul(rate)).and_then(|more| sum.checked_add(more));
        let Some(more) = converted else { return Ok((None, Some("There is no exchange rate of today for one of the currencies."))) };
        sum = more;
    }
    let mut rounded = round_half_away(sum, base.scale());
    rounded.rescale(base.scale());
    Ok((i64::try_from(rounded.mantissa()).ok().map(|minor| Money::new(minor, base)), None))
}

/// The contracts in sight under which what has fallen is provided: those of circuits, and of the assets that devices are.
fn covering(cx: &mut Context<'_, '_>, fallen: &[ImpactNode]) -> Result<Vec<Id>> {
    let mut holders = of(fallen, Circuit::PATH);
    holders.extend(assets_of(cx, &of(fallen, Device::PATH))?);
    contracts_named(cx, &holders)
}

/// The credits that vendors would owe for so many hours, of the targets that the caller may see.
pub fn credits(cx: &mut Context<'_, '_>, fallen: &[ImpactNode], hours: f64, partial: &mut Partial) -> Result<Option<Vec<CreditRow>>> {
    if !partial.readable(cx, TARGETS) {
        return Ok(None);
    }
    let (services, vendors) = (of(fallen, Service::PATH), of(fallen, VENDORS));
    let mut contracts = of(fallen, CONTRACTS);
    contracts.extend(cx.references(&[(CONTRACTS, "vendor_id")], &vendors, false)?.into_iter().map(|each| each.holder));
    // A circuit that is lost by itself is its provider's fault, one that falls with a site is not.
    let circuit = fallen.first().filter(|lost| lost.collection == Circuit::PATH).map(|lost| lost.id);
    let at_fault = contracts_named(cx, circuit.as_slice())?;
    let lost: HashSet<Id> = contracts.iter().chain(&vendors).copied().chain(at_fault).collect();
    contracts.extend(covering(cx, fallen)?);
    contracts.sort_unstable();
    contracts.dedup();
    let owed = cx.ask(|check| service_level::owed(check, &services, &contracts, hours * 3600.0))?;
    let seen = cx.titles(TARGETS, &owed.iter().map(|credit| credit.target).collect::<Vec<Id>>())?;
    let row = |credit: service_level::OwedCredit| CreditRow {
        at_fault: lost.contains(&credit.contract) || lost.contains(&credit.vendor),
        sla_target_id: credit.target,
        title: credit.name,
        contract_id: credit.contract,
        vendor_id: credit.vendor,
        service_id: credit.service.map(|service| Text::cut(&service.to_string())),
        starts_on: credit.window.0,
        ends_on: credit.window.1,
        target_percent: Figure(Some(credit.target_percent)),
        attained_percent: Figure(Some(credit.attained_percent)),
        credit_percent: Figure(Some(credit.credit_percent)),
        fee: credit.fee,
        amount: credit.amount,
    };
    Ok(Some(owed.into_iter().filter(|credit| seen.contains_key(&credit.target)).map(row).collect()))
}
