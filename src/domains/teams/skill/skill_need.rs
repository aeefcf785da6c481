//! Skill needs: what a service or a control needs people to be able to do.

use super::skill::require_level;
use serde_json::json;
use steward_core::error::Result;
use steward_core::resource::value::{Note, Whole};
use steward_core::resource::{Check, Id, Lock, Resource, Scope, Unique};

steward_core::resource! {
    /// Skill needed by a service or a control, with the number of people who must have it. One qualified person left is a key-person risk,
    /// none a gap.
    pub struct SkillNeed {
        /// Service or control that needs the skill; each skill once.
        #[field(refers_to(&["infrastructure/services", "governance/controls"]), unique, fixed)]
        pub subject_id: Id,
        /// Skill needed.
        #[field(refers_to(&["teams/skills"]), fixed)]
        pub skill_id: Id,
        /// Minimum level that counts, one that the skill defines.
        pub minimum_level: Whole<1, 7>,
        /// Number of people who must have the skill.
        #[field(default(|| json!(2)))]
        pub needed_count: Whole<1, 10000>,
        /// Certification that those people must also hold.
        #[field(refers_to(&["teams/certifications"]))]
        pub certification_id: Option<Id>,
        /// Purpose of the need.
        #[field(search)]
        pub description: Option<Note>,
    }
}

impl Resource for SkillNeed {
    const PATH: &'static str = "teams/skill-needs";
    type Table = steward_schema::teams::skill_needs::table;
    const SCOPE: Scope = Scope::Unit;
    const OWNED: bool = false;
    const TITLE: &'static str = "id";
    const UNIQUE: &'static [Unique] = &[Unique { index: "skill_needs_skill_key", fields: &["subject_id", "skill_id"] }];

    fn sample() -> Self {
        SkillNeed {
            subject_id: Id::sample(),
            skill_id: Id::sample(),
            minimum_level: Whole(3),
            needed_count: Whole(2),
            certification_id: None,
            description: Some("Restores the order database at any hour.".into()),
        }
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.skill_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        require_level(check, self.skill_id, self.minimum_level.0, "/minimum_level")
    }
}
