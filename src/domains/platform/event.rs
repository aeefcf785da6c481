//! The feed of events: what happened to which record, in order.

use super::trace::number;
use crate::record::ActorReference;
use steward_core::error::FieldError;
use steward_core::resource::value::Text;
use steward_core::store::{Event as Happened, Feed, FieldChange};
use steward_core::view::prelude::*;

/// The parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Query {
    /// Position after which events are wanted; from the first if left out.
    #[param(minimum = 0)]
    pub after: Option<i64>,
    /// Collection whose events are wanted, as domain/collection; all if left out.
    pub collection: Option<String>,
    /// Record whose events are wanted; all if left out.
    #[param(inline)]
    pub subject_id: Option<Id>,
    /// Maximum number of events to answer with; 50 if left out.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<usize>,
}

/// Number of events that are answered at most.
const MOST: usize = 200;
/// Number of events that are usually answered.
const USUAL: usize = 50;

/// Event of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Position in the feed: greater than that of every event before it.
    pub position: i64,
    /// Name of the event: domain, kind of record and action, such as `vendors.contract.signed`.
    pub event: Text<1, 200>,
    /// Collection of the record, as domain/collection.
    pub collection: &'static str,
    /// The record.
    pub subject_id: Id,
    /// Revision of the record after the event.
    pub revision: i64,
    /// Time of the change (UTC).
    pub at: Instant,
    /// Principal that made the change.
    #[schema(value_type = ActorReference)]
    pub actor_id: Id,
    /// Request that made the change.
    pub request_id: String,
    /// Reason given; null if there was none.
    pub reason: Option<String>,
    /// Fields that changed.
    pub changes: Vec<FieldChange>,
}

/// Part of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Events {
    /// Events, in the order in which they were committed; those of one record in the order of its revisions.
    pub data: Vec<Event>,
    /// Position from which to go on: the next call's `after`.
    pub next_after: i64,
}

impl View for Events {
    const PATH: &'static str = "platform/events";
    const OPERATION_ID: &'static str = "list_events";
    const SUMMARY: &'static str = "List events";
    const DESCRIPTION: &'static str = "Events of the records that you may read, in the order of commits: each with its author, action, time and reason, and each field before and after. \
        A reader that begins at 0 and goes on with `next_after` gets each change that it may see, once. An answer without events whose `next_after` is greater than `after` passed over events that you may not see: go on. \
        An event is named by the domain, the kind of record and the action: `created`, `updated`, `deleted`, `restored`, `changed_parts`, or the move, as `approved` for `approve`.\n\n\
        With `Accept: text/event-stream` the answer stays open and sends events as they happen (server-sent events): `id` is the position, `event` the name, `data` the event as here. \
        After an interruption the header `Last-Event-ID` says from where to go on. A comment every 15 seconds keeps the connection. It ends when the token does.";
    const IS_FEED: bool = true;
    type Reads = ();
    type Query = Query;
    type Answer = Self;

    fn run(cx: &mut Context<'_, '_>, query: Query) -> Result<Self> {
        let collection = match query.collection.as_deref() {
            None => None,
            Some(path) => Some(cx.store.definitions.get(path).ok_or_else(|| {
                let detail = "There is no such collection. Write it as domain/collection, such as vendors/contracts.";
                Problem { errors: vec![FieldError::new("/collection", "unknown", detail)], ..Problem::bad_request(detail) }
            })?),
        };
        let after = query.after.unwrap_or_default();
        if after < 0 {
            return Err(Problem::bad_request("The parameter after is 0 or greater: the next_after of the answer before.").into());
        }
        let feed = Feed { after, collection, subject: query.subject_id, limit: number("limit", query.limit, USUAL, MOST)? };
        let (events, next_after) = cx.events(&feed)?;
        Ok(Events { data: events.into_iter().map(Event::of).collect(), next_after })
    }
}

impl Event {
    /// An event of the store, as it is shown.
    pub fn of(happened: Happened) -> Event {
        Event {
            position: happened.position,
            event: happened.name.as_str().into(),
            collection: happened.collection,
            subject_id: happened.subject_id,
            revision: happened.revision.revision,
            at: happened.revision.at,
            actor_id: happened.revision.actor_id,
            request_id: happened.revision.request_id,
            reason: happened.revision.reason,
            changes: happened.changes,
        }
    }
}
