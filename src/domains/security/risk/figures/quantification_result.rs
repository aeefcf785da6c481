//! The result of the last run of a quantification.

use super::loss_figures::LossFigures;
use crate::risk::{
    quantification_run::inputs_today,
    risk::Risk,
    risk_assessment::{RiskAssessment, Stage},
    risk_quantification::{RiskQuantification, Seed, Trials, rounded},
    risk_scenario::RiskScenario,
};
use steward_core::resource::FieldType;
use steward_core::view::picture::Picture;
use steward_core::view::prelude::*;

/// The result of a run; its figures are null before the first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QuantificationResult {
    /// The quantification.
    pub risk_quantification_id: Id,
    /// The risk.
    pub risk_id: Id,
    /// Stage of assessment, by the controls considered.
    pub stage: Stage,
    /// Time of the run.
    pub ran_at: Option<Instant>,
    /// True if an input differs from that of the run; null where the scenarios used are not all visible to you.
    pub stale: Option<bool>,
    /// Reason for the lack of figures; null where there are some.
    pub reason: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: LossFigures,
    /// Expected annual loss in closed form, which the mean approaches.
    pub expected_annual_loss: Option<Money>,
    /// Frequency per year with which the run drew; its mean where three points are given.
    pub frequency: Figure,
    /// Number of years drawn.
    pub trials: Option<Trials>,
    /// Seed of the draw.
    pub seed: Option<Seed>,
}

impl View for QuantificationResult {
    const PATH: &'static str = "security/risk-quantifications/{id}/result";
    const OPERATION_ID: &'static str = "get_risk_quantification_result";
    const SUMMARY: &'static str = "Get the result of a risk quantification";
    const DESCRIPTION: &'static str = "Loss of a year by Monte Carlo simulation, as the last run has drawn it: the number of events is Poisson, the loss of each lognormal or PERT, \
        with a secondary loss by its probability. The same inputs and seed give the same bytes.";
    const FORMULA: &'static str = "N ~ Poisson(frequency); σ = (ln high − ln low)/3.28971, μ = ln low + 1.64485σ; p = nearest rank; expected_shortfall_99 = mean of the worst hundredth; \
        expected_annual_loss = frequency · (exp(μ + σ²/2) + probability · secondary) · loss_factor";
    const SOURCE: &'static str =
        "Open FAIR O-RA; Hubbard and Seiersen, How to Measure Anything in Cybersecurity Risk; McNeil, Frey and Embrechts, Quantitative Risk Management";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(|result| result.figures.picture(format!("Loss of a year, {} stage", result.stage.word())));
    type Reads = (RiskQuantification, IfPermitted<Risk>, IfPermitted<RiskScenario>, IfPermitted<RiskAssessment>);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, quantification) = cx.get_typed::<RiskQuantification>(id)?;
        let empty = QuantificationResult {
            risk_quantification_id: id,
            risk_id: quantification.risk_id,
            stage: quantification.stage,
            ran_at: quantification.ran_at,
            stale: None,
            reason: Some("It was not run yet.".to_owned()),
            figures: LossFigures::default(),
            expected_annual_loss: None,
            frequency: Figure(None),
            trials: None,
            seed: None,
        };
        let Some(run) = &quantification.run_inputs else { return Ok(empty) };
        let (today, _) = inputs_today(cx, &quantification)?;
        let is_stale = stored.meta.state.as_deref() == Some("stale");
        // A run from before its figures were kept is drawn again.
        let kept = quantification.run_result.clone().or_else(|| run.drawn());
        let Some((kept, (model, currency))) = kept.zip(run.model()) else { return Ok(empty) };
        Ok(QuantificationResult {
            stale: if is_stale { Some(true) } else { today.map(|today| today.to_json() != run.to_json()) },
            reason: None,
            figures: LossFigures::of_run(&kept),
            expected_annual_loss: rounded(model.mean(), currency),
            frequency: Figure(Some(model.frequency.mean())),
            trials: Some(run.trials),
            seed: Some(run.seed),
            ..empty
        })
    }
}
