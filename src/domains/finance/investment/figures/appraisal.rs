//! The appraisal of an investment case: present value, internal rate of return, payback and return.

use crate::investment::{
    cash_flow::{internal_rate, net_present_value, payback, return_on_investment},
    investment_case::InvestmentCase,
};
use steward_core::resource::value::Text;
use steward_core::view::prelude::*;

/// Financial appraisal of an investment case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Appraisal {
    /// Investment case appraised.
    pub investment_case_id: IdOf<InvestmentCase>,
    /// Net present value: Σ CF_t ÷ (1 + r)^t, rounded once; null if it is too large.
    pub net_present_value: Option<Money>,
    /// Internal rate of return in percent per period; null without one, or with more than one.
    pub internal_rate_of_return_percent: Figure,
    /// Reason for a missing internal rate of return; null where there is one.
    pub reason: Option<Text<1, 200>>,
    /// Payback in periods: time until the cumulative cash flow has recovered the outlay; null if it never does.
    pub payback_periods: Figure,
    /// Payback in periods over the discounted cash flows.
    pub discounted_payback_periods: Figure,
    /// Return on investment: (Σ benefits − Σ costs) ÷ Σ costs · 100; null unless both are given and there are costs.
    pub return_on_investment_percent: Figure,
}

impl View for Appraisal {
    const PATH: &'static str = "finance/investment-cases/{id}/appraisal";
    const SUMMARY: &'static str = "Get the appraisal of an investment case";
    const DESCRIPTION: &'static str = "Appraisal of an investment case. NPV = Σ CF_t ÷ (1 + r)^t over its cash flows, the first of which is period 0. IRR is the rate at which the NPV is 0, a double root being one rate: null if there is no such rate above −100 %, or more than one. \
        Payback is the first time after the first outlay at which the sum of the cash flows is 0 again, interpolated linearly within its period: 0 if the sum is never negative, null if it stays negative. ROI = (ΣB − ΣC) ÷ ΣC, when costs and benefits are given separately.";
    type Reads = (InvestmentCase,);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (_, case) = cx.get_typed::<InvestmentCase>(id)?;
        let minors = |amounts: &[Money]| amounts.iter().map(|amount| amount.minor).collect::<Vec<_>>();
        let flows = minors(&case.cash_flows);
        let measured: Vec<f64> = flows.iter().map(|flow| *flow as f64).collect();
        let rate = case.discount_rate_percent.0;
        let discounted: Vec<f64> = measured.iter().enumerate().map(|(at, flow)| flow / (1.0 + rate / 100.0).powi(at as i32)).collect();
        let rate_of_return = internal_rate(&measured);
        let percent = |ratio: Option<f64>| Figure(ratio.map(|ratio| ratio * 100.0));
        Ok(Appraisal {
            investment_case_id: id.into(),
            net_present_value: net_present_value(&flows, rate).map(|minor| Money::new(minor, case.currency)),
            internal_rate_of_return_percent: percent(rate_of_return),
            reason: rate_of_return.is_none().then(|| Text::cut(why_no_rate(&measured))),
            payback_periods: Figure(payback(&measured)),
            discounted_payback_periods: Figure(payback(&discounted)),
            return_on_investment_percent: percent(match (&case.costs, &case.benefits) {
                (Some(costs), Some(benefits)) => return_on_investment(&minors(costs), &minors(benefits)),
                _ => None,
            }),
        })
    }
}

/// Why cash flows have no single internal rate of return.
fn why_no_rate(flows: &[f64]) -> &'static str {
    let signs: Vec<bool> = flows.iter().filter(|flow| **flow != 0.0).map(|flow| *flow > 0.0).collect();
    match signs.windows(2).filter(|pair| pair.first() != pair.last()).count() {
        0 => "The cash flows never change their sign: no rate makes their present value 0.",
        1 if is_lost(flows) => "The rate at which their present value is 0 is too close to −100 % to be told.",
        1 => "The rate at which their present value is 0 is too high to be told.",
        _ => "The cash flows change their sign more than once: no single rate makes their present value 0.",
    }
}

/// True if the value of the flows without any rate has the sign of the first of them: what comes later makes up for it only at a rate below 0.
fn is_lost(flows: &[f64]) -> bool {
    let first = flows.iter().find(|flow| **flow != 0.0).copied().unwrap_or_default();
    let sum: f64 = flows.iter().sum();
    (sum < 0.0) == (first < 0.0)
}

#[cfg(test)]
mod tests {
    use super::why_no_rate;

    #[test]
    fn it_is_said_why_there_is_no_rate() {
        assert!(why_no_rate(&[-100.0, 0.0, -1.0]).contains("never"));
        assert!(why_no_rate(&[-1.0, 0.0, 1e12]).contains("too high"));
        assert!(why_no_rate(&[-1e9, 1.0]).contains("too close to −100 %"));
        assert!(why_no_rate(&[-100.0, 230.0, -132.0]).contains("more than once"));
    }
}
