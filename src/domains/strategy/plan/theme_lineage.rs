//! The lineage of themes: what a theme is in every version of its plan, so that what serves one version serves the next.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Name, folded};
use steward_core::resource::{Check, Id};
use steward_schema::strategy::{strategic_plans, themes};

/// The lineage of a new theme that names none: that of the theme of the same name in the version before; none if there is no such theme.
pub fn of_namesake(check: &mut Check<'_>, plan: Id, name: &Name) -> Result<Option<Id>> {
    let Some(before) = version_before(check, plan)? else { return Ok(None) };
    let columns = (themes::name, themes::lineage_id);
    let rows: Vec<(Name, Option<Id>)> = themes::table.filter(themes::plan_id.eq(before)).order(themes::id).select(columns).load(check.connection)?;
    let taken: Vec<Option<Id>> =
        themes::table.filter(themes::plan_id.eq(plan).and(themes::id.ne(check.id))).select(themes::lineage_id).load(check.connection)?;
    let same = |other: &Name| folded(other.trim()) == folded(name.trim());
    Ok(rows.into_iter().find(|(other, lineage)| same(other) && !taken.contains(lineage)).and_then(|(_, lineage)| lineage))
}

/// The version that a plan is to replace, or the one before it of the same unit.
fn version_before(check: &mut Check<'_>, plan: Id) -> Result<Option<Id>> {
    let columns = (strategic_plans::supersedes_id, strategic_plans::unit_id, strategic_plans::version);
    let found: Option<(Option<Id>, Id, i64)> = strategic_plans::table.find(plan).select(columns).first(check.connection).optional()?;
    let Some((supersedes, unit, version)) = found else { return Ok(None) };
    if supersedes.is_some() {
        return Ok(supersedes);
    }
    Ok(strategic_plans::table
        .filter(strategic_plans::unit_id.eq(unit).and(strategic_plans::version.lt(version)))
        .order(strategic_plans::version.desc())
        .select(strategic_plans::id)
        .first(check.connection)
        .optional()?)
}

/// Refuses a lineage that no theme of another plan of the unit has, or that another theme of the same plan has (409).
pub fn require_sound(check: &mut Check<'_>, plan: Id, lineage: Id) -> Result<()> {
    let twice = themes::table.filter(themes::plan_id.eq(plan).and(themes::lineage_id.eq(lineage)).and(themes::id.ne(check.id)));
    if select(exists(twice)).get_result(check.connection)? {
        return Err(
            Problem::conflict("/lineage_id", "duplicate", "Another theme of the plan continues the same theme. A lineage is there once in a plan.").into()
        );
    }
    if lineage == check.id {
        return Ok(());
    }
    let unit = strategic_plans::table.find(plan).select(strategic_plans::unit_id);
    let Some(unit) = unit.first::<Id>(check.connection).optional()? else { return Ok(()) };
    let versions = strategic_plans::table.filter(strategic_plans::unit_id.eq(unit).and(strategic_plans::id.ne(plan))).select(strategic_plans::id);
    let there = themes::table.filter(themes::lineage_id.eq(lineage).and(themes::plan_id.eq_any(versions)));
    if !select(exists(there)).get_result::<bool>(check.connection)? {
        let detail = "No theme of another plan of the unit has that lineage. Take the lineage_id of the theme that this one continues, or leave it out.";
        return Err(Problem::conflict("/lineage_id", "lineage", detail).into());
    }
    Ok(())
}
