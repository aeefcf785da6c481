//! Treatments by what they save for what they cost.

use crate::risk::{risk::Risk, treatment::Treatment};
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::{risks, treatments};

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Years over which one-off cost is spread; 3 if left out.
    #[param(minimum = 1, maximum = 30)]
    pub years: Option<i64>,
}

/// A treatment and its return.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankedTreatment {
    /// The treatment.
    pub treatment: Ref<Treatment>,
    /// The risk.
    pub risk: Ref<Risk>,
    /// Expected reduction of the annual loss (ΔALE).
    pub expected_reduction: Option<Money>,
    /// Cost per year: one-off cost / years + annual cost.
    pub cost_per_year: Option<Money>,
    /// ΔALE per unit of money spent in a year; null without cost or reduction.
    pub reduction_per_cost: Figure,
    /// Return on security investment, in percent; null without cost or reduction.
    pub rosi_percent: Figure,
    /// Reason for the lack of a return; null where there is one.
    pub reason: Option<String>,
}

/// The ranking of treatments.
#[derive(Debug, Serialize, ToSchema)]
pub struct TreatmentRanking {
    /// The treatments, the greatest reduction per cost first.
    pub data: Vec<RankedTreatment>,
    /// Years over which one-off cost is spread.
    pub years: Whole<1, 30>,
}

/// A stored treatment and its risk.
#[derive(Queryable)]
struct Planned {
    id: Id,
    name: Title,
    state: String,
    risk: (Id, Title, String),
    cost: Option<Money>,
    annual_cost: Option<Money>,
    reduction: Option<Money>,
}

impl View for TreatmentRanking {
    const PATH: &'static str = "security/treatments/ranking";
    const OPERATION_ID: &'static str = "get_treatment_ranking";
    const SUMMARY: &'static str = "Get the ranking of treatments";
    const DESCRIPTION: &'static str = "Treatments that you may see and that are not abandoned, by the reduction of the annual loss for each unit of money; those without a return come last, with the reason.";
    const FORMULA: &'static str = "cost_per_year = cost / years + annual_cost; reduction_per_cost = expected_reduction / cost_per_year; \
        rosi_percent = (expected_reduction − cost_per_year) / cost_per_year · 100";
    const SOURCE: &'static str = "ENISA, Introduction to Return on Security Investment, 2012; Gordon and Loeb, Managing Cybersecurity Resources";
    type Reads = (Treatment, Risk);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let years: Whole<1, 30> = Whole(query.years.unwrap_or(3));
        if !(1..=30).contains(&years.0) {
            return Err(Problem::bad_request("years is 1 to 30.").into());
        }
        let mut data: Vec<RankedTreatment> = planned(cx)?.into_iter().map(|each| ranked(each, years.0)).collect();
        data.sort_by(|one, other| {
            let value = |each: &RankedTreatment| each.reduction_per_cost.0.unwrap_or(f64::NEG_INFINITY);
            value(other).total_cmp(&value(one))
        });
        Ok(TreatmentRanking { data, years })
    }
}

fn planned(reader: &mut Reader<'_>) -> Result<Vec<Planned>> {
    use treatments::{
        annual_cost_amount, annual_cost_currency, cost_amount, cost_currency, expected_reduction_amount, expected_reduction_currency, id, name, state,
    };
    let (seen, risk_seen) = (reader.sees::<Treatment>()?, reader.sees::<Risk>()?);
    if seen.is_nothing() || risk_seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = treatments::table.inner_join(risks::table).filter(state.ne("abandoned")).filter(seen.clone()).filter(risk_seen).order(id);
    let risk = (risks::id, risks::title, risks::state);
    let (cost, annual) = ((cost_amount, cost_currency), (annual_cost_amount, annual_cost_currency));
    Ok(query.select((id, name, state, risk, cost, annual, (expected_reduction_amount, expected_reduction_currency))).load(reader.within(&seen))?)
}

fn ranked(planned: Planned, years: i64) -> RankedTreatment {
    let per_year = cost_per_year(planned.cost, planned.annual_cost, years);
    let found = match (planned.reduction, per_year) {
        (None, _) => Err("The expected reduction is not known."),
        (_, None) => Err("The cost is not known in one currency."),
        (Some(reduction), Some(cost)) if reduction.currency != cost.currency => Err("Reduction and cost are in different currencies."),
        (_, Some(cost)) if cost.minor <= 0 => Err("It costs nothing."),
        (Some(reduction), Some(cost)) => Ok(reduction.minor as f64 / cost.minor as f64),
    };
    let (id, title, state) = planned.risk;
    RankedTreatment {
        treatment: Ref::new(planned.id, &planned.name, Some(&planned.state)),
        risk: Ref::new(id, &title, Some(&state)),
        expected_reduction: planned.reduction,
        cost_per_year: per_year,
        reduction_per_cost: Figure(found.ok()),
        rosi_percent: Figure(found.ok().map(|ratio| (ratio - 1.0) * 100.0)),
        reason: found.err().map(str::to_owned),
    }
}

/// One-off cost spread over some years, and the annual cost; none without either, or in two currencies.
fn cost_per_year(once: Option<Money>, annual: Option<Money>, years: i64) -> Option<Money> {
    let spread = once.map(|once| Money::new((once.minor as f64 / years as f64).round() as i64, once.currency));
    match (spread, annual) {
        (Some(once), Some(annual)) => (once.currency == annual.currency).then(|| Money::new(once.minor.saturating_add(annual.minor), once.currency)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_enisa_comes_out() {
        // ENISA 2012, 3.2: an ALE of 5 · 15,000, an antivirus of 25,000 a year that stops 80 % of it: ROSI = (60,000 − 25,000)/25,000.
        let euros = |amount: &str| Some(Money::sample(amount, "EUR"));
        let planned = Planned {
            id: Id::new(),
            name: "Antivirus".into(),
            state: "planned".into(),
            risk: (Id::new(), "Viruses".into(), "treating".into()),
            cost: None,
            annual_cost: euros("25000"),
            reduction: euros("60000"),
        };
        let found = ranked(planned, 3);
        assert_eq!((found.rosi_percent, found.reduction_per_cost), (Figure(Some(140.0)), Figure(Some(2.4))));
    }

    #[test]
    fn one_off_cost_is_spread_over_the_years() {
        let euros = |amount: &str| Some(Money::sample(amount, "EUR"));
        assert_eq!(cost_per_year(euros("18000"), euros("2400"), 3), euros("8400"));
        assert_eq!(cost_per_year(euros("100"), None, 3), euros("33.33"));
        assert_eq!(cost_per_year(euros("1"), Some(Money::sample("1", "USD")), 3), None);
        assert_eq!(cost_per_year(None, None, 3), None);
    }
}
