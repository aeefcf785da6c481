//! Development goals: the steps of a development plan.

use super::development_plan::disagree;
use crate::skill::skill::require_level;
use serde_json::json;
use steward_core::choice;
use steward_core::error::Result;
use steward_core::resource::value::{Date, Note, Number, Percent, Title, Whole};
use steward_core::resource::{Check, Effect, Id, Lock, Model, PartOf, Resource, Scope, ValidationErrors};

choice! {
    /// Way of learning, by the 70-20-10 model.
    pub enum LearningWay {
        /// Learning on the job.
        Experience = "experience",
        /// Learning from others.
        Exchange = "exchange",
        /// Formal learning: a course or a book.
        Education = "education",
    }
}

steward_core::resource! {
    /// Goal of a development plan: an action of the person, with its due date and progress.
    pub struct DevelopmentGoal {
        /// Development plan of the goal.
        #[field(refers_to(&["teams/development-plans"]), fixed)]
        pub development_plan_id: Id,
        /// Learning action of the person.
        pub action: Title,
        /// Way of learning.
        pub way: Option<LearningWay>,
        /// Skill to be developed.
        #[field(refers_to(&["teams/skills"]))]
        pub skill_id: Option<Id>,
        /// Target level of the skill, one that the skill defines. Only with a skill.
        pub target_level: Option<Whole<1, 7>>,
        /// Course taken for the goal.
        #[field(refers_to(&["teams/courses"]))]
        pub course_id: Option<Id>,
        /// Success criterion of the goal.
        pub success_criterion: Option<Note>,
        /// Due date of the goal.
        #[field(deadline)]
        pub due_on: Option<Date>,
        /// Progress in percent.
        #[field(default(|| json!(0)))]
        pub progress_percent: Percent,
        /// Date of completion.
        #[field(happened)]
        pub completed_on: Option<Date>,
    }
}

impl Resource for DevelopmentGoal {
    const PATH: &'static str = "teams/development-goals";
    type Table = steward_schema::teams::development_goals::table;
    const SCOPE: Scope = Scope::Within("development_plan_id");
    const PART_OF: Option<PartOf> = Some(PartOf::of("development_plan_id"));
    const TITLE: &'static str = "action";

    fn sample() -> Self {
        DevelopmentGoal {
            development_plan_id: Id::sample(),
            action: "Automate the configuration of all access switches".into(),
            way: Some(LearningWay::Experience),
            skill_id: None,
            target_level: None,
            course_id: None,
            success_criterion: Some("No access switch is configured by hand.".into()),
            due_on: Date::parse("2026-10-31"),
            progress_percent: Number(100.0),
            completed_on: Date::parse("2026-05-29"),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        faults.require(self.target_level.is_none() || self.skill_id.is_some(), "skill_id", "required", "Name the skill that has this level.");
        let whole = self.completed_on.is_none() || self.progress_percent.0 >= 100.0;
        faults.require(whole, "progress_percent", "incomplete", "A goal that is reached is at 100 percent.");
    }

    fn locks(&self) -> Vec<Lock> {
        self.skill_id.map(Lock::Row).into_iter().collect()
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        match self.skill_id.zip(self.target_level) {
            Some((skill, level)) => require_level(check, skill, level.0, "/target_level"),
            None => Ok(()),
        }
    }

    fn effects_of_creation(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        disagree(check, self.development_plan_id)
    }

    fn effects_of_removal(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        disagree(check, self.development_plan_id)
    }

    /// How far a goal has come is no other goal.
    fn effects_of_change(&self, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let of = |goal: &DevelopmentGoal| DevelopmentGoal { progress_percent: Number(0.0), completed_on: None, ..goal.clone() }.to_json();
        match check.before::<DevelopmentGoal>()? {
            Some(before) if of(before) != of(self) => disagree(check, self.development_plan_id),
            _ => Ok(Vec::new()),
        }
    }
}
