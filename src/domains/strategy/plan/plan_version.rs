//! The next version of a strategic plan: a draft with a copy of its themes.

use super::strategic_plan::StrategicPlan;
use super::theme::Theme;
use serde_json::{Map, Value, json};
use steward_core::error::Result;
use steward_core::resource::value::Title;
use steward_core::store::{Outcome, Parts, Writer};
use steward_core::view::{Action, Call, NoQuery};

/// `POST strategy/strategic-plans/{id}/new-version`.
#[derive(Debug)]
pub struct DraftPlanVersion;

steward_core::value! {
    /// Parameters of the next version of a strategic plan.
    pub struct NextPlanVersion {
        /// Name of the draft; that of the plan if left out.
        pub name: Option<Title>,
    }
}

impl Action for DraftPlanVersion {
    const PATH: &'static str = "strategy/strategic-plans/{id}/new-version";
    const OPERATION_ID: &'static str = "draft_strategic_plan_version";
    const SUMMARY: &'static str = "Draft the next version of a strategic plan";
    const DESCRIPTION: &'static str = "Draft of the next version, with the fields of the plan, the next version number and a copy of every theme visible to you, each with the lineage of its \
        theme, so that contributions to the theme still count. The draft names the plan as `supersedes_id`: activating it replaces the plan. Returns the draft.";
    const PERMISSIONS: &'static [&'static str] =
        &["strategy.strategic_plans:create", "strategy.strategic_plans:read", "strategy.themes:create", "strategy.themes:read"];
    type Query = NoQuery;
    type Body = NextPlanVersion;
    type Prepared = NextPlanVersion;
    type Answer = StrategicPlan;

    fn example(_: &str) -> Value {
        json!({"name": "As revised in June"})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, wanted: &NextPlanVersion) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, plan) = writer.reader().get_typed::<StrategicPlan>(id)?;
        let mut anew = Map::from_iter([("version".into(), (plan.version.0 + 1).into())]);
        anew.extend(wanted.name.iter().map(|name| ("name".into(), name.0.clone().into())));
        writer.draft_version::<StrategicPlan, Theme>(&stored, anew, Parts { of: "plan_id", tree: None, continues: None })
    }
}
