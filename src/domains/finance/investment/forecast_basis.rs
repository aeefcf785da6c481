//! What a computed forecast follows from: the lines of its budget and what flowed in them.

use super::projection::{ForecastMethod, project};
use crate::budget::{
    line_flow::Counted,
    outlook::PeriodState,
    period_amount::{LineAmount, PeriodAmount},
    year_run::{LineRun, Sight, lines_of, periods_of, runs},
};
use diesel::prelude::*;
use std::collections::BTreeMap;
use steward_core::database::{Connection, Narrowed};
use steward_core::error::Result;
use steward_core::resource::value::{Currency, Date, Money, Whole};
use steward_core::resource::{Check, Id};
use steward_schema::finance::budgets;

/// A forecast as far as it is computed.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The budget that it names.
    pub budget: Option<Id>,
    /// Scope of the forecast.
    pub scope: Id,
    /// Its year.
    pub year: Id,
    /// Its currency.
    pub currency: Currency,
    /// Its method.
    pub method: ForecastMethod,
    /// The last day whose facts it knows; none for the closed periods.
    pub known_until: Option<Date>,
}

/// What a method expects.
pub struct Computed {
    /// The last day whose facts are known.
    pub known_until: Option<Date>,
    /// In all, period by period.
    pub amounts: Vec<PeriodAmount>,
    /// Line by line.
    pub line_amounts: Vec<LineAmount>,
}

/// The budget with which a forecast is compared: the one that it names, else the active one of its scope, year and currency, else the last.
pub fn budget_of(connection: &mut Connection, asked: &Asked) -> Result<Option<Id>> {
    if asked.budget.is_some() {
        return Ok(asked.budget);
    }
    let own = budgets::scope_id.eq(asked.scope).and(budgets::fiscal_year_id.eq(asked.year)).and(budgets::currency.eq(asked.currency));
    let all: Vec<(Id, String)> = budgets::table.filter(own).order(budgets::version.desc()).select((budgets::id, budgets::state)).load(connection)?;
    let active = all.iter().find(|(_, state)| state == "active");
    Ok(active.or_else(|| all.iter().find(|(_, state)| state != "rejected")).map(|(id, _)| *id))
}

/// What the method of a forecast expects, line by line and in all; none if that cannot be told.
pub fn compute(check: &mut Check<'_>, asked: &Asked) -> Result<Option<Computed>> {
    let Some(budget) = budget_of(check.connection, asked)? else { return Ok(None) };
    let known_until = match asked.known_until {
        Some(day) => Some(day),
        None => last_closed(check.connection, asked.year)?,
    };
    let counted = Counted { as_of: known_until, ..Counted::all() };
    let nothing = Narrowed::nothing();
    let sight = Sight { counted: &counted, forecasts: &nothing, day: known_until.unwrap_or(check.today) };
    let lines = lines_of(check.connection, &[budget], &Narrowed::everything())?;
    let (found, _) = runs(check.connection, lines, &sight)?;
    let known = |period: &PeriodState| known_until.is_some() && period.ended;
    let Some(line_amounts) = by_line(asked.method, &found, known, asked.currency) else { return Ok(None) };
    let mut sums: BTreeMap<i64, i64> = BTreeMap::new();
    for each in &line_amounts {
        let sum = sums.entry(each.period.0).or_default();
        *sum = sum.saturating_add(each.amount.minor);
    }
    let amounts = sums.into_iter().map(|(number, minor)| PeriodAmount { period: Whole(number), amount: Money::new(minor, asked.currency) }).collect();
    Ok(Some(Computed { known_until, amounts, line_amounts }))
}

fn by_line(method: ForecastMethod, runs: &[LineRun], known: impl Fn(&PeriodState) -> bool, currency: Currency) -> Option<Vec<LineAmount>> {
    let mut amounts = Vec::new();
    for run in runs {
        let told = project(method, &run.periods, &known)?;
        let amount = |(period, minor): (&PeriodState, i64)| LineAmount {
            budget_line_id: run.line.id,
            period: Whole(period.number),
            amount: Money::new(minor, currency),
        };
        amounts.extend(run.periods.iter().zip(told).map(amount));
    }
    (!amounts.is_empty()).then_some(amounts)
}

/// The last day of the last period that is closed, with all before it.
pub fn last_closed(connection: &mut Connection, year: Id) -> Result<Option<Date>> {
    let periods = periods_of(connection, &[year])?.remove(&year).unwrap_or_default();
    let regular = periods.iter().filter(|period| !period.adjustment);
    Ok(regular.take_while(|period| period.state == "closed").last().map(|period| period.ends_on))
}
