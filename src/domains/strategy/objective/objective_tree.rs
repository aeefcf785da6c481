//! What is read of a tree of objectives: its branches, their key results, and what was checked in.

use super::check_in::CheckIn;
use super::commitment::{Commitment, Health};
use super::direction::Direction;
use super::key_result::KeyResult;
use super::kpi_sample::KpiSample;
use super::objective_descent;
use super::progress::{self, Gauge};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::{Connection, Dialect, Narrowed};
use steward_core::error::Result;
use steward_core::resource::value::{Date, Instant};
use steward_core::resource::{Check, Id, Resource};
use steward_core::store::Reader;
use steward_core::view::grouped;
use steward_schema::strategy::{check_ins, key_results, kpi_samples, objectives, planning_cycles};

/// An objective of the tree.
#[derive(Queryable)]
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

impl Branch {
    /// The share of its own cycle that has passed at the end of a day.
    pub fn elapsed_share(&self, as_of: Date) -> f64 {
        progress::elapsed_share(self.cycle.0, self.cycle.1, as_of)
    }

    /// Its health by its progress and the time that has passed; unknown without progress.
    pub fn computed_health(&self, progress: Option<f64>, as_of: Date) -> Option<Health> {
        progress.map(|progress| progress::health(progress, self.elapsed_share(as_of)))
    }

    /// Its health: the judgement of its owner, else the computed one.
    pub fn health(&self, progress: Option<f64>, as_of: Date) -> Option<Health> {
        self.judged.or_else(|| self.computed_health(progress, as_of))
    }

    /// True if it is reached; unknown without progress.
    pub fn achieved(&self, progress: Option<f64>) -> Option<bool> {
        progress.map(|progress| progress::achieved(progress, self.commitment))
    }
}

/// A key result of one of them.
#[derive(Queryable)]
#[allow(missing_docs)]
pub struct Measured {
    pub id: Id,
    pub objective: Id,
    pub name: String,
    pub state: String,
    pub weight: f64,
    pub kpi: Option<Id>,
    pub unit_of_measure: String,
    #[diesel(deserialize_as = GaugeColumns)]
    pub gauge: Gauge,
}

/// The columns of a key result that its gauge is made of.
#[derive(Queryable)]
pub struct GaugeColumns {
    direction: Direction,
    baseline: Option<f64>,
    target: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    tolerance: Option<f64>,
}

impl From<GaugeColumns> for Gauge {
    fn from(columns: GaugeColumns) -> Gauge {
        Gauge {
            direction: columns.direction,
            baseline: columns.baseline,
            target: columns.target,
            range: columns.low.zip(columns.high),
            tolerance: columns.tolerance.unwrap_or_default(),
        }
    }
}

/// Where objectives and what measures them are read.
pub trait Source {
    /// What is read of a collection.
    fn sees<R: Resource>(&self) -> Result<Narrowed<R::Table>>;
    /// The connection, for a query that is narrowed so.
    fn within<T>(&mut self, seen: &Narrowed<T>) -> &mut Connection;
    /// The day that counts as today.
    fn today(&self) -> Date;
}

/// What the session sees.
impl Source for Reader<'_> {
    fn sees<R: Resource>(&self) -> Result<Narrowed<R::Table>> {
        Reader::sees::<R>(self)
    }

    fn within<T>(&mut self, seen: &Narrowed<T>) -> &mut Connection {
        Reader::within(self, seen)
    }

    fn today(&self) -> Date {
        Reader::today(self)
    }
}

/// A rule holds for everybody, whatever they see.
impl Source for Check<'_> {
    fn sees<R: Resource>(&self) -> Result<Narrowed<R::Table>> {
        Ok(Narrowed::everything())
    }

    fn within<T>(&mut self, _: &Narrowed<T>) -> &mut Connection {
        self.connection
    }

    fn today(&self) -> Date {
        self.today
    }
}

/// The progress of an objective at the end of a day.
pub fn progress_of(check: &mut Check<'_>, objective: Id, as_of: Date) -> Result<Option<f64>> {
    let root = Some(objective);
    let (branches, results) = (branches(check, &Narrowed::everything(), root)?, results(check, root)?);
    let reported = reported(check, root, as_of, (&branches, &results))?;
    Ok(progress_of_each(objective, &branches, &results, &reported).remove(&objective).flatten())
}

/// The progress of each objective of a tree, by what its key results stood at last.
pub fn progress_of_each(root: Id, branches: &[Branch], results: &[Measured], reported: &HashMap<Id, Vec<Reported>>) -> HashMap<Id, Option<f64>> {
    let own = results_of(results, |result| reported.get(&result.id).and_then(|all| all.last()).map(|(_, value, _)| *value));
    let weights = branches.iter().map(|branch| (branch.id, branch.weight)).collect();
    progress::of_tree(root, &children(branches), &weights, &own)
}

/// Where a key result stood: when, at which value, and how sure.
pub type Reported = (Instant, f64, Option<i64>);

/// The value that a key result will have at the end of the last day of its cycle, on the line through its check-ins and within its measure.
pub fn forecast(result: &Measured, reported: &[Reported], cycle_ends_on: Date) -> Option<f64> {
    const SECONDS_A_DAY: f64 = 86_400.0;
    let end = cycle_ends_on.plus_days(1).midnight().0;
    // Days before the end of the cycle: there the line is at 0.
    let points: Vec<(f64, f64)> = reported.iter().map(|(at, value, _)| ((at.0 - end).num_seconds() as f64 / SECONDS_A_DAY, *value)).collect();
    progress::forecast(&points, 0.0).map(|value| progress::within_measure(&result.unit_of_measure, value))
}

/// The objectives of the tree that the reader may see, in the order in which they were made.
pub fn branches(source: &mut impl Source, seen: &Narrowed<objectives::table>, root: Option<Id>) -> Result<Vec<Branch>> {
    let today = source.today();
    let query = objectives::table
        .inner_join(planning_cycles::table)
        .filter(objectives::id.eq_any(objective_descent::tree(root, today)))
        .filter(seen.clone())
        .order(objectives::id)
        .select((
            objectives::id,
            objectives::parent_id,
            objectives::name,
            objectives::state,
            objectives::weight,
            objectives::commitment,
            objectives::health_override,
            (planning_cycles::starts_on, planning_cycles::ends_on),
            planning_cycles::state.eq("active").and(planning_cycles::ends_on.ge(today)),
        ));
    Ok(query.load(source.within(seen))?)
}

/// Their key results that the reader may see, in the order in which they were made.
pub fn results(source: &mut impl Source, root: Option<Id>) -> Result<Vec<Measured>> {
    let (seen, today) = (source.sees::<KeyResult>()?, source.today());
    let tree = objectives::table.filter(objectives::id.eq_any(objective_descent::tree(root, today))).select(objectives::id);
    let gauge = (key_results::direction, key_results::baseline, key_results::target, key_results::low, key_results::high, key_results::tolerance);
    let query = key_results::table.filter(key_results::objective_id.eq_any(tree)).filter(seen.clone()).order(key_results::id).select((
        key_results::id,
        key_results::objective_id,
        key_results::name,
        key_results::state,
        key_results::weight,
        key_results::kpi_id,
        key_results::unit_of_measure,
        gauge,
    ));
    Ok(query.load(source.within(&seen))?)
}

diesel::alias!(check_ins as later_check_ins: LaterCheckIns, kpi_samples as later_samples: LaterSamples);

/// What each key result stood at through the day, the latest last: the samples of the indicator that it follows, else its check-ins. What
/// was taken back does not count.
pub fn reported(source: &mut impl Source, root: Option<Id>, as_of: Date, (branches, results): (&[Branch], &[Measured])) -> Result<HashMap<Id, Vec<Reported>>> {
    let mut found = checked_in(source, root, as_of)?;
    if results.iter().all(|result| result.kpi.is_none()) {
        return Ok(found);
    }
    let sampled = sampled(source, root, as_of)?;
    let begins: HashMap<Id, Instant> = branches.iter().map(|branch| (branch.id, branch.cycle.0.midnight())).collect();
    for result in results {
        let Some(kpi) = result.kpi else { continue };
        let confidence = found.remove(&result.id).and_then(|all| all.last().and_then(|(_, _, confidence)| *confidence));
        let Some(samples) = sampled.get(&kpi) else { continue };
        let begin = begins.get(&result.objective);
        let mut points: Vec<Reported> = samples.iter().filter(|(at, _)| begin.is_none_or(|begin| at >= begin)).map(|(at, value)| (*at, *value, None)).collect();
        if points.is_empty() {
            points.extend(samples.last().map(|(at, value)| (*at, *value, None)));
        }
        if let Some(latest) = points.last_mut() {
            latest.2 = confidence;
        }
        found.insert(result.id, points);
    }
    Ok(found)
}

/// The last instant of a day.
fn end_of(day: Date) -> Instant {
    const DAY: chrono::Duration = chrono::Duration::microseconds(86_400_000_000 - 1);
    Instant(day.midnight().0 + DAY)
}

/// The objectives right under each.
pub fn children(branches: &[Branch]) -> HashMap<Id, Vec<Id>> {
    grouped(branches.iter().filter_map(|branch| Some((branch.parent?, branch.id))))
}

/// Weight and progress of the key results of each objective, by the value of each.
pub fn results_of(results: &[Measured], value: impl Fn(&Measured) -> Option<f64>) -> HashMap<Id, Vec<(f64, Option<f64>)>> {
    grouped(results.iter().map(|result| (result.objective, (result.weight, progress::of_key_result(&result.gauge, value(result))))))
}

/// The check-ins of each key result through the day, the latest last.
fn checked_in(source: &mut impl Source, root: Option<Id>, as_of: Date) -> Result<HashMap<Id, Vec<Reported>>> {
    let (seen, today) = (source.sees::<CheckIn>()?, source.today());
    let tree = objectives::table.filter(objectives::id.eq_any(objective_descent::tree(root, today))).select(objectives::id);
    let measured = key_results::table.filter(key_results::objective_id.eq_any(tree)).select(key_results::id);
    let taken_back = later_check_ins.filter(later_check_ins.field(check_ins::retraction_of).eq(check_ins::id.nullable()));
    let rows: Vec<(Id, Instant, f64, Option<i64>)> = check_ins::table
        .filter(check_ins::key_result_id.eq_any(measured.into_boxed::<Dialect>()))
        .filter(check_ins::checked_in_at.le(end_of(as_of)))
        .filter(check_ins::value.is_not_null().and(not(exists(taken_back))))
        .filter(seen.clone())
        .order((check_ins::key_result_id, check_ins::checked_in_at, check_ins::id))
        .select((check_ins::key_result_id, check_ins::checked_in_at, check_ins::value.assume_not_null(), check_ins::confidence))
        .load(source.within(&seen))?;
    Ok(grouped(rows.into_iter().map(|(id, at, value, confidence)| (id, (at, value, confidence)))))
}

/// The samples through the day of each indicator that a key result of the tree follows, the latest last.
fn sampled(source: &mut impl Source, root: Option<Id>, as_of: Date) -> Result<HashMap<Id, Vec<(Instant, f64)>>> {
    let (seen, today) = (source.sees::<KpiSample>()?, source.today());
    let tree = objectives::table.filter(objectives::id.eq_any(objective_descent::tree(root, today))).select(objectives::id);
    let followed = key_results::table.filter(key_results::objective_id.eq_any(tree)).filter(key_results::kpi_id.is_not_null());
    let followed = followed.select(key_results::kpi_id.assume_not_null()).into_boxed::<Dialect>();
    let taken_back = later_samples.filter(later_samples.field(kpi_samples::retraction_of).eq(kpi_samples::id.nullable()));
    let rows: Vec<(Id, Instant, f64)> = kpi_samples::table
        .filter(kpi_samples::kpi_id.eq_any(followed))
        .filter(kpi_samples::measured_at.le(end_of(as_of)))
        .filter(kpi_samples::value.is_not_null().and(not(exists(taken_back))))
        .filter(seen.clone())
        .order((kpi_samples::kpi_id, kpi_samples::measured_at, kpi_samples::id))
        .select((kpi_samples::kpi_id, kpi_samples::measured_at, kpi_samples::value.assume_not_null()))
        .load(source.within(&seen))?;
    Ok(grouped(rows.into_iter().map(|(id, at, value)| (id, (at, value)))))
}
