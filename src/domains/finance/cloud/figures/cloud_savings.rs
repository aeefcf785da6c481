//! Savings on cloud costs, and how well commitments are used.

use crate::cloud::{
    cloud_charge::CloudCharge,
    cost_sum::{Costs, Counting, Dimension, commitments, sums},
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use steward_core::resource::value::{Precise, PreciseMoney, Text};
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

/// Use of a commitment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitmentUse {
    /// Commitment (`CommitmentDiscountId`).
    pub commitment_discount: Text<1, 500>,
    /// Effective cost that was used.
    pub used: PreciseMoney,
    /// Effective cost that was paid for and unused.
    pub unused: PreciseMoney,
    /// Utilisation: used in percent of used and unused; null where their sum is 0.
    pub utilization_percent: Figure,
    /// Savings: contracted less effective cost of the used part, less the unused part.
    pub savings: PreciseMoney,
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
        let mut uses: BTreeMap<(String, &'static str), (Currency, Costs, Costs)> = BTreeMap::new();
        for (commitment, status, currency, costs) in commitments(cx.within(&counting.seen), &counting)? {
            let entry = uses.entry((commitment, currency.code())).or_insert((currency, Costs::default(), Costs::default()));
            let part = if status == "used" { &mut entry.1 } else { &mut entry.2 };
            *part = part.plus(costs);
        }
        let commitments = uses.iter().map(|((commitment, _), (currency, used, unused))| use_of(commitment, *currency, used, unused)).collect();
        Ok(CloudSavings { from: query.from, to: query.to, data, commitments })
    }
}

fn money(currency: Currency, amount: Decimal) -> PreciseMoney {
    PreciseMoney { amount: Precise(amount.normalize()), currency }
}

fn percent(part: Decimal, whole: Decimal) -> Figure {
    Figure(part.checked_div(whole).and_then(|share| f64::try_from(share).ok()).map(|share| share * 100.0))
}

fn savings(currency: Currency, costs: &Costs) -> CurrencySavings {
    let money = |amount: Decimal| money(currency, amount);
    CurrencySavings {
        list_cost: money(costs.list),
        contracted_cost: money(costs.contracted),
        effective_cost: money(costs.effective),
        negotiated_savings: money(costs.list - costs.contracted),
        commitment_savings: money(costs.contracted - costs.effective),
        savings: money(costs.list - costs.effective),
        effective_savings_rate_percent: percent(costs.list - costs.effective, costs.list),
    }
}

fn use_of(commitment: &str, currency: Currency, used: &Costs, unused: &Costs) -> CommitmentUse {
    CommitmentUse {
        commitment_discount: Text::cut(commitment),
        used: money(currency, used.effective),
        unused: money(currency, unused.effective),
        utilization_percent: percent(used.effective, used.effective + unused.effective),
        savings: money(currency, used.contracted - used.effective - unused.effective),
    }
}
