//! The levels of each risk of a list, over what the caller may see.

use super::risk::Risk;
use super::risk_matrix::LevelNumber;
use super::risk_standing;
use crate::database::{Cell, Kind, Statement};
use crate::http::view::Figures;
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::Whole;
use std::collections::HashMap;

crate::answer! {
    /// The level of a risk at each stage, by the number in its matrix, as `/position` gives it; null where it has none.
    pub struct RiskFigures {
        /// Without controls.
        pub inherent_level: Option<LevelNumber>,
        /// With those that are there and work.
        pub current_level: Option<LevelNumber>,
        /// As it is to be.
        pub target_level: Option<LevelNumber>,
    }
}

/// The levels of each risk of a list.
pub static FIGURES: Figures = Figures {
    schema: answer_schema::<RiskFigures>,
    compute: |reader, ids| {
        let (Some(narrowed), false) = (reader.narrowed::<Risk>()?, ids.is_empty()) else { return Ok(HashMap::new()) };
        let mut query = Statement::new("SELECT id, risk_matrix_id FROM risks WHERE id IN (");
        query.bind_all(ids.iter().map(|id| Cell::Id(*id))).push(")").append(narrowed);
        let rows = query.once().rows(reader.connection, &[Kind::Id, Kind::Id])?;
        let pairs: Vec<(Id, Id)> = rows.iter().filter_map(|row| Some((row.first()?.as_id()?, row.get(1)?.as_id()?))).collect();
        let standings = risk_standing::of_reader(reader, &pairs)?;
        let level = |placed: Option<risk_standing::Placed>| placed.map(|placed| Whole(placed.level));
        let figures = |(id, standing): (Id, risk_standing::Standing)| {
            let answer = RiskFigures { inherent_level: level(standing.inherent), current_level: level(standing.current), target_level: level(standing.target) };
            (id, Model::to_json(&answer).into())
        };
        Ok(standings.into_iter().map(figures).collect())
    },
};
