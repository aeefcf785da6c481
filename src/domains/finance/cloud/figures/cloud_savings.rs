//! Savings on cloud costs, and how well commitments are used.

use crate::cloud::{
    cloud_charge::CloudCharge,
    commitment_use::{CommitmentUse, commitment_uses},
    cost_sum::{Costs, Counting, Dimension, commitments, sums},
    exact_cost::{exact_cost, percent_of},
};
use rust_decimal::Decimal;
use steward_core::resource::value::PreciseMoney;
use steward_core::view::prelude::*;

/// Parameters of the figure.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// First day of use.
    #[param(inline)]
    pub from: Option<Date>,
    /// Day after the last one.
    #[param(inline)]
    pub to: Option<Date>,
}

/// Savings in a currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct CurrencySavings {
    /// List cost.
    pub list_cost: PreciseMoney,
    /// Contracted cost.
    pub contracted_cost: PreciseMoney,
    /// Effective cost.
    pub effective_cost: PreciseMoney,
    /// Negotiated savings: list less contracted cost.
    pub negotiated_savings: PreciseMoney,
    /// Commitment savings: contracted less effective cost, net of unused commitments.
    pub commitment_savings: PreciseMoney,
    /// Total savings: list less effective cost.
    pub savings: PreciseMoney,
    /// Savings in percent of the list cost; null where that is 0.
    pub effective_savings_rate_percent: Figure,
}

/// Savings on cloud costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct CloudSavings {
    /// First day of use; null without a limit.
    pub from: Option<Date>,
    /// Day after the last one; null without a limit.
    pub to: Option<Date>,
    /// Savings by currency.
    pub data: Vec<CurrencySavings>,
    /// Commitments, in the order of their ids.
    pub commitments: Vec<CommitmentUse>,
}

impl View for CloudSavings {
    const PATH: &'static str = "finance/cloud-savings";
    const OPERATION_ID: &'static str = "get_cloud_savings";
    const SUMMARY: &'static str = "Get the savings on cloud costs";
    const DESCRIPTION: &'static str = "Savings by negotiated prices and commitments against list prices over the use of a period, and the utilisation of each commitment, over the charges visible to you. Purchases, taxes, credits and adjustments do not count.";
    const FORMULA: &'static str = "savings = Σ list − Σ effective; effective_savings_rate_percent = savings ÷ Σ list · 100; utilization_percent = used ÷ (used + unused) · 100, by effective cost";
    const SOURCE: &'static str = "FinOps Foundation, Effective Savings Rate; FOCUS 1.0, CommitmentDiscountStatus";
    type Reads = (CloudCharge,);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let counting = Counting { seen: cx.sees::<CloudCharge>()?, from: query.from, to: query.to };
        let by_category = sums(cx.within(&counting.seen), &counting, &Dimension::ChargeCategory)?;
        let used = by_category.iter().filter(|((category, _), _)| category.as_deref() == Some("usage"));
        let data = used.map(|(_, (currency, costs))| savings(*currency, costs)).collect();
        let commitments = commitment_uses(commitments(cx.within(&counting.seen), &counting)?);
        Ok(CloudSavings { from: query.from, to: query.to, data, commitments })
    }
}

/// The savings on the use of a period, in a currency.
fn savings(currency: Currency, costs: &Costs) -> CurrencySavings {
    let money = |amount: Decimal| exact_cost(amount, currency);
    CurrencySavings {
        list_cost: money(costs.list),
        contracted_cost: money(costs.contracted),
        effective_cost: money(costs.effective),
        negotiated_savings: money(costs.list - costs.contracted),
        commitment_savings: money(costs.contracted - costs.effective),
        savings: money(costs.list - costs.effective),
        effective_savings_rate_percent: percent_of(costs.list - costs.effective, costs.list),
    }
}
