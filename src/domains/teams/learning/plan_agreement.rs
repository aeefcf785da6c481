//! The agreement of one side to a development plan: that of the person, or that of the lead.

use super::development_plan::{DevelopmentPlan, OPEN};
use serde_json::{Map, Value, json};
use steward_core::access::account_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::FieldType;
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery, Nothing};

/// `POST teams/development-plans/{id}/agreement`.
#[derive(Debug)]
pub struct AgreePlan;

impl Action for AgreePlan {
    const PATH: &'static str = "teams/development-plans/{id}/agreement";
    const OPERATION_ID: &'static str = "agree_development_plan";
    const SUMMARY: &'static str = "Agree to a development plan";
    const DESCRIPTION: &'static str = "Records that the caller agrees to the plan and its goals as they are now, with the day: as the person of the plan, or as their lead. \
        Where the plan names no lead, anybody but the person who may change the plan agrees for the organisation. A changed plan needs a new agreement. Returns the plan.";
    const PERMISSIONS: &'static [&'static str] = &["teams.development_plans:update"];
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = DevelopmentPlan;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, plan) = writer.reader().get_typed::<DevelopmentPlan>(id)?;
        let refuse = |pointer: &str, code: &str, detail: String| -> Result<Outcome> { Err(Problem::conflict(pointer, code, detail).into()) };
        let state = stored.meta.state.as_deref().unwrap_or_default();
        if !OPEN.contains(&state) {
            return refuse("", "state", format!("The plan “{}” is {state}: it is agreed to before. Write another plan.", plan.title.0));
        }
        let caller = account_of(writer.connection, writer.session.principal)?;
        let Some(caller) = caller else {
            return refuse("", "person", "Your account is linked to no person, and a person agrees. Have it linked to one.".into());
        };
        let (field, agreed_on) = if caller == plan.person_id {
            ("person_agreed_on", plan.person_agreed_on)
        } else if plan.lead_id.is_none_or(|lead| lead == caller) {
            ("lead_agreed_on", plan.lead_agreed_on)
        } else {
            return refuse("/lead_id", "other_side", format!("The plan “{}” is agreed to by its person and its lead. Ask them to.", plan.title.0));
        };
        if let Some(on) = agreed_on {
            return refuse(&format!("/{field}"), "agreed", format!("You have agreed to the plan “{}” on {on}.", plan.title.0));
        }
        let definition = writer.definition::<DevelopmentPlan>()?;
        let today = writer.reader().moment().today;
        let stored = writer.update_as_service(definition, id, "update", Map::from_iter([(field.to_owned(), today.to_json())]))?;
        Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
    }
}
