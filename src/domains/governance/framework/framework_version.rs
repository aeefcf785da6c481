//! The next version of a framework: a draft with a copy of its requirements.

use super::framework::Framework;
use super::requirement::Requirement;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Text;
use steward_core::store::{Outcome, Parts, Writer};
use steward_core::view::{Action, Call, NoQuery};
use steward_schema::governance::requirements;

/// `POST governance/frameworks/{id}/new-version`.
#[derive(Debug)]
pub struct DraftFrameworkVersion;

steward_core::value! {
    /// Parameters of the next version of a framework.
    pub struct NextFrameworkVersion {
        /// Version of the draft, such as `2026.2`; unique with the name of the framework.
        pub version: Text<1, 100>,
    }
}

impl Action for DraftFrameworkVersion {
    const PATH: &'static str = "governance/frameworks/{id}/new-version";
    const OPERATION_ID: &'static str = "draft_framework_version";
    const SUMMARY: &'static str = "Draft the next version of a framework";
    const DESCRIPTION: &'static str = "Draft of the next version, with the fields of the framework and a copy of every requirement visible to you, in the same groups. Controls, mappings and \
        statements stay with the requirements of the framework. The draft names the framework as `supersedes_id`: publishing it supersedes the framework. Returns the draft.";
    const PERMISSIONS: &'static [&'static str] =
        &["governance.frameworks:create", "governance.frameworks:read", "governance.requirements:create", "governance.requirements:read"];
    type Query = NoQuery;
    type Body = NextFrameworkVersion;
    type Prepared = NextFrameworkVersion;
    type Answer = Framework;

    fn example(_: &str) -> Value {
        json!({"version": "2026.2"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, wanted: &NextFrameworkVersion) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, _) = writer.reader().get_typed::<Framework>(id)?;
        let anew = Map::from_iter([("version".into(), wanted.version.0.clone().into())]);
        let of_framework = requirements::table.filter(requirements::framework_id.eq(id)).order(requirements::id);
        let ids: Vec<Id> = of_framework.select(requirements::id).load(writer.connection)?;
        let definition = writer.definition::<Framework>()?;
        let parts = Parts { definition: writer.definition::<Requirement>()?, of: "framework_id", ids: &ids, tree: Some("parent_id") };
        let draft = writer.draft_version(definition, &stored, anew, &parts)?;
        Ok(writer.created(definition, &draft))
    }
}
