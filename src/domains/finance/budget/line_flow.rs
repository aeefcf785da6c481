//! What flows in and out of budget lines, summed by the database: one query for each kind of flow, however many lines.

use super::line::Line;
use super::line_lineage;
use super::position::{Position, converted};
use crate::database::expression::total;
use crate::database::{CHUNK, Connection, Dialect, Narrowed};
use crate::domains::finance::rate::exchange_rate::{Year, rates_to};
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Currency, Date};
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use rust_decimal::Decimal;
use std::collections::HashMap;
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
    /// The fiscal periods; none for all. What names no period belongs to none of them.
    pub periods: Option<Vec<Id>>,
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
            periods: None,
        }
    }

    fn of_transfers(&self) -> Filter<'_, budget_transfers::table> {
        let period = budget_transfers::fiscal_period_id;
        self.narrowing(
            &self.transfers,
            |day| Box::new(budget_transfers::created_at.lt(day.plus_days(1).midnight())),
            |periods| Box::new(period.is_not_null().and(period.assume_not_null().eq_any(periods))),
        )
    }

    fn of_carry_forwards(&self) -> Filter<'_, carry_forwards::table> {
        let period = carry_forwards::fiscal_period_id;
        self.narrowing(
            &self.carried,
            |day| Box::new(carry_forwards::created_at.lt(day.plus_days(1).midnight())),
            |periods| Box::new(period.is_not_null().and(period.assume_not_null().eq_any(periods))),
        )
    }

    fn of_entries(&self) -> Filter<'_, cost_entries::table> {
        self.narrowing(&self.entries, |day| Box::new(cost_entries::posted_on.le(day)), |periods| Box::new(cost_entries::fiscal_period_id.eq_any(periods)))
    }

    fn of_commitments(&self) -> Filter<'_, commitments::table> {
        self.narrowing(
            &self.commitments,
            |day| Box::new(commitments::created_at.lt(day.plus_days(1).midnight())),
            |periods| Box::new(commitments::fiscal_period_id.eq_any(periods)),
        )
    }

    /// What is in sight of a kind of flow, until the last day and within the periods.
    fn narrowing<'a, T>(
        &'a self,
        seen: &'a Narrowed<T>,
        until: impl FnOnce(Date) -> Filter<'a, T>,
        within: impl FnOnce(&'a [Id]) -> Filter<'a, T>,
    ) -> Filter<'a, T>
    where
        T: 'static,
        Narrowed<T>: BoxableExpression<T, Dialect, SqlType = Bool>,
    {
        let mut condition: Filter<'a, T> = Box::new(seen.clone());
        if let Some(day) = self.as_of {
            condition = Box::new(condition.and(until(day)));
        }
        if let Some(periods) = &self.periods {
            condition = Box::new(condition.and(within(periods)));
        }
        condition
    }
}

/// The position of each line: of all that flows in and out of it in any version of its budget.
pub fn positions(connection: &mut Connection, lines: &[Line], counted: &Counted, today: Date) -> Result<HashMap<Id, Position>> {
    let owners = line_lineage::owners(connection, lines)?;
    let ids: Vec<Id> = owners.keys().copied().collect();
    let mut found: HashMap<Id, Position> = lines.iter().map(|line| (line.id, Position { budget: line.budget, ..Position::EMPTY })).collect();
    let mut promised: HashMap<Id, Vec<(Currency, i64)>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        for (line, figure, sum) in flows(connection, chunk, counted)? {
            let owner = owners.get(&line).copied().unwrap_or(line);
            found.entry(owner).and_modify(|position| *figure(position) = figure(position).saturating_add(sum));
        }
        for (line, currency, sum) in open_commitments(connection, chunk, counted)? {
            promised.entry(owners.get(&line).copied().unwrap_or(line)).or_default().push((currency, sum));
        }
    }
    let foreign = |line: &Line| promised.get(&line.id).is_some_and(|sums| sums.iter().any(|(currency, _)| *currency != line.currency));
    let years = if lines.iter().any(foreign) { line_lineage::years(connection, lines)? } else { HashMap::new() };
    let mut rates: HashMap<(&'static str, Option<Year>), HashMap<&'static str, Decimal>> = HashMap::new();
    let none = HashMap::new();
    for line in lines {
        let Some(sums) = promised.get(&line.id) else { continue };
        let key = (line.currency.code(), years.get(&line.id).copied());
        if foreign(line) && !rates.contains_key(&key) {
            rates.insert(key, rates_to(connection, line.currency, key.1, today)?);
        }
        if let Some(position) = found.get_mut(&line.id) {
            position.open_commitments = converted(sums, line.currency, rates.get(&key).unwrap_or(&none));
        }
    }
    Ok(found)
}

/// The figure of a position that a flow adds to.
type FlowFigure = fn(&mut Position) -> &mut i64;

/// Sums by line, in minor units of its currency.
type Sums = Vec<(Id, Option<i64>)>;

/// What flows in and out of some lines, but what is promised.
fn flows(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Vec<(Id, FlowFigure, i64)>> {
    let mut flows: Vec<(Id, FlowFigure, i64)> = Vec::new();
    let mut add = |sums: Sums, figure: FlowFigure| flows.extend(sums.into_iter().map(|(line, sum)| (line, figure, sum.unwrap_or(0))));
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
    let posted =
        budget_transfers::table.filter(budget_transfers::state.eq("posted").and(budget_transfers::to_line_id.eq_any(lines))).filter(counted.of_transfers());
    Ok(posted.group_by(budget_transfers::to_line_id).select((budget_transfers::to_line_id, total(budget_transfers::amount_amount))).load(connection)?)
}

/// What posted transfers took, and what those will take that are submitted or approved.
fn transferred_out(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<(Sums, Sums)> {
    let leaving = budget_transfers::table
        .filter(budget_transfers::state.eq_any(["submitted", "approved", "posted"]).and(budget_transfers::from_line_id.eq_any(lines)))
        .filter(counted.of_transfers());
    let sums: Vec<(Id, String, Option<i64>)> = leaving
        .group_by((budget_transfers::from_line_id, budget_transfers::state))
        .select((budget_transfers::from_line_id, budget_transfers::state, total(budget_transfers::amount_amount)))
        .load(connection)?;
    let (posted, reserved): (Vec<_>, Vec<_>) = sums.into_iter().partition(|(_, state, _)| state == "posted");
    let by_line = |sums: Vec<(Id, String, Option<i64>)>| sums.into_iter().map(|(line, _, sum)| (line, sum)).collect();
    Ok((by_line(posted), by_line(reserved)))
}

/// What posted carry-forwards brought with their budget.
fn carried_in(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    let posted = carry_forwards::table
        .filter(carry_forwards::state.eq("posted").and(carry_forwards::with_budget).and(carry_forwards::to_line_id.eq_any(lines)))
        .filter(counted.of_carry_forwards());
    Ok(posted.group_by(carry_forwards::to_line_id).select((carry_forwards::to_line_id, total(carry_forwards::amount_amount))).load(connection)?)
}

/// What posted carry-forwards took with their budget.
fn carried_out(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    let posted = carry_forwards::table
        .filter(carry_forwards::state.eq("posted").and(carry_forwards::with_budget).and(carry_forwards::from_line_id.eq_any(lines)))
        .filter(counted.of_carry_forwards());
    Ok(posted.group_by(carry_forwards::from_line_id).select((carry_forwards::from_line_id, total(carry_forwards::amount_amount))).load(connection)?)
}

/// What the ledger has booked.
fn booked(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Sums> {
    let line = cost_entries::budget_line_id.assume_not_null();
    let entries = cost_entries::table.filter(line.eq_any(lines)).filter(counted.of_entries());
    Ok(entries.group_by(cost_entries::budget_line_id).select((line, total(cost_entries::base_amount_amount))).load(connection)?)
}

/// What is promised and not yet delivered, by line and currency: the amount less what is relieved.
fn open_commitments(connection: &mut Connection, lines: &[Id], counted: &Counted) -> Result<Vec<(Id, Currency, i64)>> {
    if counted.commitments.is_nothing() {
        return Ok(Vec::new());
    }
    let open = commitments::table
        .filter(commitments::state.eq_any(["open", "partially_relieved"]).and(commitments::budget_line_id.eq_any(lines)))
        .filter(counted.of_commitments());
    let sums: Vec<(Id, Currency, Option<i64>, Option<i64>)> = open
        .group_by((commitments::budget_line_id, commitments::amount_currency))
        .select((commitments::budget_line_id, commitments::amount_currency, total(commitments::amount_amount), total(commitments::relieved_amount)))
        .load(connection)?;
    let open = |(line, currency, amount, relieved): (Id, Currency, Option<i64>, Option<i64>)| {
        (line, currency, amount.unwrap_or(0).saturating_sub(relieved.unwrap_or(0)))
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
