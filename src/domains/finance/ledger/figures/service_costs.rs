//! What services cost in a fiscal year: directly, by allocation, by people's hours and by depreciation.

use super::spend_profile::Query;
use crate::budget::fiscal_year::FiscalYear;
use crate::ledger::{
    cost_entry::CostEntry,
    posting::CostSource,
    year_cost::{Spent, booked},
};
use std::collections::BTreeMap;
use steward_core::ports::{books, estate};
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;

/// Cost of a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceCost {
    /// Id of the service; null for cost without a service.
    pub service_id: Option<Text<1, 36>>,
    /// Title of the service, if visible to you.
    pub title: Option<Title>,
    /// Direct cost: invoices, accruals, prepayments, cloud charges and manual entries.
    pub direct: Money,
    /// Allocated shares of common costs.
    pub allocated: Money,
    /// Cost of people's hours.
    pub people: Money,
    /// Depreciation of assets.
    pub depreciation: Money,
    /// Total of direct, allocated, people and depreciation.
    pub total: Money,
    /// Number of users; null if not recorded.
    pub users: Option<Count>,
    /// Total per user; null without users.
    pub cost_per_user: Option<Money>,
}

/// Costs of services in a fiscal year.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceCosts {
    /// Fiscal year.
    pub fiscal_year_id: IdOf<FiscalYear>,
    /// Currency of all amounts: the base currency. Entries in others are left out.
    pub currency: Currency,
    /// Services, the most expensive first; cost without a service is the last.
    pub data: Vec<ServiceCost>,
}

impl View for ServiceCosts {
    const PATH: &'static str = "finance/service-costs";
    const OPERATION_ID: &'static str = "get_service_costs";
    const SUMMARY: &'static str = "Get the costs of services in a fiscal year";
    const DESCRIPTION: &'static str = "Cost of each service in a fiscal year, by the source of the ledger entries visible to you. An entry counts for its own service, else for that of its budget line.";
    const FORMULA: &'static str = "total = direct + allocated + people + depreciation; cost_per_user = total ÷ users";
    const SOURCE: &'static str = "ITIL 4, Service financial management";
    type Reads = (FiscalYear, CostEntry);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        cx.get_typed::<FiscalYear>(query.fiscal_year_id.id)?;
        let currency = cx.ask(books::base_currency)?.unwrap_or(Currency::sample("EUR"));
        let seen = cx.sees::<CostEntry>()?;
        let spent = booked(cx.within(&seen), query.fiscal_year_id.id, &seen)?;
        let mut sums: BTreeMap<Option<Id>, [i64; 4]> = BTreeMap::new();
        for row in spent.iter().filter(|row| row.currency == currency) {
            let sums = sums.entry(row.service).or_default();
            let sum = &mut sums[place(row)];
            *sum = sum.saturating_add(row.minor);
        }
        let ids: Vec<Id> = sums.keys().copied().flatten().collect();
        let titles = cx.titles("infrastructure/services", &ids)?;
        let users = cx.ask(|check| estate::service_users(check, &ids))?;
        let money = |minor: i64| Money::new(minor, currency);
        let cost = |(service, [direct, allocated, people, depreciation]): (Option<Id>, [i64; 4])| {
            let total = [direct, allocated, people, depreciation].into_iter().fold(0, i64::saturating_add);
            let users = service.filter(|service| titles.contains_key(service)).and_then(|service| users.get(&service).copied());
            ServiceCost {
                service_id: service.map(|service| Text::cut(&service.to_string())),
                title: service.and_then(|service| titles.get(&service).cloned()),
                direct: money(direct),
                allocated: money(allocated),
                people: money(people),
                depreciation: money(depreciation),
                total: money(total),
                users: users.map(steward_core::resource::value::Whole),
                cost_per_user: users.filter(|users| *users > 0).map(|users| money((total as f64 / users as f64).round() as i64)),
            }
        };
        let mut data: Vec<ServiceCost> = sums.into_iter().map(cost).collect();
        data.sort_by_key(|cost| (cost.service_id.is_none(), std::cmp::Reverse(cost.total.minor)));
        Ok(ServiceCosts { fiscal_year_id: query.fiscal_year_id, currency, data })
    }
}

/// The part of the cost that a source counts in.
fn place(spent: &Spent) -> usize {
    match spent.source {
        Some(CostSource::Allocation) => 1,
        Some(CostSource::Time) => 2,
        Some(CostSource::Depreciation) => 3,
        _ => 0,
    }
}
