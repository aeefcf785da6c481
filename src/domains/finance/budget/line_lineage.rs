//! The lineage of budget lines: what a line is in every version of its budget, so that what flowed in and out of one version counts in
//! the next.

use super::line::Line;
use super::regular_period::year_of_period;
use crate::rate::exchange_rate::Year;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use std::collections::HashMap;
use steward_core::database::{CHUNK, Connection};
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Currency, Date, Title, folded};
use steward_core::resource::{Check, Id};
use steward_schema::finance::{budget_lines, budgets, fiscal_years};

/// For each line and each of its versions the line to which its flows belong.
pub fn owners(connection: &mut Connection, lines: &[Line]) -> Result<HashMap<Id, Id>> {
    let by_lineage: HashMap<Id, Id> = lines.iter().filter_map(|line| Some((line.lineage?, line.id))).collect();
    let lineages: Vec<Id> = by_lineage.keys().copied().collect();
    let mut owners = HashMap::new();
    for chunk in lineages.chunks(CHUNK) {
        let versions = budget_lines::table.filter(budget_lines::lineage_id.eq_any(chunk)).select((budget_lines::id, budget_lines::lineage_id));
        let rows: Vec<(Id, Option<Id>)> = versions.load(connection)?;
        owners.extend(rows.into_iter().filter_map(|(id, lineage)| Some((id, by_lineage.get(&lineage?).copied()?))));
    }
    owners.extend(lines.iter().map(|line| (line.id, line.id)));
    Ok(owners)
}

/// The fiscal year of each line.
pub fn years(connection: &mut Connection, lines: &[Line]) -> Result<HashMap<Id, Year>> {
    let ids: Vec<Id> = lines.iter().map(|line| line.id).collect();
    let mut years = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows: Vec<(Id, Year)> = budget_lines::table
            .inner_join(budgets::table.inner_join(fiscal_years::table))
            .filter(budget_lines::id.eq_any(chunk))
            .select((budget_lines::id, (fiscal_years::starts_on, fiscal_years::ends_on)))
            .load(connection)?;
        years.extend(rows);
    }
    Ok(years)
}

/// The lineage of a new line that names none: that of the line of the same name in the version before, unless another line of its own
/// budget continues that; none if there is no such line.
pub fn of_namesake(check: &mut Check<'_>, budget: Id, name: &Title, category: Id) -> Result<Option<Id>> {
    let Some(before) = version_before(check, budget)? else { return Ok(None) };
    let named = |other: &Title| folded(other.trim()) == folded(name.trim());
    let rows: Vec<(Title, Id, Option<Id>)> = budget_lines::table
        .filter(budget_lines::budget_id.eq(before))
        .order(budget_lines::id)
        .select((budget_lines::name, budget_lines::cost_category_id, budget_lines::lineage_id))
        .load(check.connection)?;
    let taken: Vec<Option<Id>> = budget_lines::table
        .filter(budget_lines::budget_id.eq(budget).and(budget_lines::id.ne(check.id)))
        .select(budget_lines::lineage_id)
        .load(check.connection)?;
    let mut free: Vec<(Id, Option<Id>)> = rows
        .into_iter()
        .filter(|(other, _, lineage)| named(other) && lineage.is_some() && !taken.contains(lineage))
        .map(|(_, of, lineage)| (of, lineage))
        .collect();
    free.sort_by_key(|(of, _)| *of != category);
    Ok(free.first().and_then(|(_, lineage)| *lineage))
}

/// The version that a budget is to replace, or the one before it of the same scope and year.
fn version_before(check: &mut Check<'_>, budget: Id) -> Result<Option<Id>> {
    let columns = (budgets::supersedes_id, budgets::scope_id, budgets::fiscal_year_id, budgets::version);
    let found: Option<(Option<Id>, Id, Id, i64)> = budgets::table.find(budget).select(columns).first(check.connection).optional()?;
    let Some((supersedes, scope, year, version)) = found else { return Ok(None) };
    if supersedes.is_some() {
        return Ok(supersedes);
    }
    Ok(budgets::table
        .filter(budgets::scope_id.eq(scope).and(budgets::fiscal_year_id.eq(year)).and(budgets::version.lt(version)))
        .order(budgets::version.desc())
        .select(budgets::id)
        .first(check.connection)
        .optional()?)
}

/// Refuses a lineage that no line of another version of the budget has, or that another line of the same budget has (409).
pub fn require_sound(check: &mut Check<'_>, budget: Id, lineage: Id) -> Result<()> {
    let twice = budget_lines::table.filter(budget_lines::budget_id.eq(budget).and(budget_lines::lineage_id.eq(lineage)).and(budget_lines::id.ne(check.id)));
    if select(exists(twice)).get_result(check.connection)? {
        return Err(
            Problem::conflict("/lineage_id", "duplicate", "Another line of the budget continues the same line. A lineage is there once in a budget.").into()
        );
    }
    if lineage == check.id {
        return Ok(());
    }
    let own: Option<(Id, Id)> = budgets::table.find(budget).select((budgets::scope_id, budgets::fiscal_year_id)).first(check.connection).optional()?;
    let Some((scope, year)) = own else { return Ok(()) };
    let versions = budgets::table.filter(budgets::scope_id.eq(scope).and(budgets::fiscal_year_id.eq(year)).and(budgets::id.ne(budget)));
    let there = budget_lines::table.filter(budget_lines::lineage_id.eq(lineage).and(budget_lines::budget_id.eq_any(versions.select(budgets::id))));
    if !select(exists(there)).get_result::<bool>(check.connection)? {
        let detail = "No line of another version of the budget (same scope and fiscal year) has that lineage. Take the lineage_id of the line that this one continues, or leave it out.";
        return Err(Problem::conflict("/lineage_id", "lineage", detail).into());
    }
    Ok(())
}

/// The line that continues a line in a fiscal year: itself in its own; in another that of its lineage, or else of its name and category, in
/// the active budget of the same scope and currency. None where nothing does.
fn in_year(check: &mut Check<'_>, line: Id, year: Id) -> Result<Option<Id>> {
    let own = budget_lines::table.inner_join(budgets::table).filter(budget_lines::id.eq(line));
    let of_line = (budget_lines::name, budget_lines::cost_category_id, budget_lines::lineage_id, budget_lines::cost_center_id);
    let of_budget = (budgets::scope_id, budgets::currency, budgets::fiscal_year_id);
    type OfLine = (Title, Id, Option<Id>, Option<Id>);
    let found: Option<(OfLine, (Id, Currency, Id))> = own.select((of_line, of_budget)).first(check.connection).optional()?;
    let Some(((name, category, lineage, center), (scope, currency, own_year))) = found else { return Ok(None) };
    if own_year == year {
        return Ok(Some(line));
    }
    let rows: Vec<(Id, OfLine)> = budget_lines::table
        .inner_join(budgets::table)
        .filter(budgets::scope_id.eq(scope).and(budgets::fiscal_year_id.eq(year)).and(budgets::state.eq("active")).and(budgets::currency.eq(currency)))
        .order(budget_lines::id)
        .select((budget_lines::id, of_line))
        .load(check.connection)?;
    let continues = |(_, (other, of, other_lineage, _)): &(Id, OfLine)| {
        (lineage.is_some() && *other_lineage == lineage) || (*of == category && folded(other.trim()) == folded(name.trim()))
    };
    let best = rows.into_iter().filter(continues).min_by_key(|(id, (_, _, other, of))| (*other != lineage, *of != center, *id));
    Ok(best.map(|(id, _)| id))
}

/// The line that continues a line in the fiscal year of a period.
pub fn in_period(check: &mut Check<'_>, line: Id, period: Id) -> Result<Option<Id>> {
    let year = year_of_period(check, period)?;
    year.map_or(Ok(None), |year| in_year(check, line, year))
}

/// The first and the last day of the fiscal year of a budget line.
pub fn year_of(check: &mut Check<'_>, line: Id) -> Result<Option<(Date, Date)>> {
    Ok(budget_lines::table
        .inner_join(budgets::table.inner_join(fiscal_years::table))
        .filter(budget_lines::id.eq(line))
        .select((fiscal_years::starts_on, fiscal_years::ends_on))
        .first(check.connection)
        .optional()?)
}
