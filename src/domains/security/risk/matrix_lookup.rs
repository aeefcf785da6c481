//! Risk matrices as arithmetic sees them, by their ids.

use super::matrix::Matrix;
use super::risk_matrix::{ImpactLevel, LevelNumber, LikelihoodLevel, RiskLevel, RiskMatrix};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_schema::security::risk_matrices;

/// The levels and the grid of a matrix as they are stored.
type Levels = (Vec<LikelihoodLevel>, Vec<ImpactLevel>, Vec<RiskLevel>, Vec<Vec<LevelNumber>>);

/// Some matrices. Nothing is narrowed: they are a catalogue that all share.
pub fn load(connection: &mut Connection, ids: &[Id]) -> Result<HashMap<Id, Matrix>> {
    use risk_matrices::{grid, id, impact_levels, likelihood_levels, risk_levels};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let query = risk_matrices::table.filter(id.eq_any(ids)).select((id, (likelihood_levels, impact_levels, risk_levels, grid)));
    let rows: Vec<(Id, Levels)> = query.load(connection)?;
    let matrix = |(of, (likelihood, impact, risk, cells)): (Id, Levels)| {
        let matrix = RiskMatrix {
            code: "".into(),
            name: "".into(),
            description: None,
            likelihood_levels: likelihood,
            impact_levels: impact,
            risk_levels: risk,
            grid: cells,
        };
        (of, matrix.matrix())
    };
    Ok(rows.into_iter().map(matrix).collect())
}
