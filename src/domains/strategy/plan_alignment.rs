//! The alignment of a strategic plan: how much of what is pursued serves it, and what stands alone.

use super::alignment::Alignment;
use super::alignment_share::{self, Edges};
use super::initiative::Initiative;
use super::key_result::KeyResult;
use super::objective::Objective;
use super::strategic_plan::StrategicPlan;
use super::theme::Theme;
use crate::access::units_within;
use crate::database::{Cell, Kind, Row, Statement};
use crate::error::Result;
use crate::http::view::{Call, Run, View};
use crate::resource::model::{Model, answer_schema};
use crate::resource::value::{Figure, Many, Number, Text, Title, Whole};
use crate::resource::{Definition, Id, Resource};
use crate::store::Reader;
use serde_json::Value;
use std::collections::HashSet;

/// `GET strategy/strategic-plans/{id}/alignment`.
pub static ALIGNMENT: View = View {
    path: "strategy/strategic-plans/{id}/alignment",
    operation_id: "get_strategic_plan_alignment",
    summary: "Get the alignment of a strategic plan",
    description: "How much of what the plan's unit pursues leads to a theme of the plan, and what stands alone on either side, over what you may see.\n\n\
        The objectives that count belong to the unit of the plan or one below it, are not cancelled, and have a cycle that meets the plan's horizon. \
        One is aligned if a path leads from it to a theme of the plan: over its own theme, the objective above it, and alignments. \
        A key result leads to its objective, and an alignment to a key result does too. \
        `alignment` = Σ weight of the aligned objectives / Σ weight of all; null when there is none. \
        The themes count whatever the state of the plan, so that a draft can be tried; `state` says whether they are active.\n\n\
        An initiative of the plan stands alone when no alignment leads from it to an objective or key result; an objective, when no path leads to it from an initiative \
        that is not stopped. A project stands alone when it names no objective, has no alignment, and carries out no initiative that has one; \
        a budget line, when it has no alignment. Projects that are closed or cancelled, and lines of budgets that are not active, are left out.",
    permissions: &[
        "strategy.strategic_plans:read",
        "strategy.themes:read",
        "strategy.objectives:read",
        "strategy.key_results:read",
        "strategy.initiatives:read",
        "strategy.alignments:read",
    ],
    parameters: &[],
    answer: answer_schema::<PlanAlignment>,
    run: Run::Read(run),
};

crate::answer! {
    /// Something that stands alone.
    pub struct Orphan {
        /// Which.
        pub id: Id,
        /// Its name.
        pub name: Title,
        /// Where it is in its lifecycle, if it has one.
        pub state: Option<Text<1, 40>>,
    }
}

crate::answer! {
    /// How much of what is pursued serves a strategic plan, and what stands alone.
    pub struct PlanAlignment {
        /// The plan.
        pub plan_id: Id,
        /// Where the plan is in its lifecycle.
        pub state: Text<1, 40>,
        /// How many objectives count.
        pub objectives: Whole<0, { i64::MAX }>,
        /// How many of them are aligned.
        pub aligned_objectives: Whole<0, { i64::MAX }>,
        /// Σ weight of the objectives that count.
        pub weight: Number<0, { i64::MAX }>,
        /// Σ weight of those that are aligned.
        pub aligned_weight: Number<0, { i64::MAX }>,
        /// Aligned weight / weight, from 0 to 1; null when there is no objective.
        pub alignment: Figure,
        /// The objectives that lead to no theme of the plan.
        pub unaligned_objectives: Many<Orphan>,
        /// The objectives to which no initiative leads.
        pub objectives_without_initiative: Many<Orphan>,
        /// The initiatives of the plan that lead to no objective.
        pub initiatives_without_objective: Many<Orphan>,
        /// The projects of the unit and those below it that lead to no objective.
        pub projects_without_objective: Many<Orphan>,
        /// The lines of active budgets of the unit and those below it that lead to no objective.
        pub budget_lines_without_objective: Many<Orphan>,
    }
}

fn run(reader: &mut Reader<'_>, call: &Call) -> Result<Value> {
    let id = call.id()?;
    let (stored, plan) = reader.get_typed::<StrategicPlan>(id)?;
    let unit: Vec<Id> = stored.placement.unit_id.into_iter().collect();
    let themes = narrowed::<Theme>(reader, "SELECT id FROM themes WHERE plan_id = ", Some(id), &[Kind::Id])?;
    let themes: HashSet<Id> = themes.iter().filter_map(|row| row.first()?.as_id()).collect();
    let aligned_by = pairs(&narrowed::<Alignment>(reader, "SELECT from_id, to_id FROM alignments WHERE 1 = 1", None, &[Kind::Id, Kind::Id])?);
    let initiatives = narrowed::<Initiative>(
        reader,
        "SELECT id, name, state, plan_id FROM initiatives WHERE state <> 'stopped'",
        None,
        &[Kind::Id, Kind::Text, Kind::Text, Kind::Id],
    )?;
    let edges = contributions(reader, &aligned_by)?;
    let weighed = objectives(reader, &plan, &unit)?;

    let aligned = alignment_share::contributing(&edges, themes);
    let pursued = alignment_share::served(&edges, initiatives.iter().filter_map(|row| row.first()?.as_id()));
    let sources: HashSet<Id> = aligned_by.iter().map(|(from, _)| *from).collect();
    let weights: Vec<(Id, f64)> = weighed.iter().map(|(orphan, weight)| (orphan.id, *weight)).collect();
    let sums = alignment_share::weights(&weights, &aligned);
    let without = |of: &HashSet<Id>| weighed.iter().map(|(orphan, _)| orphan).filter(|orphan| !of.contains(&orphan.id)).cloned().collect();
    let of_plan = initiatives.iter().filter(|row| row.get(3).and_then(Cell::as_id) == Some(id)).filter_map(orphan);
    let answer = PlanAlignment {
        plan_id: id,
        state: Text::cut(stored.meta.state.as_deref().unwrap_or_default()),
        objectives: count(weights.len()),
        aligned_objectives: count(weights.iter().filter(|(id, _)| aligned.contains(id)).count()),
        weight: Number(sums.1),
        aligned_weight: Number(sums.0),
        alignment: Figure(alignment_share::share(sums)),
        unaligned_objectives: Many(without(&aligned)),
        objectives_without_initiative: Many(without(&pursued)),
        initiatives_without_objective: Many(of_plan.filter(|orphan| !sources.contains(&orphan.id)).collect()),
        projects_without_objective: Many(projects(reader, &unit, &sources)?),
        budget_lines_without_objective: Many(budget_lines(reader, &unit, &sources)?),
    };
    Ok(Model::to_json(&answer).into())
}

fn count(many: usize) -> Whole<0, { i64::MAX }> {
    Whole(i64::try_from(many).unwrap_or(i64::MAX))
}

/// The rows of a query over a collection that the caller may see; the query ends in a condition, or where an id belongs.
fn narrowed<R: Resource>(reader: &mut Reader<'_>, start: &'static str, id: Option<Id>, kinds: &[Kind]) -> Result<Vec<Row>> {
    let Some(narrowed) = reader.narrowed::<R>()? else { return Ok(Vec::new()) };
    let mut query = Statement::new(start);
    if let Some(id) = id {
        query.bind(id);
    }
    query.append(narrowed).push(" ORDER BY id");
    Ok(query.rows(reader.connection, kinds)?)
}

fn pairs(rows: &[Row]) -> Edges {
    rows.iter().filter_map(|row| Some((row.first()?.as_id()?, row.get(1)?.as_id()?))).collect()
}

/// Id, name and state, the first cells of a row.
fn orphan(row: &Row) -> Option<Orphan> {
    Some(Orphan { id: row.first()?.as_id()?, name: Title::cut(row.get(1)?.as_text()?), state: row.get(2).and_then(Cell::as_text).map(Text::cut) })
}

/// What contributes to what: alignments, key results to their objectives, objectives to those above them and to their themes.
fn contributions(reader: &mut Reader<'_>, aligned_by: &Edges) -> Result<Edges> {
    let two = [Kind::Id, Kind::Id];
    let mut edges = aligned_by.clone();
    edges.extend(pairs(&narrowed::<KeyResult>(reader, "SELECT id, objective_id FROM key_results WHERE 1 = 1", None, &two)?));
    let above = "SELECT id, parent_id FROM objectives WHERE state <> 'cancelled' AND parent_id IS NOT NULL";
    edges.extend(pairs(&narrowed::<Objective>(reader, above, None, &two)?));
    let themed = "SELECT id, theme_id FROM objectives WHERE state <> 'cancelled' AND theme_id IS NOT NULL";
    edges.extend(pairs(&narrowed::<Objective>(reader, themed, None, &two)?));
    Ok(edges)
}

/// The objectives that count for a plan, and what each weighs.
fn objectives(reader: &mut Reader<'_>, plan: &StrategicPlan, unit: &[Id]) -> Result<Vec<(Orphan, f64)>> {
    let Some(narrowed) = reader.narrowed::<Objective>()? else { return Ok(Vec::new()) };
    let mut query = Statement::new(
        "SELECT o.id, o.name, o.state, o.weight FROM (SELECT id, name, state, weight, planning_cycle_id FROM objectives WHERE state <> 'cancelled' AND unit_id IN (",
    );
    query.append(units_within(unit)).push(")").append(narrowed);
    query.push(") o JOIN planning_cycles c ON c.id = o.planning_cycle_id WHERE c.starts_on <= ").bind(plan.ends_on);
    query.push(" AND c.ends_on >= ").bind(plan.starts_on).push(" ORDER BY o.id");
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Text, Kind::Text, Kind::Real])?;
    let weight = |row: &Row| if let Some(Cell::Real(weight)) = row.get(3) { *weight } else { 0.0 };
    Ok(rows.iter().filter_map(|row| Some((orphan(row)?, weight(row)))).collect())
}

/// The projects that lead to no objective.
fn projects(reader: &mut Reader<'_>, unit: &[Id], sources: &HashSet<Id>) -> Result<Vec<Orphan>> {
    let Some(definition) = known(reader, "projects/projects", &["initiative_id", "objective_id"]) else { return Ok(Vec::new()) };
    let mut query =
        Statement::new("SELECT id, initiative_id FROM projects WHERE objective_id IS NULL AND state NOT IN ('closed', 'cancelled') AND unit_id IN (");
    query.append(units_within(unit)).push(") ORDER BY id");
    let rows = query.rows(reader.connection, &[Kind::Id, Kind::Id])?;
    let leads = |row: &Row| row.iter().filter_map(Cell::as_id).any(|id| sources.contains(&id));
    let alone: Vec<Id> = rows.iter().filter(|row| !leads(row)).filter_map(|row| row.first()?.as_id()).collect();
    seen(reader, definition, &alone)
}

/// The lines of active budgets that lead to no objective.
fn budget_lines(reader: &mut Reader<'_>, unit: &[Id], sources: &HashSet<Id>) -> Result<Vec<Orphan>> {
    let Some(definition) = known(reader, "finance/budget-lines", &["budget_id"]) else { return Ok(Vec::new()) };
    let mut query = Statement::new("SELECT l.id FROM budget_lines l JOIN budgets b ON b.id = l.budget_id WHERE b.state = 'active' AND b.unit_id IN (");
    query.append(units_within(unit)).push(") ORDER BY l.id");
    let rows = query.rows(reader.connection, &[Kind::Id])?;
    let alone: Vec<Id> = rows.iter().filter_map(|row| row.first()?.as_id()).filter(|id| !sources.contains(id)).collect();
    seen(reader, definition, &alone)
}

/// A collection of another domain, if it is there and has these fields.
fn known(reader: &Reader<'_>, path: &str, fields: &[&str]) -> Option<&'static Definition> {
    reader.store.definitions.get(path).filter(|definition| fields.iter().all(|name| definition.field(name).is_some()))
}

/// Those of some records that the caller may see, in order of their ids.
fn seen(reader: &mut Reader<'_>, definition: &'static Definition, ids: &[Id]) -> Result<Vec<Orphan>> {
    let mut found = Vec::new();
    for stored in reader.find_all(definition, ids)? {
        let document = reader.document(definition, &stored);
        let name = document.get(definition.title).and_then(Value::as_str).unwrap_or_default();
        found.push(Orphan { id: stored.meta.id, name: Title::cut(name), state: stored.meta.state.as_deref().map(Text::cut) });
    }
    found.sort_by_key(|orphan| orphan.id);
    Ok(found)
}
