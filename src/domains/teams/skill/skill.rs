//! Skills: what people can do, in a tree, with the levels that each has.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Code, Note, Title, Whole};
use steward_core::resource::{Check, Id, Own, Resource, Rule, Scope, Unique, ValidationErrors};
use steward_schema::teams::{courses, development_goals, role_requirements, skill_assessments, skill_needs, skills};

choice! {
    /// Type of skill.
    pub enum SkillKind {
        /// Skill in a technology or product.
        Technical = "technical",
        /// Professional discipline, as in SFIA.
        Professional = "professional",
        /// Skill in work with people, and in self-management.
        Behavioural = "behavioural",
        /// Knowledge of a business or of its rules.
        Domain = "domain",
        /// A human language.
        Language = "language",
    }
}

steward_core::value! {
    /// Level of a skill.
    pub struct SkillLevel {
        /// Number of the level, 1 to 7 as in SFIA; a higher level includes the lower ones.
        pub level: Whole<1, 7>,
        /// Name of the level.
        pub name: Title,
        /// Description of the work at this level.
        pub description: Option<Note>,
    }
}

steward_core::resource! {
    /// Skill of people, with its own levels: not every skill has every level. The tree of skills is shared by the whole organisation.
    pub struct Skill {
        /// Short code, unique, such as NTAS in SFIA.
        #[field(unique, search)]
        pub code: Code,
        /// Name of the skill.
        #[field(search)]
        pub name: Title,
        /// Parent skill or group of skills.
        #[field(refers_to(&["teams/skills"]))]
        pub parent_id: Option<Id>,
        /// Type of skill.
        #[field(default(|| json!("technical")))]
        pub kind: SkillKind,
        /// Free-text description.
        #[field(search)]
        pub description: Option<Note>,
        /// Levels of the skill, each number once. Without any, every level may be required.
        #[field(default(|| json!([])))]
        pub levels: Vec<SkillLevel>,
        /// Source of the definition, such as SFIA 9.
        pub source: Option<Title>,
    }
}

impl Resource for Skill {
    const PATH: &'static str = "teams/skills";
    type Table = steward_schema::teams::skills::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "skills_code_key", fields: &["code"] }];
    const RULES: &'static [Rule] = &[Rule::Tree("parent_id")];

    fn sample() -> Self {
        let level = |level, name: &str, description: &str| SkillLevel { level: Whole(level), name: name.into(), description: Some(description.into()) };
        Skill {
            code: "NTAS".into(),
            name: "Network support".into(),
            parent_id: None,
            kind: SkillKind::Professional,
            description: Some("Keeps networks running and puts them right.".into()),
            levels: vec![
                level(2, "Assist", "Helps to find and repair faults."),
                level(3, "Apply", "Finds and repairs faults."),
                level(4, "Enable", "Keeps networks within their service levels."),
            ],
            source: Some("SFIA 9".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let repeated = self.levels.iter().enumerate().any(|(at, each)| self.levels.iter().take(at).any(|other| other.level == each.level));
        faults.require(!repeated, "levels", "duplicate", "Each level stands once. Remove the repeated one.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.levels.is_empty() {
            return Ok(());
        }
        // Where there were no levels, every level may be in use.
        let before: Vec<i64> = match check.before::<Skill>()? {
            None => return Ok(()),
            Some(before) if before.levels.is_empty() => (1..=7).collect(),
            Some(before) => before.levels.iter().map(|each| each.level.0).collect(),
        };
        for level in before.into_iter().filter(|level| !self.levels.iter().any(|each| each.level.0 == *level)) {
            if is_used(check, level)? {
                let detail = format!("Level {level} is asked for, taught or assessed already. Keep it.");
                return Err(Problem::conflict("/levels", "in_use", detail).into());
            }
        }
        Ok(())
    }
}

/// Whether a level of the skill that is written is asked for, taught or assessed.
fn is_used(check: &mut Check<'_>, level: i64) -> Result<bool> {
    let skill = check.id;
    let required = role_requirements::table.filter(role_requirements::required_id.eq(skill).and(role_requirements::minimum_level.eq(level)));
    let needed = skill_needs::table.filter(skill_needs::skill_id.eq(skill).and(skill_needs::minimum_level.eq(level)));
    let assessed = skill_assessments::table.filter(skill_assessments::skill_id.eq(skill).and(skill_assessments::level.eq(level)));
    let taught = courses::table.filter(courses::skill_id.eq(skill).and(courses::skill_level.eq(level)));
    let aimed_at = development_goals::table.filter(development_goals::skill_id.eq(skill).and(development_goals::target_level.eq(level)));
    let used = exists(required).or(exists(needed)).or(exists(assessed)).or(exists(taught)).or(exists(aimed_at));
    Ok(select(used).get_result(check.connection)?)
}

/// Refuses a level that a skill does not have (409). The skill must be locked.
pub fn require_level(check: &mut Check<'_>, skill: Id, level: i64, pointer: &'static str) -> Result<()> {
    let levels: Option<Vec<SkillLevel>> = skills::table.find(skill).select(skills::levels).first(check.connection).optional()?;
    let levels = levels.unwrap_or_default();
    if levels.is_empty() || levels.iter().any(|each| each.level.0 == level) {
        return Ok(());
    }
    let known: Vec<String> = levels.iter().map(|each| each.level.0.to_string()).collect();
    let detail = format!("The skill has no level {level}. Choose one of {}.", known.join(", "));
    Err(Problem::conflict(pointer, "undefined_level", detail).into())
}
