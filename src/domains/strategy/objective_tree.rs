//! What is read of a tree of objectives: its branches, their key results, and what was checked in.

use super::check_in::CheckIn;
use super::direction::Direction;
use super::key_result::KeyResult;
use super::objective::{Commitment, Health, Objective};
use super::progress::{self, Gauge};
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Date, Instant};
use crate::store::Reader;
use std::collections::HashMap;

/// An objective of the tree.
#[allow(missing_docs)]
pub struct Branch {
    pub id: Id,
    pub parent: Option<Id>,
    pub name: String,
    pub state: String,
    pub weight: f64,
    pub commitment: Commitment,
    pub judged: Option<Health>,
    /// The first and the last day of its cycle, and whether that is active.
    pub cycle: (Date, Date),
    pub active: bool,
}

/// A key result of one of them.
#[allow(missing_docs)]
pub struct Measured {
    pub id: Id,
    pub objective: Id,
    pub name: String,
    pub state: String,
    pub weight: f64,
    pub gauge: Gauge,
}

/// A check-in: when, at which value, and how sure.
pub type Reported = (Instant, f64, Option<i64>);

/// The value that a key result will have at the end of the last day of its cycle, on the line through its check-ins.
pub fn forecast(reported: &[Reported], cycle_ends_on: Date) -> Option<f64> {
    const SECONDS_A_DAY: f64 = 86_400.0;
    let end = cycle_ends_on.plus_days(1).midnight().0;
    // Days before the end of the cycle: there the line is at 0.
    let points: Vec<(f64, f64)> = reported.iter().map(|(at, value, _)| ((at.0 - end).num_seconds() as f64 / SECONDS_A_DAY, *value)).collect();
    progress::forecast(&points, 0.0)
}

/// An objective, or all that are committed to in a cycle that is active and has not ended, with all under them that are not cancelled, closed by what is
/// read of them.
fn tree(root: Option<Id>, today: Date, then: &'static str) -> Statement {
    let mut query = Statement::new("WITH RECURSIVE tree(id) AS (SELECT o.id FROM objectives o JOIN planning_cycles c ON c.id = o.planning_cycle_id WHERE ");
    match root {
        Some(root) => query.push("o.id = ").bind(root),
        None => query.push("o.state = 'committed' AND c.state = 'active' AND c.ends_on >= ").bind(today),
    };
    query.push(" UNION SELECT o.id FROM objectives o JOIN tree ON o.parent_id = tree.id WHERE o.state <> 'cancelled') ").push(then);
    query
}

fn number(cell: Option<&Cell>) -> Option<f64> {
    if let Some(Cell::Real(number)) = cell { Some(*number) } else { None }
}

fn text(cell: Option<&Cell>) -> Option<&str> {
    cell.and_then(Cell::as_text)
}

/// The objectives of the tree that the reader may see, in the order in which they were made.
pub fn branches(reader: &mut Reader<'_>, root: Option<Id>) -> Result<Vec<Branch>> {
    let Some(narrowed) = reader.narrowed::<Objective>()? else { return Ok(Vec::new()) };
    let mut query = tree(
        root,
        reader.today(),
        "SELECT o.id, o.parent_id, o.name, o.state, o.weight, o.commitment, o.health_override, c.starts_on, c.ends_on, c.state \
         FROM (SELECT id, parent_id, name, state, weight, commitment, health_override, planning_cycle_id FROM objectives WHERE id IN (SELECT id FROM tree)",
    );
    query.append(narrowed).push(") o JOIN planning_cycles c ON c.id = o.planning_cycle_id ORDER BY o.id");
    let kinds = [Kind::Id, Kind::Id, Kind::Text, Kind::Text, Kind::Real, Kind::Text, Kind::Text, Kind::Date, Kind::Date, Kind::Text];
    let today = reader.today();
    let read = |row: &Row| {
        Some(Branch {
            id: row.first()?.as_id()?,
            parent: row.get(1)?.as_id(),
            name: text(row.get(2))?.to_owned(),
            state: text(row.get(3))?.to_owned(),
            weight: number(row.get(4))?,
            commitment: Commitment::from_word(text(row.get(5))?)?,
            judged: text(row.get(6)).and_then(Health::from_word),
            cycle: (row.get(7)?.as_date()?, row.get(8)?.as_date()?),
            active: text(row.get(9)) == Some("active") && row.get(8)?.as_date()? >= today,
        })
    };
    Ok(query.rows(reader.connection, &kinds)?.iter().filter_map(read).collect())
}

/// Their key results that the reader may see, in the order in which they were made.
pub fn results(reader: &mut Reader<'_>, root: Option<Id>) -> Result<Vec<Measured>> {
    let Some(narrowed) = reader.narrowed::<KeyResult>()? else { return Ok(Vec::new()) };
    let mut query = tree(
        root,
        reader.today(),
        "SELECT id, objective_id, name, state, weight, direction, baseline, target, low, high, tolerance FROM key_results \
         WHERE objective_id IN (SELECT id FROM tree)",
    );
    query.append(narrowed).push(" ORDER BY id");
    let text_and_numbers = [Kind::Text, Kind::Real, Kind::Real, Kind::Real, Kind::Real, Kind::Real];
    let kinds: Vec<Kind> = [Kind::Id, Kind::Id, Kind::Text, Kind::Text, Kind::Real].into_iter().chain(text_and_numbers).collect();
    let read = |row: &Row| {
        Some(Measured {
            id: row.first()?.as_id()?,
            objective: row.get(1)?.as_id()?,
            name: text(row.get(2))?.to_owned(),
            state: text(row.get(3))?.to_owned(),
            weight: number(row.get(4))?,
            gauge: Gauge {
                direction: Direction::from_word(text(row.get(5))?)?,
                baseline: number(row.get(6)),
                target: number(row.get(7)),
                range: number(row.get(8)).zip(number(row.get(9))),
                tolerance: number(row.get(10)).unwrap_or_default(),
            },
        })
    };
    Ok(query.rows(reader.connection, &kinds)?.iter().filter_map(read).collect())
}

/// The check-ins of each key result through the day, the latest last.
pub fn reported(reader: &mut Reader<'_>, root: Option<Id>, as_of: Date) -> Result<HashMap<Id, Vec<Reported>>> {
    let Some(narrowed) = reader.narrowed::<CheckIn>()? else { return Ok(HashMap::new()) };
    const DAY: chrono::Duration = chrono::Duration::microseconds(86_400_000_000 - 1);
    let last = Instant(as_of.midnight().0 + DAY);
    let mut query = tree(
        root,
        reader.today(),
        "SELECT key_result_id, checked_in_at, value, confidence FROM check_ins \
         WHERE key_result_id IN (SELECT id FROM key_results WHERE objective_id IN (SELECT id FROM tree)) AND checked_in_at <= ",
    );
    query.bind(last).append(narrowed).push(" ORDER BY key_result_id, checked_in_at, id");
    let mut found: HashMap<Id, Vec<Reported>> = HashMap::new();
    for row in query.rows(reader.connection, &[Kind::Id, Kind::Instant, Kind::Real, Kind::Integer])? {
        let (id, at) = (row.first().and_then(Cell::as_id), row.get(1).and_then(Cell::as_instant));
        let (Some(id), Some(at), Some(value)) = (id, at, number(row.get(2))) else { continue };
        found.entry(id).or_default().push((at, value, row.get(3).and_then(Cell::as_integer)));
    }
    Ok(found)
}
