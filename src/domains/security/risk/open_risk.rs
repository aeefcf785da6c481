//! The risks of a matrix that are not closed.

use super::risk::Risk;
use super::risk_category::RiskCategory;
use super::risk_kind::RiskKind;
use steward_core::resource::value::{Text, Title};
use steward_core::view::prelude::*;
use steward_schema::security::risks;

/// A risk that is not closed.
#[derive(Debug, Clone, Queryable)]
#[allow(missing_docs)]
pub struct OpenRisk {
    pub id: Id,
    pub code: Text<1, 64>,
    pub title: Title,
    pub kind: RiskKind,
    pub category: RiskCategory,
    pub state: Text<1, 40>,
}

/// Open risks of a matrix in sight, in order of creation.
pub fn of_matrix(reader: &mut Reader<'_>, matrix: Id) -> Result<Vec<OpenRisk>> {
    let seen = reader.sees::<Risk>()?;
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let query = risks::table.filter(risks::state.ne("closed").and(risks::risk_matrix_id.eq(matrix))).filter(seen.clone()).order(risks::id);
    Ok(query.select((risks::id, risks::code, risks::title, risks::kind, risks::category, risks::state)).load(reader.within(&seen))?)
}

/// Number of open risks of a matrix, whoever may see them.
pub fn count(reader: &mut Reader<'_>, matrix: Id) -> Result<usize> {
    let open = risks::table.filter(risks::state.ne("closed").and(risks::risk_matrix_id.eq(matrix))).count();
    let all: i64 = open.get_result(reader.unscoped("only whether something is left out"))?;
    Ok(usize::try_from(all).unwrap_or_default())
}
