//! Treatments by what they save for what they cost.

use crate::risk::{
    risk::Risk,
    risk_quantification::{RiskQuantification, RunResult},
    treatment::Treatment,
};
use std::collections::HashMap;
use steward_core::choice;
use steward_core::database::CHUNK;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::security::{risk_quantifications, risks, treatments};

choice! {
    /// Basis of the reduction of a loss.
    pub enum ReductionBasis {
        /// Difference of the means of two runs: the quantification before and the one after.
        Quantified = "quantified",
        /// Estimate recorded in `expected_reduction`.
        Estimated = "estimated",
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Years over which one-off cost is spread, for treatments without `useful_life_years`; 3 if left out.
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
    /// Basis of the reduction; null without one.
    pub reduction_basis: Option<ReductionBasis>,
    /// True if one of the two runs is stale: an input of it has changed since, and it is to be run again. Null where the reduction is not
    /// quantified.
    pub stale: Option<bool>,
    /// Years over which its one-off cost is spread.
    pub years: Whole<1, 30>,
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
    /// Years over which the one-off cost of treatments without `useful_life_years` is spread.
    pub years: Whole<1, 30>,
    /// True if there are such treatments, or quantifications of those in the list, that you may not read: what follows from them is left out.
    pub partial: bool,
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
    estimate: Option<Money>,
    life: Option<i64>,
    before: Option<Id>,
    after: Option<Id>,
}

/// The last run of a quantification.
#[derive(Debug, Clone, Copy)]
struct Run {
    mean: Money,
    is_stale: bool,
}

impl Planned {
    /// The reduction and its basis: the difference of the runs where both are known, else the estimate.
    fn reduction(&self, means: &HashMap<Id, Run>) -> Option<(Money, ReductionBasis)> {
        let mean = |id: Option<Id>| means.get(&id?).map(|run| run.mean);
        let quantified = mean(self.before).zip(mean(self.after)).filter(|(before, after)| before.currency == after.currency);
        let quantified = quantified.map(|(before, after)| (Money::new(before.minor.saturating_sub(after.minor), before.currency), ReductionBasis::Quantified));
        quantified.or_else(|| Some((self.estimate?, ReductionBasis::Estimated)))
    }

    /// Whether one of its runs is stale.
    fn is_stale(&self, means: &HashMap<Id, Run>) -> bool {
        [self.before, self.after].into_iter().flatten().any(|id| means.get(&id).is_some_and(|run| run.is_stale))
    }
}

impl View for TreatmentRanking {
    const PATH: &'static str = "security/treatments/ranking";
    const OPERATION_ID: &'static str = "get_treatment_ranking";
    const SUMMARY: &'static str = "Get the ranking of treatments";
    const DESCRIPTION: &'static str = "Treatments that you may see and that are not abandoned, by the reduction of the annual loss for each unit of money; those without a return come last, with the reason. \
        The reduction is the difference of the last runs of `quantification_before_id` and `quantification_after_id` where both have been run and are visible to you, else the estimate of the treatment; `stale` says that one of the runs no longer matches its inputs.";
    const FORMULA: &'static str = "expected_reduction = mean before − mean after; cost_per_year = cost / years + annual_cost; reduction_per_cost = expected_reduction / cost_per_year; \
        rosi_percent = (expected_reduction − cost_per_year) / cost_per_year · 100";
    const SOURCE: &'static str = "ENISA, Introduction to Return on Security Investment, 2012; Gordon and Loeb, Managing Cybersecurity Resources";
    type Reads = (Treatment, Risk, IfPermitted<RiskQuantification>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let years: Whole<1, 30> = Whole(query.years.unwrap_or(3));
        if !(1..=30).contains(&years.0) {
            return Err(Problem::bad_request("years is 1 to 30.").into());
        }
        let planned = planned(cx)?;
        let (means, is_hidden) = means(cx, &planned)?;
        let partial = is_hidden || planned.len() < count_all(cx)?;
        let mut data: Vec<RankedTreatment> = planned.into_iter().map(|each| ranked(each, &means, years)).collect();
        data.sort_by(|one, other| {
            let value = |each: &RankedTreatment| each.reduction_per_cost.0.unwrap_or(f64::NEG_INFINITY);
            value(other).total_cmp(&value(one))
        });
        Ok(TreatmentRanking { data, years, partial })
    }
}

fn planned(reader: &mut Reader<'_>) -> Result<Vec<Planned>> {
    use treatments::{
        annual_cost_amount, annual_cost_currency, cost_amount, cost_currency, expected_reduction_amount, expected_reduction_currency, id, name,
        quantification_after_id, quantification_before_id, state, useful_life_years,
    };
    let (seen, risk_seen) = (reader.sees::<Treatment>()?, reader.sees::<Risk>()?);
    if seen.is_nothing() || risk_seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = treatments::table.inner_join(risks::table).filter(state.ne("abandoned")).filter(seen.clone()).filter(risk_seen).order(id);
    let risk = (risks::id, risks::title, risks::state);
    let (cost, annual) = ((cost_amount, cost_currency), (annual_cost_amount, annual_cost_currency));
    let estimate = (expected_reduction_amount, expected_reduction_currency);
    let columns = (id, name, state, risk, cost, annual, estimate, useful_life_years, quantification_before_id, quantification_after_id);
    Ok(query.select(columns).load(reader.within(&seen))?)
}

/// Number of treatments that are not abandoned, whoever may see them.
fn count_all(reader: &mut Reader<'_>) -> Result<usize> {
    let all = treatments::table.filter(treatments::state.ne("abandoned")).count();
    let all: i64 = all.get_result(reader.unscoped("only whether something is left out"))?;
    Ok(usize::try_from(all).unwrap_or_default())
}

/// The mean annual losses of the last runs of the quantifications in sight that treatments name, and whether they name others.
fn means(reader: &mut Reader<'_>, planned: &[Planned]) -> Result<(HashMap<Id, Run>, bool)> {
    let mut ids: Vec<Id> = planned.iter().flat_map(|each| [each.before, each.after]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let (seen, mut means, mut shown) = (reader.sees::<RiskQuantification>()?, HashMap::new(), 0);
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Id, String, Option<RunResult>)> = risk_quantifications::table
            .filter(risk_quantifications::id.eq_any(chunk))
            .filter(seen.clone())
            .select((risk_quantifications::id, risk_quantifications::state, risk_quantifications::run_result))
            .load(reader.within(&seen))?;
        shown += rows.len();
        means.extend(rows.into_iter().filter_map(|(id, state, result)| Some((id, Run { mean: result?.mean?, is_stale: state == "stale" }))));
    }
    Ok((means, shown < ids.len()))
}

fn ranked(planned: Planned, means: &HashMap<Id, Run>, years: Whole<1, 30>) -> RankedTreatment {
    let years = planned.life.map_or(years, Whole);
    let per_year = cost_per_year(planned.cost, planned.annual_cost, years.0);
    let (reduction, basis) = planned.reduction(means).unzip();
    let is_stale = planned.is_stale(means);
    let found = match (reduction, per_year) {
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
        expected_reduction: reduction,
        reduction_basis: basis,
        stale: (basis == Some(ReductionBasis::Quantified)).then_some(is_stale),
        years,
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
            estimate: euros("60000"),
            life: None,
            before: None,
            after: None,
        };
        let found = ranked(planned, &HashMap::new(), Whole(3));
        assert_eq!((found.rosi_percent, found.reduction_per_cost), (Figure(Some(140.0)), Figure(Some(2.4))));
        assert_eq!(found.reduction_basis, Some(ReductionBasis::Estimated));
    }

    #[test]
    fn two_runs_come_before_an_estimate_and_the_useful_life_before_the_years_of_the_question() {
        let euros = |amount: &str| Money::sample(amount, "EUR");
        let (before, after) = (Id::new(), Id::new());
        let planned = |after: Option<Id>| Planned {
            id: Id::new(),
            name: "Second factor".into(),
            state: "planned".into(),
            risk: (Id::new(), "Stolen passwords".into(), "treating".into()),
            cost: Some(euros("10000")),
            annual_cost: None,
            estimate: Some(euros("1")),
            life: Some(5),
            before: Some(before),
            after,
        };
        let run = |amount: &str, is_stale: bool| Run { mean: euros(amount), is_stale };
        let means = HashMap::from([(before, run("9000", false)), (after, run("5000", true))]);
        let found = ranked(planned(Some(after)), &means, Whole(3));
        assert_eq!((found.expected_reduction, found.reduction_basis), (Some(euros("4000")), Some(ReductionBasis::Quantified)));
        assert_eq!((found.cost_per_year, found.years, found.rosi_percent), (Some(euros("2000")), Whole(5), Figure(Some(100.0))));
        assert_eq!(found.stale, Some(true), "one of them is to be run again");
        // A quantification that was never run leaves the estimate.
        let unrun = ranked(planned(Some(Id::new())), &means, Whole(3));
        assert_eq!((unrun.expected_reduction, unrun.reduction_basis), (Some(euros("1")), Some(ReductionBasis::Estimated)));
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
