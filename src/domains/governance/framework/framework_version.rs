//! The next version of a framework: a draft with a copy of its requirements.

use super::framework::Framework;
use super::requirement::Requirement;
use serde_json::{Map, Value, json};
use steward_core::error::Result;
use steward_core::resource::value::Text;
use steward_core::store::{Outcome, Parts, Writer};
use steward_core::view::{Action, Call, NoQuery};

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
    const DESCRIPTION: &'static str = "Draft of the next version, with the fields of the framework and a copy of every requirement visible to you, in the same groups. Each copy names the requirement \
        that it continues as `predecessor_id`. The draft names the framework as `supersedes_id`: publishing it supersedes the framework, and takes its controls, statements of applicability and mappings over to the \
        requirements that continue those of the framework. Returns the draft.";
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
        writer.draft_version::<Framework, Requirement>(&stored, anew, Parts { of: "framework_id", tree: Some("parent_id"), continues: Some("predecessor_id") })
    }
}
