//! The levels of each risk of a list, over what the caller may see.

use super::risk::Risk;
use super::risk_matrix::LevelNumber;
use super::risk_standing;
use crate::http::view::Figures;
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::Whole;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_schema::security::risks;

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
        let seen = reader.sees::<Risk>()?;
        if seen.is_nothing() || ids.is_empty() {
            return Ok(HashMap::new());
        }
        let query = risks::table.filter(risks::id.eq_any(ids)).filter(seen.clone()).select((risks::id, risks::risk_matrix_id));
        let pairs: Vec<(Id, Id)> = query.load(reader.within(&seen))?;
        let standings = risk_standing::of_reader(reader, &pairs)?;
        let level = |placed: Option<risk_standing::Placed>| placed.map(|placed| Whole(placed.level));
        let figures = |(id, standing): (Id, risk_standing::Standing)| {
            let answer = RiskFigures { inherent_level: level(standing.inherent), current_level: level(standing.current), target_level: level(standing.target) };
            (id, Model::to_json(&answer).into())
        };
        Ok(standings.into_iter().map(figures).collect())
    },
};
