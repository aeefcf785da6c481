//! The approval of a project's charter, by somebody who does not run the project.

use super::project::{APPROVE_CHARTER, Project};
use serde_json::{Map, Value, json};
use steward_core::error::{Problem, Result};
use steward_core::resource::FieldType;
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery, Nothing};

/// `POST projects/projects/{id}/charter-approval`.
#[derive(Debug)]
pub struct ApproveCharter;

impl Action for ApproveCharter {
    const PATH: &'static str = "projects/projects/{id}/charter-approval";
    const OPERATION_ID: &'static str = "approve_project_charter";
    const SUMMARY: &'static str = "Approve the charter of a project";
    const DESCRIPTION: &'static str = "Records that the caller approves the current charter: the person and the day. The caller must be linked to a person who does not manage the \
        project. A changed charter needs a new approval. Returns the project.";
    const PERMISSIONS: &'static [&'static str] = &["projects.projects:approve_charter"];
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = Project;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, project) = writer.reader().get_typed::<Project>(id)?;
        let refuse = |pointer: &str, code: &str, detail: String| -> Result<Outcome> { Err(Problem::conflict(pointer, code, detail).into()) };
        let state = stored.meta.state.as_deref().unwrap_or_default();
        if ["closing", "closed", "cancelled"].contains(&state) {
            return refuse("", "state", format!("The project {} is {state}: its charter is approved before.", project.code.0));
        }
        if project.charter.is_none() {
            return refuse("/charter", "required", format!("The project {} has no charter. Write it first.", project.code.0));
        }
        if let Some(on) = project.charter_approved_on {
            return refuse("/charter_approved_on", "approved", format!("The charter of {} was approved on {on}.", project.code.0));
        }
        let person = writer.approver("/charter_approver_id")?;
        if project.manager_id == Some(person) {
            return refuse(
                "/charter_approver_id",
                "manager",
                format!("You run the project {}. Its sponsor or another person approves the charter.", project.code.0),
            );
        }
        let definition = writer.definition::<Project>()?;
        let today = writer.reader().moment().today;
        let approval = [("charter_approved_on".to_owned(), today.to_json()), ("charter_approver_id".to_owned(), person.to_json())];
        let stored = writer.update_as_service(definition, id, APPROVE_CHARTER, Map::from_iter(approval))?;
        Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
    }
}
