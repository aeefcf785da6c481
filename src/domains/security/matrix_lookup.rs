//! Risk matrices as arithmetic sees them, by their ids.

use super::matrix::Matrix;
use super::risk_matrix::RiskMatrix;
use crate::database::{Cell, Connection, Kind, Row, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::FieldType;
use std::collections::HashMap;

/// Some matrices, whoever asks: they are catalogues that all share.
pub fn load(connection: &mut Connection, ids: &[Id]) -> Result<HashMap<Id, Matrix>> {
    let mut query = Statement::new("SELECT id, likelihood_levels, impact_levels, risk_levels, grid FROM risk_matrices WHERE id IN (");
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    query.bind_all(ids.iter().map(|id| Cell::Id(*id))).push(")");
    let rows = query.once().rows(connection, &[Kind::Id, Kind::Doc, Kind::Doc, Kind::Doc, Kind::Doc])?;
    let read = |row: &Row| {
        let matrix = RiskMatrix {
            code: "".into(),
            name: "".into(),
            description: None,
            likelihood_levels: FieldType::load(row.get(1..2)?)?,
            impact_levels: FieldType::load(row.get(2..3)?)?,
            risk_levels: FieldType::load(row.get(3..4)?)?,
            grid: FieldType::load(row.get(4..5)?)?,
        };
        Some((row.first()?.as_id()?, matrix.matrix()))
    };
    Ok(rows.iter().filter_map(read).collect())
}
