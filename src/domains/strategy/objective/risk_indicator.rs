//! Indicators that warn of risks, for the domain that keeps these.

use super::direction::{Direction, Measure};
use super::kpi_alert::{Limits, alert, worse_than};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::indicator::{self, Indicator};
use steward_core::resource::value::{Date, Instant};
use steward_core::resource::{Check, Id};
use steward_schema::strategy::{kpi_samples, kpis};

/// The days back to which values count: a year and some more, for what is measured once a year.
const DAYS: i64 = 400;

/// Indicators, as this domain keeps them.
pub struct Indicators;

#[derive(Queryable, Selectable)]
#[diesel(table_name = kpis, check_for_backend(steward_core::database::Dialect))]
struct Row {
    id: Id,
    #[diesel(select_expression = kpis::risk_id.assume_not_null())]
    risk: Id,
    code: String,
    name: String,
    unit_of_measure: String,
    direction: Direction,
    target: Option<Measure>,
    warning_threshold: Option<Measure>,
    critical_threshold: Option<Measure>,
    low: Option<Measure>,
    high: Option<Measure>,
    tolerance: Option<Measure>,
}

impl indicator::Indicators for Indicators {
    fn of_risks(&self, check: &mut Check<'_>, day: Date) -> Result<Vec<Indicator>> {
        let rows: Vec<Row> = kpis::table.filter(kpis::risk_id.is_not_null()).order(kpis::id).select(Row::as_select()).load(check.connection)?;
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let mut values = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            values.extend(measured(check, chunk, day)?);
        }
        Ok(rows.into_iter().map(|row| indicator(&values, row)).collect())
    }
}

/// The values of some indicators that count at the end of a day, the earliest first.
fn measured(check: &mut Check<'_>, ids: &[Id], day: Date) -> Result<HashMap<Id, Vec<(Instant, f64)>>> {
    type Sample = (Id, Id, Instant, Option<Measure>, Option<Id>);
    let end = day.midnight().plus_seconds(86_400);
    let query = kpi_samples::table
        .filter(kpi_samples::kpi_id.eq_any(ids))
        .filter(kpi_samples::measured_at.lt(end))
        .filter(kpi_samples::measured_at.ge(end.plus_seconds(-DAYS * 86_400)))
        .order((kpi_samples::measured_at, kpi_samples::id));
    let columns = (kpi_samples::id, kpi_samples::kpi_id, kpi_samples::measured_at, kpi_samples::value, kpi_samples::retraction_of);
    let samples: Vec<Sample> = query.select(columns).load(check.connection)?;
    let retracted: HashSet<Id> = samples.iter().filter_map(|(_, _, _, _, retracted)| *retracted).collect();
    let mut values: HashMap<Id, Vec<(Instant, f64)>> = HashMap::new();
    for (id, kpi, at, value, _) in samples {
        if let Some(value) = value.filter(|_| !retracted.contains(&id)) {
            values.entry(kpi).or_default().push((at, value.0));
        }
    }
    Ok(values)
}

fn indicator(values: &HashMap<Id, Vec<(Instant, f64)>>, row: Row) -> Indicator {
    let number = |measure: Option<Measure>| measure.map(|measure| measure.0);
    let range = number(row.low).zip(number(row.high)).map(|(low, high)| (low, high, number(row.tolerance).unwrap_or(0.0)));
    let limits = Limits { target: number(row.target), warning: number(row.warning_threshold), critical: number(row.critical_threshold), range };
    let mut latest = values.get(&row.id).into_iter().flatten().rev();
    let (last, previous) = (latest.next().copied(), latest.next().map(|(_, value)| *value));
    Indicator {
        id: row.id,
        risk: row.risk,
        code: row.code,
        name: row.name,
        unit_of_measure: row.unit_of_measure,
        target: limits.target,
        warning_threshold: limits.warning,
        critical_threshold: limits.critical,
        range,
        last,
        previous,
        alert: last.map(|(_, value)| alert(row.direction, limits, value)),
        worsening: last.zip(previous).and_then(|((_, value), before)| worse_than(row.direction, limits, value, before)),
    }
}
