//! The heat map: which risks lie where in a matrix, at a stage.

use crate::risk::{
    heat_cell::{self, AxisLevel, HeatCell, HeatRisk},
    heat_picture, matrix_in_use, open_risk,
    risk::Risk,
    risk_assessment::{RiskAssessment, Stage},
    risk_matrix::RiskMatrix,
    risk_quantification::RiskQuantification,
    risk_scenario::RiskScenario,
    status_in_sight,
};
use steward_core::resource::value::Title;
use steward_core::view::picture::{Form, Picture};
use steward_core::view::prelude::*;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Stage of assessment, by the controls considered.
    #[param(inline)]
    pub stage: Stage,
    /// Id of the matrix; the published one that is used most if left out.
    #[param(inline)]
    pub risk_matrix_id: Option<IdOf<RiskMatrix>>,
}

/// Heat map of risks in a matrix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatMap {
    /// The matrix.
    pub risk_matrix_id: Id,
    /// Name of the matrix.
    pub name: Title,
    /// Stage of assessment, by the controls considered.
    pub stage: Stage,
    /// The levels of likelihood, the least first.
    pub likelihood_levels: Vec<AxisLevel>,
    /// The levels of impact, the least first.
    pub impact_levels: Vec<AxisLevel>,
    /// The levels of risk, the least first.
    pub risk_levels: Vec<AxisLevel>,
    /// All cells, by likelihood, then impact, the least first.
    pub cells: Vec<HeatCell>,
    /// Risks without a cell at this stage.
    pub not_assessed: Vec<HeatRisk>,
    /// True if there are open risks of the matrix, or scenarios or controls that determine a cell, that you may not read: the map leaves
    /// those out.
    pub partial: bool,
}

impl View for HeatMap {
    const PATH: &'static str = "security/heat-map";
    const OPERATION_ID: &'static str = "get_security_heat_map";
    const SUMMARY: &'static str = "Get the heat map of risks";
    const DESCRIPTION: &'static str = "Cells of a risk matrix with the risks in each, at a stage, over the risks that you may see and that are not closed.\n\n\
        The cell of a risk follows from its latest confirmed assessment of the stage: the latest by `assessed_on`, then `id`. Without one of the current \
        stage it follows from the residual risk: the frequency of its scenarios, inherent × Π(1 − e) over the controls that act on the \
        likelihood, and its inherent impact, lowered by Π(1 − e) over those that act on the impact; see `/position` of the risk. \
        Risks without a cell are listed under `not_assessed`.\n\n\
        The matrix is, without `risk_matrix_id`, the published one by which most of those risks are assessed; of several, the newest.";
    const PICTURE: Option<fn(&Self) -> Picture> = Some(picture);
    type Reads = (Risk, RiskAssessment, RiskMatrix, IfPermitted<RiskQuantification>, IfPermitted<RiskScenario>);
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let stage = query.stage;
        let (id, matrix) = matrix_in_use::chosen(cx, query.risk_matrix_id.map(|matrix| matrix.id))?;
        let risks = open_risk::of_matrix(cx, id)?;
        let pairs: Vec<(Id, Id)> = risks.iter().map(|risk| (risk.id, id)).collect();
        let standings = status_in_sight::of_reader(cx, &pairs)?;
        let is_blind = cx.sees::<RiskScenario>()?.is_nothing() && !risks.is_empty();
        let is_unknown = stage == Stage::Current && (is_blind || standings.values().any(|standing| standing.partial));
        let partial = is_unknown || risks.len() < open_risk::count(cx, id)?;
        let (places, not_assessed) = heat_cell::placed(risks, &standings, stage);
        Ok(HeatMap {
            risk_matrix_id: id,
            name: matrix.name.clone(),
            stage,
            likelihood_levels: heat_cell::axis(matrix.likelihood_levels.iter().map(|level| &level.name)),
            impact_levels: heat_cell::axis(matrix.impact_levels.iter().map(|level| &level.name)),
            risk_levels: heat_cell::axis(matrix.risk_levels.iter().map(|level| &level.name)),
            cells: heat_cell::cells(&matrix, places),
            not_assessed,
            partial,
        })
    }
}

/// The matrix as a grid.
fn picture(map: &HeatMap) -> Picture {
    let grid = heat_picture::grid(&map.likelihood_levels, &map.impact_levels, map.risk_levels.len(), &map.cells);
    Picture::new(format!("{}: {} risks", map.name.0, map.stage.word()), Form::Grid(grid))
}
