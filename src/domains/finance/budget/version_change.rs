//! What a new version of a budget must hold: all that was bound and spent under the version before.

use super::line::Line;
use super::line_flow::{Counted, flows};
use super::position::Position;
use diesel::prelude::*;
use std::collections::HashSet;
use steward_core::error::Result;
use steward_core::resource::value::{Money, Title};
use steward_core::resource::{Check, Id, UnmetGuard};
use steward_schema::finance::budget_lines;

/// What is missing before a version takes the place of another: a line for each lineage under which something was bound or spent, and where
/// the budget is held to, within so many percent of tolerance, enough on each for what was.
pub fn unmet(check: &mut Check<'_>, before: Id, held: Option<i64>) -> Result<Vec<UnmetGuard>> {
    let (own, version) = (standing(check, check.id)?, standing(check, before)?);
    let continued: HashSet<Option<Id>> = own.iter().map(|(line, ..)| line.lineage).collect();
    let lost = version.iter().filter(|(line, _, position)| is_used(position) && !continued.contains(&line.lineage)).map(|(_, name, _)| {
        let detail = format!(
            "Something is bound or spent on line \"{}\" of the version before, and no line of this one continues it. Add one with its lineage_id: new-version copies it.",
            name.0
        );
        UnmetGuard::new("", "lineage", detail)
    });
    let short = own.iter().filter_map(|(line, name, position)| {
        let missing = position.available()?.saturating_add(position.tolerance(held?)).checked_neg().filter(|missing| *missing > 0)?;
        let missing = Money::new(missing, line.currency);
        let detail = format!(
            "Line \"{}\" has {} {} less than what is bound and spent already. Raise it, or release something first.",
            name.0,
            missing.amount(),
            line.currency.code()
        );
        Some(UnmetGuard::new("", "funds", detail))
    });
    Ok(lost.chain(short).collect())
}

/// Each line of a budget, and how it stands with what every version of it has bound and spent.
fn standing(check: &mut Check<'_>, budget: Id) -> Result<Vec<(Line, Title, Position)>> {
    let rows: Vec<(Line, Title)> = budget_lines::table
        .filter(budget_lines::budget_id.eq(budget))
        .order(budget_lines::id)
        .select((Line::as_select(), budget_lines::name))
        .load(check.connection)?;
    let lines: Vec<Line> = rows.iter().map(|(line, _)| *line).collect();
    let found = flows(check.connection, &lines, &Counted::all(), check.today)?;
    Ok(rows.into_iter().map(|(line, name)| (line, name, found.of(&line))).collect())
}

/// Whether something is bound, spent or reserved.
fn is_used(position: &Position) -> bool {
    position.actual != 0 || position.reserved != 0 || position.open_commitments != Some(0)
}
