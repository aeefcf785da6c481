//! The levels of each risk of a list, over what the caller may see.

use crate::risk::{
    risk::Risk, risk_assessment::RiskAssessment, risk_matrix::LevelNumber, risk_quantification::RiskQuantification, risk_scenario::RiskScenario, risk_status,
    status_in_sight,
};
use steward_core::resource::value::Whole;
use steward_core::view::prelude::*;
use steward_schema::security::risks;

/// The level of a risk at each stage, by the number in its matrix, as `/position` gives it; null where it has none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RiskFigures {
    /// Level without controls.
    pub inherent_level: Option<LevelNumber>,
    /// Level with the controls that exist and work.
    pub current_level: Option<LevelNumber>,
    /// Target level.
    pub target_level: Option<LevelNumber>,
}

impl View for RiskFigures {
    const PATH: &'static str = Risk::PATH;
    type Reads = (IfPermitted<Risk>, IfPermitted<RiskAssessment>, IfPermitted<RiskQuantification>, IfPermitted<RiskScenario>);
    type Query = Records;
    type Answer = PerRecord<Self>;

    fn run(cx: &mut Context<'_, '_>, Records(ids): Records) -> Result<PerRecord<Self>> {
        let seen = cx.sees::<Risk>()?;
        let query = risks::table.filter(risks::id.eq_any(ids)).filter(seen.clone()).select((risks::id, risks::risk_matrix_id));
        let pairs: Vec<(Id, Id)> = query.load(cx.within(&seen))?;
        let level = |placed: Option<risk_status::Placed>| placed.map(|placed| Whole(placed.level));
        let figures = |(id, standing): (Id, risk_status::RiskStatus)| {
            (id, RiskFigures { inherent_level: level(standing.inherent), current_level: level(standing.current), target_level: level(standing.target) })
        };
        Ok(status_in_sight::of_reader(cx, &pairs)?.into_iter().map(figures).collect())
    }
}
