//! What a fiscal year cost, summed by the database: by profile, category, service and source.

use super::cost_category::{CostKind, CostPool, ItTower};
use super::posting::CostSource;
use crate::budget::budget_line::SpendProfile;
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::expression::total;
use steward_core::database::{Connection, Narrowed};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Currency;
use steward_schema::finance::{budget_lines, budgets, cost_categories, cost_entries, fiscal_periods};

/// What the books say of a category.
#[derive(Debug, Clone, Copy)]
pub struct Category {
    /// Capex or opex.
    pub kind: CostKind,
    /// Its pool.
    pub pool: Option<CostPool>,
    /// Its tower.
    pub tower: Option<ItTower>,
}

/// All categories; a reader of some reads all.
pub fn categories(connection: &mut Connection) -> Result<HashMap<Id, Category>> {
    let columns = (cost_categories::id, cost_categories::kind, cost_categories::cost_pool, cost_categories::it_tower);
    let rows: Vec<(Id, CostKind, Option<CostPool>, Option<ItTower>)> = cost_categories::table.select(columns).load(connection)?;
    Ok(rows.into_iter().map(|(id, kind, pool, tower)| (id, Category { kind, pool, tower })).collect())
}

/// An amount with what it was spent on.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// What the money does.
    pub profile: Option<SpendProfile>,
    /// The category, of the entry or else of its line.
    pub category: Option<Id>,
    /// The service, of the entry or else of its line.
    pub service: Option<Id>,
    /// What it comes from; none of what is planned.
    pub source: Option<CostSource>,
    /// The period in which it is booked; none of what is planned.
    pub period: Option<Id>,
    /// Minor units.
    pub minor: i64,
    /// Currency.
    pub currency: Currency,
}

/// What the ledger has booked in a year.
pub fn booked(connection: &mut Connection, year: Id, seen: &Narrowed<cost_entries::table>) -> Result<Vec<Spent>> {
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let periods: Vec<Id> = fiscal_periods::table.filter(fiscal_periods::fiscal_year_id.eq(year)).select(fiscal_periods::id).load(connection)?;
    let own = (
        cost_entries::budget_line_id,
        cost_entries::cost_category_id,
        cost_entries::service_id,
        cost_entries::source,
        cost_entries::fiscal_period_id,
        cost_entries::base_amount_currency,
    );
    type Row = (Option<Id>, Option<Id>, Option<Id>, CostSource, Id, Currency, Option<i64>);
    let rows: Vec<Row> = cost_entries::table
        .filter(cost_entries::fiscal_period_id.eq_any(&periods))
        .filter(seen.clone())
        .group_by(own)
        .select((own.0, own.1, own.2, own.3, own.4, own.5, total(cost_entries::base_amount_amount)))
        .load(connection)?;
    let lines = lines(connection, rows.iter().filter_map(|row| row.0).collect())?;
    let spent = |(line, category, service, source, period, currency, minor): Row| {
        let of_line = line.and_then(|line| lines.get(&line).copied());
        Spent {
            profile: of_line.and_then(|line| line.0),
            category: category.or(of_line.map(|line| line.1)),
            service: service.or(of_line.and_then(|line| line.2)),
            source: Some(source),
            period: Some(period),
            minor: minor.unwrap_or(0),
            currency,
        }
    };
    Ok(rows.into_iter().map(spent).collect())
}

/// What a line is for: its profile, its category and its service.
type LinePurpose = (Option<SpendProfile>, Id, Option<Id>);

fn lines(connection: &mut Connection, mut ids: Vec<Id>) -> Result<HashMap<Id, LinePurpose>> {
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    for chunk in ids.chunks(steward_core::database::CHUNK) {
        let columns = (budget_lines::id, budget_lines::spend_profile, budget_lines::cost_category_id, budget_lines::service_id);
        let rows: Vec<(Id, Option<SpendProfile>, Id, Option<Id>)> =
            budget_lines::table.filter(budget_lines::id.eq_any(chunk)).select(columns).load(connection)?;
        found.extend(rows.into_iter().map(|(id, profile, category, service)| (id, (profile, category, service))));
    }
    Ok(found)
}

/// What the active budgets of a year set aside.
pub fn budgeted(connection: &mut Connection, year: Id, seen: &Narrowed<budget_lines::table>) -> Result<Vec<Spent>> {
    if seen.is_nothing() {
        return Ok(Vec::new());
    }
    let columns =
        (budget_lines::spend_profile, budget_lines::cost_category_id, budget_lines::service_id, budget_lines::amount_amount, budget_lines::amount_currency);
    let rows: Vec<(Option<SpendProfile>, Id, Option<Id>, i64, Currency)> = budget_lines::table
        .inner_join(budgets::table)
        .filter(budgets::fiscal_year_id.eq(year).and(budgets::state.eq("active")))
        .filter(seen.clone())
        .select(columns)
        .load(connection)?;
    let spent =
        |(profile, category, service, minor, currency)| Spent { profile, category: Some(category), service, source: None, period: None, minor, currency };
    Ok(rows.into_iter().map(spent).collect())
}
