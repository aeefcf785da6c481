//! The next version of a role profile: a draft with a copy of its requirements.

use super::role_profile::RoleProfile;
use super::role_requirement::RoleRequirement;
use serde_json::{Map, Value, json};
use steward_core::error::Result;
use steward_core::resource::value::Text;
use steward_core::store::{Outcome, Parts, Writer};
use steward_core::view::{Action, Call, NoQuery};

/// `POST teams/role-profiles/{id}/new-version`.
#[derive(Debug)]
pub struct DraftRoleVersion;

steward_core::value! {
    /// Parameters of the next version of a role profile.
    pub struct NextRoleVersion {
        /// Version of the draft, such as `2`; unique with the code of the profile.
        pub version: Text<1, 40>,
    }
}

impl Action for DraftRoleVersion {
    const PATH: &'static str = "teams/role-profiles/{id}/new-version";
    const OPERATION_ID: &'static str = "draft_role_profile_version";
    const SUMMARY: &'static str = "Draft the next version of a role profile";
    const DESCRIPTION: &'static str = "Draft of the next version, with the fields of the profile and a copy of every requirement visible to you. The draft names the profile as \
        `supersedes_id`: publishing it retires the profile and takes over its positions. Returns the draft.";
    const PERMISSIONS: &'static [&'static str] =
        &["teams.role_profiles:create", "teams.role_profiles:read", "teams.role_requirements:create", "teams.role_requirements:read"];
    type Query = NoQuery;
    type Body = NextRoleVersion;
    type Prepared = NextRoleVersion;
    type Answer = RoleProfile;

    fn example(_: &str) -> Value {
        json!({"version": "2"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, wanted: &NextRoleVersion) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, _) = writer.reader().get_typed::<RoleProfile>(id)?;
        let anew = Map::from_iter([("version".into(), wanted.version.0.clone().into())]);
        writer.draft_version::<RoleProfile, RoleRequirement>(&stored, anew, Parts { of: "role_profile_id", tree: None, continues: None })
    }
}
