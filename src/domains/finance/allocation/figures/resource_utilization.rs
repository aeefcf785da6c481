//! How well resources are used in a fiscal year, and what idle ones cost: people, licences, racks and cloud commitments.

use crate::allocation::{
    allocation::Allocation,
    capacity::{Hours, by_month},
    labor_rate::LaborRate,
    roster::{self, Listed},
};
use crate::budget::fiscal_year::FiscalYear;
use crate::cloud::{
    cloud_charge::CloudCharge,
    cost_sum::{Counting, commitments},
};
use crate::rate::exchange_rate::rates_to;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::choice;
use steward_core::ports::{books, estate};
use steward_core::resource::value::{Precise, PreciseMoney, Text, round_half_away};
use steward_core::view::prelude::*;
use steward_schema::finance::labor_rates;

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Fiscal year.
    #[param(inline)]
    pub fiscal_year_id: IdOf<FiscalYear>,
}

choice! {
    /// Kind of resource.
    pub enum UsedResource {
        /// Time of people.
        People = "people",
        /// Software licences.
        Licences = "licences",
        /// Rack space.
        Racks = "racks",
        /// Commitments to cloud providers.
        CloudCommitments = "cloud_commitments",
    }
}

/// Use of a kind of resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceUse {
    /// Kind of resource.
    pub resource: UsedResource,
    /// Unit of the quantities.
    pub unit: Text<1, 40>,
    /// Capacity available.
    pub capacity: Figure,
    /// Capacity used.
    pub used: Figure,
    /// Capacity unused.
    pub idle: Figure,
    /// Utilisation: used in percent of the capacity; null without capacity.
    pub utilization_percent: Figure,
    /// Cost of the unused capacity in the base currency; null if it cannot be determined.
    pub idle_cost: Option<Money>,
    /// Missing or omitted data; null if complete.
    pub reason: Option<Text<1, 300>>,
}

/// Use of resources in a fiscal year.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResourceUtilization {
    /// Fiscal year.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Reference date of licences and racks: today, or the last day of the year once it has ended.
    pub as_of: Date,
    /// Base currency.
    pub currency: Currency,
    /// Kinds of resources with their use.
    pub data: Vec<ResourceUse>,
}

impl View for ResourceUtilization {
    const PATH: &'static str = "finance/resource-utilization";
    const OPERATION_ID: &'static str = "get_resource_utilization";
    const SUMMARY: &'static str = "Get the use of resources in a fiscal year";
    const DESCRIPTION: &'static str = "Utilisation of people's time, licences, rack space and cloud commitments: capacity, use, and the cost of the unused rest. People: hours of the year, used by the hard allocations visible to you; idle hours cost the labour rate of the person, else of the role, on the reference date. \
        Licences in force: quantity compared with assignments; idle ones at their unit cost. Racks: units occupied by mounted devices; without a cost. Cloud commitments: used and unused effective cost of the year.";
    const FORMULA: &'static str = "idle = capacity − used; utilization_percent = used ÷ capacity · 100; idle_cost = Σ idle · cost of one";
    const SOURCE: &'static str = "FinOps Foundation, Commitment discount utilisation; ITIL 4, IT asset management";
    type Reads = (FiscalYear, IfPermitted<Allocation>, IfPermitted<LaborRate>, IfPermitted<CloudCharge>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (_, year) = cx.get_typed::<FiscalYear>(query.fiscal_year_id.id)?;
        let currency = cx.ask(books::base_currency)?.unwrap_or(Currency::sample("EUR"));
        let as_of = cx.today().clamp(year.starts_on, year.ends_on);
        let span = (year.starts_on, year.ends_on);
        let rates = rates_to(cx.unscoped("exchange rates are shared"), currency, Some(span), as_of)?;
        let reckoning = Reckoning { currency, rates, as_of };
        let span = (year.starts_on, year.ends_on.plus_days(1));
        let data = vec![people(cx, &reckoning, span)?, licences(cx, &reckoning)?, racks(cx)?, cloud(cx, &reckoning, span)?];
        Ok(ResourceUtilization { fiscal_year_id: query.fiscal_year_id, as_of, currency, data })
    }
}

/// How costs are told.
struct Reckoning {
    currency: Currency,
    rates: HashMap<&'static str, Decimal>,
    as_of: Date,
}

impl Reckoning {
    /// An amount of a price in the base currency; none without a rate.
    fn cost(&self, price: PreciseMoney, quantity: Decimal) -> Option<Decimal> {
        let rate = if price.currency == self.currency { Decimal::ONE } else { *self.rates.get(price.currency.code())? };
        price.amount.0.checked_mul(quantity)?.checked_mul(rate)
    }

    fn money(&self, amount: Decimal) -> Option<Money> {
        let mut rounded = round_half_away(amount, self.currency.scale());
        rounded.rescale(self.currency.scale());
        i64::try_from(rounded.mantissa()).ok().map(|minor| Money::new(minor, self.currency))
    }
}

fn used(resource: UsedResource, unit: &str, capacity: f64, used: f64, idle_cost: Option<Money>, reason: Option<String>) -> ResourceUse {
    ResourceUse {
        resource,
        unit: Text::cut(unit),
        capacity: Figure(Some(capacity)),
        used: Figure(Some(used)),
        idle: Figure(Some(capacity - used)),
        utilization_percent: Figure((capacity > 0.0).then(|| used / capacity * 100.0)),
        idle_cost,
        reason: reason.map(|reason| Text::cut(&reason)),
    }
}

fn people(cx: &mut Context<'_, '_>, reckoning: &Reckoning, span: (Date, Date)) -> Result<ResourceUse> {
    let (rules, week, seen) = (cx.ask(books::capacity_rules)?, cx.ask(books::working_week)?, cx.sees::<Allocation>()?);
    let listed = roster::read(cx, span, &seen)?;
    let rates = labor_rates(cx, reckoning.as_of)?;
    let (mut sum, mut cost, mut unpriced) = (Hours::default(), Some(Decimal::ZERO), 0);
    for Listed { person, worker, .. } in &listed {
        let hours = by_month(worker, &week, rules.project_share(), span).values().fold(Hours::default(), |sum, hours| sum.plus(*hours));
        sum = sum.plus(hours);
        let idle = Decimal::try_from((hours.capacity - hours.allocated).max(0.0)).unwrap_or_default();
        let rate = rates.get(&person.id).or_else(|| rates.get(&person.role_profile?));
        match rate.map(|rate| reckoning.cost(*rate, idle)) {
            Some(priced) => cost = cost.zip(priced).map(|(sum, more)| sum + more),
            None => unpriced += 1,
        }
    }
    let idle_cost = cost.filter(|_| unpriced < listed.len()).and_then(|cost| reckoning.money(cost));
    let reason = (unpriced > 0).then(|| format!("{unpriced} of {} people have no labour rate, and their idle hours no cost.", listed.len()));
    Ok(used(UsedResource::People, "hours", sum.capacity, sum.allocated, idle_cost, reason))
}

/// The labour rates in sight of a day, by person and role.
fn labor_rates(cx: &mut Context<'_, '_>, day: Date) -> Result<HashMap<Id, PreciseMoney>> {
    let seen = cx.sees::<LaborRate>()?;
    if seen.is_nothing() {
        return Ok(HashMap::new());
    }
    let holds = labor_rates::starts_on.le(day).and(labor_rates::ends_on.is_null().or(labor_rates::ends_on.ge(day)));
    let rate = (labor_rates::hourly_rate_units, labor_rates::hourly_rate_pico, labor_rates::hourly_rate_currency);
    let rows: Vec<(Id, PreciseMoney)> = labor_rates::table
        .filter(labor_rates::starts_on.le(day))
        .filter(holds)
        .filter(seen.clone())
        .order(labor_rates::starts_on)
        .select((labor_rates::subject_id, rate))
        .load(cx.within(&seen))?;
    Ok(rows.into_iter().collect())
}

fn licences(cx: &mut Context<'_, '_>, reckoning: &Reckoning) -> Result<ResourceUse> {
    let all = cx.ask(|check| estate::licences(check, reckoning.as_of))?;
    let ids: Vec<Id> = all.iter().map(|licence| licence.id).collect();
    let seen = cx.titles("infrastructure/licenses", &ids)?;
    let all: Vec<_> = all.into_iter().filter(|licence| seen.contains_key(&licence.id)).collect();
    let (capacity, taken) = all.iter().fold((0, 0), |sum, licence| (sum.0 + licence.quantity, sum.1 + licence.assigned.min(licence.quantity)));
    let idle = |licence: &estate::LicenceUse| Decimal::from((licence.quantity - licence.assigned).max(0));
    let priced: Vec<Option<Decimal>> = all.iter().map(|licence| reckoning.cost(licence.unit_cost?, idle(licence))).collect();
    let known: Vec<Decimal> = priced.iter().copied().flatten().collect();
    let missing = priced.len() - known.len();
    let cost = (!known.is_empty()).then(|| known.iter().sum::<Decimal>()).and_then(|cost| reckoning.money(cost));
    let reason = (missing > 0).then(|| format!("{missing} of {} licences have no unit cost in a currency with a rate.", all.len()));
    Ok(used(UsedResource::Licences, "entitlements", capacity as f64, taken as f64, cost, reason))
}

fn racks(cx: &mut Context<'_, '_>) -> Result<ResourceUse> {
    let found = cx.ask(estate::racks)?;
    let reason = "Nothing tells what a rack unit costs.".to_owned();
    Ok(used(UsedResource::Racks, "rack units", found.units, found.used, None, Some(reason)))
}

fn cloud(cx: &mut Context<'_, '_>, reckoning: &Reckoning, (from, to): (Date, Date)) -> Result<ResourceUse> {
    let counting = Counting { seen: cx.sees::<CloudCharge>()?, from: Some(from), to: Some(to) };
    let (mut taken, mut idle, mut missing) = (Decimal::ZERO, Decimal::ZERO, 0);
    if !counting.seen.is_nothing() {
        for (_, status, currency, costs) in commitments(cx.within(&counting.seen), &counting)? {
            let price = PreciseMoney { amount: Precise(costs.effective), currency };
            match reckoning.cost(price, Decimal::ONE) {
                Some(cost) if status == "used" => taken += cost,
                Some(cost) => idle += cost,
                None => missing += 1,
            }
        }
    }
    let number = |amount: Decimal| f64::try_from(amount).unwrap_or(0.0);
    let reason = (missing > 0).then(|| format!("{missing} commitments are in a currency without a rate."));
    Ok(used(UsedResource::CloudCommitments, reckoning.currency.code(), number(taken + idle), number(taken), reckoning.money(idle), reason))
}
