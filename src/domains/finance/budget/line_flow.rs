//! What flows in and out of budget lines, summed by the database: one query for each kind of flow, however many lines.

use super::line::Line;
use super::line_lineage;
use super::past_promise;
use super::position::{Position, converted};
use crate::rate::exchange_rate::{Year, rates_to};
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_core::database::expression::total;
use steward_core::database::{CHUNK, Connection, Dialect, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::{Currency, Date, Instant};
use steward_core::view::grouped;
use steward_schema::finance::{budget_transfers, carry_forwards, commitments, cost_entries};

/// The flows that count: what is in sight of each kind, the last day, and the periods.
#[derive(Clone)]
pub struct Counted {
    /// Of budget transfers.
    pub transfers: Narrowed<budget_transfers::table>,
    /// Of carry-forwards.
    pub carried: Narrowed<carry_forwards::table>,
    /// Of cost entries.
    pub entries: Narrowed<cost_entries::table>,
    /// Of commitments.
    pub commitments: Narrowed<commitments::table>,
    /// The last day; none for all days.
    pub as_of: Option<Date>,
}

/// A condition on a table whose parts depend on what counts.
type Filter<'a, T> = Box<dyn BoxableExpression<T, Dialect, SqlType = Bool> + 'a>;

impl Counted {
    /// All that there is, for rules, which judge by the whole truth.
    pub fn all() -> Counted {
        Counted {
            transfers: Narrowed::everything(),
            carried: Narrowed::everything(),
            entries: Narrowed::everything(),
            commitments: Narrowed::everything(),
            as_of: None,
        }
    }

    /// The first instant after the last day.
    fn end(&self) -> Option<Instant> {
        self.as_of.map(|day| day.plus_days(1).midnight())
    }

    /// Transfers that are posted, or were at the end of the last day.
    fn posted_transfers(&self) -> Filter<'_, budget_transfers::table> {
        use budget_transfers::{posted_at, reversed_at, state};
        let seen = self.transfers.clone();
        match self.end() {
            None => Box::new(seen.and(state.eq("posted"))),
            Some(end) => {
                let kept = reversed_at.is_null().or(reversed_at.assume_not_null().ge(end));
                Box::new(seen.and(posted_at.is_not_null()).and(posted_at.assume_not_null().lt(end)).and(kept))
            }
        }
    }

    /// Transfers that reserve what they will take, or did at the end of the last day.
    fn reserving_transfers(&self) -> Filter<'_, budget_transfers::table> {
        use budget_transfers::{posted_at, rejected_at, state, submitted_at};
        let seen = self.transfers.clone();
        match self.end() {
            None => Box::new(seen.and(state.eq_any(["submitted", "approved"]))),
            Some(end) => {
                let not_rejected = rejected_at.is_null().or(rejected_at.assume_not_null().ge(end));
                let not_posted = posted_at.is_null().or(posted_at.assume_not_null().ge(end));
                let submitted = submitted_at.is_not_null().and(submitted_at.assume_not_null().lt(end));
                Box::new(seen.and(submitted).and(not_rejected).and(not_posted))
            }
        }
    }

    /// Carry-forwards with their budget that are posted, or were at the end of the last day.
    fn posted_carry_forwards(&self) -> Filter<'_, carry_forwards::table> {
        use carry_forwards::{posted_at, reversed_at, state, with_budget};
        let carried = self.carried.clone().and(with_budget);
        match self.end() {
            None => Box::new(carried.and(state.eq("posted"))),
            Some(end) => {
                let kept = reversed_at.is_null().or(reversed_at.assume_not_null().ge(end));
                let posted = posted_at.is_null().or(posted_at.assume_not_null().lt(end));
                Box::new(carried.and(state.eq_any(["posted", "reversed"])).and(posted).and(kept))
            }
        }
    }

    fn of_entries(&self) -> Filter<'_, cost_entries::table> {
        let seen = self.entries.clone();
        match self.as_of {
            None => Box::new(seen),
            Some(day) => Box::new(seen.and(cost_entries::posted_on.le(day))),
        }
    }
}

/// What flows in and out of lines, by the period to which it belongs; what names no period belongs to none.
pub struct Flows {
    whole: HashMap<Id, Position>,
    by_period: HashMap<(Id, Option<Id>), Position>,
}

impl Flows {
    /// The position of a line: all that flows in and out of it in any version of its budget.
    pub fn of(&self, line: &Line) -> Position {
        Position { budget: line.budget, ..self.whole.get(&line.id).copied().unwrap_or(Position::EMPTY) }
    }

    /// What belongs to a period, without what the budget sets aside in it. Promises in another currency are converted in each period and
    /// in the whole by itself, rounded once.
    pub fn within(&self, line: Id, period: Option<Id>) -> Position {
        self.by_period.get(&(line, period)).copied().unwrap_or(Position::EMPTY)
    }

    /// What belongs to some periods together.
    pub fn within_all<'a>(&self, line: Id, periods: impl IntoIterator<Item = &'a Id>) -> Position {
        periods.into_iter().fold(Position::EMPTY, |sum, period| sum.plus(&self.within(line, Some(*period))))
    }
}

/// What flows in and out of some lines.
pub fn flows(connection: &mut Connection, lines: &[Line], counted: &Counted, today: Date) -> Result<Flows> {
    let owners = line_lineage::owners(connection, lines)?;
    let ids: Vec<Id> = owners.keys().copied().collect();
    let mut found = Flows { whole: HashMap::new(), by_period: HashMap::new() };
    let mut promised: Promised = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        for (line, period, figure, sum) in booked_flows(connection, chunk, counted)? {
            let owner = owners.get(&line).copied().unwrap_or(line);
            for position in [found.whole.entry(owner).or_insert(Position::EMPTY), found.by_period.entry((owner, period)).or_insert(Position::EMPTY)] {
                *figure(position) = figure(position).saturating_add(sum);
            }
        }
        for (line, period, currency, sum) in open_commitments(connection, chunk, counted)? {
            promised.entry(owners.get(&line).copied().unwrap_or(line)).or_default().push((period, currency, sum));
        }
    }
    convert(connection, lines, &promised, &mut found, today)?;
    Ok(found)
}

/// What is promised of each line: period, currency and minor units.
type Promised = HashMap<Id, Vec<(Id, Currency, i64)>>;

/// Writes what is promised into positions, in the currency of each line.
fn convert(connection: &mut Connection, lines: &[Line], promised: &Promised, found: &mut Flows, today: Date) -> Result<()> {
    let foreign = |line: &Line| promised.get(&line.id).is_some_and(|sums| sums.iter().any(|(_, currency, _)| *currency != line.currency));
    let years = if lines.iter().any(foreign) { line_lineage::years(connection, lines)? } else { HashMap::new() };
    let mut rates: HashMap<(&'static str, Option<Year>), HashMap<&'static str, Decimal>> = HashMap::new();
    let none = HashMap::new();
    for line in lines {
        let Some(sums) = promised.get(&line.id) else { continue };
        let key = (line.currency.code(), years.get(&line.id).copied());
        if foreign(line) && !rates.contains_key(&key) {
            rates.insert(key, rates_to(connection, line.currency, key.1, today)?);
        }
        let rates = rates.get(&key).unwrap_or(&none);
        let amounts = |sums: &[(Id, Currency, i64)]| sums.iter().map(|(_, currency, minor)| (*currency, *minor)).collect::<Vec<_>>();
        found.whole.entry(line.id).or_insert(Position::EMPTY).open_commitments = converted(&amounts(sums), line.currency, rates);
        for (period, sums) in grouped(sums.iter().map(|sum| (sum.0, *sum))) {
            found.by_period.entry((line.id, Some(period))).or_insert(Position::EMPTY).open_commitments = converted(&amounts(&sums), line.currency, rates);
        }
    }
    Ok(())
}

/// The position of each line: of all that flows in and out of it in any version of its budget.
pub fn positions(connection: &mut Connection, lines: &[Line], counted: &Counted, today: Date) -> Result<HashMap<Id, Position>> {
    let found = flows(connection, lines, counted, today)?;
    Ok(lines.iter().map(|line| (line.id, found.of(line))).collect())
}

/// The figure of a position that a flow adds to.
type FlowFigure = fn(&mut Position) -> &mut i64;

/// Sums by line and period, in minor units of its currency.
type Sums = Vec<(Id, Option<Id>, Option<i64>)>;

/// What flows in and out of some lines, but what is promised.
fn booked_flows(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Vec<(Id, Option<Id>, FlowFigure, i64)>> {
    let mut flows: Vec<(Id, Option<Id>, FlowFigure, i64)> = Vec::new();
    let mut add = |sums: Sums, figure: FlowFigure| flows.extend(sums.into_iter().map(|(line, period, sum)| (line, period, figure, sum.unwrap_or(0))));
    if !counted.transfers.is_nothing() {
        add(transferred_in(connection, lines, counted)?, |position| &mut position.transfers_in);
        let (posted, reserved) = transferred_out(connection, lines, counted)?;
        add(posted, |position| &mut position.transfers_out);
        add(reserved, |position| &mut position.reserved);
    }
    if !counted.carried.is_nothing() {
        add(carried_in(connection, lines, counted)?, |position| &mut position.transfers_in);
        add(carried_out(connection, lines, counted)?, |position| &mut position.transfers_out);
    }
    if !counted.entries.is_nothing() {
        add(booked(connection, lines, counted)?, |position| &mut position.actual);
    }
    Ok(flows)
}

/// What posted transfers brought.
fn transferred_in(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    use budget_transfers::{amount_amount, fiscal_period_id, table, to_line_id};
    let posted = table.filter(to_line_id.eq_any(lines)).filter(counted.posted_transfers());
    Ok(posted.group_by((to_line_id, fiscal_period_id)).select((to_line_id, fiscal_period_id, total(amount_amount))).load(connection)?)
}

/// What posted transfers took, and what those will take that are submitted or approved.
fn transferred_out(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<(Sums, Sums)> {
    use budget_transfers::{amount_amount, fiscal_period_id, from_line_id, table};
    let mut taken = |filter: Filter<'_, budget_transfers::table>| -> Result<Sums> {
        let leaving = table.filter(from_line_id.eq_any(lines)).filter(filter);
        Ok(leaving.group_by((from_line_id, fiscal_period_id)).select((from_line_id, fiscal_period_id, total(amount_amount))).load(connection)?)
    };
    Ok((taken(counted.posted_transfers())?, taken(counted.reserving_transfers())?))
}

/// What posted carry-forwards brought with their budget.
fn carried_in(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    use carry_forwards::{amount_amount, fiscal_period_id, table, to_line_id};
    let posted = table.filter(to_line_id.eq_any(lines)).filter(counted.posted_carry_forwards());
    Ok(posted.group_by((to_line_id, fiscal_period_id)).select((to_line_id, fiscal_period_id, total(amount_amount))).load(connection)?)
}

/// What posted carry-forwards took with their budget. They name the period into which they bring it, so that it leaves none.
fn carried_out(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    use carry_forwards::{amount_amount, from_line_id, table};
    let posted = table.filter(from_line_id.eq_any(lines)).filter(counted.posted_carry_forwards());
    let sums: Vec<(Id, Option<i64>)> = posted.group_by(from_line_id).select((from_line_id, total(amount_amount))).load(connection)?;
    Ok(sums.into_iter().map(|(line, sum)| (line, None, sum)).collect())
}

/// What the ledger has booked.
fn booked(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    use cost_entries::{base_amount_amount, budget_line_id, fiscal_period_id, table};
    let line = budget_line_id.assume_not_null();
    let entries = table.filter(line.eq_any(lines)).filter(counted.of_entries());
    let sums = entries.group_by((budget_line_id, fiscal_period_id)).select((line, fiscal_period_id, total(base_amount_amount)));
    let sums: Vec<(Id, Id, Option<i64>)> = sums.load(connection)?;
    Ok(sums.into_iter().map(|(line, period, sum)| (line, Some(period), sum)).collect())
}

/// What is promised and not yet delivered, by line, period and currency: the amount less what is relieved.
fn open_commitments(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Vec<(Id, Id, Currency, i64)>> {
    use commitments::{amount_amount, amount_currency, budget_line_id, fiscal_period_id, relieved_amount, state, table};
    if counted.commitments.is_nothing() {
        return Ok(Vec::new());
    }
    if let Some(day) = counted.as_of {
        return past_promise::open(connection, lines, &counted.commitments, day);
    }
    let open = table.filter(state.eq_any(["open", "partially_relieved"]).and(budget_line_id.eq_any(lines))).filter(counted.commitments.clone());
    let sums: Vec<(Id, Id, Currency, Option<i64>, Option<i64>)> = open
        .group_by((budget_line_id, fiscal_period_id, amount_currency))
        .select((budget_line_id, fiscal_period_id, amount_currency, total(amount_amount), total(relieved_amount)))
        .load(connection)?;
    let open = |(line, period, currency, amount, relieved): (Id, Id, Currency, Option<i64>, Option<i64>)| {
        (line, period, currency, amount.unwrap_or(0).saturating_sub(relieved.unwrap_or(0)))
    };
    Ok(sums.into_iter().map(open).collect())
}

/// The position of one line.
pub fn position_of(connection: &mut Connection, line: Line, counted: &Counted, today: Date) -> Result<Position> {
    let mut found = positions(connection, &[line], counted, today)?;
    Ok(found.remove(&line.id).unwrap_or(Position::EMPTY))
}

/// What is available of one line, in minor units; none if it cannot be told.
pub fn available(connection: &mut Connection, line: Line, counted: &Counted, today: Date) -> Result<Option<i64>> {
    Ok(position_of(connection, line, counted, today)?.available())
}
