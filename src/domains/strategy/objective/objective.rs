//! Objectives: what is to be achieved in a planning cycle.

use super::commitment::{Commitment, Health};
use super::{objective_tree, progress};
use crate::plan::{contribution, planning_cycle};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Number, Ratio, Title};
use steward_core::resource::{Check, Guard, Id, Lifecycle, Lock, Move, Resource, Rule, Scope, UnmetGuard, ValidationErrors};
use steward_schema::strategy::planning_cycles;

choice! {
    /// Organisational level of an objective.
    pub enum ObjectiveLevel {
        /// Objective of the organisation.
        Company = "company",
        /// Objective of the whole of IT.
        It = "it",
        /// Objective of a unit.
        Unit = "unit",
        /// Objective of a team.
        Team = "team",
    }
}

steward_core::resource! {
    /// Objective of a planning cycle, measured by its key results. Frozen once the cycle is closed.
    pub struct Objective {
        /// Planning cycle of the objective.
        #[field(refers_to(&["strategy/planning-cycles"]))]
        pub planning_cycle_id: Id,
        /// Objective to be achieved, in one memorable sentence.
        #[field(search)]
        pub name: Title,
        /// Rationale of the objective, and exclusions from its scope.
        #[field(search)]
        pub description: Option<Note>,
        /// Theme of a strategic plan that the objective serves.
        #[field(refers_to(&["strategy/themes"]))]
        pub theme_id: Option<Id>,
        /// Parent objective, in any cycle. The tree is acyclic.
        #[field(refers_to(&["strategy/objectives"]))]
        pub parent_id: Option<Id>,
        /// Organisational level of the objective.
        #[field(default(|| json!("unit")))]
        pub level: ObjectiveLevel,
        /// Commitment: promised or aspirational.
        #[field(default(|| json!("committed")))]
        pub commitment: Commitment,
        /// Weight among the key results and objectives of the same parent, more than 0.
        #[field(default(|| json!(1)))]
        pub weight: Number<0, 1000>,
        /// Health as evaluated by the owner, where it differs from the computed one.
        pub health_override: Option<Health>,
        /// Reason for the override; with `health_override` only.
        pub health_override_reason: Option<Note>,
        /// Final score, from 0 to 1. Required to mark it achieved or missed: achieved needs 1 of what is committed and 0.7 of what is
        /// aspirational, missed less.
        pub score: Option<Ratio>,
        /// Reason for a score that differs from the computed progress; required to end an objective with such a score.
        pub score_reason: Option<Note>,
        /// Reflection and lessons learned. Required to end it in any way.
        #[field(search)]
        pub reflection: Option<Note>,
    }
}

impl Resource for Objective {
    const PATH: &'static str = "strategy/objectives";
    type Table = steward_schema::strategy::objectives::table;
    const SCOPE: Scope = Scope::Unit;
    const BASIS: &'static [&'static str] = &["planning_cycle_id", "parent_id"];
    const EDITABLE_IN: &'static [&'static str] = &["draft", "proposed", "committed"];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];
    const GUARDS: &'static [Guard] = &[Guard::set(&["achieved", "missed"], &["score", "reflection"]), Guard::set(&["cancelled"], &["reflection"])];

    fn lifecycle() -> Option<Lifecycle> {
        let notation = "draft:return_to_draft↔proposed:propose→committed:commit→achieved:achieve|missed:miss|cancelled:cancel";
        Some(Lifecycle::new(notation))
    }

    fn sample() -> Self {
        Objective {
            planning_cycle_id: Id::sample(),
            name: "Orders reach the warehouse without anybody typing".into(),
            description: Some("Typing orders costs two days a week and brings most of the mistakes. Returns are left out.".into()),
            theme_id: None,
            parent_id: None,
            level: ObjectiveLevel::It,
            commitment: Commitment::Committed,
            weight: Number(1.0),
            health_override: Some(Health::AtRisk),
            health_override_reason: Some("The supplier's interface comes two weeks late.".into()),
            score: Some(Number(0.8)),
            score_reason: Some("The last orders were counted by hand.".into()),
            reflection: Some("We should have involved the warehouse from the start.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.weight.0 > 0.0, "weight", "range", "Expected more than 0.");
        let missing = if self.health_override.is_some() { "health_override_reason" } else { "health_override" };
        let together = self.health_override.is_some() == self.health_override_reason.is_some();
        faults.require(together, missing, "required", "A judgement and its reason belong together.");
    }

    fn locks(&self) -> Vec<Lock> {
        [Lock::Row(self.planning_cycle_id)].into_iter().chain(self.parent_id.map(|_| contribution::lock())).collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let before = check.before::<Objective>()?.map(|before| (before.planning_cycle_id, before.parent_id));
        for cycle in before.iter().map(|(cycle, _)| *cycle).chain([self.planning_cycle_id]) {
            planning_cycle::require_open(check, "/planning_cycle_id", planning_cycles::id.eq(cycle))?;
        }
        match self.parent_id {
            Some(parent) if before.is_none_or(|(_, old)| old != Some(parent)) => contribution::require_no_circle(check, "/parent_id", check.id, parent),
            _ => Ok(()),
        }
    }

    fn guard(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        let Some(score) = self.score.filter(|_| matches!(step.to, "achieved" | "missed")) else { return Ok(Vec::new()) };
        let (is_achieved, needed) = (progress::achieved(score.0, self.commitment), progress::needed(self.commitment));
        let detail = match step.to {
            "achieved" if !is_achieved => format!("Its score is {}, and it is achieved at {needed}. Mark it missed, or correct the score.", score.0),
            "missed" if is_achieved => format!("Its score is {}, and it is achieved at {needed}. Mark it achieved, or correct the score.", score.0),
            _ => return self.unexplained(score.0, check),
        };
        Ok(vec![UnmetGuard::new("/score", "score", detail)])
    }

    fn check_removal(&self, check: &mut Check<'_>) -> Result<()> {
        planning_cycle::require_open(check, "/planning_cycle_id", planning_cycles::id.eq(self.planning_cycle_id))
    }
}

/// How much a score, which people round, may differ from the computed progress without a word.
const ROUNDED: f64 = 0.05;

impl Objective {
    /// What is missing where the score is another than the progress of the key results, and nothing says why.
    fn unexplained(&self, score: f64, check: &mut Check<'_>) -> Result<Vec<UnmetGuard>> {
        if self.score_reason.is_some() {
            return Ok(Vec::new());
        }
        let (objective, today) = (check.id, check.today);
        let Some(progress) = objective_tree::progress_of(check, objective, today)? else { return Ok(Vec::new()) };
        if (progress - score).abs() <= ROUNDED {
            return Ok(Vec::new());
        }
        let detail = format!("Its score is {score}, and its key results are at {progress:.2}. Say why in score_reason, or correct the score.");
        Ok(vec![UnmetGuard::new("/score_reason", "required", detail)])
    }
}
