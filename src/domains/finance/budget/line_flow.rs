//! What flows in and out of budget lines, summed by the database: one query for each kind of flow, however many lines.

use super::position::{Position, converted};
use crate::database::expression::total;
use crate::database::{Connection, Dialect, Narrowed};
use crate::domains::finance::rate::exchange_rate::rates_to;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::{Currency, Date};
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid};
use rust_decimal::Decimal;
use std::collections::HashMap;
use steward_schema::finance::{budget_lines, budget_transfers, carry_forwards, commitments, cost_entries};

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
    /// The fiscal periods; none for all. What names no period counts in each.
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
            |periods| Box::new(period.is_null().or(period.assume_not_null().eq_any(periods))),
        )
    }

    fn of_carry_forwards(&self) -> Filter<'_, carry_forwards::table> {
        let period = carry_forwards::fiscal_period_id;
        self.narrowing(
            &self.carried,
            |day| Box::new(carry_forwards::created_at.lt(day.plus_days(1).midnight())),
            |periods| Box::new(period.is_null().or(period.assume_not_null().eq_any(periods))),
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

/// A line: its id, its amount in minor units, and its currency.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = budget_lines, check_for_backend(Dialect))]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// What is set aside, in minor units.
    #[diesel(column_name = amount_amount)]
    pub budget: i64,
    /// Its currency.
    #[diesel(column_name = amount_currency)]
    pub currency: Currency,
}

/// A query for the ids of some lines.
pub type LineIds<'q> = budget_lines::BoxedQuery<'q, Dialect, Uuid>;

/// The position of each line. `within` makes a query for the ids of the same lines.
pub fn positions<'q>(
    connection: &mut Connection,
    lines: &[Line],
    within: &dyn Fn() -> LineIds<'q>,
    counted: &Counted,
    rates_on: Date,
) -> Result<HashMap<Id, Position>> {
    let mut found: HashMap<Id, Position> = lines.iter().map(|line| (line.id, Position { budget: line.budget, ..Position::EMPTY })).collect();
    let mut add = |sums: Sums, figure: fn(&mut Position) -> &mut i64| {
        for (line, sum) in sums {
            found.entry(line).and_modify(|position| *figure(position) = figure(position).saturating_add(sum.unwrap_or(0)));
        }
    };
    if !counted.transfers.is_nothing() {
        add(transferred_in(connection, within(), counted)?, |position| &mut position.transfers_in);
        let (posted, reserved) = transferred_out(connection, within(), counted)?;
        add(posted, |position| &mut position.transfers_out);
        add(reserved, |position| &mut position.reserved);
    }
    if !counted.carried.is_nothing() {
        add(carried_in(connection, within(), counted)?, |position| &mut position.transfers_in);
        add(carried_out(connection, within(), counted)?, |position| &mut position.transfers_out);
    }
    if !counted.entries.is_nothing() {
        add(booked(connection, within(), counted)?, |position| &mut position.actual);
    }
    let promised = if counted.commitments.is_nothing() { HashMap::new() } else { promised(connection, within(), counted)? };
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

/// Sums by line, in minor units of its currency.
type Sums = Vec<(Id, Option<i64>)>;

/// What posted transfers brought.
fn transferred_in(connection: &mut Connection, lines: LineIds<'_>, counted: &Counted) -> Result<Sums> {
    let posted =
        budget_transfers::table.filter(budget_transfers::state.eq("posted").and(budget_transfers::to_line_id.eq_any(lines))).filter(counted.of_transfers());
    Ok(posted.group_by(budget_transfers::to_line_id).select((budget_transfers::to_line_id, total(budget_transfers::amount_amount))).load(connection)?)
}

/// What posted transfers took, and what those will take that are submitted or approved.
fn transferred_out(connection: &mut Connection, lines: LineIds<'_>, counted: &Counted) -> Result<(Sums, Sums)> {
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
fn carried_in(connection: &mut Connection, lines: LineIds<'_>, counted: &Counted) -> Result<Sums> {
    let posted = carry_forwards::table
        .filter(carry_forwards::state.eq("posted").and(carry_forwards::with_budget).and(carry_forwards::to_line_id.eq_any(lines)))
        .filter(counted.of_carry_forwards());
    Ok(posted.group_by(carry_forwards::to_line_id).select((carry_forwards::to_line_id, total(carry_forwards::amount_amount))).load(connection)?)
}

/// What posted carry-forwards took with their budget.
fn carried_out(connection: &mut Connection, lines: LineIds<'_>, counted: &Counted) -> Result<Sums> {
    let posted = carry_forwards::table
        .filter(carry_forwards::state.eq("posted").and(carry_forwards::with_budget).and(carry_forwards::from_line_id.eq_any(lines)))
        .filter(counted.of_carry_forwards());
    Ok(posted.group_by(carry_forwards::from_line_id).select((carry_forwards::from_line_id, total(carry_forwards::amount_amount))).load(connection)?)
}

/// What the ledger has booked.
fn booked(connection: &mut Connection, lines: LineIds<'_>, counted: &Counted) -> Result<Sums> {
    let line = cost_entries::budget_line_id.assume_not_null();
    let entries = cost_entries::table.filter(line.eq_any(lines)).filter(counted.of_entries());
    Ok(entries.group_by(cost_entries::budget_line_id).select((line, total(cost_entries::base_amount_amount))).load(connection)?)
}

/// What is promised and not yet delivered, by line and currency: the amount less what is relieved.
fn promised(connection: &mut Connection, lines: LineIds<'_>, counted: &Counted) -> Result<HashMap<Id, Vec<(Currency, i64)>>> {
    let open = commitments::table
        .filter(commitments::state.eq_any(["open", "partially_relieved"]).and(commitments::budget_line_id.eq_any(lines)))
        .filter(counted.of_commitments());
    let sums: Vec<(Id, Currency, Option<i64>, Option<i64>)> = open
        .group_by((commitments::budget_line_id, commitments::amount_currency))
        .select((commitments::budget_line_id, commitments::amount_currency, total(commitments::amount_amount), total(commitments::relieved_amount)))
        .load(connection)?;
    let mut by_line: HashMap<Id, Vec<(Currency, i64)>> = HashMap::new();
    for (line, currency, amount, relieved) in sums {
        by_line.entry(line).or_default().push((currency, amount.unwrap_or(0).saturating_sub(relieved.unwrap_or(0))));
    }
    Ok(by_line)
}

/// What is available of one line, in minor units; none if it cannot be told.
pub fn available(connection: &mut Connection, line: Line, counted: &Counted, today: Date) -> Result<Option<i64>> {
    let within = || budget_lines::table.filter(budget_lines::id.eq(line.id)).select(budget_lines::id).into_boxed();
    let found = positions(connection, &[line], &within, counted, today)?;
    Ok(found.get(&line.id).and_then(Position::available))
}
