//! Cloud costs by any dimension of FOCUS, by tag, and by what the assignment rules say.

use crate::cloud::{
    cloud_assignment_rule::CloudAssignmentRule,
    cloud_charge::CloudCharge,
    cost_sum::{ByKey, Costs, Counting, Dimension, NAMES, sums},
    exact_cost::{exact_cost, percent_of},
};
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::choice;
use steward_core::resource::value::{PreciseMoney, Text, Title, Whole};
use steward_core::view::prelude::*;

choice! {
    /// Cost metric of a charge, as in FOCUS.
    pub enum CostMetric {
        /// `BilledCost`.
        Billed = "billed",
        /// `EffectiveCost`.
        Effective = "effective",
        /// `ListCost`.
        List = "list",
        /// `ContractedCost`.
        Contracted = "contracted",
    }
}

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Dimension: provider, publisher, invoice_issuer, billing_account, sub_account, billing_period, month, day, charge_category, pricing_category,
    /// service_category, service_name, region, availability_zone, resource, resource_type, sku, sku_price, charge_class, charge_frequency, commitment_discount,
    /// commitment_discount_category, commitment_discount_status, commitment_discount_type, service, cost_center, or `tag:` and a key; service_name if
    /// left out.
    pub group_by: Option<String>,
    /// Cost metric for sorting and for the field `cost`; effective if left out.
    #[param(inline)]
    pub metric: Option<CostMetric>,
    /// First day of use.
    #[param(inline)]
    pub from: Option<Date>,
    /// Day after the last one.
    #[param(inline)]
    pub to: Option<Date>,
}

/// Costs of a group of charges.
#[derive(Debug, Serialize, ToSchema)]
pub struct CloudCost {
    /// Value of the dimension; for `service` and `cost_center` the id. Null for charges without a value.
    pub key: Option<Text<0, 1000>>,
    /// Title of the service or cost center, if visible to you.
    pub title: Option<Title>,
    /// Number of charges.
    pub rows: Count,
    /// Cost of the metric.
    pub cost: PreciseMoney,
    /// Share of the cost of its currency, in percent; null where that is 0.
    pub share_percent: Figure,
    /// Billed cost.
    pub billed_cost: PreciseMoney,
    /// Effective cost.
    pub effective_cost: PreciseMoney,
    /// List cost.
    pub list_cost: PreciseMoney,
    /// Contracted cost.
    pub contracted_cost: PreciseMoney,
}

/// Cloud costs by a dimension.
#[derive(Debug, Serialize, ToSchema)]
pub struct CloudCosts {
    /// Dimension of the groups.
    pub group_by: Text<1, 400>,
    /// Cost metric.
    pub metric: CostMetric,
    /// First day of use; null without a limit.
    pub from: Option<Date>,
    /// Day after the last one; null without a limit.
    pub to: Option<Date>,
    /// Costs of all charges, by currency, with a null key.
    pub total: Vec<CloudCost>,
    /// Groups, the most expensive first within each currency.
    pub data: Vec<CloudCost>,
}

impl View for CloudCosts {
    const PATH: &'static str = "finance/cloud-costs";
    const OPERATION_ID: &'static str = "get_cloud_costs";
    const SUMMARY: &'static str = "Get cloud costs by a dimension";
    const DESCRIPTION: &'static str = "Exact sums of the cloud charges visible to you whose use starts in a period, by one dimension and currency; charges of replaced loads do not count. \
        By `service` and `cost_center` a charge counts for its own one, else for that of the first matching assignment rule.";
    const FORMULA: &'static str = "cost = Σ of the metric over the charges with from ≤ start of use < to; share_percent = cost ÷ Σ cost of the currency · 100";
    const SOURCE: &'static str = "FinOps Foundation, FOCUS 1.0";
    type Reads = (CloudCharge, IfPermitted<CloudAssignmentRule>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        if query.from.zip(query.to).is_some_and(|(from, to)| from >= to) {
            return Err(Problem::bad_request("from is before to, which is the day after the last one.").into());
        }
        let name = query.group_by.as_deref().unwrap_or("service_name");
        let known = || NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let by = Dimension::parse(name).ok_or_else(|| Problem::bad_request(format!("group_by is one of {}, or tag: and a key.", known())))?;
        let metric = query.metric.unwrap_or(CostMetric::Effective);
        let counting = Counting { seen: cx.sees::<CloudCharge>()?, from: query.from, to: query.to };
        let found = sums(cx.within(&counting.seen), &counting, &by)?;
        let titles = titles(cx, &by, &found)?;
        let mut totals: HashMap<&'static str, (Currency, Costs)> = HashMap::new();
        for ((_, code), (currency, costs)) in &found {
            let (_, total) = totals.entry(code).or_insert((*currency, Costs::default()));
            *total = total.plus(*costs);
        }
        let whole = |currency: Currency| totals.get(currency.code()).map_or(Decimal::ZERO, |(_, total)| of(metric, total));
        let mut data: Vec<(&'static str, Decimal, CloudCost)> = Vec::new();
        for ((key, code), (currency, costs)) in &found {
            let title = key.as_ref().and_then(|key| titles.get(key).cloned());
            data.push((code, of(metric, costs), told(key.as_deref(), title, *currency, costs, metric, whole(*currency))));
        }
        data.sort_by(|one, other| one.0.cmp(other.0).then(other.1.cmp(&one.1)));
        let mut total: Vec<(&'static str, CloudCost)> =
            totals.iter().map(|(code, (currency, costs))| (*code, told(None, None, *currency, costs, metric, whole(*currency)))).collect();
        total.sort_by_key(|(code, _)| *code);
        Ok(CloudCosts {
            group_by: Text::cut(name),
            metric,
            from: query.from,
            to: query.to,
            total: total.into_iter().map(|(_, total)| total).collect(),
            data: data.into_iter().map(|(_, _, cost)| cost).collect(),
        })
    }
}

fn of(metric: CostMetric, costs: &Costs) -> Decimal {
    match metric {
        CostMetric::Billed => costs.billed,
        CostMetric::Effective => costs.effective,
        CostMetric::List => costs.list,
        CostMetric::Contracted => costs.contracted,
    }
}

fn told(key: Option<&str>, title: Option<Title>, currency: Currency, costs: &Costs, metric: CostMetric, whole: Decimal) -> CloudCost {
    let money = |amount: Decimal| exact_cost(amount, currency);
    let cost = of(metric, costs);
    CloudCost {
        key: key.map(Text::cut),
        title,
        rows: Whole(costs.rows),
        cost: money(cost),
        share_percent: percent_of(cost, whole),
        billed_cost: money(costs.billed),
        effective_cost: money(costs.effective),
        list_cost: money(costs.list),
        contracted_cost: money(costs.contracted),
    }
}

/// The titles of services and cost centers, by their ids.
fn titles(cx: &mut Context<'_, '_>, by: &Dimension, found: &ByKey) -> Result<HashMap<String, Title>> {
    let collection = match by {
        Dimension::Service => "infrastructure/services",
        Dimension::CostCenter => "finance/cost-centers",
        _ => return Ok(HashMap::new()),
    };
    let ids: Vec<Id> = found.keys().filter_map(|(key, _)| Id::parse(key.as_deref()?)).collect();
    Ok(cx.titles(collection, &ids)?.into_iter().map(|(id, title)| (id.to_string(), title)).collect())
}
