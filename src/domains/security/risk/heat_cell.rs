//! The cells of a heat map, each with the open risks in it.

use super::open_risk::OpenRisk;
use super::risk_assessment::Stage;
use super::risk_category::RiskCategory;
use super::risk_kind::RiskKind;
use super::risk_matrix::{LevelNumber, RiskMatrix};
use super::risk_status::RiskStatus;
use std::collections::HashMap;
use steward_core::resource::value::{Text, Title, Whole};
use steward_core::view::prelude::*;

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

impl HeatRisk {
    /// An open risk, with the assessment that places it.
    fn of(risk: OpenRisk, assessment_id: Option<Id>) -> HeatRisk {
        HeatRisk { risk_id: risk.id, code: risk.code, title: risk.title, kind: risk.kind, category: risk.category, state: risk.state, assessment_id }
    }
}

/// A level of likelihood or impact.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AxisLevel {
    /// Number of the level; the least has number 1.
    pub number: LevelNumber,
    /// Name of the level.
    pub name: Title,
}

/// The levels of an axis by their names, the least first.
pub fn axis<'a>(names: impl Iterator<Item = &'a Title>) -> Vec<AxisLevel> {
    names.zip(1..).map(|(name, number)| AxisLevel { number: Whole(number), name: name.clone() }).collect()
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

/// Risks by likelihood and impact.
pub type Places = HashMap<(i64, i64), Vec<HeatRisk>>;

/// Open risks by their place at a stage, and those without one.
pub fn placed(risks: Vec<OpenRisk>, standings: &HashMap<Id, RiskStatus>, stage: Stage) -> (Places, Vec<HeatRisk>) {
    let (mut places, mut not_assessed) = (Places::new(), Vec::new());
    for risk in risks {
        let placed = standings.get(&risk.id).and_then(|standing| standing.at(stage));
        let shown = HeatRisk::of(risk, placed.and_then(|placed| placed.assessment));
        match placed {
            Some(placed) => places.entry((placed.likelihood, placed.impact)).or_default().push(shown),
            None => not_assessed.push(shown),
        }
    }
    (places, not_assessed)
}

/// All cells of a matrix with the risks in each, by likelihood, then impact, the least first.
pub fn cells(matrix: &RiskMatrix, mut places: Places) -> Vec<HeatCell> {
    let mut all = Vec::new();
    for (row, likelihood) in matrix.grid.iter().zip(1..) {
        for (level, impact) in row.iter().zip(1..) {
            let Some(named) = usize::try_from(level.0 - 1).ok().and_then(|at| matrix.risk_levels.get(at)) else { continue };
            let risks = places.remove(&(likelihood, impact)).unwrap_or_default();
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
