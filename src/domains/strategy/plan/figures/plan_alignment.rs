//! The alignment of a strategic plan: how much of what is pursued serves it, and what stands alone.

use crate::initiative::{initiative::Initiative, running_initiative::running_initiatives};
use crate::objective::{
    contribution_edge::{alignments, contributions},
    key_result::KeyResult,
    objective::Objective,
    plan_objective::objectives_of,
};
use crate::plan::{
    alignment::Alignment,
    alignment_share,
    orphan::Orphan,
    plan_theme::themes_of,
    strategic_plan::StrategicPlan,
    theme::Theme,
    unaligned_work::{unaligned_budget_lines, unaligned_projects},
};
use std::collections::HashSet;
use steward_core::resource::value::{Number, Text, Whole};
use steward_core::view::prelude::*;

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
        let initiatives = running_initiatives(cx)?;
        let edges = contributions(cx, &aligned_by)?;
        let weighed = objectives_of(cx, &plan, &unit)?;

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
            projects_without_objective: unaligned_projects(cx, &unit, &sources)?,
            budget_lines_without_objective: unaligned_budget_lines(cx, &unit, &sources)?,
        })
    }
}

fn count(many: usize) -> Whole<0, { i64::MAX }> {
    Whole(i64::try_from(many).unwrap_or(i64::MAX))
}
