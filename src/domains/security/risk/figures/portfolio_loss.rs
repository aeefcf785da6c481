//! The loss of a year over all quantified risks.

use super::loss_figures::LossFigures;
use crate::risk::{
    appetite_breach::LossRates,
    expected_loss::LossModel,
    quantification_run::MOST_DRAWS,
    risk::Risk,
    risk_assessment::RiskAssessment,
    risk_category::RiskCategory,
    risk_kind::RiskKind,
    risk_quantification::{RiskQuantification, Seed, Trials, rounded},
    risk_scenario::RiskScenario,
    risk_status::RiskStatus,
    simulation::{draw, draws, summary},
    status_in_sight,
};
use std::collections::HashMap;
use steward_core::ports::books;
use steward_core::resource::value::{Title, Whole};
use steward_core::view::picture::Picture;
use steward_core::view::prelude::*;
use steward_schema::security::risks;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Category of the risks; all if left out.
    #[param(inline)]
    pub category: Option<RiskCategory>,
    /// Currency of the losses; that of the organisation if left out.
    #[param(inline)]
    pub currency: Option<Currency>,
    /// Number of years drawn; 20,000 if left out.
    #[param(minimum = 1000, maximum = 1_000_000)]
    pub trials: Option<i64>,
    /// Seed of the draw; 1 if left out.
    #[param(minimum = 0)]
    pub seed: Option<i64>,
}

/// The share of a risk in the loss of the portfolio.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortfolioRisk {
    /// The risk.
    pub risk: Ref<Risk>,
    /// Expected annual loss.
    pub expected_annual_loss: Money,
}

/// A risk whose loss is not known in the currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct UncountedRisk {
    /// The risk.
    pub risk: Ref<Risk>,
    /// Reason for leaving the risk out.
    pub reason: String,
}

/// The annual loss of a portfolio of risks.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortfolioLoss {
    /// Category of the risks; null for all.
    pub category: Option<RiskCategory>,
    /// The figures; null where no risk is quantified.
    #[serde(flatten)]
    pub figures: LossFigures,
    /// Expected annual loss in closed form: the sum over the risks.
    pub expected_annual_loss: Option<Money>,
    /// Always true: risks are drawn independently, so the tail is too thin where they happen together.
    pub independent: bool,
    /// Number of risks that count.
    pub quantified: Count,
    /// Number of risks without such a quantification in the currency, or in one with an exchange rate of today to it.
    pub not_quantified: Count,
    /// Risks left out, in order of creation.
    pub left_out: Vec<UncountedRisk>,
    /// The risks, the greatest expected loss first.
    pub risks: Vec<PortfolioRisk>,
    /// True if there are open threats, or controls in their scenarios, that you may not read: the loss leaves those out.
    pub partial: bool,
    /// Number of years drawn.
    pub trials: Trials,
    /// Seed of the draw.
    pub seed: Seed,
}

/// A threat that is not closed.
#[derive(Queryable)]
struct OpenRisk {
    id: Id,
    matrix: Id,
    title: Title,
    state: String,
}

impl View for PortfolioLoss {
    const PATH: &'static str = "security/portfolio-loss";
    const OPERATION_ID: &'static str = "get_security_portfolio_loss";
    const SUMMARY: &'static str = "Get the annual loss of all risks";
    const DESCRIPTION: &'static str = "Loss of a year over the open threats that you may see: the sum of one draw of each, by its latest quantification of the current stage that is fresh, or follows the scenarios; \
        one in another currency is converted at the exchange rate of today. Threats without a loss in the currency are listed under `left_out`. \
        More than 20 million draws are refused (400).";
    const FORMULA: &'static str = "loss of a year = Σ over risks of a draw as in /result; independent streams of one seed";
    const SOURCE: &'static str = "McNeil, Frey and Embrechts, Quantitative Risk Management, chapter 10";
    const PICTURE: Option<fn(&Self) -> Picture> =
        Some(|loss| loss.figures.picture(format!("Loss of a year, {}", loss.category.map_or("all risks", |category| category.word()))));
    type Reads = (Risk, RiskQuantification, IfPermitted<RiskScenario>, IfPermitted<RiskAssessment>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let (trials, seed): (Trials, Seed) = (Whole(query.trials.unwrap_or(20_000)), Whole(query.seed.unwrap_or(1)));
        if !(1_000..=1_000_000).contains(&trials.0) || seed.0 < 0 {
            return Err(Problem::bad_request("trials is 1,000 to 1,000,000, and seed 0 or more.").into());
        }
        let base = match query.currency {
            Some(currency) => Some(currency),
            None => cx.ask(books::base_currency)?,
        };
        let open = open(cx, query.category)?;
        let pairs: Vec<(Id, Id)> = open.iter().map(|risk| (risk.id, risk.matrix)).collect();
        let statuses = status_in_sight::of_reader(cx, &pairs)?;
        let partial = statuses.values().any(|status| status.partial) || open.len() < count_open_threats(cx, query.category)?;
        let currency = base.or_else(|| open.iter().find_map(|risk| Some(statuses.get(&risk.id)?.loss?.1)));
        let (models, left_out) = modelled(cx, &open, &statuses, currency)?;
        let drawn = draw_all(&models, trials, seed)?;
        let mut risks: Vec<(f64, &OpenRisk)> = models.iter().map(|(risk, model)| (model.mean(), *risk)).collect();
        risks.sort_by(|(less, _), (more, _)| more.total_cmp(less));
        let total: f64 = risks.iter().map(|(mean, _)| mean).sum();
        let share = |(mean, risk): &(f64, &OpenRisk)| {
            Some(PortfolioRisk { risk: Ref::new(risk.id, &risk.title, Some(&risk.state)), expected_annual_loss: rounded(*mean, currency?)? })
        };
        let count = |number: usize| Whole(i64::try_from(number).unwrap_or(i64::MAX));
        Ok(PortfolioLoss {
            category: query.category,
            figures: drawn.and_then(summary).zip(currency).map(|(summary, currency)| LossFigures::of(&summary, currency)).unwrap_or_default(),
            expected_annual_loss: currency.filter(|_| !risks.is_empty()).and_then(|currency| rounded(total, currency)),
            independent: true,
            quantified: count(models.len()),
            not_quantified: count(left_out.len()),
            left_out,
            risks: risks.iter().filter_map(share).collect(),
            partial,
            trials,
            seed,
        })
    }
}

/// What the losses of some risks are drawn from in a currency, and the risks of which that is not known.
fn modelled<'a>(
    cx: &mut Context<'_, '_>,
    open: &'a [OpenRisk],
    statuses: &HashMap<Id, RiskStatus>,
    currency: Option<Currency>,
) -> Result<(Vec<(&'a OpenRisk, LossModel)>, Vec<UncountedRisk>)> {
    let (mut rates, mut models, mut left_out) = (LossRates::default(), Vec::new(), Vec::new());
    for risk in open {
        let reason = match statuses.get(&risk.id).and_then(|status| status.loss).zip(currency) {
            None => "It has no quantification of the current stage that counts and is visible to you: none, or none that is fresh.".to_owned(),
            Some(((model, of), currency)) => match cx.ask(|check| rates.minor_rate(check, of, currency))? {
                Some(rate) => {
                    models.push((risk, if of == currency { model } else { model.times(rate) }));
                    continue;
                }
                None => format!("It is quantified in {}, and there is no exchange rate of today to {}.", of.code(), currency.code()),
            },
        };
        left_out.push(UncountedRisk { risk: Ref::new(risk.id, &risk.title, Some(&risk.state)), reason });
    }
    Ok((models, left_out))
}

/// The loss of each year over some models; none without any.
fn draw_all(models: &[(&OpenRisk, LossModel)], trials: Trials, seed: Seed) -> Result<Option<Vec<f64>>> {
    let (trials, seed) = (usize::try_from(trials.0).unwrap_or_default(), u64::try_from(seed.0).unwrap_or_default());
    let work: f64 = models.iter().map(|(_, model)| draws(model, trials)).sum();
    if work > MOST_DRAWS {
        let detail = format!("It would take {work:.0} draws, and 20 million are the most. Ask with fewer trials, or for one category.");
        return Err(Problem::bad_request(detail).into());
    }
    let mut years: Option<Vec<f64>> = None;
    for ((_, model), stream) in models.iter().zip(1..) {
        let Some(drawn) = draw(model, trials, seed, stream) else { continue };
        match &mut years {
            Some(years) => years.iter_mut().zip(drawn).for_each(|(year, loss)| *year += loss),
            None => years = Some(drawn),
        }
    }
    Ok(years)
}

/// Number of open threats, whoever may see them; of one category or of all.
pub fn count_open_threats(reader: &mut Reader<'_>, category: Option<RiskCategory>) -> Result<usize> {
    let threats = risks::table.filter(risks::state.ne("closed").and(risks::kind.eq(RiskKind::Threat)));
    let connection = reader.unscoped("only whether something is left out");
    let all: i64 = match category {
        Some(category) => threats.filter(risks::category.eq(category)).count().get_result(connection)?,
        None => threats.count().get_result(connection)?,
    };
    Ok(usize::try_from(all).unwrap_or_default())
}

fn open(reader: &mut Reader<'_>, category: Option<RiskCategory>) -> Result<Vec<OpenRisk>> {
    let seen = reader.sees::<Risk>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let threats = risks::table.filter(risks::state.ne("closed").and(risks::kind.eq(RiskKind::Threat))).filter(seen.clone()).order(risks::id);
    let columns = (risks::id, risks::risk_matrix_id, risks::title, risks::state);
    Ok(match category {
        Some(category) => threats.filter(risks::category.eq(category)).select(columns).load(reader.within(&seen))?,
        None => threats.select(columns).load(reader.within(&seen))?,
    })
}
