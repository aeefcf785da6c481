//! The lines of a next year: what each line of the year before becomes, and what comes new. Each cost is counted once.

use super::next_year::{contract_cost, license_units};
use super::next_year_depreciation;
use super::next_year_line::{ProposedLine, ProvenanceKind};
use super::next_year_plan::{Plan, named, provenance};
use super::next_year_project;
use super::next_year_source::{NeededLicense, Planned, Sources};
use super::outlook::outlook;
use super::year_run::LineRun;
use crate::allocation::capacity::{days, share_of_day};
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::ports::contracts::ChargedLine;
use steward_core::ports::people::FundedPosition;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Money};

/// The lines of a year: in the order of those of the year before, then new ones.
pub fn propose(year: &Planned, sources: &Sources) -> Vec<ProposedLine> {
    let plan = Plan { year, sources };
    let mut certain: HashMap<Id, Vec<ProposedLine>> = HashMap::new();
    for run in &sources.lines {
        let lines = plan.of_contracts(Some(run)).into_iter().chain(plan.of_positions(Some(run)));
        certain.insert(run.line.id, lines.collect());
    }
    let mut projects = next_year_project::lines(plan, &certain);
    let is_idle = |line: &Id| {
        let renewed = sources.licenses.get(&Some(*line)).is_some_and(|licenses| licenses.iter().any(|license| license.renewals > 0));
        let told = projects.of_line.contains_key(line) || projects.beside.contains_key(line);
        !renewed && !told && certain.get(line).is_none_or(Vec::is_empty)
    };
    let mut depreciation = next_year_depreciation::lines(plan, is_idle);
    let mut proposed = Vec::new();
    for run in &sources.lines {
        let id = run.line.id;
        let parts = [certain.remove(&id), projects.of_line.remove(&id), depreciation.of_line.remove(&id)];
        let mut own: Vec<ProposedLine> = parts.into_iter().flatten().flatten().collect();
        let (mut beside, purchases) = plan.of_licenses(Some(run));
        beside.extend(projects.beside.remove(&id).into_iter().flatten());
        if own.is_empty() {
            own.extend(plan.rest(run, &beside));
        }
        proposed.extend(own.into_iter().chain(beside).chain(purchases));
    }
    let (renewals, purchases) = plan.of_licenses(None);
    let new = plan.of_contracts(None).into_iter().chain(plan.of_positions(None)).chain(renewals).chain(purchases);
    proposed.extend(new.chain(depreciation.new).chain(projects.new));
    proposed
}

impl Plan<'_> {
    fn of_contracts(&self, run: Option<&LineRun>) -> Vec<ProposedLine> {
        let charged = self.sources.charged.get(&run.map(|run| run.line.id)).into_iter().flatten();
        charged.filter_map(|charged| self.of_contract(run, charged)).collect()
    }

    /// A line of a contract; nothing where no budget pays for it and it is not charged in the year.
    fn of_contract(&self, run: Option<&LineRun>, charged: &ChargedLine) -> Option<ProposedLine> {
        let cost = contract_cost(charged, self.year.index_percent, self.year.span.0, self.year.span.1);
        let price = charged.unit_price;
        let amount = cost.and_then(|(_, _, amount)| self.sources.money(self.currency(run, price.currency), price.currency, amount));
        let (count, change) = cost.map_or((0, Decimal::ZERO), |(count, change, _)| (count, change.normalize()));
        if run.is_none() && cost.is_some() && count == 0 {
            return None;
        }
        let formula = format!("{count} charges · {} · {} {} · (1 + {change} %)", charged.quantity, price.amount, price.currency.code());
        let told = cost.and_then(|(_, _, amount)| self.sources.money(price.currency, price.currency, amount));
        let from = provenance(ProvenanceKind::Contract, ("vendors/contract-lines", charged.id), &formula, told);
        Some(self.place(run).line(&named(run, &charged.title), amount, from, "A budget rate of the price's currency is missing."))
    }

    fn of_positions(&self, run: Option<&LineRun>) -> Vec<ProposedLine> {
        let positions = self.sources.positions.get(&run.map(|run| run.line.id)).into_iter().flatten();
        positions.map(|position| self.of_position(run, position)).collect()
    }

    fn of_position(&self, run: Option<&LineRun>, position: &FundedPosition) -> ProposedLine {
        let sources = self.sources;
        let first = position.starts_on.map_or(self.year.span.0, |day| day.max(self.year.span.0));
        let last = position.ends_on.map_or(self.year.span.1, |day| day.min(self.year.span.1));
        let whole: f64 = sources.week.hours.iter().sum();
        let hours: f64 = days(first, last.plus_days(1)).map(|day| share_of_day(&sources.week, day) * whole).sum();
        let worked = Decimal::try_from(hours * position.fte).unwrap_or_default().round_dp(6);
        let rate = position.holder.and_then(|holder| sources.rates.get(&holder)).or_else(|| sources.rates.get(&position.role_profile));
        let cost = |to: Currency| rate.and_then(|rate| sources.money(to, rate.currency, rate.amount.0.checked_mul(worked)?));
        let amount = rate.and_then(|rate| cost(self.currency(run, rate.currency)));
        // The rate itself may be hidden from who reads the proposal.
        let formula = format!("{hours} working hours · {} FTE · hourly rate of {first}", position.fte);
        let told = rate.and_then(|rate| cost(rate.currency));
        let from = provenance(ProvenanceKind::Position, ("teams/positions", position.id), &formula, told);
        let reason = "The holder and the role have no labour rate, or its currency no budget rate.";
        self.place(run).line(&named(run, &position.title), amount, from, reason)
    }

    /// The renewals of licences, and what is to be bought beyond what is licensed: lines of their own.
    fn of_licenses(&self, run: Option<&LineRun>) -> (Vec<ProposedLine>, Vec<ProposedLine>) {
        let licenses = || self.sources.licenses.get(&run.map(|run| run.line.id)).into_iter().flatten();
        let renewed = licenses().filter_map(|license| self.renewal(run, license));
        (renewed.collect(), licenses().filter_map(|license| self.purchase(run, license)).collect())
    }

    fn renewal(&self, run: Option<&LineRun>, license: &NeededLicense) -> Option<ProposedLine> {
        let units = license_units(&license.need, license.renewals);
        let count = (license.renewals > 0 && units.renewed > 0).then_some((units.renewed, license.renewals))?;
        let note = if license.need.auto_renew { "renewed by itself" } else { "in use" };
        Some(self.bought(run, license, ProvenanceKind::LicenseRenewal, count, note))
    }

    fn purchase(&self, run: Option<&LineRun>, license: &NeededLicense) -> Option<ProposedLine> {
        let units = license_units(&license.need, license.renewals);
        let count = (units.added > 0).then_some((units.added, units.purchases))?;
        Some(self.bought(run, license, ProvenanceKind::LicensePurchase, count, "in use beyond what is licensed"))
    }

    fn bought(&self, run: Option<&LineRun>, license: &NeededLicense, kind: ProvenanceKind, (units, times): (i64, i64), note: &str) -> ProposedLine {
        let need = &license.need;
        let cost = need.unit_cost;
        let place = self.place(run);
        let place = if kind == ProvenanceKind::LicensePurchase { place.beside() } else { place };
        let in_currency = |to: Currency| {
            let cost = cost?;
            let count = Decimal::from(units).checked_mul(Decimal::from(times))?;
            self.sources.money(to, cost.currency, cost.amount.0.checked_mul(count)?)
        };
        let price = cost.map_or("unit cost".to_owned(), |cost| format!("{} {}", cost.amount, cost.currency.code()));
        let formula = format!("{times} · {units} {note} · {price}");
        let from = provenance(kind, ("infrastructure/licenses", need.id), &formula, cost.and_then(|cost| in_currency(cost.currency)));
        let mut name = named(run, &need.name);
        if kind == ProvenanceKind::LicensePurchase {
            name.push_str(", additional");
        }
        let reason = "The licence has no unit cost, or its currency no budget rate.";
        let amount = cost.and_then(|cost| in_currency(self.currency(run, cost.currency)));
        place.line(&name, amount, from, reason)
    }

    /// What a line goes on at that nothing else tells: what its year is going to cost, or its budget where it has cost nothing; less what the lines
    /// beside it cost.
    fn rest(&self, run: &LineRun, beside: &[ProposedLine]) -> Option<ProposedLine> {
        let told = outlook(&run.periods, run.unassigned, run.position.available());
        let (kind, basis, amount) = match told.full_year_outlook {
            None if !run.periods.is_empty() => (ProvenanceKind::Outlook, "full-year outlook", None),
            Some(cost) if cost > 0 => (ProvenanceKind::Outlook, "full-year outlook", Some(cost)),
            _ => (ProvenanceKind::Budget, "budget of the year before", Some(run.line.budget)),
        };
        let money = |minor: i64| Money::new(minor, run.line.currency);
        let counted: i64 = beside.iter().filter_map(|line| line.amount).map(|amount| amount.minor).fold(0, i64::saturating_add);
        let formula = if beside.is_empty() { basis.to_owned() } else { format!("{basis} − {} of what continues it beside", money(counted).amount()) };
        let left = amount.map(|amount| money(amount.saturating_sub(counted).max(0)));
        if !beside.is_empty() && left.is_some_and(|left| left.minor == 0) {
            return None;
        }
        let from = provenance(kind, ("finance/budget-lines", run.line.id), &formula, left);
        Some(self.place(Some(run)).line(&run.name.0, left, from, "An exchange rate of what is promised is missing."))
    }
}
