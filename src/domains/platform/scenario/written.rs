//! Records that a scenario would write, and the conflicts that it would raise or end.

use crate::batch::Op;
use crate::conflict::Conflict;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashMap;
use steward_core::error::{Error, Result};
use steward_core::resource::value::{Note, Text};
use steward_core::resource::{Id, Lifecycle, Resource, ResourceType};
use steward_core::store::{FieldChange, Reader, changes};
use steward_schema::service::revisions;
use utoipa::ToSchema;

/// Most records that are looked at for an answer.
const MOST: usize = 1_000;

/// Record that the scenario would write.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioRecord {
    /// Collection of the record, as domain/collection.
    pub collection: Text<3, 100>,
    /// The record.
    pub id: Id,
    /// Title of the record after the write.
    pub title: Text<0, 65_536>,
    /// Kind of write; of several, the one that says most: creation or deletion, else transition, else change.
    pub action: Op,
    /// True if an operation names the record; false if its write follows from that of another.
    pub direct: bool,
    /// State before; null if the record has none or is new.
    pub state_before: Option<Text<1, 40>>,
    /// State after; null if the record has none or is deleted.
    pub state_after: Option<Text<1, 40>>,
    /// Fields that differ.
    pub changes: Vec<FieldChange>,
}

/// Conflict that the scenario would raise or end.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScenarioConflict {
    /// Record in conflict.
    pub subject_id: Id,
    /// Rule that is broken, as `domain.collection:rule`.
    pub rule: Text<1, 200>,
    /// Finding in words.
    pub detail: Note,
}

/// Conflicts that the scenario would raise and end.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ConflictChanges {
    /// Conflicts that would be raised.
    pub raised: Vec<ScenarioConflict>,
    /// Open conflicts that would end.
    pub ended: Vec<ScenarioConflict>,
}

/// Everything that a transaction wrote, as the session may see it.
#[derive(Debug, Default)]
pub struct Written {
    /// Ids of all records.
    pub ids: Vec<Id>,
    /// Records, those that operations name first.
    pub records: Vec<ScenarioRecord>,
    /// True if there are more records than were looked at.
    pub truncated: bool,
    /// Conflicts.
    pub conflicts: ConflictChanges,
}

/// Revisions of one record that a transaction wrote.
struct Writes {
    id: Id,
    collection: String,
    first: i64,
    actions: Vec<String>,
}

impl Written {
    /// What a request wrote since an id was made, directly by its operations on some records and by what followed from them.
    pub fn since(reader: &mut Reader<'_>, begun: Id, request_id: &str, direct: &[Option<Id>]) -> Result<Written> {
        let mut all = writes(reader, begun, request_id)?;
        let is_direct = |id: Id| direct.contains(&Some(id));
        all.sort_by_key(|writes| !is_direct(writes.id));
        let mut written = Written { ids: all.iter().map(|writes| writes.id).collect(), truncated: all.len() > MOST, ..Written::default() };
        let definitions = reader.store.definitions.clone();
        for writes in all.iter().take(MOST) {
            let Some(definition) = definitions.get(&writes.collection) else { continue };
            let Some(seen) = Seen::of(reader, definition, writes)? else { continue };
            if definition.path == Conflict::PATH {
                written.conflicts.note(&seen);
            } else {
                written.records.extend(seen.record(reader, definition, writes, is_direct(writes.id)));
            }
        }
        Ok(written)
    }
}

/// The revisions that a request wrote, by their records, in the order in which those were first written.
fn writes(reader: &mut Reader<'_>, begun: Id, request_id: &str) -> Result<Vec<Writes>> {
    let own = revisions::table.filter(revisions::id.gt(begun).and(revisions::request_id.eq(request_id))).order(revisions::id);
    let own = own.select((revisions::resource_id, revisions::collection, revisions::revision, revisions::action));
    let rows: Vec<(Id, String, i64, String)> = own.load(reader.unscoped("it is what the request wrote; what of it is told, each record decides"))?;
    let (mut all, mut places): (Vec<Writes>, HashMap<Id, usize>) = (Vec::new(), HashMap::new());
    for (id, collection, revision, action) in rows {
        let place = *places.entry(id).or_insert(all.len());
        match all.get_mut(place) {
            Some(known) => known.actions.push(action),
            None => all.push(Writes { id, collection, first: revision, actions: vec![action] }),
        }
    }
    Ok(all)
}

/// A record before and after, as its history tells the session.
struct Seen {
    title: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
}

impl Seen {
    /// None if the session does not see the record.
    fn of(reader: &mut Reader<'_>, definition: &'static ResourceType, writes: &Writes) -> Result<Option<Seen>> {
        if definition.fact {
            // It has no history of its own, and is never changed.
            let found = reader.find(definition, writes.id)?;
            return Ok(found.map(|stored| {
                let document = reader.document(definition, &stored);
                let title = document.get(definition.title).and_then(Value::as_str).unwrap_or(&definition.singular).to_owned();
                Seen { title, before: None, after: Some(document) }
            }));
        }
        let head = match reader.head(writes.id) {
            Ok(head) => head,
            Err(Error::Problem(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut revisions = reader.revisions(&head, writes.id)?;
        let after = revisions.pop_if(|last| last.revision >= writes.first).and_then(|last| last.document);
        let before = revisions.into_iter().find(|each| each.revision == writes.first - 1).and_then(|each| each.document);
        Ok(Some(Seen { title: head.title, before, after }))
    }

    /// None if nothing is left of it: it was made, and deleted again.
    fn record(&self, reader: &Reader<'_>, definition: &'static ResourceType, writes: &Writes, direct: bool) -> Option<ScenarioRecord> {
        let moves = definition.lifecycle.as_ref().map(Lifecycle::move_names).unwrap_or_default();
        let has = |is: &dyn Fn(&str) -> bool| writes.actions.iter().any(|action| is(action));
        let action = match (&self.before, &self.after) {
            (None, None) => return None,
            (Some(_), None) => Op::Delete,
            _ if has(&|action| action == "create") => Op::Create,
            _ if has(&|action| moves.contains(&action)) => Op::Transition,
            _ => Op::Update,
        };
        Some(ScenarioRecord {
            collection: Text::cut(definition.path),
            id: writes.id,
            title: Text::cut(&self.title),
            action,
            direct,
            state_before: state(self.before.as_ref()).map(Text::cut),
            state_after: state(self.after.as_ref()).map(Text::cut),
            changes: changes(definition, reader.session, self.before.as_ref(), self.after.as_ref()),
        })
    }
}

impl ConflictChanges {
    fn note(&mut self, seen: &Seen) {
        let is_open = |document: Option<&Map<String, Value>>| state(document) == Some("open");
        let (was_open, stays_open) = (is_open(seen.before.as_ref()), is_open(seen.after.as_ref()));
        let told = seen.after.as_ref().or(seen.before.as_ref()).and_then(ScenarioConflict::of);
        match (was_open, stays_open) {
            (false, true) => self.raised.extend(told),
            (true, false) => self.ended.extend(told),
            _ => {}
        }
    }
}

impl ScenarioConflict {
    fn of(document: &Map<String, Value>) -> Option<ScenarioConflict> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        Some(ScenarioConflict { subject_id: Id::parse(text("subject_id")?)?, rule: Text::cut(text("rule")?), detail: Note::cut(text("detail")?) })
    }
}

fn state(document: Option<&Map<String, Value>>) -> Option<&str> {
    document?.get("state")?.as_str()
}
