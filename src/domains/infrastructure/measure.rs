//! The measure of infrastructure: the availability that was agreed for live services, and what was attained.

use super::it_service::Service;
use super::outage::Outage;
use super::slo::Slo;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::http::measure::{Basis, Measure, Measured, Sense, so_many};
use crate::resource::Id;
use crate::resource::value::Instant;
use crate::store::Reader;
use std::collections::{HashMap, HashSet};

const UNIT: &str = "percent";
const SECONDS: i64 = 30 * 86_400;

/// The measure.
pub static AVAILABILITY: Measure = Measure {
    name: "availability",
    description: "Over the availability objectives of live services: the plan is the mean of their targets; actual the mean of what was attained in the last 30 days (720 hours), \
        100 less the share of the agreed time that outages took, each by how much of the service was lost, where several at a time count as the worst of them. \
        Where an objective leaves out maintenance, planned outages leave the agreed time. The status compares what is missing of 100: (100 − plan) ÷ (100 − actual).",
    compute,
};

/// An outage within the time that counts, in seconds from its beginning.
#[derive(Debug, Clone, Copy)]
struct Down {
    from: f64,
    to: f64,
    lost: f64,
    planned: bool,
}

fn compute(reader: &mut Reader<'_>, _: &Basis) -> Result<Measured> {
    let (Some(slos), Some(services)) = (reader.narrowed::<Slo>()?, reader.narrowed::<Service>()?) else {
        return Ok(Measured::unknown(UNIT, "You may not see services and their objectives."));
    };
    let mut query = Statement::new("SELECT s.id, o.target_percent, o.excludes_maintenance FROM (SELECT id FROM services WHERE state = 'live'");
    query.append(services).push(") s LEFT JOIN (SELECT service_id, target_percent, excludes_maintenance FROM slos WHERE indicator = 'availability'");
    query.append(slos).push(") o ON o.service_id = s.id ORDER BY s.id");
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Real, Kind::Bool])?;
    let number = |cell: Option<&Cell>| if let Some(Cell::Real(number)) = cell { Some(*number) } else { None };
    let agreed: Vec<(Id, f64, bool)> =
        rows.iter().filter_map(|row| Some((row.first()?.as_id()?, number(row.get(1))?, row.get(2).is_some_and(Cell::is_true)))).collect();
    let live: HashSet<Id> = rows.iter().filter_map(|row| row.first()?.as_id()).collect();
    let with: HashSet<Id> = agreed.iter().map(|(service, ..)| *service).collect();
    let without = live.len() - with.len();
    let nothing = if without == 0 { String::new() } else { format!(" For {} none is agreed.", so_many(without, "live service", "live services")) };
    if agreed.is_empty() {
        return Ok(Measured::unknown(UNIT, format!("No availability is agreed for a live service that you may see.{nothing}")));
    }
    let count = agreed.len() as f64;
    let plan = agreed.iter().map(|(_, target, _)| target).sum::<f64>() / count;
    let Some(outages) = outages(reader)? else {
        let mut told = Measured::unknown(UNIT, format!("You may not see outages.{nothing}"));
        told.plan = Some(plan);
        return Ok(told);
    };
    let none = Vec::new();
    let each = agreed.iter().map(|(service, target, excludes)| (*target, attained(outages.get(service).unwrap_or(&none), *excludes)));
    let known: Vec<(f64, f64)> = each.filter_map(|(target, attained)| Some((target, attained?))).collect();
    let actual = (!known.is_empty()).then(|| known.iter().map(|(_, attained)| attained).sum::<f64>() / known.len() as f64);
    let missed = known.iter().filter(|(target, attained)| attained < target).count();
    let reason = format!(
        "In 30 days {} of {} missed.{nothing}",
        if missed == 0 { "none".to_owned() } else { missed.to_string() },
        so_many(agreed.len(), "agreed availability was", "agreed availabilities were")
    );
    let told = Measured::of(UNIT, Sense::LessMissing, (Some(plan), actual), None, reason);
    Ok(told.and("objectives_missed", "objectives", Some(missed as f64)).and("live_services_without_objective", "services", Some(without as f64)))
}

/// The outages of each service that lie in the last 30 days; none if the reader may see no outages.
fn outages(reader: &mut Reader<'_>) -> Result<Option<HashMap<Id, Vec<Down>>>> {
    let Some(narrowed) = reader.narrowed::<Outage>()? else { return Ok(None) };
    let now = reader.store.now();
    let from = now.plus_seconds(-SECONDS);
    let mut query = Statement::new("SELECT service_id, started_at, ended_at, degraded_percent, planned FROM outages WHERE started_at < ").with(now, "");
    query.push(" AND (ended_at IS NULL OR ended_at > ").bind(from).push(")").append(narrowed);
    let since = |at: Instant| ((at.0 - from.0).num_milliseconds() as f64 / 1000.0).clamp(0.0, SECONDS as f64);
    let read = |row: &Row| {
        let lost = if let Some(Cell::Real(percent)) = row.get(3) { percent / 100.0 } else { 1.0 };
        let (started, ended) = (row.get(1)?.as_instant()?, row.get(2)?.as_instant().unwrap_or(now));
        Some((row.first()?.as_id()?, Down { from: since(started), to: since(ended), lost, planned: row.get(4)?.is_true() }))
    };
    let mut found: HashMap<Id, Vec<Down>> = HashMap::new();
    for (service, down) in query.rows(reader.connection, &[Kind::Id, Kind::Instant, Kind::Instant, Kind::Real, Kind::Bool])?.iter().filter_map(read) {
        found.entry(service).or_default().push(down);
    }
    Ok(Some(found))
}

/// 100 · (1 − lost / agreed time), where outages at the same time count as the worst of them; none when no time was agreed.
fn attained(outages: &[Down], excludes_planned: bool) -> Option<f64> {
    let mut edges: Vec<f64> = outages.iter().flat_map(|down| [down.from, down.to]).collect();
    edges.sort_by(f64::total_cmp);
    let (mut agreed, mut lost) = (SECONDS as f64, 0.0);
    for (from, to) in edges.iter().zip(edges.iter().skip(1)).filter(|(from, to)| to > from) {
        let here: Vec<&Down> = outages.iter().filter(|down| down.from <= *from && down.to >= *to).collect();
        if excludes_planned && here.iter().any(|down| down.planned) {
            agreed -= to - from;
        } else {
            lost += (to - from) * here.iter().map(|down| down.lost).fold(0.0, f64::max);
        }
    }
    (agreed > 0.0).then(|| 100.0 * (1.0 - lost / agreed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    fn down(from: f64, to: f64, lost: f64, planned: bool) -> Down {
        Down { from: from * HOUR, to: to * HOUR, lost, planned }
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn outages_at_the_same_time_count_once_as_the_worst_of_them() {
        // By hand: two hours at a half, then one at all: 2 of 720 hours.
        let found = attained(&[down(10.0, 13.0, 0.5, false), down(12.0, 13.0, 1.0, false)], false);
        assert!(near(found, 100.0 * (1.0 - 2.0 / 720.0)), "{found:?}");
        assert_eq!(attained(&[], true), Some(100.0));
    }

    #[test]
    fn maintenance_leaves_the_agreed_time_where_it_is_left_out() {
        let both = [down(0.0, 20.0, 1.0, true), down(19.0, 27.0, 1.0, false)];
        // By hand: 7 of 700 hours; or 27 of 720.
        assert!(near(attained(&both, true), 99.0));
        assert!(near(attained(&both, false), 96.25));
        assert_eq!(attained(&[down(0.0, 720.0, 1.0, true)], true), None, "no time was agreed");
    }
}
