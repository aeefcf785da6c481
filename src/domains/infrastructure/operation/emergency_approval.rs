//! The approval of an emergency change afterwards, by somebody who had no hand in it and within its time.

use super::change::Change;
use super::change_kind::ChangeKind;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use steward_core::access::person_of;
use steward_core::error::{Problem, Result};
use steward_core::resource::{FieldType, Id};
use steward_core::store::{Outcome, Writer};
use steward_core::view::{Action, Call, NoQuery, Nothing};
use steward_schema::service::revisions;

/// `POST infrastructure/changes/{id}/emergency-approval`.
#[derive(Debug)]
pub struct ApproveEmergencyChange;

impl Action for ApproveEmergencyChange {
    const PATH: &'static str = "infrastructure/changes/{id}/emergency-approval";
    const OPERATION_ID: &'static str = "approve_emergency_change";
    const SUMMARY: &'static str = "Approve an emergency change afterwards";
    const DESCRIPTION: &'static str = "Records that the caller approves an emergency change that was scheduled without approval: the person and the time. \
        The caller must be linked to a person who neither implements nor requested the change, and has not written or moved it. Not later than `approval_due_at`. Returns the change.";
    const PERMISSIONS: &'static [&'static str] = &["infrastructure.changes:approve"];
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = Change;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        let id = call.id()?;
        let (stored, change) = writer.reader().get_typed::<Change>(id)?;
        let now = writer.store.now();
        let refuse = |pointer: &str, code: &str, detail: String| -> Result<Outcome> { Err(Problem::conflict(pointer, code, detail).into()) };
        let state = stored.meta.state.as_deref().unwrap_or_default();
        if change.kind != ChangeKind::Emergency {
            return refuse("/kind", "emergency", "Only an emergency is approved afterwards. Approve this change before it is scheduled.".into());
        }
        if ["draft", "submitted", "assessed", "approved", "rejected", "cancelled", "closed"].contains(&state) {
            return refuse("", "state", format!("The change is {state}: it is approved afterwards once it is scheduled, and before it is closed."));
        }
        if change.emergency_approver_id.is_some() {
            return refuse("/emergency_approver_id", "approved", "The change is approved already.".into());
        }
        if let Some(due) = change.approval_due_at.filter(|due| *due < now) {
            return refuse(
                "/approval_due_at",
                "too_late",
                format!("It had to be approved by {due}, and stays unapproved. Review it as a failure of the procedure, and cancel it if it has not begun."),
            );
        }
        let person = writer.approver("/emergency_approver_id")?;
        let named = [change.implementer_id, change.requester_id].contains(&Some(person));
        if named || had_a_hand(writer, id, person)? {
            let detail = "Somebody else must approve it: you asked for it, implement it, or wrote or moved it.";
            return refuse("/emergency_approver_id", "four_eyes", detail.into());
        }
        let definition = writer.definition::<Change>()?;
        let approval = [("emergency_approved_at".to_owned(), now.to_json()), ("emergency_approver_id".to_owned(), person.to_json())];
        let stored = writer.update_as_service(definition, id, "approve", Map::from_iter(approval))?;
        Ok(Outcome::new(200, writer.document(definition, &stored).into()).at(stored.meta.revision))
    }
}

/// Whether a person wrote a record or moved it.
fn had_a_hand(writer: &mut Writer<'_>, record: Id, person: Id) -> Result<bool> {
    let actors: Vec<Id> = revisions::table.filter(revisions::resource_id.eq(record)).select(revisions::actor_id).distinct().load(writer.connection)?;
    for actor in actors {
        if person_of(writer.connection, actor)? == Some(person) {
            return Ok(true);
        }
    }
    Ok(false)
}
