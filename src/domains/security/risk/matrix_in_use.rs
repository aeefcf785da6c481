//! The matrix by which risks are judged.

use super::risk::Risk;
use super::risk_matrix::RiskMatrix;
use steward_core::view::prelude::*;
use steward_schema::security::{risk_matrices, risks};

/// The matrix that is asked for, or the published one by which most open risks are judged.
pub fn chosen(reader: &mut Reader<'_>, wanted: Option<Id>) -> Result<(Id, RiskMatrix)> {
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
