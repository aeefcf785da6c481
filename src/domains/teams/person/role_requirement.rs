//! Role requirements: what somebody must bring to a role.

use crate::skill::skill::require_level;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use serde_json::json;
use steward_core::choice;
use steward_core::error::{Problem, Result};
use steward_core::resource::value::{Note, Number, Whole};
use steward_core::resource::{Check, Id, Lock, PartOf, Resource, Scope, Unique, ValidationErrors};
use steward_schema::service::registry;

choice! {
    /// Type of requirement of a role.
    pub enum RequirementKind {
        /// A skill at a level.
        Skill = "skill",
        /// A valid certification.
        Certification = "certification",
        /// A passed course.
        Course = "course",
    }
}

steward_core::resource! {
    /// Requirement of a role profile: a skill at a level, a certification or a mandatory course. Editable only while the role profile is a
    /// draft.
    pub struct RoleRequirement {
        /// Role profile of the requirement.
        #[field(refers_to(&["teams/role-profiles"]), fixed)]
        pub role_profile_id: Id,
        /// Type of requirement: the collection of `required_id`.
        pub kind: RequirementKind,
        /// Skill, certification or course required; each once per role.
        #[field(refers_to(&["teams/skills", "teams/certifications", "teams/courses"]), unique)]
        pub required_id: Id,
        /// Minimum level of the skill, one that the skill defines. Required for a skill, not allowed otherwise.
        pub minimum_level: Option<Whole<1, 7>>,
        /// Weight of the skill in the readiness for the role.
        #[field(default(|| json!(1)))]
        pub weight: Number<0, 1000>,
        /// Rationale of the requirement.
        pub description: Option<Note>,
    }
}

impl Resource for RoleRequirement {
    const PATH: &'static str = "teams/role-requirements";
    type Table = steward_schema::teams::role_requirements::table;
    const SCOPE: Scope = Scope::Within("role_profile_id");
    const TITLE: &'static str = "kind";
    const PART_OF: Option<PartOf> = Some(PartOf::while_in("role_profile_id", &["draft"]));
    const UNIQUE: &'static [Unique] = &[Unique { index: "role_requirements_required_key", fields: &["role_profile_id", "required_id"] }];

    fn sample() -> Self {
        RoleRequirement {
            role_profile_id: Id::sample(),
            kind: RequirementKind::Skill,
            required_id: Id::sample(),
            minimum_level: Some(Whole(3)),
            weight: Number(2.0),
            description: Some("Works alone at night.".into()),
        }
    }

    fn rules(&self, faults: &mut ValidationErrors) {
        let skill = self.kind == RequirementKind::Skill;
        faults.require(!skill || self.minimum_level.is_some(), "minimum_level", "required", "Say which level of the skill is needed.");
        faults.require(skill || self.minimum_level.is_none(), "minimum_level", "not_applicable", "Only a skill has levels. Leave it out.");
    }

    fn locks(&self) -> Vec<Lock> {
        vec![Lock::Row(self.required_id)]
    }

    fn check(&self, check: &mut Check<'_>) -> Result<()> {
        let collection = match self.kind {
            RequirementKind::Skill => "teams/skills",
            RequirementKind::Certification => "teams/certifications",
            RequirementKind::Course => "teams/courses",
        };
        let matching = registry::table.find(self.required_id).filter(registry::collection.eq(collection));
        if !select(exists(matching)).get_result::<bool>(check.connection)? {
            let detail = format!("For this kind, name a record of {collection}.");
            return Err(Problem::conflict("/required_id", "other_kind", detail).into());
        }
        self.minimum_level.map_or(Ok(()), |level| require_level(check, self.required_id, level.0, "/minimum_level"))
    }
}
