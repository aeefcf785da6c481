//! The picture of a heat map.

use super::heat_cell::{AxisLevel, HeatCell};
use super::risk_matrix::LevelNumber;
use steward_core::view::picture::{Cell, Grid};

/// Likelihood upwards, impact to the right, and in each cell the codes of its risks; `risk_levels` is the number of levels of risk.
pub fn grid(likelihood: &[AxisLevel], impact: &[AxisLevel], risk_levels: usize, cells: &[HeatCell]) -> Grid {
    let names = |levels: &[AxisLevel]| levels.iter().map(|level| level.name.0.clone()).collect::<Vec<String>>();
    let place = |number: LevelNumber| usize::try_from(number.0 - 1).unwrap_or_default();
    let cell = |cell: &HeatCell| {
        let codes: Vec<&str> = cell.risks.iter().map(|risk| risk.code.0.as_str()).collect();
        let shown = if codes.len() > 6 { format!("{} risks", codes.len()) } else { String::new() };
        let lines: Vec<String> = if shown.is_empty() { codes.chunks(2).map(|codes| codes.join(" ")).collect() } else { vec![shown] };
        Cell {
            row: likelihood.len().saturating_sub(1 + place(cell.likelihood)),
            column: place(cell.impact),
            lines: [cell.level_name.0.clone()].into_iter().chain(lines).collect(),
            color: cell.color.as_ref().map(|color| color.0.clone()),
            share: Some((cell.level.0 as f64 - 1.0) / (risk_levels as f64 - 1.0).max(1.0)),
            said: (!codes.is_empty()).then(|| format!("{} ({})", codes.join(", "), cell.level_name.0)),
        }
    };
    Grid {
        vertical: "Likelihood".into(),
        horizontal: "Impact".into(),
        rows: names(likelihood).into_iter().rev().collect(),
        columns: names(impact),
        cells: cells.iter().map(cell).collect(),
    }
}
