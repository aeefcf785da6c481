//! The alignment of a strategic plan: how much of what is pursued serves it, and what stands alone.

use crate::initiative::initiative::Initiative;
use crate::objective::{key_result::KeyResult, objective::Objective};
use crate::plan::{
    alignment::Alignment,
    alignment_share::{self, Edges},
    strategic_plan::StrategicPlan,
    theme::Theme,
};
use serde_json::Value;
use std::collections::HashSet;
use steward_core::access::within_units;
use steward_core::database::CHUNK;
use steward_core::ports::ledger::{self, FundedLine};
use steward_core::ports::work::{self, ProjectAim, UnalignedProject};
use steward_core::resource::value::{Number, Text, Title, Whole};
use steward_core::view::prelude::*;
use steward_schema::strategy::{alignments, initiatives, key_results, objectives, planning_cycles, themes};

/// Record without alignment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Orphan {
    /// Id of the record.
    pub id: Id,
    /// Name of the record.
    pub name: Title,
    /// Lifecycle state, if the record has one.
    pub state: Option<Text<1, 40>>,
}

/// Alignment of a unit's objectives and work with a strategic plan, and the records without alignment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlanAlignment {
    /// Strategic plan measured.
    pub plan_id: Id,
    /// Lifecycle state of the plan.
    pub state: Text<1, 40>,
    /// True if the figures leave out records that you may not read.
    pub partial: bool,
    /// Number of objectives counted.
    pub objectives: Whole<0, { i64::MAX }>,
    /// Number of aligned objectives among them.
    pub aligned_objectives: Whole<0, { i64::MAX }>,
    /// Sum of the weights of the objectives counted.
    pub weight: Number<0, { i64::MAX }>,
    /// Sum of the weights of the aligned objectives.
    pub aligned_weight: Number<0, { i64::MAX }>,
    /// Aligned weight / weight, from 0 to 1; null without objectives.
    pub alignment: Figure,
    /// Objectives without a path to a theme of the plan.
    pub unaligned_objectives: Vec<Orphan>,
    /// Objectives without a path from an initiative.
    pub objectives_without_initiative: Vec<Orphan>,
    /// Initiatives of the plan without an objective.
    pub initiatives_without_objective: Vec<Orphan>,
    /// Projects of the unit and those below it without an objective.
    pub projects_without_objective: Vec<Orphan>,
    /// Lines of active budgets of the unit and those below it without an objective.
    pub budget_lines_without_objective: Vec<Orphan>,
}

impl View for PlanAlignment {
    const PATH: &'static str = "strategy/strategic-plans/{id}/alignment";
    const SUMMARY: &'static str = "Get the alignment of a strategic plan";
    const DESCRIPTION: &'static str = "Alignment of the unit's objectives with the themes of the plan, and the records without alignment on either side, over the records visible to you.\n\n\
        The objectives that count belong to the unit of the plan or one below it, are not cancelled, and have a cycle that meets the plan's horizon. \
        One is aligned if a path leads from it to a theme of the plan, in this or another version of that theme (`lineage_id`): through its own theme, its parent objective, and alignments. \
        A key result leads to its objective, and an alignment to a key result does too. \
        `alignment` = Σ weight of the aligned objectives / Σ weight of all; null without objectives. \
        The themes count whatever the state of the plan, so that a draft can be tried; `state` says whether they are active.\n\n\
        An initiative of the plan is without alignment when no alignment leads from it to an objective or key result; an objective, when no path leads to it from an initiative \
        that is not stopped. A project is without alignment when it names no objective, has no alignment, and carries out no initiative that has one; \
        a budget line, when neither it, in any version, nor the initiative, project, service or contract that it pays for has an alignment, and its project names no objective. Projects that are closed or cancelled, and lines of budgets that are not active, are left out.";
    type Reads = (StrategicPlan, Theme, Objective, KeyResult, Initiative, Alignment);
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let (stored, plan) = cx.get_typed::<StrategicPlan>(id)?;
        let unit: Vec<Id> = stored.placement.unit_id.into_iter().collect();
        let themes = themes_of(cx, id)?;
        let aligned_by = alignments(cx)?;
        let initiatives = initiatives(cx)?;
        let edges = contributions(cx, &aligned_by)?;
        let weighed = objectives(cx, &plan, &unit)?;

        let aligned = alignment_share::contributing(&edges, themes);
        let pursued = alignment_share::served(&edges, initiatives.iter().map(|(initiative, _)| initiative.id));
        let sources: HashSet<Id> = aligned_by.iter().map(|(from, _)| *from).collect();
        let weights: Vec<(Id, f64)> = weighed.iter().map(|(orphan, weight)| (orphan.id, *weight)).collect();
        let sums = alignment_share::weights(&weights, &aligned);
        let without = |of: &HashSet<Id>| weighed.iter().map(|(orphan, _)| orphan).filter(|orphan| !of.contains(&orphan.id)).cloned().collect();
        let of_plan = initiatives.iter().filter(|(_, plan)| *plan == Some(id)).map(|(initiative, _)| initiative.clone());
        Ok(PlanAlignment {
            plan_id: id,
            state: Text::cut(stored.meta.state.as_deref().unwrap_or_default()),
            partial: partial::<Self::Reads>(cx)?,
            objectives: count(weights.len()),
            aligned_objectives: count(weights.iter().filter(|(id, _)| aligned.contains(id)).count()),
            weight: Number(sums.1),
            aligned_weight: Number(sums.0),
            alignment: Figure(alignment_share::share(sums)),
            unaligned_objectives: without(&aligned),
            objectives_without_initiative: without(&pursued),
            initiatives_without_objective: of_plan.filter(|orphan| !sources.contains(&orphan.id)).collect(),
            projects_without_objective: projects(cx, &unit, &sources)?,
            budget_lines_without_objective: budget_lines(cx, &unit, &sources)?,
        })
    }
}

fn count(many: usize) -> Whole<0, { i64::MAX }> {
    Whole(i64::try_from(many).unwrap_or(i64::MAX))
}

/// The themes of a plan in sight, in every version of it.
fn themes_of(reader: &mut Reader<'_>, plan: Id) -> Result<HashSet<Id>> {
    let seen = reader.sees::<Theme>()?;
    let of_plan = themes::table.filter(themes::plan_id.eq(plan)).filter(seen.clone()).select((themes::id, themes::lineage_id));
    let rows: Vec<(Id, Option<Id>)> = of_plan.load(reader.within(&seen))?;
    let lineages: Vec<Id> = rows.iter().filter_map(|(_, lineage)| *lineage).collect();
    let mut found: HashSet<Id> = rows.into_iter().map(|(id, _)| id).collect();
    for chunk in lineages.chunks(CHUNK) {
        let kin = themes::table.filter(themes::lineage_id.eq_any(chunk)).filter(seen.clone()).select(themes::id);
        found.extend(kin.load::<Id>(reader.within(&seen))?);
    }
    Ok(found)
}

/// The alignments in sight.
fn alignments(reader: &mut Reader<'_>) -> Result<Edges> {
    let seen = reader.sees::<Alignment>()?;
    let query = alignments::table.filter(seen.clone()).order(alignments::id).select((alignments::from_id, alignments::to_id));
    Ok(query.load(reader.within(&seen))?)
}

/// The initiatives in sight that are not stopped, and the plan of each.
fn initiatives(reader: &mut Reader<'_>) -> Result<Vec<(Orphan, Option<Id>)>> {
    let seen = reader.sees::<Initiative>()?;
    let running = initiatives::table.filter(initiatives::state.ne("stopped")).filter(seen.clone()).order(initiatives::id);
    let query = running.select((initiatives::id, initiatives::name, initiatives::state, initiatives::plan_id));
    let rows: Vec<(Id, Title, String, Option<Id>)> = query.load(reader.within(&seen))?;
    Ok(rows.into_iter().map(|(id, name, state, plan)| (orphan(id, name, &state), plan)).collect())
}

fn orphan(id: Id, name: Title, state: &str) -> Orphan {
    Orphan { id, name, state: Some(Text::cut(state)) }
}

/// What contributes to what: alignments, key results to their objectives, objectives to those above them and to their themes.
fn contributions(reader: &mut Reader<'_>, aligned_by: &Edges) -> Result<Edges> {
    let mut edges = aligned_by.clone();
    let seen = reader.sees::<KeyResult>()?;
    let measured = key_results::table.filter(seen.clone()).order(key_results::id).select((key_results::id, key_results::objective_id));
    edges.extend(measured.load::<(Id, Id)>(reader.within(&seen))?);
    let seen = reader.sees::<Objective>()?;
    let pursued = || objectives::table.filter(objectives::state.ne("cancelled")).filter(seen.clone()).order(objectives::id);
    let above = pursued().filter(objectives::parent_id.is_not_null()).select((objectives::id, objectives::parent_id.assume_not_null()));
    edges.extend(above.load::<(Id, Id)>(reader.within(&seen))?);
    let themed = pursued().filter(objectives::theme_id.is_not_null()).select((objectives::id, objectives::theme_id.assume_not_null()));
    edges.extend(themed.load::<(Id, Id)>(reader.within(&seen))?);
    Ok(edges)
}

/// The objectives that count for a plan, and the weight of each.
fn objectives(reader: &mut Reader<'_>, plan: &StrategicPlan, unit: &[Id]) -> Result<Vec<(Orphan, f64)>> {
    let seen = reader.sees::<Objective>()?;
    let query = objectives::table
        .inner_join(planning_cycles::table)
        .filter(objectives::state.ne("cancelled"))
        .filter(within_units(objectives::unit_id, unit))
        .filter(planning_cycles::starts_on.le(plan.ends_on))
        .filter(planning_cycles::ends_on.ge(plan.starts_on))
        .filter(seen.clone())
        .order(objectives::id)
        .select((objectives::id, objectives::name, objectives::state, objectives::weight));
    let rows: Vec<(Id, Title, String, f64)> = query.load(reader.within(&seen))?;
    Ok(rows.into_iter().map(|(id, name, state, weight)| (orphan(id, name, &state), weight)).collect())
}

/// The projects that lead to no objective.
fn projects(reader: &mut Reader<'_>, unit: &[Id], sources: &HashSet<Id>) -> Result<Vec<Orphan>> {
    let unaligned = reader.ask(|check| work::without_objective(check, unit))?;
    let leads = |project: &UnalignedProject| sources.contains(&project.id) || project.initiative.is_some_and(|initiative| sources.contains(&initiative));
    let alone: Vec<Id> = unaligned.iter().filter(|project| !leads(project)).map(|project| project.id).collect();
    seen(reader, "projects/projects", &alone)
}

/// The lines of active budgets that lead to no objective.
fn budget_lines(reader: &mut Reader<'_>, unit: &[Id], sources: &HashSet<Id>) -> Result<Vec<Orphan>> {
    let lines = reader.ask(|check| ledger::active_budget_lines(check, unit))?;
    let projects: Vec<Id> = lines.iter().filter_map(|line| line.project).collect();
    let aims = reader.ask(|check| work::aims(check, &projects))?;
    let aligned = |project: &ProjectAim| {
        project.objective.is_some() || sources.contains(&project.id) || project.initiative.is_some_and(|initiative| sources.contains(&initiative))
    };
    let leading: HashSet<Id> = aims.iter().filter(|project| aligned(project)).map(|project| project.id).collect();
    let leads = |line: &FundedLine| {
        let named = line.versions.iter().chain(&line.pays_for).any(|id| sources.contains(id));
        named || line.project.is_some_and(|project| leading.contains(&project))
    };
    let alone: Vec<Id> = lines.iter().filter(|line| !leads(line)).map(|line| line.id).collect();
    seen(reader, "finance/budget-lines", &alone)
}

/// Those of some records that the caller may see, in order of their ids.
fn seen(reader: &mut Reader<'_>, collection: &str, ids: &[Id]) -> Result<Vec<Orphan>> {
    let Some(definition) = reader.store.definitions.get(collection) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for stored in reader.find_all(definition, ids)? {
        let document = reader.document(definition, &stored);
        let name = document.get(definition.title).and_then(Value::as_str).unwrap_or_default();
        found.push(Orphan { id: stored.meta.id, name: Title::cut(name), state: stored.meta.state.as_deref().map(Text::cut) });
    }
    found.sort_by_key(|orphan| orphan.id);
    Ok(found)
}
