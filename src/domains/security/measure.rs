//! The measure of security: how many risks are within the appetite.

use super::appetite_in_force::{self, InForce};
use super::risk::Risk;
use super::risk_appetite::RiskAppetite;
use super::risk_category::RiskCategory;
use super::risk_standing::{self, Placed};
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::http::measure::{Basis, Measure, Measured, Sense, so_many};
use crate::resource::Id;
use crate::store::Reader;
use std::collections::HashMap;

const UNIT: &str = "risks";

/// The measure.
pub static EXPOSURE: Measure = Measure {
    name: "risks_within_appetite",
    description: "Over the threats that are not closed and can be held against the appetite in force: the plan is all of them, actual those that are not above it now, \
        by level or by expected annual loss, as `/position` of each gives it. The forecast counts those that would not be above it at their target level. \
        A risk that was accepted above the appetite is above it all the same.",
    compute,
};

/// A risk that counts.
struct Open {
    id: Id,
    unit: Id,
    category: RiskCategory,
    matrix: Id,
}

fn compute(reader: &mut Reader<'_>, basis: &Basis) -> Result<Measured> {
    let (Some(risks), Some(appetites)) = (reader.narrowed::<Risk>()?, reader.narrowed::<RiskAppetite>()?) else {
        return Ok(Measured::unknown(UNIT, "You may not see risks and the appetite for them."));
    };
    let open = open(reader, risks)?;
    let appetites = appetite_in_force::all(reader.connection, basis.today, appetites)?;
    let above = above(reader)?;
    let pairs: Vec<(Id, Id)> = open.iter().map(|risk| (risk.id, risk.matrix)).collect();
    let standings = risk_standing::of_reader(reader, &pairs)?;
    let (mut held, mut within, mut ahead, mut loss, mut quantified) = (0usize, 0usize, 0usize, 0i64, false);
    for risk in &open {
        let Some(standing) = standings.get(&risk.id) else { continue };
        if let Some(money) = standing.expected_annual_loss.filter(|money| money.currency == basis.currency) {
            (loss, quantified) = (loss.saturating_add(money.minor), true);
        }
        let Some(appetite) = nearest(&appetites, &above, risk) else { continue };
        let level = |placed: Option<Placed>| placed.map(|placed| placed.level);
        let Some(breached) = appetite.breached(risk.matrix, level(standing.current), standing.expected_annual_loss) else { continue };
        let target = appetite.breached(risk.matrix, level(standing.target), None).unwrap_or(breached);
        held += 1;
        within += usize::from(!breached);
        ahead += usize::from(!target);
    }
    let unheld = open.len() - held;
    let unknown = if unheld == 0 { String::new() } else { format!(" Of {} it cannot be said.", so_many(unheld, "other risk", "other risks")) };
    let told = if held == 0 {
        Measured::unknown(UNIT, format!("No open threat that you may see can be held against an appetite in force.{unknown}"))
    } else {
        let reason = format!("{} of {} above the appetite.{unknown}", held - within, so_many(held, "risk is", "risks are"));
        Measured::of(UNIT, Sense::More, (Some(held as f64), Some(within as f64)), Some(ahead as f64), reason)
    };
    let scale = 10f64.powi(i32::try_from(basis.currency.scale()).unwrap_or(0));
    let told = told.and("risks_above_appetite", UNIT, (held > 0).then_some((held - within) as f64));
    Ok(told.and("expected_annual_loss", basis.currency.code(), quantified.then_some(loss as f64 / scale)))
}

fn open(reader: &mut Reader<'_>, narrowed: Statement) -> Result<Vec<Open>> {
    let mut query = Statement::new("SELECT id, unit_id, category, risk_matrix_id FROM risks WHERE state <> 'closed' AND kind = 'threat'");
    query.append(narrowed).push(" ORDER BY id");
    let read = |row: &Row| {
        let category = RiskCategory::from_word(row.get(2)?.as_text()?)?;
        Some(Open { id: row.first()?.as_id()?, unit: row.get(1)?.as_id()?, category, matrix: row.get(3)?.as_id()? })
    };
    Ok(query.rows(reader.connection, &[Kind::Id, Kind::Id, Kind::Text, Kind::Id])?.iter().filter_map(read).collect())
}

/// The unit above each one.
fn above(reader: &mut Reader<'_>) -> Result<HashMap<Id, Id>> {
    let rows = Statement::new("SELECT id, parent_id FROM units WHERE parent_id IS NOT NULL").rows(reader.connection, &[Kind::Id, Kind::Id])?;
    Ok(rows.iter().filter_map(|row| Some((row.first().and_then(Cell::as_id)?, row.get(1)?.as_id()?))).collect())
}

/// The appetite of the nearest unit, in it that of the category before the general one.
fn nearest<'a>(appetites: &'a [InForce], above: &HashMap<Id, Id>, risk: &Open) -> Option<&'a InForce> {
    let mut unit = Some(risk.unit);
    for _ in 0..100 {
        let at = unit?;
        let of = |category: Option<RiskCategory>| appetites.iter().find(|appetite| appetite.unit == at && appetite.category == category);
        if let Some(found) = of(Some(risk.category)).or_else(|| of(None)) {
            return Some(found);
        }
        unit = above.get(&at).copied();
    }
    None
}
