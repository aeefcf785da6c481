//! The heat map: which risks lie where in a matrix, at a stage.

use crate::risk::{
    risk::Risk,
    risk_assessment::{RiskAssessment, Stage},
    risk_category::RiskCategory,
    risk_kind::RiskKind,
    risk_matrix::{LevelNumber, RiskMatrix},
    risk_quantification::RiskQuantification,
    risk_scenario::RiskScenario,
    status_in_sight,
};
use std::collections::HashMap;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::picture::{Cell, Form, Grid, Picture};
use steward_core::view::prelude::*;
use steward_schema::security::{risk_matrices, risks};

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

/// A risk in the heat map.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatRisk {
    /// The risk.
    pub risk_id: Id,
    /// Code of the risk.
    pub code: Text<1, 64>,
    /// Title of the risk, in a line.
    pub title: Title,
    /// Type of risk: threat or opportunity.
    pub kind: RiskKind,
    /// Category of the risk.
    pub category: RiskCategory,
    /// State in the lifecycle.
    pub state: Text<1, 40>,
    /// Assessment that determines the cell; null if the cell is computed, or if there is none.
    pub assessment_id: Option<Id>,
}

/// A level of likelihood or impact.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AxisLevel {
    /// Number of the level; the least has number 1.
    pub number: LevelNumber,
    /// Name of the level.
    pub name: Title,
}

/// A cell of the matrix.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HeatCell {
    /// Number of the likelihood level.
    pub likelihood: LevelNumber,
    /// Number of the impact level.
    pub impact: LevelNumber,
    /// Number of the risk level.
    pub level: LevelNumber,
    /// Name of the risk level.
    pub level_name: Title,
    /// Colour of the risk level.
    pub color: Option<Text<7, 7>>,
    /// Number of risks in the cell.
    pub count: Whole<0, 1_000_000_000>,
    /// Risks in the cell, in order of creation.
    pub risks: Vec<HeatRisk>,
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
        let (id, matrix) = chosen(cx, query.risk_matrix_id.map(|matrix| matrix.id))?;
        let risks = open(cx, id)?;
        let pairs: Vec<(Id, Id)> = risks.iter().map(|risk| (risk.id, id)).collect();
        let standings = status_in_sight::of_reader(cx, &pairs)?;
        let is_blind = cx.sees::<RiskScenario>()?.is_nothing() && !risks.is_empty();
        let is_unknown = stage == Stage::Current && (is_blind || standings.values().any(|standing| standing.partial));
        let partial = is_unknown || risks.len() < count_open(cx, id)?;
        let mut cells: HashMap<(i64, i64), Vec<HeatRisk>> = HashMap::new();
        let mut not_assessed = Vec::new();
        for risk in risks {
            let placed = standings.get(&risk.id).and_then(|standing| standing.at(stage));
            let shown = HeatRisk {
                risk_id: risk.id,
                code: risk.code,
                title: risk.title,
                kind: risk.kind,
                category: risk.category,
                state: risk.state,
                assessment_id: placed.and_then(|placed| placed.assessment),
            };
            match placed {
                Some(placed) => cells.entry((placed.likelihood, placed.impact)).or_default().push(shown),
                None => not_assessed.push(shown),
            }
        }
        Ok(HeatMap {
            risk_matrix_id: id,
            name: matrix.name.clone(),
            stage,
            likelihood_levels: axis(matrix.likelihood_levels.iter().map(|level| &level.name)),
            impact_levels: axis(matrix.impact_levels.iter().map(|level| &level.name)),
            risk_levels: axis(matrix.risk_levels.iter().map(|level| &level.name)),
            cells: drawn(&matrix, cells),
            not_assessed,
            partial,
        })
    }
}

/// A risk that is not closed.
#[derive(Queryable)]
struct OpenRisk {
    id: Id,
    code: Text<1, 64>,
    title: Title,
    kind: RiskKind,
    category: RiskCategory,
    state: Text<1, 40>,
}

/// Likelihood upwards, impact to the right, and in each cell the codes of its risks.
fn picture(map: &HeatMap) -> Picture {
    let names = |levels: &[AxisLevel]| levels.iter().map(|level| level.name.0.clone()).collect::<Vec<String>>();
    let place = |number: LevelNumber| usize::try_from(number.0 - 1).unwrap_or_default();
    let cell = |cell: &HeatCell| {
        let codes: Vec<&str> = cell.risks.iter().map(|risk| risk.code.0.as_str()).collect();
        let shown = if codes.len() > 6 { format!("{} risks", codes.len()) } else { String::new() };
        let lines: Vec<String> = if shown.is_empty() { codes.chunks(2).map(|codes| codes.join(" ")).collect() } else { vec![shown] };
        Cell {
            row: map.likelihood_levels.len().saturating_sub(1 + place(cell.likelihood)),
            column: place(cell.impact),
            lines: [cell.level_name.0.clone()].into_iter().chain(lines).collect(),
            color: cell.color.as_ref().map(|color| color.0.clone()),
            share: Some((cell.level.0 as f64 - 1.0) / (map.risk_levels.len() as f64 - 1.0).max(1.0)),
            said: (!codes.is_empty()).then(|| format!("{} ({})", codes.join(", "), cell.level_name.0)),
        }
    };
    let grid = Grid {
        vertical: "Likelihood".into(),
        horizontal: "Impact".into(),
        rows: names(&map.likelihood_levels).into_iter().rev().collect(),
        columns: names(&map.impact_levels),
        cells: map.cells.iter().map(cell).collect(),
    };
    Picture::new(format!("{}: {} risks", map.name.0, map.stage.word()), Form::Grid(grid))
}

fn axis<'a>(names: impl Iterator<Item = &'a Title>) -> Vec<AxisLevel> {
    names.zip(1..).map(|(name, number)| AxisLevel { number: Whole(number), name: name.clone() }).collect()
}

fn drawn(matrix: &RiskMatrix, mut cells: HashMap<(i64, i64), Vec<HeatRisk>>) -> Vec<HeatCell> {
    let mut all = Vec::new();
    for (row, likelihood) in matrix.grid.iter().zip(1..) {
        for (level, impact) in row.iter().zip(1..) {
            let Some(named) = usize::try_from(level.0 - 1).ok().and_then(|at| matrix.risk_levels.get(at)) else { continue };
            let risks = cells.remove(&(likelihood, impact)).unwrap_or_default();
            all.push(HeatCell {
                likelihood: Whole(likelihood),
                impact: Whole(impact),
                level: *level,
                level_name: named.name.clone(),
                color: named.color.clone(),
                count: Whole(i64::try_from(risks.len()).unwrap_or(i64::MAX)),
                risks,
            });
        }
    }
    all
}

/// The matrix that is asked for, or the published one by which most open risks are judged.
fn chosen(reader: &mut Reader<'_>, wanted: Option<Id>) -> Result<(Id, RiskMatrix)> {
    if let Some(id) = wanted {
        let definition = reader.definition::<RiskMatrix>()?;
        if reader.find(definition, id)?.is_none() {
            return Err(Problem::bad_request("There is no risk matrix with that risk_matrix_id, or it is not visible to you.").into());
        }
        return Ok((id, reader.get_typed::<RiskMatrix>(id)?.1));
    }
    let seen = reader.sees::<Risk>()?;
    let of_matrix = risks::table.filter(risks::risk_matrix_id.eq(risk_matrices::id)).filter(risks::state.ne("closed")).filter(seen.clone());
    let found: Option<Id> = risk_matrices::table
        .filter(risk_matrices::state.eq("published"))
        .order((of_matrix.count().single_value().desc(), risk_matrices::id.desc()))
        .select(risk_matrices::id)
        .first(reader.within(&seen))
        .optional()?;
    let id = found.ok_or_else(Problem::not_found)?;
    Ok((id, reader.get_typed::<RiskMatrix>(id)?.1))
}

/// Number of open risks of a matrix, whoever may see them.
fn count_open(reader: &mut Reader<'_>, matrix: Id) -> Result<usize> {
    let open = risks::table.filter(risks::state.ne("closed").and(risks::risk_matrix_id.eq(matrix))).count();
    let all: i64 = open.get_result(reader.unscoped("only whether something is left out"))?;
    Ok(usize::try_from(all).unwrap_or_default())
}

fn open(reader: &mut Reader<'_>, matrix: Id) -> Result<Vec<OpenRisk>> {
    let seen = reader.sees::<Risk>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = risks::table.filter(risks::state.ne("closed").and(risks::risk_matrix_id.eq(matrix))).filter(seen.clone()).order(risks::id);
    Ok(query.select((risks::id, risks::code, risks::title, risks::kind, risks::category, risks::state)).load(reader.within(&seen))?)
}
