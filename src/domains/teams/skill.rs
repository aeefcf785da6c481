//! Skills: what people can do, in a tree, with the levels that each has.

use crate::choice;
use crate::database::{Kind, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::{Code, FieldType, Note, Title, Whole};
use crate::resource::{Check, Faults, Id, Resource, Rule, Scope, Unique};
use serde_json::json;

choice! {
    /// What sort of skill it is.
    pub enum SkillKind {
        /// Work with a technology or product.
        Technical = "technical",
        /// A discipline of the profession, as SFIA lists them.
        Professional = "professional",
        /// Work with people, and on oneself.
        Behavioural = "behavioural",
        /// Knowledge of a business or of its rules.
        Domain = "domain",
        /// A human language.
        Language = "language",
    }
}

crate::value! {
    /// A level of a skill.
    pub struct SkillLevel {
        /// Number of the level, 1 to 7 as SFIA counts them; a higher one includes those below.
        pub level: Whole<1, 7>,
        /// What the level is called.
        pub name: Title,
        /// What somebody at this level does.
        pub description: Option<Note>,
    }
}

crate::resource! {
    /// Something that people can do, at levels of its own: not every skill has every level. All share the tree of skills.
    pub struct Skill {
        /// Short code, unique, such as NTAS in SFIA.
        #[field(unique, search)]
        pub code: Code,
        /// Name as people know it.
        #[field(search)]
        pub name: Title,
        /// The skill or group of skills above it.
        #[field(refers_to(&["teams/skills"]))]
        pub parent_id: Option<Id>,
        /// What sort of skill it is.
        #[field(default(|| json!("technical")))]
        pub kind: SkillKind,
        /// What it is to have it.
        #[field(search)]
        pub description: Option<Note>,
        /// The levels that it has, each number once. Where there are none, every level may be asked for.
        #[field(default(|| json!([])))]
        pub levels: Vec<SkillLevel>,
        /// Where it was taken from, such as SFIA 9.
        pub source: Option<Title>,
    }
}

impl Resource for Skill {
    const PATH: &'static str = "teams/skills";
    type Table = steward_schema::teams::skills::table;
    const SCOPE: Scope = Scope::Shared;
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

    fn rules(&self, faults: &mut Faults) {
        let repeated = self.levels.iter().enumerate().any(|(at, each)| self.levels.iter().take(at).any(|other| other.level == each.level));
        faults.require(!repeated, "levels", "duplicate", "Each level stands once. Remove the repeated one.");
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        if self.levels.is_empty() {
            return Ok(());
        }
        // Where there were no levels, every level may be in use.
        let before: Vec<i64> = match check.before::<Skill>() {
            None => return Ok(()),
            Some(before) if before.levels.is_empty() => (1..=7).collect(),
            Some(before) => before.levels.iter().map(|each| each.level.0).collect(),
        };
        for level in before.into_iter().filter(|level| !self.levels.iter().any(|each| each.level.0 == *level)) {
            let used = Statement::new("SELECT 1 FROM role_requirements WHERE required_id = ")
                .with(check.id, " AND minimum_level = ")
                .with(level, " UNION ALL SELECT 1 FROM skill_needs WHERE skill_id = ")
                .with(check.id, " AND minimum_level = ")
                .with(level, " UNION ALL SELECT 1 FROM skill_assessments WHERE skill_id = ")
                .with(check.id, " AND level = ")
                .with(level, " UNION ALL SELECT 1 FROM courses WHERE skill_id = ")
                .with(check.id, " AND skill_level = ")
                .with(level, " UNION ALL SELECT 1 FROM development_goals WHERE skill_id = ")
                .with(check.id, " AND target_level = ")
                .with(level, " LIMIT 1");
            if check.finds(used)? {
                let detail = format!("Level {level} is asked for, taught or assessed already. Keep it.");
                return Err(Problem::conflict("/levels", "in_use", detail).into());
            }
        }
        Ok(())
    }
}

/// Refuses a level that a skill does not have (409). The skill must be locked.
pub(super) fn require_level(check: &mut Check<'_>, skill: Id, level: i64, pointer: &'static str) -> Result<()> {
    let cell = check.value(Statement::new("SELECT levels FROM skills WHERE id = ").with(skill, ""), Kind::Doc)?;
    let levels = cell.and_then(|cell| Vec::<SkillLevel>::load(std::slice::from_ref(&cell))).unwrap_or_default();
    if levels.is_empty() || levels.iter().any(|each| each.level.0 == level) {
        return Ok(());
    }
    let known: Vec<String> = levels.iter().map(|each| each.level.0.to_string()).collect();
    let detail = format!("The skill has no level {level}. Choose one of {}.", known.join(", "));
    Err(Problem::conflict(pointer, "undefined_level", detail).into())
}
