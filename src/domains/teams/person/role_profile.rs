//! Role profiles: what a role in the organisation is.

use super::position::Position;
use diesel::prelude::*;
use steward_core::error::Result;
use steward_core::resource::value::{Code, Note, Text, Title, Whole};
use steward_core::resource::{Check, Effect, Id, Lifecycle, Move, Own, Resource, Rule, Scope, Unique};
use steward_schema::teams::{positions, role_profiles};

steward_core::resource! {
    /// Role profile of a current or future job, such as a network engineer. A published version is frozen; a change is a new version,
    /// which retires the one that it replaces (`supersedes_id`) when it is published, and takes over its positions.
    pub struct RoleProfile {
        /// Short code, unique with the version.
        #[field(search)]
        pub code: Code,
        /// Version of the profile, such as `1` or `2026-03`.
        pub version: Text<1, 40>,
        /// Name of the role.
        #[field(search)]
        pub name: Title,
        /// Job family, such as Infrastructure.
        pub family: Option<Title>,
        /// Level of responsibility as in SFIA, from 1 (follow) to 7 (set strategy, inspire, mobilise).
        pub responsibility_level: Option<Whole<1, 7>>,
        /// Responsibilities and accountabilities of the role.
        #[field(search)]
        pub description: Option<Note>,
        /// Version to be replaced. The versions are acyclic.
        #[field(refers_to(&["teams/role-profiles"]))]
        pub supersedes_id: Option<Id>,
    }
}

impl Resource for RoleProfile {
    const PATH: &'static str = "teams/role-profiles";
    type Table = steward_schema::teams::role_profiles::table;
    const SCOPE: Scope = Scope::Shared;
    const OWN: &'static [Own] = &[Own::everybody()];
    const UNIQUE: &'static [Unique] = &[Unique { index: "role_profiles_version_key", fields: &["code", "version"] }];
    const EDITABLE_IN: &'static [&'static str] = &["draft"];
    const RULES: &'static [Rule] = &[Rule::Tree("supersedes_id"), Rule::Unlike(&["code", "version"])];

    fn lifecycle() -> Option<Lifecycle> {
        Some(Lifecycle::new("draft→published:publish→retired:retire"))
    }

    fn sample() -> Self {
        RoleProfile {
            code: "NET-ENG".into(),
            version: "1".into(),
            name: "Network engineer".into(),
            family: Some("Infrastructure".into()),
            responsibility_level: Some(Whole(4)),
            description: Some("Keeps the networks of all sites running and grows them.".into()),
            supersedes_id: None,
        }
    }

    fn effects(&self, step: &Move, check: &mut Check<'_>) -> Result<Vec<Effect>> {
        let Some(replaced) = self.supersedes_id.filter(|_| step.to == "published") else { return Ok(Vec::new()) };
        let published = role_profiles::table.find(replaced).filter(role_profiles::state.eq("published"));
        let published: Option<Id> = published.select(role_profiles::id).first(check.connection).optional()?;
        let role = check.id;
        let held = positions::table.filter(positions::role_profile_id.eq(replaced).and(positions::state.ne("closed"))).order(positions::id);
        let held: Vec<Id> = held.select(positions::id).load(check.connection)?;
        let follows = |id| Effect::update(id, move |position: &mut Position| position.role_profile_id = role);
        Ok(held.into_iter().map(follows).chain(published.map(|id| Effect::transition::<RoleProfile>(id, "retired"))).collect())
    }
}
