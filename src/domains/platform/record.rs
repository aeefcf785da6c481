//! What every record has, asked by its id alone: what it is, its history, what changed, its return.

use serde_json::{Map, Value, json};
use steward_core::store::{FieldChange, Outcome, Revision, Writer, changes};
use steward_core::view::prelude::*;
use steward_core::view::{Action, Call, Nothing, ReferenceTo, Referred};

/// Record in the registry of all collections.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegistryRecord {
    /// The record.
    pub id: Id,
    /// Collection of the record, as domain/collection.
    pub collection: &'static str,
    /// Title of the record.
    pub title: String,
    /// State in the lifecycle; null if it has none.
    pub state: Option<String>,
    /// Unit that decides who may see it; null for catalogues.
    pub unit_id: Option<Id>,
    /// Revision of the record.
    pub revision: i64,
    /// Time of deletion (UTC); null if it is not deleted.
    pub deleted_at: Option<Instant>,
}

impl View for RegistryRecord {
    const PATH: &'static str = "platform/resources/{id}";
    const OPERATION_ID: &'static str = "get_resource";
    const SUMMARY: &'static str = "Identify a record by its id";
    const DESCRIPTION: &'static str = "Kind, title, state and place of any record that you may read, deleted ones included.";
    type Reads = ();
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let head = cx.head(id)?;
        Ok(RegistryRecord {
            id,
            collection: head.definition.path,
            title: head.title,
            state: head.state,
            unit_id: head.unit_id,
            revision: head.revision,
            deleted_at: head.deleted_at,
        })
    }
}

/// Those who act.
#[derive(Debug)]
pub struct Actors;

impl Referred for Actors {
    const COLLECTIONS: &'static [&'static str] = &["identity/users", "identity/service-accounts"];
}

/// Id of who acted.
pub type ActorReference = ReferenceTo<Actors>;

/// Change of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordRevision {
    /// Id of the revision.
    pub id: Id,
    /// Revision of the record after the change.
    pub revision: i64,
    /// Kind of change: create, update, delete, restore, change_parts, or the name of a move.
    pub action: String,
    /// Principal that made the change.
    #[schema(value_type = ActorReference)]
    pub actor_id: Id,
    /// Time of the change (UTC).
    pub at: Instant,
    /// Request that made the change.
    pub request_id: String,
    /// Reason given; null if there was none.
    pub reason: Option<String>,
    /// Fields that changed.
    pub changes: Vec<FieldChange>,
}

/// History of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordHistory {
    /// Changes, oldest first.
    pub data: Vec<RecordRevision>,
}

impl View for RecordHistory {
    const PATH: &'static str = "platform/resources/{id}/history";
    const SUMMARY: &'static str = "Get the history of a record";
    const DESCRIPTION: &'static str = "Changes of a record, oldest first: each with its author, time, reason and request, and each field before and after. Values of secret fields are never shown. It needs today's permission to read the record, in the unit where it is now and where it was then.";
    type Reads = ();
    type Query = NoQuery;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, _: NoQuery) -> Result<Self> {
        let id = cx.id()?;
        let head = cx.head(id)?;
        let revisions = cx.revisions(&head, id)?;
        let mut data = Vec::with_capacity(revisions.len());
        let mut before = None;
        for each in &revisions {
            data.push(RecordRevision {
                id: each.id,
                revision: each.revision,
                action: each.action.clone(),
                actor_id: each.actor_id,
                at: each.at,
                request_id: each.request_id.clone(),
                reason: each.reason.clone(),
                changes: changes(head.definition, cx.session, before, each.document.as_ref()),
            });
            before = each.document.as_ref();
        }
        Ok(RecordHistory { data })
    }
}

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Number of the earlier revision.
    pub from: i64,
    /// Number of the later revision.
    pub to: i64,
}

/// Differences between two revisions.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordDiff {
    /// The earlier revision.
    pub from: i64,
    /// The later revision.
    pub to: i64,
    /// Fields that changed.
    pub changes: Vec<FieldChange>,
}

impl View for RecordDiff {
    const PATH: &'static str = "platform/resources/{id}/diff";
    const SUMMARY: &'static str = "Compare two revisions of a record";
    const DESCRIPTION: &'static str = "Differences between two revisions of a record, field by field.";
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Self::Query) -> Result<Self> {
        let id = cx.id()?;
        let Query { from, to } = query;
        let head = cx.head(id)?;
        let revisions = cx.revisions(&head, id)?;
        let find = |number: i64| -> Result<&Revision> { revisions.iter().find(|each| each.revision == number).ok_or_else(|| Problem::not_found().into()) };
        let changes = changes(head.definition, cx.session, find(from)?.document.as_ref(), find(to)?.document.as_ref());
        Ok(RecordDiff { from, to, changes })
    }
}

/// Restored record, as its collection answers with it.
#[derive(Debug, ToSchema)]
pub struct RestoredRecord(#[expect(dead_code, reason = "described here, written by the store")] Map<String, Value>);

/// `POST platform/resources/{id}/restore`.
#[derive(Debug)]
pub struct RestoreResource;

impl Action for RestoreResource {
    const PATH: &'static str = "platform/resources/{id}/restore";
    const OPERATION_ID: &'static str = "restore_resource";
    const SUMMARY: &'static str = "Restore a deleted record";
    const DESCRIPTION: &'static str = "Brings a deleted record back as it was, under the same id, with the parts that went with it. It needs the permission to create such a record, and follows the rules of create: a unique value that is taken by now is refused (409).";
    const PERMISSIONS: &'static [&'static str] = &[];
    type Query = NoQuery;
    type Body = Nothing;
    type Prepared = ();
    type Answer = RestoredRecord;

    fn example(_: &str) -> Value {
        json!({})
    }

    fn apply(writer: &mut Writer<'_>, call: &Call, (): &()) -> Result<Outcome> {
        writer.restore(call.id()?)
    }
}
