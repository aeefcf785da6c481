//! The weighted shortest job first of demands (SAFe): what to do first, as a figure of lists.

use super::demand::Demand;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::http::view::Figures;
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::Figure;
use crate::store::Reader;
use serde_json::Value;
use std::collections::HashMap;

crate::answer! {
    /// What a demand is compared by.
    pub struct DemandFigures {
        /// Weighted shortest job first (SAFe): (business value + time criticality + risk reduction) ÷ size. The greatest comes
        /// first; null while one of the four is missing.
        pub wsjf: Figure,
    }
}

/// WSJF for each demand of a list.
pub static FIGURES: Figures = Figures { schema: answer_schema::<DemandFigures>, compute };

/// (value + criticality + reduction) ÷ size; none if one is missing or there is no size.
pub fn wsjf(parts: [Option<i64>; 3], size: Option<i64>) -> Option<f64> {
    let delay = parts.into_iter().sum::<Option<i64>>()?;
    size.filter(|size| *size > 0).map(|size| delay as f64 / size as f64)
}

fn compute(reader: &mut Reader<'_>, demands: &[Id]) -> Result<HashMap<Id, Value>> {
    let (false, Some(narrowed)) = (demands.is_empty(), reader.narrowed::<Demand>()?) else { return Ok(HashMap::new()) };
    let mut query = Statement::new("SELECT id, business_value, time_criticality, risk_reduction, size FROM demands WHERE id IN (");
    query.bind_all(demands.iter().copied().map(Cell::Id)).push(")").append(narrowed);
    let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Integer, Kind::Integer, Kind::Integer, Kind::Integer])?;
    let figures = |row: &Row| {
        let number = |at: usize| row.get(at).and_then(Cell::as_integer);
        let figures = DemandFigures { wsjf: Figure(wsjf([number(1), number(2), number(3)], number(4))) };
        Some((row.first()?.as_id()?, Model::to_json(&figures).into()))
    };
    Ok(rows.iter().filter_map(figures).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_delay_is_divided_by_the_size() {
        // By hand: (8 + 5 + 3) / 4 = 4.
        assert_eq!(wsjf([Some(8), Some(5), Some(3)], Some(4)), Some(4.0));
        assert_eq!(wsjf([Some(8), None, Some(3)], Some(4)), None);
        assert_eq!(wsjf([Some(8), Some(5), Some(3)], None), None);
    }
}
