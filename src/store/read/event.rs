//! The feed of events: what was committed, in one order, as the session may see it.

use super::reader::Reader;
use super::scope;
use super::time_travel::{FieldChange, Revision, Row, changes, document};
use crate::database::Dialect;
use crate::error::Result;
use crate::resource::event::event;
use crate::resource::{Id, ResourceType, Scope};
use crate::store::index::place::Place;
use crate::store::index::registry;
use diesel::prelude::*;
use serde_json::{Map, Value};
use steward_schema::service::revisions;

/// What is asked of the feed.
#[derive(Clone)]
pub struct Feed {
    /// The position after which it begins.
    pub after: i64,
    /// The collection whose events are wanted; all if none is named.
    pub collection: Option<&'static ResourceType>,
    /// The record whose events are wanted; all if none is named.
    pub subject: Option<Id>,
    /// The number of events that are wanted.
    pub limit: usize,
}

/// What happened to a record.
#[derive(Debug)]
pub struct Event {
    /// Its place in the feed.
    pub position: i64,
    /// Its name.
    pub name: String,
    /// The collection of the record.
    pub collection: &'static str,
    /// The record.
    pub subject_id: Id,
    /// The revision that it made.
    pub revision: Revision,
    /// The fields that changed.
    pub changes: Vec<FieldChange>,
    /// The record as it was left; of a deletion, as it was before. It is whole, whatever the session sees of it.
    pub record: Map<String, Value>,
}

/// A numbered revision.
#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions, check_for_backend(Dialect))]
struct Numbered {
    resource_id: Id,
    collection: String,
    position: Option<i64>,
    #[diesel(embed)]
    row: Row,
}

diesel::alias!(revisions as before: Before);

/// Number of revisions that are read at once.
const BATCH: i64 = 200;
/// Number of revisions that are looked at for one answer: who may see few of them asks on from there.
const LOOKED_AT: i64 = 5_000;

impl Reader<'_> {
    /// The next events, and the position from which to ask on.
    pub fn events(&mut self, feed: &Feed) -> Result<(Vec<Event>, i64)> {
        let (mut events, mut after, mut looked_at) = (Vec::new(), feed.after, 0);
        while looked_at < LOOKED_AT {
            let batch = self.numbered(feed, after, BATCH)?;
            let read = i64::try_from(batch.len()).unwrap_or(BATCH);
            for (row, earlier) in batch {
                if events.len() == feed.limit {
                    return Ok((events, after));
                }
                after = row.position.unwrap_or(after);
                events.extend(self.event(row, earlier.as_deref())?);
            }
            looked_at += read;
            if read < BATCH {
                break;
            }
        }
        Ok((events, after))
    }

    /// The event at a position; none if there is none that the session may see.
    pub fn event_at(&mut self, position: i64) -> Result<Option<Event>> {
        let feed = Feed { after: position - 1, collection: None, subject: None, limit: 1 };
        let found = self.numbered(&feed, feed.after, 1)?.pop().filter(|(row, _)| row.position == Some(position));
        found.map_or(Ok(None), |(row, earlier)| self.event(row, earlier.as_deref()))
    }

    /// So many of the numbered revisions after a position, each with the document of the one before it.
    fn numbered(&mut self, feed: &Feed, after: i64, most: i64) -> Result<Vec<(Numbered, Option<String>)>> {
        let same = before.field(revisions::resource_id).eq(revisions::resource_id);
        let earlier = before.field(revisions::revision).eq(revisions::revision - 1);
        let mut query = revisions::table
            .left_join(before.on(same.and(earlier)))
            .filter(revisions::position.gt(after))
            .order(revisions::position)
            .limit(most)
            .select((Numbered::as_select(), before.field(revisions::document).nullable()))
            .into_boxed();
        if let Some(definition) = feed.collection {
            query = query.filter(revisions::collection.eq(definition.path));
        }
        if let Some(subject) = feed.subject {
            query = query.filter(revisions::resource_id.eq(subject));
        }
        Ok(query.load(self.connection)?)
    }

    /// A revision as an event; none if the session may not see it.
    fn event(&mut self, row: Numbered, earlier: Option<&str>) -> Result<Option<Event>> {
        let Some(definition) = self.store.definitions.get(&row.collection).filter(|definition| !definition.anonymous) else { return Ok(None) };
        let (id, revision) = (row.resource_id, row.row.revision()?);
        let after = revision.document.as_ref();
        if !self.sees_event(definition, id, after)? {
            return Ok(None);
        }
        let earlier = earlier.map(document).transpose()?;
        let record = after.or(earlier.as_ref()).cloned().unwrap_or_default();
        let earlier = match earlier {
            // Where it stood before may be out of sight.
            Some(earlier) if after.is_none() || self.sees_event(definition, id, Some(&earlier))? => Some(earlier),
            _ => None,
        };
        Ok(Some(Event {
            position: row.position.unwrap_or_default(),
            name: event(definition, &revision.action),
            collection: definition.path,
            subject_id: id,
            changes: changes(definition, self.session, earlier.as_ref(), after),
            record,
            revision,
        }))
    }

    /// Whether the session may see that a record was written, where it stood then and where it stands now.
    fn sees_event(&mut self, definition: &'static ResourceType, id: Id, document: Option<&Map<String, Value>>) -> Result<bool> {
        let Some(document) = document else { return Ok(self.head_if_seen(id)?.is_some()) };
        if !definition.fact {
            return self.saw(definition, id, document);
        }
        // A fact has no entry of its own: what it stands within decides.
        match definition.scope {
            Scope::Within(field) => {
                let above = document.get(field).and_then(Value::as_str).and_then(Id::parse);
                let entry = above.map(|id| registry::find_one(self.connection, id)).transpose()?.flatten();
                let target = entry.and_then(|entry| Some((self.store.definitions.get(&entry.collection)?, entry)));
                let reaches = self.session.reach(&definition.permission("read")).beyond_own();
                match target.filter(|_| reaches) {
                    Some((target, entry)) => scope::may_read_entry(self.connection, self.session, &self.store.definitions, target, &entry),
                    None => Ok(false),
                }
            }
            Scope::Unit => {
                let unit = document.get("unit_id").and_then(Value::as_str).and_then(Id::parse);
                scope::may_read(self.connection, self.session, definition, Place::Unit(unit))
            }
            _ => Ok(self.session.reach(&definition.permission("read")).beyond_own()),
        }
    }
}
