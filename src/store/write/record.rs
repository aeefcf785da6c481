//! Creating and changing records.

use super::constraint::explain;
use super::declared_rule;
use super::frozen::{require_editable, weighed};
use super::writer::{IfMatch, Writer};
use crate::access::security_event::SecurityEventKind;
use crate::access::{Reach, person_of};
use crate::database::{Compiled, Connection, Dialect, SqlValue, Statement};
use crate::error::{Kind as ProblemKind, Problem, Result};
use crate::history;
use crate::resource::effect::Change;
use crate::resource::{Cause, Effect, Entity, Field, Id, Lock, Meta, ResourceType, Scope, Stored, ValidationErrors};
use crate::search;
use crate::store::FieldVisibility;
use crate::store::approval::approval;
use crate::store::index::edge;
use crate::store::index::place::Place;
use crate::store::index::reference;
use crate::store::index::registry::{self, Entry};
use crate::store::read::own::Claim;
use crate::store::read::reader::{load, place_of, require_held};
use crate::store::read::scope;
use crate::store::read::time_travel;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The table of the custom fields: which of them records have depends on it.
const CUSTOM_FIELDS: &str = "custom_fields";
/// The table of the settings: what day it is depends on them.
const SETTINGS: &str = "settings";

/// What a row was before it was written.
enum Past<'a> {
    /// It is new; its row, where that is still to be written.
    New(Option<Compiled>),
    /// This.
    Row(&'a Stored),
    /// It was deleted; its chain ends with this hash.
    Buried(Option<String>),
}

impl Writer<'_> {
    /// Makes a record from what a client sent.
    pub fn create(&mut self, definition: &'static ResourceType, members: Map<String, Value>) -> Result<Stored> {
        self.create_with_id(definition, if definition.anonymous { Id::random() } else { Id::new() }, members)
    }

    /// Makes a record with an id that the service has chosen.
    pub fn create_with_id(&mut self, definition: &'static ResourceType, id: Id, members: Map<String, Value>) -> Result<Stored> {
        let permission = definition.permission("create");
        if self.session.reach(&permission) == Reach::Nothing && definition.scope != Scope::Own {
            let sees_some = self.session.reach(&definition.permission("read")) != Reach::Nothing;
            return Err(if sees_some { Problem::forbidden(&permission) } else { Problem::not_found() }.into());
        }
        let mut members = members;
        let mut faults = ValidationErrors::new();
        // What the session does not see does not exist, whoever writes it.
        name_unknown(&FieldVisibility::of(definition, self.session).take_unwritable(&mut members, None), &mut faults);
        if !self.session.is_house() {
            refuse_house_fields(definition, &members, &mut faults);
        }
        let kept = |field: &Field| self.session.is_house() && field.once.is_none() && !field.unversioned;
        definition.read_only_fields().filter(|field| !kept(field)).for_each(|field| drop(members.shift_remove(field.name)));
        self.assume(definition, &mut members)?;
        self.assume_own(definition, &mut members);
        let draft = self.draft(definition, members, None, "create", faults)?;
        let state = definition.lifecycle.as_ref().map(|lifecycle| lifecycle.first().to_owned());
        let claim = Claim::of_cells(definition, id, state.as_deref(), &draft.cells);
        self.require_permitted(definition, "create", (draft.place, &claim), None)?;
        self.open_parent(definition, draft.parent.as_ref())?;
        let own = self.make_secrets(definition, id, draft.own)?;
        let own = self.stamp(definition, own, (id, None, state.as_deref()), Cause::Create)?;
        let cells = definition.cells_of(draft.placement, &*own, draft.custom.as_ref());
        self.judge(definition, (&*own, &cells), id, None, state.as_deref())?;
        let meta =
            Meta { id, revision: 1, created_at: self.now, created_by: self.session.principal, updated_at: self.now, updated_by: self.session.principal, state };
        let mut stored = Stored { meta, placement: draft.placement, own, custom: draft.custom };
        if definition.anonymous {
            stored.meta.created_at = self.now.midnight();
        }
        self.require_basis(definition, &stored)?;
        let mut row = Some((definition.rows.insert)(&stored, self.connection.dialect())?);
        // A row that is written by itself waits here for those that it refers to: its history is then younger than theirs.
        if definition.anonymous || !self.gathers {
            self.connection.execute_together(row.take().into_iter().collect()).map_err(|error| explain(definition, error))?;
        }
        // What comes of it may refer to it.
        if !definition.anonymous {
            self.write_history(definition, &stored, draft.place, draft.root_id, "create", Past::New(row))?;
        }
        let effects = self.with_check(id, None, stored.meta.state.as_deref(), |check| definition.effects_of_creation(&*stored.own, check))?;
        self.apply_effects(effects)?;
        if definition.anonymous {
            return Ok(stored);
        }
        self.keep_customs(id, &draft.customs, true)?;
        self.touch_parent(definition, draft.parent.as_ref())?;
        self.require_conditions_above(definition, None, Some(&stored))?;
        self.touched.insert(id);
        self.judged(definition, None, stored)
    }

    /// Writes a deleted record anew with the head it had, by create's rules.
    pub(in crate::store) fn put_back(&mut self, definition: &'static ResourceType, meta: Meta, members: Map<String, Value>, asks: bool) -> Result<Stored> {
        let draft = self.draft(definition, members, None, "create", ValidationErrors::new())?;
        let claim = Claim::of_cells(definition, meta.id, meta.state.as_deref(), &draft.cells);
        self.require_permitted(definition, "create", (draft.place, &claim), None)?;
        if asks {
            self.open_parent(definition, draft.parent.as_ref())?;
        }
        self.judge(definition, (&*draft.own, &draft.cells), meta.id, None, meta.state.as_deref())?;
        let hash = registry::buried_hash(self.connection, meta.id)?;
        let stored = Stored { meta, placement: draft.placement, own: draft.own, custom: draft.custom };
        if asks {
            self.require_basis(definition, &stored)?;
        }
        self.require_conditions(definition, &stored)?;
        let row = (definition.rows.insert)(&stored, self.connection.dialect())?;
        self.connection.execute_together(vec![row]).map_err(|error| explain(definition, error))?;
        self.write_history(definition, &stored, draft.place, draft.root_id, "restore", Past::Buried(hash))?;
        let effects = self.with_check(stored.meta.id, None, stored.meta.state.as_deref(), |check| definition.effects_of_removal(&*stored.own, check))?;
        self.apply_effects(effects)?;
        self.keep_customs(stored.meta.id, &draft.customs, true)?;
        if asks {
            self.touch_parent(definition, draft.parent.as_ref())?;
            self.require_conditions_above(definition, None, Some(&stored))?;
        }
        self.touched.insert(stored.meta.id);
        self.judged(definition, None, stored)
    }

    /// Changes a record by a merge patch (RFC 7396) on its fields.
    pub fn update(&mut self, definition: &'static ResourceType, id: Id, if_match: &IfMatch, patch: &Map<String, Value>) -> Result<Stored> {
        self.update_by(definition, id, if_match, |_| Ok(patch.clone()))
    }

    /// The same by a patch that follows from the record as it was.
    pub(in crate::store) fn update_by(
        &mut self,
        definition: &'static ResourceType,
        id: Id,
        if_match: &IfMatch,
        patch: impl FnOnce(&Stored) -> Result<Map<String, Value>>,
    ) -> Result<Stored> {
        self.lock_record(definition, id)?;
        let before = self.open(definition, id, "update", if_match)?;
        let mut patch = patch(&before)?;
        let mut members = definition.fields_to_json(&before, true);
        let known = definition.cells(&before);
        let sight = FieldVisibility::of(definition, self.session);
        let unseen = sight.take_unwritable(&mut patch, Some((&members, before.meta.state.as_deref())));
        // What is wrong with the other fields is said beside.
        let mut faults = take_written_by_service(definition, &mut patch, self.session.is_house());
        name_unknown(&unseen, &mut faults);
        merge(&mut members, &patch);
        let draft = self.draft(definition, members, Some(&known), "update", faults)?;
        // Whether a secret is the one that was guessed must not be told: to write it is to change it.
        let secrets = definition.fields.iter().filter(|field| field.secret && !self.session.is_house() && patch.contains_key(field.name));
        let secrets: Vec<&'static Field> = secrets.collect();
        if draft.cells == known && secrets.is_empty() {
            return Ok(before);
        }
        let mut weighed = weighed(definition, &before, [&known, &draft.cells], self.session.is_house());
        weighed.extend(secrets.into_iter().filter(|secret| !weighed.iter().any(|field| field.name == secret.name)).collect::<Vec<_>>());
        // Which of them differ must not be told either.
        weighed.sort_by_key(|field| definition.fields.iter().position(|each| each.name == field.name));
        require_editable(definition, &before, &weighed)?;
        // A unit that keeps its parent stands where it stood.
        let parent_kept = reference::of_cells(definition, &known).iter().map(edge_of).eq(reference::of_cells(definition, &draft.cells).iter().map(edge_of));
        let place = if definition.scope == Scope::Tree && parent_kept { Place::Unit(Some(id)) } else { draft.place };
        let claim = Claim::of_cells(definition, id, before.meta.state.as_deref(), &draft.cells);
        self.require_permitted(definition, "update", (place, &claim), before.placement.unit_id)?;
        if !weighed.is_empty() {
            self.open_parent(definition, draft.parent.as_ref())?;
        }
        let own = self.stamp(definition, draft.own, (id, Some(&*before.own), before.meta.state.as_deref()), Cause::Update)?;
        let cells = definition.cells_of(draft.placement, &*own, draft.custom.as_ref());
        self.judge(definition, (&*own, &cells), id, Some(&*before.own), before.meta.state.as_deref())?;
        approval::require_worth_kept(definition, self.session, &before, &cells)?;
        declared_rule::check_those_that_agree(self.connection, &self.store.definitions, definition, &before, &cells)?;
        let place = if definition.scope == Scope::Tree { Place::Unit(Some(id)) } else { draft.place };
        let after = Stored { meta: self.next(&before), placement: draft.placement, own, custom: draft.custom };
        self.require_state_kept(definition, &before, &after)?;
        self.save(definition, &before, &after, place, draft.root_id, "update")?;
        self.keep_customs(id, &draft.customs, false)?;
        self.touch_parent(definition, draft.parent.as_ref())?;
        self.require_conditions_above(definition, Some(&before), Some(&after))?;
        self.changed(definition, &before, after)
    }

    /// Applies what a change does elsewhere, and judges the rules that watch the record.
    fn changed(&mut self, definition: &'static ResourceType, before: &Stored, after: Stored) -> Result<Stored> {
        let (id, state) = (after.meta.id, before.meta.state.as_deref());
        let effects = self.with_check(id, Some(&*before.own), state, |check| definition.effects_of_change(&*after.own, check))?;
        let after = self.judged(definition, Some(before), after)?;
        if effects.is_empty() {
            return Ok(after);
        }
        self.apply_effects(effects)?;
        load(self.connection, definition, id, None, false)?.ok_or_else(|| Problem::not_found().into())
    }

    /// What a client would send to make another record like one: the fields that the caller may see and clients write.
    pub fn copied(&mut self, definition: &'static ResourceType, stored: &Stored) -> Map<String, Value> {
        let mut members: Map<String, Value> = self.document(definition, stored);
        let written = |name: &str| definition.written_fields().any(|field| field.name == name && !field.read_only);
        members.retain(|name, value| !value.is_null() && written(name));
        members
    }

    /// The person who approves by an action: the caller's. 409, at the field that would name them, where the account is linked to none.
    pub fn approver(&mut self, pointer: &str) -> Result<Id> {
        let person = person_of(self.connection, self.session.principal)?;
        let detail = "Your account is linked to no person, and a person approves. Have it linked to one.";
        person.ok_or_else(|| Problem::conflict(pointer, "person", detail).into())
    }

    /// Changes fields that the service alone writes, as the outcome of an action of somebody who holds a permission on the record.
    pub fn update_as_service(&mut self, definition: &'static ResourceType, id: Id, verb: &str, patch: Map<String, Value>) -> Result<Stored> {
        registry::lock(self.connection, id)?;
        let before = self.open(definition, id, verb, &IfMatch::Any)?;
        let own: Vec<&'static Field> = definition.read_only_fields().filter(|field| patch.contains_key(field.name)).collect();
        require_editable(definition, &before, &own)?;
        self.apply_effects(vec![Effect::Update { collection: definition.path, id, change: Change::to(patch) }])?;
        load(self.connection, definition, id, None, false)?.ok_or_else(|| Problem::not_found().into())
    }

    /// Loads a record to change it: 404 out of sight, 403 without the permission, 412 when it has moved on.
    pub(in crate::store) fn open(&mut self, definition: &'static ResourceType, id: Id, verb: &str, if_match: &IfMatch) -> Result<Stored> {
        let Ok(narrowed) = scope::condition(&self.store.definitions, definition, self.session, "read") else {
            return Err(Problem::not_found().into());
        };
        let before = load(self.connection, definition, id, narrowed, true)?.ok_or_else(Problem::not_found)?;
        require_held(self.connection, self.store, self.session, (definition, &before), verb)?;
        require_version(&before, if_match)?;
        Ok(before)
    }

    /// The head of the next revision.
    pub(in crate::store) fn next(&self, before: &Stored) -> Meta {
        Meta { revision: before.meta.revision + 1, updated_at: self.now, updated_by: self.session.principal, ..before.meta.clone() }
    }

    /// Writes what the service knows of a record by itself.
    pub(in crate::store) fn stamp(
        &mut self,
        definition: &'static ResourceType,
        own: Arc<dyn Entity>,
        (id, before, state): (Id, Option<&dyn Entity>, Option<&str>),
        cause: Cause<'_>,
    ) -> Result<Arc<dyn Entity>> {
        let stamped = self.with_check(id, before, state, |check| definition.stamped(&*own, cause, check))?;
        Ok(stamped.unwrap_or(own))
    }

    /// Takes the locks of a record's rules and runs them.
    pub(in crate::store) fn judge(
        &mut self,
        definition: &'static ResourceType,
        (entity, cells): (&dyn Entity, &[SqlValue]),
        id: Id,
        before: Option<&dyn Entity>,
        state: Option<&str>,
    ) -> Result<()> {
        let mut locks = definition.locks(entity)?;
        locks.extend(declared_rule::locks(definition, cells));
        locks.extend(declared_rule::judged(&self.store.definitions, definition, cells));
        self.take_locks(locks)?;
        declared_rule::check(self.connection, &self.store.definitions, definition, id, cells)?;
        self.with_check(id, before, state, |check| definition.check(entity, check))
    }

    pub(in crate::store) fn take_locks(&mut self, mut locks: Vec<Lock>) -> Result<()> {
        if !self.connection.is_postgres() {
            return Ok(());
        }
        locks.sort();
        locks.dedup();
        for lock in locks {
            if self.lookups.holds(&lock) {
                continue;
            }
            match &lock {
                Lock::Row(id) => registry::lock(self.connection, *id)?,
                Lock::Named(name) => {
                    Statement::new("SELECT pg_advisory_xact_lock(hashtextextended(").with(name.as_str(), ", 0))").execute(self.connection)?;
                }
            }
            self.lookups.hold(lock);
        }
        Ok(())
    }

    /// Locks the parent of a part and makes sure that it takes parts now.
    pub(in crate::store) fn open_parent(&mut self, definition: &'static ResourceType, parent: Option<&Entry>) -> Result<()> {
        match (definition.part_of, parent) {
            (Some(part), Some(parent)) => self.require_open_parent(definition, part, parent.id),
            _ => Ok(()),
        }
    }

    /// A change to a part is a change to its parent: its revision goes up, once in a transaction.
    pub(in crate::store) fn touch_parent(&mut self, definition: &'static ResourceType, parent: Option<&Entry>) -> Result<()> {
        let (Some(part), Some(parent)) = (definition.part_of, parent) else { return Ok(()) };
        if part.loose || !self.touched.insert(parent.id) {
            return Ok(());
        }
        let Some(above) = self.store.definitions.get(&parent.collection) else { return Ok(()) };
        let Some(before) = load(self.connection, above, parent.id, None, true)? else { return Ok(()) };
        let after = Stored { meta: self.next(&before), ..before.clone() };
        let place = place_of(self.connection, self.store, above, &after)?;
        self.save(above, &before, &after, place, Some(parent.root_id).filter(|root| *root != parent.id), "change_parts")
    }

    /// Writes a changed row, its registry entry, its edges and its revision.
    pub(in crate::store) fn save(
        &mut self,
        definition: &'static ResourceType,
        before: &Stored,
        after: &Stored,
        place: Place,
        root_id: Option<Id>,
        action: &str,
    ) -> Result<()> {
        update_row(self.connection, definition, before, after)?;
        if definition.table == SETTINGS {
            self.store.clock.touch();
        }
        self.write_history(definition, after, place, root_id, action, Past::Row(before))
    }

    /// Registry, edges and history of a row that has just been written.
    fn write_history(
        &mut self,
        definition: &'static ResourceType,
        stored: &Stored,
        place: Place,
        root_id: Option<Id>,
        action: &str,
        past: Past<'_>,
    ) -> Result<()> {
        let (row, before, previous) = match past {
            Past::New(row) => (row, None, None),
            Past::Row(before) => (None, Some(before), registry::find_one(self.connection, stored.meta.id)?.map(|entry| entry.hash)),
            Past::Buried(hash) => (None, None, hash),
        };
        let mut document = definition.to_json(stored, false);
        document.extend(time_travel::marks_of_secrets(definition, stored));
        definition.fields.iter().filter(|field| field.unversioned).for_each(|field| drop(document.insert(field.name.into(), Value::Null)));
        let title = document.get(definition.title).and_then(Value::as_str).unwrap_or(&definition.singular).to_owned();
        let (hash, revision) = self.revision(definition, &stored.meta, action, Some(&document), previous.as_deref())?;
        if definition.fact {
            return self.write_together(definition, row, vec![revision]);
        }
        let unit_id = if let Place::Unit(unit) = place { unit } else { None };
        let mut entry = Entry {
            id: stored.meta.id,
            collection: definition.path.into(),
            title,
            state: stored.meta.state.clone(),
            root_id: root_id.unwrap_or(stored.meta.id),
            unit_id,
            revision: stored.meta.revision,
            hash,
            parent_id: None,
            principal_id: if let Place::Own(principal) = place { Some(principal) } else { None },
            private_to: definition.named_people(&document),
        };
        let mut references = reference::of_record(definition, stored);
        references.retain(|(field, _)| !field.secret && !reference::leads_to_facts(&self.store.definitions, field));
        entry.parent_id = definition.part_of.and_then(|part| references.iter().find(|(field, _)| field.name == part.field)).map(|(_, id)| *id);
        if before.is_some() || definition.table == CUSTOM_FIELDS {
            self.lookups.forget();
        }
        let dialect = self.connection.dialect();
        let mut writes = vec![revision, registry::put(dialect, &entry, definition)?];
        writes.extend(words(dialect, definition, stored.meta.id, &document, before)?);
        let edges = self.edges_of(definition, stored);
        if before.is_none_or(|before| self.edges_of(definition, before) != edges) {
            if before.is_some() {
                edge::remove_own(self.connection, stored.meta.id)?;
            }
            writes.extend(edge::put(dialect, stored.meta.id, &edges.into_iter().collect::<Vec<_>>())?);
        }
        self.write_together(definition, row, writes)
    }

    /// Runs the writes of a record. Those of a new one may wait with its row.
    fn write_together(&mut self, definition: &'static ResourceType, row: Option<Compiled>, writes: Vec<Compiled>) -> Result<()> {
        match row {
            None => Ok(self.connection.execute_together(writes)?),
            Some(row) => self.connection.defer(definition.path, std::iter::once(row).chain(writes).collect()).map_err(|error| explain(definition, error)),
        }
    }

    /// The edges of a record: what its references name, and those inside its values.
    fn edges_of(&self, definition: &'static ResourceType, stored: &Stored) -> BTreeSet<(&'static str, Id)> {
        let mut references = reference::of_record(definition, stored);
        references.retain(|(field, _)| !field.secret && field.name != "unit_id" && !reference::leads_to_facts(&self.store.definitions, field));
        let inside = reference::inside(definition, &definition.cells(stored));
        references.iter().map(edge_of).chain(inside.iter().map(|inner| (inner.field.name, inner.id))).collect()
    }

    /// The next revision of a record as it is to be written, and its hash.
    pub(in crate::store) fn revision(
        &mut self,
        definition: &'static ResourceType,
        meta: &Meta,
        action: &str,
        document: Option<&Map<String, Value>>,
        previous_hash: Option<&str>,
    ) -> Result<(String, Compiled)> {
        if definition.decides_access {
            self.store.changes.begin();
            let makes_secret = action == "create" && definition.once_fields().next().is_some();
            let kind = if makes_secret { SecurityEventKind::CredentialCreated } else { SecurityEventKind::AccessChanged };
            let subject = format!("{}/{} {action}", definition.path, meta.id);
            self.origin.security_event(self.session, kind, Some(subject)).record(self.connection, self.now)?;
        }
        history::revision(
            self.connection.dialect(),
            &history::Change {
                resource_id: meta.id,
                collection: definition.path,
                revision: meta.revision,
                action,
                actor_id: self.session.principal,
                at: self.now,
                request_id: &self.origin.request_id,
                reason: self.origin.reason.as_deref(),
                document,
                previous_hash,
            },
        )
    }
}

/// The words by which full text finds a record, as they are to be written; none if they have not changed.
fn words(dialect: Dialect, definition: &'static ResourceType, id: Id, document: &Map<String, Value>, before: Option<&Stored>) -> Result<Option<Compiled>> {
    let texts = |document: &Map<String, Value>| -> Vec<String> {
        let found = definition.fields.iter().filter(|field| field.search).filter_map(|field| document.get(field.name)?.as_str());
        found.map(str::to_owned).collect()
    };
    let new = texts(document);
    if new.is_empty() || before.is_some_and(|before| texts(&definition.fields_to_json(before, false)) == new) {
        return Ok(None);
    }
    search::keep(dialect, id, definition.path, &new.iter().map(String::as_str).collect::<Vec<_>>()).map(Some)
}

/// Refuses a change that was meant for another version (412).
pub(in crate::store) fn require_version(before: &Stored, if_match: &IfMatch) -> Result<()> {
    match if_match {
        IfMatch::Any => Ok(()),
        IfMatch::OneOf(revisions) if revisions.contains(&before.meta.revision) => Ok(()),
        IfMatch::OneOf(_) => {
            Err(Problem::new(ProblemKind::Stale, format!("It is at revision {} now. Read it again and apply your change to that.", before.meta.revision))
                .into())
        }
    }
}

fn name_unknown(names: &[String], faults: &mut ValidationErrors) {
    names.iter().for_each(|name| faults.at(name, "unknown", "There is no such field here. Remove it."));
}

fn edge_of((field, id): &(&'static crate::resource::Field, Id)) -> (&'static str, Id) {
    (field.name, *id)
}

/// Merges a patch into a document (RFC 7396). At the top a null stays: it says "empty", and a field that cannot be empty
/// refuses it.
fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match value {
            Value::Object(inner) => merge_member(target, name, inner),
            value => drop(target.insert(name.clone(), value.clone())),
        }
    }
}

fn merge_member(target: &mut Map<String, Value>, name: &str, patch: &Map<String, Value>) {
    let member = target.entry(name).or_insert(Value::Null);
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    let Value::Object(target) = member else { return };
    for (name, value) in patch {
        match value {
            Value::Null => drop(target.shift_remove(name)),
            Value::Object(inner) => merge_member(target, name, inner),
            value => drop(target.insert(name.clone(), value.clone())),
        }
    }
}

fn update_row(connection: &mut Connection, definition: &'static ResourceType, before: &Stored, after: &Stored) -> Result<()> {
    let changed = (definition.rows.update)(after, before.meta.revision, connection).map_err(|error| explain(definition, error))?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Problem::new(ProblemKind::Stale, "It was changed at the same moment. Read it again and apply your change to that.").into())
    }
}

/// Takes the fields out of a patch that the service alone writes, and names them.
fn take_written_by_service(definition: &ResourceType, patch: &mut Map<String, Value>, is_house: bool) -> ValidationErrors {
    let mut faults = ValidationErrors::new();
    for name in definition.server_fields() {
        if patch.shift_remove(*name).is_some() {
            faults.at(name, "server_field", "The service writes this field. Remove it.");
        }
    }
    if !is_house {
        refuse_house_fields(definition, patch, &mut faults);
        definition.read_only_fields().for_each(|field| drop(patch.shift_remove(field.name)));
    }
    faults
}

/// Names the fields that only the service writes.
fn refuse_house_fields(definition: &ResourceType, members: &Map<String, Value>, faults: &mut ValidationErrors) {
    for field in definition.read_only_fields().filter(|field| members.contains_key(field.name)) {
        faults.at(field.name, "server_field", "The service writes this field. Remove it.");
    }
}
