//! How lines of budgets run through their years: what flows in and out of them period by period, and what forecasts expect.

use super::line::Line;
use super::line_flow::{Counted, Flows, flows};
use super::line_lineage;
use super::line_spread::{Spreadable, amounts_of_all};
use super::outlook::PeriodState;
use super::period_amount::{LineAmount, PeriodAmount};
use super::position::Position;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};
use steward_core::database::{CHUNK, Connection, Dialect, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Instant, Title};
use steward_core::view::grouped;
use steward_schema::finance::{budget_lines, budgets, fiscal_periods, forecasts};

/// A line of a budget.
pub struct LineRow {
    /// The line.
    pub line: Line,
    /// Purpose of the line.
    pub name: Title,
    /// Its budget.
    pub budget: Id,
    /// What its amounts by period follow from.
    pub spread: Spreadable,
}

/// How a line runs through its year.
pub struct LineRun {
    /// The line.
    pub line: Line,
    /// Purpose of the line.
    pub name: Title,
    /// Its budget.
    pub budget: Id,
    /// Where it stands.
    pub position: Position,
    /// Each period of the year, in order.
    pub periods: Vec<PeriodState>,
    /// What posted transfers brought without a period of the year.
    pub unassigned: i64,
}

/// A forecast that counts for a budget.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = forecasts, check_for_backend(Dialect))]
pub struct Expected {
    scope_id: Id,
    fiscal_year_id: Id,
    currency: Currency,
    known_until_on: Option<Date>,
    amounts: Option<Vec<PeriodAmount>>,
    line_amounts: Option<Vec<LineAmount>>,
}

impl Expected {
    /// What it expects in a period.
    pub fn in_period(&self, number: i64) -> Option<i64> {
        self.amounts.iter().flatten().find(|each| each.period.0 == number).map(|each| each.amount.minor)
    }

    /// What it expects of a line in a period, in whichever version of its budget; `owners` tells the line of each version.
    fn of_line(&self, line: Id, number: i64, owners: &HashMap<Id, Id>) -> Option<i64> {
        let of_line = |each: &&LineAmount| owners.get(&each.budget_line_id) == Some(&line) && each.period.0 == number;
        self.line_amounts.iter().flatten().find(of_line).map(|each| each.amount.minor)
    }
}

/// A period of a fiscal year.
#[derive(Queryable, Selectable)]
#[diesel(table_name = fiscal_periods, check_for_backend(Dialect))]
pub struct PeriodRow {
    /// The period.
    pub id: Id,
    /// Its year.
    pub fiscal_year_id: Id,
    /// Its number.
    pub number: i64,
    /// True if it is for adjustments only.
    pub adjustment: bool,
    /// Its last day.
    pub ends_on: Date,
    /// Its state.
    pub state: String,
    /// When it was closed; none while it is not.
    pub closed_at: Option<Instant>,
}

impl PeriodRow {
    /// Whether it is closed, or was at the end of a day.
    fn is_closed(&self, as_of: Option<Date>) -> bool {
        let by_then = |day: Date| self.closed_at.is_none_or(|at| at.date() <= day);
        self.state == "closed" && as_of.is_none_or(by_then)
    }
}

/// What counts, and until when.
pub struct Sight<'a> {
    /// The flows.
    pub counted: &'a Counted,
    /// The forecasts.
    pub forecasts: &'a Narrowed<forecasts::table>,
    /// The day that counts as today.
    pub day: Date,
}

/// The periods of some fiscal years, in order.
pub fn periods_of(connection: &mut Connection, years: &[Id]) -> Result<HashMap<Id, Vec<PeriodRow>>> {
    let rows: Vec<PeriodRow> = fiscal_periods::table
        .filter(fiscal_periods::fiscal_year_id.eq_any(years))
        .order(fiscal_periods::number)
        .select(PeriodRow::as_select())
        .load(connection)?;
    Ok(grouped(rows.into_iter().map(|row| (row.fiscal_year_id, row))))
}

/// The lines of some budgets, in the order in which they were made.
pub fn lines_of(connection: &mut Connection, ids: &[Id], seen: &Narrowed<budget_lines::table>) -> Result<Vec<LineRow>> {
    let mut lines = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let of_budgets = budget_lines::table.filter(budget_lines::budget_id.eq_any(chunk)).filter(seen.clone()).order(budget_lines::id);
        let rows: Vec<(Line, Title, Spreadable)> = of_budgets.select((Line::as_select(), budget_lines::name, Spreadable::as_select())).load(connection)?;
        lines.extend(rows.into_iter().map(|(line, name, spread)| LineRow { line, name, budget: spread.budget_id, spread }));
    }
    Ok(lines)
}

/// How some lines run through their years, line by line, and the forecast that counts for each budget.
pub fn runs(connection: &mut Connection, rows: Vec<LineRow>, sight: &Sight<'_>) -> Result<(Vec<LineRun>, HashMap<Id, Expected>)> {
    let ids: Vec<Id> = rows.iter().map(|row| row.budget).collect::<HashSet<_>>().into_iter().collect();
    let scopes = scopes(connection, &ids)?;
    let years: Vec<Id> = scopes.values().map(|(_, year, _)| *year).collect::<HashSet<_>>().into_iter().collect();
    let periods = periods_of(connection, &years)?;
    let expected = expected(connection, &scopes, sight)?;
    let lines: Vec<Line> = rows.iter().map(|row| row.line).collect();
    let found = flows(connection, &lines, sight.counted, sight.day)?;
    let owners = if expected.is_empty() { HashMap::new() } else { line_lineage::owners(connection, &lines)? };
    let (heads, spreads): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| ((row.line, row.name, row.budget), row.spread)).unzip();
    let amounts = amounts_of_all(connection, spreads)?;
    let none = Vec::new();
    let run = |((line, name, budget), amounts): ((Line, Title, Id), Vec<PeriodAmount>)| {
        let of_year = scopes.get(&budget).and_then(|(_, year, _)| periods.get(year)).unwrap_or(&none);
        let forecast = |number: i64| expected.get(&budget).and_then(|forecast| forecast.of_line(line.id, number, &owners));
        let states = of_year.iter().map(|period| PeriodState { forecast: forecast(period.number), ..state(period, &found, &line, &amounts, sight) });
        let position = found.of(&line);
        let net = |position: &Position| position.transfers_in.saturating_sub(position.transfers_out);
        let assigned = found.within_all(line.id, of_year.iter().map(|period| &period.id));
        LineRun { line, name, budget, periods: states.collect(), unassigned: net(&position).saturating_sub(net(&assigned)), position }
    };
    Ok((heads.into_iter().zip(amounts).map(run).collect(), expected))
}

/// The periods of a year, all lines of a budget together.
pub fn periods_together(runs: &[LineRun]) -> Vec<PeriodState> {
    let mut periods: Vec<PeriodState> = Vec::new();
    for run in runs {
        if periods.is_empty() {
            periods = run.periods.clone();
        } else {
            periods = periods.into_iter().zip(&run.periods).map(|(sum, more)| sum.plus(*more)).collect();
        }
    }
    periods
}

/// A period for a line.
fn state(period: &PeriodRow, found: &Flows, line: &Line, amounts: &[PeriodAmount], sight: &Sight<'_>) -> PeriodState {
    let flowed = found.within(line.id, Some(period.id));
    let planned = amounts.iter().filter(|each| each.period.0 == period.number).map(|each| each.amount.minor).fold(0, i64::saturating_add);
    PeriodState {
        number: period.number,
        adjustment: period.adjustment,
        ended: period.ends_on <= sight.day,
        closed: period.is_closed(sight.counted.as_of),
        budget: planned.saturating_add(flowed.transfers_in).saturating_sub(flowed.transfers_out),
        actual: flowed.actual,
        open: flowed.open_commitments,
        forecast: None,
    }
}

/// Scope, fiscal year and currency of each budget.
type Scopes = HashMap<Id, (Id, Id, Currency)>;

fn scopes(connection: &mut Connection, ids: &[Id]) -> Result<Scopes> {
    let mut scopes = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Id, Id, Id, Currency)> = budgets::table
            .filter(budgets::id.eq_any(chunk))
            .select((budgets::id, budgets::scope_id, budgets::fiscal_year_id, budgets::currency))
            .load(connection)?;
        scopes.extend(rows.into_iter().map(|(id, scope, year, currency)| (id, (scope, year, currency))));
    }
    Ok(scopes)
}

/// The forecast of each budget: of the published or locked ones of its scope, year and currency that which knows most, and of those the last
/// one. What was made for a version of a budget counts for every version.
fn expected(connection: &mut Connection, scopes: &Scopes, sight: &Sight<'_>) -> Result<HashMap<Id, Expected>> {
    let (seen, known) = (sight.forecasts, sight.counted.as_of.map(|day| day.plus_days(1).midnight()));
    if seen.is_nothing() || scopes.is_empty() {
        return Ok(HashMap::new());
    }
    let of: Vec<Id> = scopes.values().map(|(scope, ..)| *scope).collect::<HashSet<_>>().into_iter().collect();
    let mut found: Vec<(Expected, Option<Instant>)> = Vec::new();
    for chunk in of.chunks(CHUNK) {
        let told = forecasts::table.filter(forecasts::state.eq_any(["published", "locked"]).and(forecasts::scope_id.eq_any(chunk))).filter(seen.clone());
        let rows: Vec<(Expected, Option<Instant>)> = told.order(forecasts::id).select((Expected::as_select(), forecasts::published_at)).load(connection)?;
        found.extend(rows.into_iter().filter(|(_, published)| known.zip(*published).is_none_or(|(end, published)| published < end)));
    }
    // One that does not tell what it knows knows what was known when it was published.
    found.sort_by_key(|(row, published)| (row.known_until_on.or(published.map(|at| at.date())), *published));
    let mut chosen: HashMap<Id, Expected> = HashMap::new();
    for (id, (scope, year, currency)) in scopes {
        let fits = |(row, _): &&(Expected, Option<Instant>)| row.scope_id == *scope && row.fiscal_year_id == *year && row.currency == *currency;
        if let Some((row, _)) = found.iter().rev().find(fits) {
            chosen.insert(*id, row.clone());
        }
    }
    Ok(chosen)
}
