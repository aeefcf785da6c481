//! The progress of an objective: what its key results and the objectives under it say.

use super::check_in::CheckIn;
use super::direction::Direction;
use super::key_result::KeyResult;
use super::objective::{Commitment, Health, Objective};
use super::progress::{self, Gauge};
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::{Problem, Result};
use crate::http::view::{Call, Parameter, Run, View};
use crate::resource::Id;
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Date, Figure, Instant, Many, Note, Number, Text, Title, Whole};
use crate::store::Reader;
use serde_json::Value;
use std::collections::HashMap;

/// `GET strategy/objectives/{id}/progress`.
pub static PROGRESS: View = View {
    path: "strategy/objectives/{id}/progress",
    operation_id: "get_objective_progress",
    summary: "Get the progress of an objective",
    description: "How far an objective is, how it stands against the time, and where its key results will end, over what you may see.\n\n\
        A key result is at p = clamp((value − baseline) / (target − baseline), 0, 1) by its latest check-in; one that is held in a range is at 1 inside it, \
        else at max(0, 1 − distance / tolerance). Without a check-in it is at 0, where it began: who has not reported has not moved. \
        An objective is at Σ w·p / Σ w over its open and closed key results and the objectives under it that are not cancelled; \
        what is null leaves both sums, and null is what has neither.\n\n\
        With e, the share of the objective's own cycle that has passed at the end of the day, it is `on_track` at e − 0.10 or more, `at_risk` at e − 0.25 or more, \
        else `off_track`; the owner may judge otherwise, with a reason. It is achieved at 1 if committed, at 0.7 if aspirational. \
        The forecast is the line of least squares through all check-ins, at the end of the last day of the cycle; null with fewer than two.\n\n\
        With `as_of`, check-ins count up to and including that day; objectives and key results count as they are now.",
    permissions: &["strategy.objectives:read", "strategy.key_results:read", "strategy.check_ins:read"],
    parameters: &[Parameter { name: "as_of", description: "the last day that counts, as YYYY-MM-DD; today if left out", words: &[], required: false }],
    answer: answer_schema::<ObjectiveProgress>,
    run: Run::Read(run),
};

crate::answer! {
    /// A key result and how far it is.
    pub struct KeyResultProgress {
        /// The key result.
        pub key_result_id: Id,
        /// What is measured.
        pub name: Title,
        /// Where it is in its lifecycle.
        pub state: Text<1, 40>,
        /// How much it weighs.
        pub weight: Number<0, 1000>,
        /// The value of the latest check-in; null if there was none.
        pub value: Figure,
        /// When that was.
        pub checked_in_at: Option<Instant>,
        /// How sure one was then, from 0 to 10.
        pub confidence: Option<Whole<0, 10>>,
        /// How far it is, from 0 to 1; null if there is nothing to measure it by.
        pub progress: Figure,
        /// The value that it will have at the end of the cycle if it goes on so.
        pub forecast_value: Figure,
        /// How far it would be then.
        pub forecast_progress: Figure,
    }
}

crate::answer! {
    /// An objective under another one and how far it is.
    pub struct ChildProgress {
        /// The objective.
        pub objective_id: Id,
        /// What is to be achieved.
        pub name: Title,
        /// Where it is in its lifecycle.
        pub state: Text<1, 40>,
        /// How much it weighs.
        pub weight: Number<0, 1000>,
        /// How far it is, from 0 to 1; null if it has neither key results nor objectives under it.
        pub progress: Figure,
        /// How it stands in its own cycle, the owner's judgement first.
        pub health: Option<Health>,
        /// Whether it is reached.
        pub achieved: Option<bool>,
    }
}

crate::answer! {
    /// How far an objective is.
    pub struct ObjectiveProgress {
        /// The objective.
        pub objective_id: Id,
        /// The last day that counts.
        pub as_of: Date,
        /// The share of its cycle that has passed at the end of that day.
        pub elapsed_share: Figure,
        /// Σ w·p / Σ w, from 0 to 1; null if it has neither key results nor objectives under it.
        pub progress: Figure,
        /// How it stands: the owner's judgement if there is one, else what progress and time say.
        pub health: Option<Health>,
        /// What progress and time say.
        pub computed_health: Option<Health>,
        /// Why the owner judges otherwise.
        pub health_override_reason: Option<Note>,
        /// Whether it is reached.
        pub achieved: Option<bool>,
        /// Its key results, in the order in which they were made.
        pub key_results: Many<KeyResultProgress>,
        /// The objectives directly under it that are not cancelled, in the order in which they were made.
        pub children: Many<ChildProgress>,
    }
}

/// An objective of the tree.
struct Branch {
    id: Id,
    parent: Option<Id>,
    name: String,
    state: String,
    weight: f64,
    commitment: Commitment,
    judged: Option<Health>,
    cycle: (Date, Date),
}

/// A key result of one of them.
struct Measured {
    id: Id,
    objective: Id,
    name: String,
    state: String,
    weight: f64,
    gauge: Gauge,
}

/// A check-in: when, at which value, and how sure.
type Reported = (Instant, f64, Option<i64>);

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let as_of = match call.parameter("as_of") {
        None => reader.today(),
        Some(text) => Date::parse(text).ok_or_else(|| Problem::bad_request("as_of is a day, such as 2026-06-30."))?,
    };
    let (_, objective) = reader.get_typed::<Objective>(id)?;
    let (branches, results) = (branches(reader, id)?, results(reader, id)?);
    let reported = reported(reader, id, as_of)?;
    let Some(root) = branches.iter().find(|branch| branch.id == id) else { return Err(Problem::not_found().into()) };
    let mut own: HashMap<Id, Vec<(f64, Option<f64>)>> = HashMap::new();
    for result in &results {
        let value = reported.get(&result.id).and_then(|all| all.last()).map(|(_, value, _)| *value);
        own.entry(result.objective).or_default().push((result.weight, progress::of_key_result(&result.gauge, value)));
    }
    let mut children: HashMap<Id, Vec<Id>> = HashMap::new();
    for branch in branches.iter().filter(|branch| branch.id != id) {
        branch.parent.into_iter().for_each(|parent| children.entry(parent).or_default().push(branch.id));
    }
    let weights = branches.iter().map(|branch| (branch.id, branch.weight)).collect();
    let found = progress::of_tree(id, &children, &weights, &own);
    let of = |branch: &Branch| found.get(&branch.id).copied().flatten();
    let elapsed = |branch: &Branch| progress::elapsed_share(branch.cycle.0, branch.cycle.1, as_of);
    let computed = |branch: &Branch| of(branch).map(|progress| progress::health(progress, elapsed(branch)));
    let achieved = |branch: &Branch| of(branch).map(|progress| progress::achieved(progress, branch.commitment));
    let below = branches.iter().filter(|branch| branch.id != id && branch.parent == Some(id)).map(|branch| ChildProgress {
        objective_id: branch.id,
        name: Title::cut(&branch.name),
        state: Text::cut(&branch.state),
        weight: Number(branch.weight),
        progress: Figure(of(branch)),
        health: branch.judged.or_else(|| computed(branch)),
        achieved: achieved(branch),
    });
    let none = Vec::new();
    let own = results.iter().filter(|result| result.objective == id);
    let answer = ObjectiveProgress {
        objective_id: id,
        as_of,
        elapsed_share: Figure(Some(elapsed(root))),
        progress: Figure(of(root)),
        health: root.judged.or_else(|| computed(root)),
        computed_health: computed(root),
        health_override_reason: objective.health_override_reason.clone(),
        achieved: achieved(root),
        key_results: Many(own.map(|result| of_result(result, reported.get(&result.id).unwrap_or(&none), root.cycle.1)).collect()),
        children: Many(below.collect()),
    };
    Ok(Model::to_json(&answer).into())
}

fn of_result(result: &Measured, reported: &[Reported], cycle_ends_on: Date) -> KeyResultProgress {
    const SECONDS_A_DAY: f64 = 86_400.0;
    let latest = reported.last();
    let value = latest.map(|(_, value, _)| *value);
    let end = cycle_ends_on.plus_days(1).0.and_time(chrono::NaiveTime::MIN).and_utc();
    // Days before the end of the cycle: there the line is at 0.
    let points: Vec<(f64, f64)> = reported.iter().map(|(at, value, _)| ((at.0 - end).num_seconds() as f64 / SECONDS_A_DAY, *value)).collect();
    let forecast = progress::forecast(&points, 0.0);
    KeyResultProgress {
        key_result_id: result.id,
        name: Title::cut(&result.name),
        state: Text::cut(&result.state),
        weight: Number(result.weight),
        value: Figure(value),
        checked_in_at: latest.map(|(at, _, _)| *at),
        confidence: latest.and_then(|(_, _, confidence)| *confidence).map(Whole),
        progress: Figure(progress::of_key_result(&result.gauge, value)),
        forecast_value: Figure(forecast),
        forecast_progress: Figure(forecast.and_then(|value| progress::of_key_result(&result.gauge, Some(value)))),
    }
}

/// The objective and all under it that are not cancelled, closed by what is read of them.
fn tree(root: Id, then: &'static str) -> Statement {
    let mut query = Statement::new("WITH RECURSIVE tree(id) AS (SELECT id FROM objectives WHERE id = ");
    query.bind(root).push(" UNION SELECT o.id FROM objectives o JOIN tree ON o.parent_id = tree.id WHERE o.state <> 'cancelled') ").push(then);
    query
}

fn number(cell: Option<&Cell>) -> Option<f64> {
    if let Some(Cell::Real(number)) = cell { Some(*number) } else { None }
}

fn text(cell: Option<&Cell>) -> Option<&str> {
    cell.and_then(Cell::as_text)
}

fn branches(reader: &mut Reader<'_>, root: Id) -> Result<Vec<Branch>> {
    let Some(narrowed) = reader.narrowed::<Objective>()? else { return Ok(Vec::new()) };
    let mut query = tree(
        root,
        "SELECT o.id, o.parent_id, o.name, o.state, o.weight, o.commitment, o.health_override, c.starts_on, c.ends_on \
         FROM (SELECT id, parent_id, name, state, weight, commitment, health_override, planning_cycle_id FROM objectives WHERE id IN (SELECT id FROM tree)",
    );
    query.append(narrowed).push(") o JOIN planning_cycles c ON c.id = o.planning_cycle_id ORDER BY o.id");
    let kinds = [Kind::Id, Kind::Id, Kind::Text, Kind::Text, Kind::Real, Kind::Text, Kind::Text, Kind::Date, Kind::Date];
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
        })
    };
    Ok(query.rows(reader.connection, &kinds)?.iter().filter_map(read).collect())
}

fn results(reader: &mut Reader<'_>, root: Id) -> Result<Vec<Measured>> {
    let Some(narrowed) = reader.narrowed::<KeyResult>()? else { return Ok(Vec::new()) };
    let mut query = tree(
        root,
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
fn reported(reader: &mut Reader<'_>, root: Id, as_of: Date) -> Result<HashMap<Id, Vec<Reported>>> {
    let Some(narrowed) = reader.narrowed::<CheckIn>()? else { return Ok(HashMap::new()) };
    const DAY: chrono::Duration = chrono::Duration::microseconds(86_400_000_000 - 1);
    let last = Instant(as_of.0.and_time(chrono::NaiveTime::MIN).and_utc() + DAY);
    let mut query = tree(
        root,
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
