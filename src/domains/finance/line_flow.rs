//! What flows in and out of budget lines, summed by the database: one query for each kind of flow, however many lines.

use super::position::{Position, converted};
use crate::database::{Cell, Connection, Kind, Row, Statement};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Currency, Date, Precise};
use rust_decimal::Decimal;
use std::collections::HashMap;

/// Which flows are counted: the conditions that narrow each kind (none: not at all), the last day, and the periods.
#[derive(Clone)]
pub struct Counted {
    /// Of budget transfers.
    pub transfers: Option<Statement>,
    /// Of carry-forwards.
    pub carried: Option<Statement>,
    /// Of cost entries.
    pub entries: Option<Statement>,
    /// Of commitments.
    pub commitments: Option<Statement>,
    /// The last day; none for all days.
    pub as_of: Option<Date>,
    /// The fiscal periods; none for all. What names no period counts in each.
    pub periods: Option<Vec<Id>>,
}

impl Counted {
    /// All that there is, for rules, which judge by the whole truth.
    pub fn all() -> Counted {
        let all = Some(Statement::default());
        Counted { transfers: all.clone(), carried: all.clone(), entries: all.clone(), commitments: all, as_of: None, periods: None }
    }

    /// The end of a query over a kind of flow: what narrows it, until when, and in which periods.
    fn tail(&self, narrowed: &Statement, booked: bool, by: &'static str) -> Statement {
        let mut tail = narrowed.clone();
        match self.as_of {
            Some(day) if booked => drop(tail.push(" AND posted_on <= ").bind(day)),
            Some(day) => drop(tail.push(" AND created_at < ").bind(day.plus_days(1).midnight())),
            None => {}
        }
        if let Some(periods) = &self.periods {
            tail.push(" AND (fiscal_period_id IS NULL OR fiscal_period_id IN (").bind_all(periods.iter().copied().map(Cell::Id)).push("))");
        }
        tail.push(by);
        tail
    }
}

/// A line: its id, its amount in minor units, and its currency.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// What is set aside, in minor units.
    pub budget: i64,
    /// Its currency.
    pub currency: Currency,
}

/// The position of each line. `within` is a query that gives the ids of the same lines.
pub fn positions(connection: &mut Connection, lines: &[Line], within: &Statement, counted: &Counted, rates_on: Date) -> Result<HashMap<Id, Position>> {
    let mut found: HashMap<Id, Position> = lines.iter().map(|line| (line.id, Position { budget: line.budget, ..Position::EMPTY })).collect();
    let mut sums = |connection: &mut Connection,
                    start: &'static str,
                    narrowed: &Option<Statement>,
                    booked: bool,
                    by: &'static str,
                    add: fn(&mut Position, i64, i64)|
     -> Result<()> {
        let Some(narrowed) = narrowed else { return Ok(()) };
        let mut query = Statement::new(start);
        query.append(within.clone()).push(")").append(counted.tail(narrowed, booked, by));
        for row in query.once().rows(connection, &[Kind::Id, Kind::Integer, Kind::Integer])? {
            if let Some((position, first, second)) = amounts(&row).and_then(|(id, first, second)| Some((found.get_mut(&id)?, first, second))) {
                add(position, first, second);
            }
        }
        Ok(())
    };
    let transfers = (&counted.transfers, &counted.carried);
    sums(connection, TRANSFERS_IN, transfers.0, false, " GROUP BY to_line_id", |position, sum, _| {
        position.transfers_in = position.transfers_in.saturating_add(sum)
    })?;
    sums(connection, TRANSFERS_OUT, transfers.0, false, " GROUP BY from_line_id", |position, posted, reserved| {
        position.transfers_out = position.transfers_out.saturating_add(posted);
        position.reserved = position.reserved.saturating_add(reserved);
    })?;
    sums(connection, CARRIED_IN, transfers.1, false, " GROUP BY to_line_id", |position, sum, _| {
        position.transfers_in = position.transfers_in.saturating_add(sum)
    })?;
    sums(connection, CARRIED_OUT, transfers.1, false, " GROUP BY from_line_id", |position, sum, _| {
        position.transfers_out = position.transfers_out.saturating_add(sum)
    })?;
    sums(connection, ACTUAL, &counted.entries, true, " GROUP BY budget_line_id", |position, sum, _| position.actual = position.actual.saturating_add(sum))?;
    let promised = commitments(connection, within, counted)?;
    let mut rates: HashMap<&'static str, HashMap<&'static str, Decimal>> = HashMap::new();
    for line in lines {
        let Some(sums) = promised.get(&line.id) else { continue };
        if sums.iter().any(|(currency, _)| *currency != line.currency) && !rates.contains_key(line.currency.code()) {
            rates.insert(line.currency.code(), rates_to(connection, line.currency, rates_on)?);
        }
        let none = HashMap::new();
        if let Some(position) = found.get_mut(&line.id) {
            position.open_commitments = converted(sums, line.currency, rates.get(line.currency.code()).unwrap_or(&none));
        }
    }
    Ok(found)
}

fn amounts(row: &Row) -> Option<(Id, i64, i64)> {
    Some((row.first()?.as_id()?, row.get(1)?.as_integer().unwrap_or(0), row.get(2)?.as_integer().unwrap_or(0)))
}

const TRANSFERS_IN: &str =
    "SELECT to_line_id, CAST(SUM(amount_amount) AS bigint), CAST(0 AS bigint) FROM budget_transfers WHERE state = 'posted' AND to_line_id IN (";
const TRANSFERS_OUT: &str = "SELECT from_line_id, CAST(SUM(CASE WHEN state = 'posted' THEN amount_amount ELSE 0 END) AS bigint), \
    CAST(SUM(CASE WHEN state = 'posted' THEN 0 ELSE amount_amount END) AS bigint) FROM budget_transfers \
    WHERE state IN ('submitted', 'approved', 'posted') AND from_line_id IN (";
const CARRIED_IN: &str =
    "SELECT to_line_id, CAST(SUM(amount_amount) AS bigint), CAST(0 AS bigint) FROM carry_forwards WHERE state = 'posted' AND with_budget AND to_line_id IN (";
const CARRIED_OUT: &str = "SELECT from_line_id, CAST(SUM(amount_amount) AS bigint), CAST(0 AS bigint) FROM carry_forwards WHERE state = 'posted' AND with_budget AND from_line_id IN (";
const ACTUAL: &str = "SELECT budget_line_id, CAST(SUM(base_amount_amount) AS bigint), CAST(0 AS bigint) FROM cost_entries WHERE budget_line_id IN (";
const PROMISED: &str = "SELECT budget_line_id, amount_currency, CAST(SUM(amount_amount - COALESCE(relieved_amount, 0)) AS bigint) FROM commitments \
    WHERE state IN ('open', 'partially_relieved') AND budget_line_id IN (";

/// What is promised and not yet delivered, by line and currency.
fn commitments(connection: &mut Connection, within: &Statement, counted: &Counted) -> Result<HashMap<Id, Vec<(Currency, i64)>>> {
    let mut found: HashMap<Id, Vec<(Currency, i64)>> = HashMap::new();
    let Some(narrowed) = &counted.commitments else { return Ok(found) };
    let mut query = Statement::new(PROMISED);
    query.append(within.clone()).push(")").append(counted.tail(narrowed, false, " GROUP BY budget_line_id, amount_currency"));
    for row in query.once().rows(connection, &[Kind::Id, Kind::Text, Kind::Integer])? {
        if let [Cell::Id(line), Cell::Text(code), Cell::Integer(sum)] = row.as_slice()
            && let Some(currency) = Currency::parse(code)
        {
            found.entry(*line).or_default().push((currency, *sum));
        }
    }
    Ok(found)
}

/// What other currencies are worth in one on a day: the budget rate if there is one, else the spot rate, each the last on or
/// before the day.
pub fn rates_to(connection: &mut Connection, to: Currency, on: Date) -> Result<HashMap<&'static str, Decimal>> {
    let query = Statement::new("SELECT from_currency, rate_units, rate_pico FROM exchange_rates WHERE kind IN ('budget', 'spot') AND to_currency = ")
        .with(to.code(), " AND valid_on <= ")
        .with(on, " ORDER BY CASE kind WHEN 'spot' THEN 0 ELSE 1 END, valid_on, id");
    let rows = query.rows(connection, &[Kind::Text, Kind::Integer, Kind::Integer])?;
    let rate = |row: &Row| {
        let [Cell::Text(code), Cell::Integer(units), Cell::Integer(pico)] = row.as_slice() else { return None };
        Some((Currency::parse(code)?.code(), Precise::from_parts(*units, *pico)?.0))
    };
    // Of several the last one stays, and budget rates come last.
    Ok(rows.iter().filter_map(rate).collect())
}

/// What is available of one line, in minor units; none if it cannot be told.
pub fn available(connection: &mut Connection, line: Line, counted: &Counted, today: Date) -> Result<Option<i64>> {
    let within = Statement::new("SELECT id FROM budget_lines WHERE id = ").with(line.id, "");
    let found = positions(connection, &[line], &within, counted, today)?;
    Ok(found.get(&line.id).and_then(Position::available))
}
