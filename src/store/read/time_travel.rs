//! The past of a record: its revisions, what changed between them, what it was at a time, and its return.

use super::own::Claim;
use super::reader::Reader;
use super::scope;
use crate::access::{Reach, Session};
use crate::database::{Connection, Dialect, SqlValue, Statement};
use crate::error::{Error, Problem, Result};
use crate::resource::value::{Instant, hex};
use crate::resource::{Field, Id, Meta, ResourceType, Scope, Stored};
use crate::store::FieldVisibility;
use crate::store::index::place::Place;
use crate::store::index::registry;
use crate::store::write::idempotency::Outcome;
use crate::store::write::writer::Writer;
use diesel::prelude::*;
use diesel::sql_types::{Text, Uuid};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use steward_schema::service::registry as records;
use steward_schema::service::revisions;

/// The head of a record, deleted or not: what the registry has of it.
#[derive(Clone)]
pub struct RecordHead {
    /// Its kind.
    pub definition: &'static ResourceType,
    /// What people call it.
    pub title: String,
    /// Its state, where it has one.
    pub state: Option<String>,
    /// Its revision.
    pub revision: i64,
    /// The unit that decides for it.
    pub unit_id: Option<Id>,
    /// When it was deleted.
    pub deleted_at: Option<Instant>,
    parent_id: Option<Id>,
    principal_id: Option<Id>,
}

/// One change of a record.
#[derive(Debug, Clone)]
pub struct Revision {
    /// The revision's own id.
    pub id: Id,
    /// The record's revision after the change.
    pub revision: i64,
    /// `create`, `update`, `delete`, `restore`, or the name of the move.
    pub action: String,
    /// Who did it.
    pub actor_id: Id,
    /// When.
    pub at: Instant,
    /// In which request.
    pub request_id: String,
    /// Why, if it was said.
    pub reason: Option<String>,
    /// The record after the change; none when it was deleted.
    pub document: Option<Map<String, Value>>,
}

/// A revision as it stands in the database.
#[derive(Queryable, Selectable)]
#[diesel(table_name = revisions, check_for_backend(Dialect))]
pub(super) struct Row {
    id: Id,
    revision: i64,
    action: String,
    actor_id: Id,
    at: Instant,
    request_id: String,
    reason: Option<String>,
    document: Option<String>,
}

impl Row {
    pub(super) fn revision(self) -> Result<Revision> {
        Ok(Revision {
            id: self.id,
            revision: self.revision,
            action: self.action,
            actor_id: self.actor_id,
            at: self.at,
            request_id: self.request_id,
            reason: self.reason,
            document: self.document.as_deref().map(document).transpose()?,
        })
    }
}

/// A document of the past.
pub(super) fn document(text: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(text).map_err(|_| Error::broken("a revision whose document is none"))
}

diesel::alias!(records as roots: Roots);

impl Reader<'_> {
    /// What the registry knows of an id; 404 if that is nothing, or nothing for this session.
    pub fn head(&mut self, id: Id) -> Result<RecordHead> {
        let query = records::table.inner_join(roots.on(roots.field(records::id).eq(records::root_id))).filter(records::id.eq(id)).select((
            (records::collection, records::title, records::state, records::revision),
            (records::deleted_at, records::parent_id),
            (roots.field(records::unit_id), roots.field(records::private_to), roots.field(records::principal_id)),
        ));
        type Own = (String, String, Option<String>, i64);
        type Of = (Option<Id>, Option<String>, Option<Id>);
        let row: Option<(Own, (Option<Instant>, Option<Id>), Of)> = query.get_result(self.connection).optional()?;
        let ((collection, title, state, revision), (deleted_at, parent_id), (unit_id, private_to, principal_id)) = row.ok_or_else(Problem::not_found)?;
        let definition = self.store.definitions.get(&collection).ok_or_else(Problem::not_found)?;
        let head = RecordHead { definition, title, state, revision, unit_id, deleted_at, parent_id, principal_id };
        let place = self.place_of_head(&head);
        let visible = match registry::find_one(self.connection, id)? {
            Some(entry) => scope::may_read_entry(self.connection, self.session, &self.store.definitions, definition, &entry)?,
            None => {
                scope::names(private_to.as_deref(), self.session)
                    && (scope::may_read(self.connection, self.session, definition, place)? || self.was_own(definition, id, "read")?)
                    && self.saw_far_end(definition, id)?
            }
        };
        if visible { Ok(head) } else { Err(Problem::not_found().into()) }
    }

    /// Whether the session sees the other end of what joined two records when it was last there.
    fn saw_far_end(&mut self, definition: &'static ResourceType, id: Id) -> Result<bool> {
        let Some(field) = definition.far_end().filter(|_| !self.session.is_house()) else { return Ok(true) };
        let document = last_document(self.connection, id)?;
        match document.as_ref().and_then(|document| document.get(field)?.as_str()).and_then(Id::parse) {
            Some(end) => Ok(self.head_if_seen(end)?.is_some()),
            None => Ok(false),
        }
    }

    /// The same; none where that is nothing.
    pub(super) fn head_if_seen(&mut self, id: Id) -> Result<Option<RecordHead>> {
        match self.head(id) {
            Ok(head) => Ok(Some(head)),
            Err(Error::Problem(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn place_of_head(&self, head: &RecordHead) -> Place {
        match head.principal_id {
            Some(principal) => Place::Own(principal),
            None if self.store.definitions.root_of(head.definition).scope == Scope::Shared => Place::Shared,
            None => Place::Unit(head.unit_id),
        }
    }

    /// Whether a record was the session's own when it was last there.
    fn was_own(&mut self, definition: &'static ResourceType, id: Id, verb: &str) -> Result<bool> {
        if !self.session.reach(&definition.permission(verb)).takes_own() {
            return Ok(false);
        }
        match last_document(self.connection, id)? {
            Some(document) => Claim::of_document(definition, &document).is_held(self.connection, &self.store.definitions, self.session, definition, verb),
            None => Ok(false),
        }
    }

    /// Whether a record was the session's own by what a revision says of it.
    fn was_own_then(&mut self, definition: &'static ResourceType, document: &Map<String, Value>) -> Result<bool> {
        Claim::of_document(definition, document).is_held(self.connection, &self.store.definitions, self.session, definition, "read")
    }

    /// The revisions of a record, oldest first, those of times when it stood where the session may not read left out.
    pub fn revisions(&mut self, head: &RecordHead, id: Id) -> Result<Vec<Revision>> {
        let rows: Vec<Row> = of(id).order(revisions::revision).select(Row::as_select()).load(self.connection)?;
        let mut seen = Vec::new();
        let place = self.place_of_head(head);
        let stands_in_sight = head.definition.scope == Scope::Own || scope::may_read(self.connection, self.session, head.definition, place)?;
        let mut units: Vec<(Option<Id>, bool)> = Vec::new();
        for row in rows {
            let each = row.revision()?;
            let people = each.document.as_ref().and_then(|document| head.definition.named_people(document));
            if !scope::names(people.as_deref(), self.session) {
                continue;
            }
            let unit = unit_then(head, &each);
            let visible = match units.iter().find(|(known, _)| *known == unit) {
                Some((_, visible)) => *visible,
                None => {
                    let visible = unit.is_none() || scope::may_read(self.connection, self.session, head.definition, Place::Unit(unit))?;
                    units.push((unit, visible));
                    visible
                }
            };
            let visible = match &each.document {
                Some(document) => (stands_in_sight && visible) || self.was_own_then(head.definition, document)?,
                None => visible,
            };
            if visible {
                seen.push(each);
            }
        }
        Ok(seen)
    }

    /// A record as it was at a time; 404 if it was not there.
    pub fn as_of(&mut self, definition: &'static ResourceType, id: Id, at: Instant) -> Result<Map<String, Value>> {
        let head = self.head(id)?;
        if head.definition.path != definition.path {
            return Err(Problem::not_found().into());
        }
        let last = self.revisions(&head, id)?.into_iter().rfind(|each| each.at <= at);
        last.and_then(|each| each.document).map(|document| self.without_hidden(definition, document)).ok_or_else(|| Problem::not_found().into())
    }

    /// A page of a collection as it was at a time, in the order of creation.
    pub fn list_as_of(
        &mut self,
        definition: &'static ResourceType,
        at: Instant,
        conditions: &[PastCondition],
        after: Option<Id>,
        limit: usize,
    ) -> Result<(Vec<Map<String, Value>>, bool)> {
        if self.session.reach(&definition.permission("read")) == Reach::Nothing {
            return Ok((Vec::new(), false));
        }
        let (mut found, mut last) = (Vec::new(), after);
        loop {
            let batch = self.batch_as_of(definition, at, last)?;
            let whole = batch.len() == BATCH;
            for (id, document) in batch {
                last = Some(id);
                let wanted = conditions.iter().all(|condition| condition.holds(&document));
                if wanted && self.saw(definition, id, &document)? {
                    if found.len() == limit {
                        return Ok((found, true));
                    }
                    found.push(self.without_hidden(definition, document));
                }
            }
            if !whole {
                return Ok((found, false));
            }
        }
    }

    fn batch_as_of(&mut self, definition: &'static ResourceType, at: Instant, after: Option<Id>) -> Result<Vec<(Id, Map<String, Value>)>> {
        let mut query = Statement::new("SELECT resource_id, document FROM (SELECT resource_id, document, ROW_NUMBER() OVER (PARTITION BY resource_id ORDER BY revision DESC) AS place FROM revisions WHERE collection = ")
            .with(definition.path, " AND at <= ")
            .with(at, "");
        if let Some(after) = after {
            query.push(" AND resource_id > ").bind(after);
        }
        query.push(format!(") latest WHERE place = 1 AND document IS NOT NULL ORDER BY resource_id LIMIT {BATCH}"));
        let rows = query.load::<(Uuid, Text), (Id, String)>(self.connection)?;
        rows.into_iter().map(|(id, text)| Ok((id, document(&text)?))).collect()
    }

    /// Whether the session may read a record both where it stood then and where it stands now.
    pub(super) fn saw(&mut self, definition: &'static ResourceType, id: Id, document: &Map<String, Value>) -> Result<bool> {
        let open = definition.private_to.is_empty() && self.store.definitions.root_of(definition).private_to.is_empty();
        if open && self.session.reach(&definition.permission("read")) == Reach::Everything && !self.store.definitions.hangs_on_any(definition) {
            return Ok(true);
        }
        if !scope::names(definition.named_people(document).as_deref(), self.session) {
            return Ok(false);
        }
        let Some(head) = self.head_if_seen(id)? else { return Ok(definition.fact) };
        let then = if head.definition.scope == Scope::Unit { document.get("unit_id").and_then(Value::as_str).and_then(Id::parse) } else { None };
        let place = self.place_of_head(&head);
        let stands_in_sight = definition.scope == Scope::Own || scope::may_read(self.connection, self.session, definition, place)?;
        let stood_in_sight = then.is_none() || scope::may_read(self.connection, self.session, definition, Place::Unit(then))?;
        Ok((stands_in_sight && stood_in_sight) || self.was_own_then(definition, document)?)
    }
}

impl Reader<'_> {
    /// A document of the past as the session sees it: without the marks of its secrets, and without what is hidden.
    fn without_hidden(&self, definition: &'static ResourceType, mut document: Map<String, Value>) -> Map<String, Value> {
        document.retain(|name, _| !definition.fields.iter().any(|field| field.secret && field.name == name));
        FieldVisibility::of(definition, self.session).project(&mut document);
        document
    }
}

/// The revisions of a record.
#[diesel::dsl::auto_type(no_type_alias)]
fn of(id: Id) -> _ {
    revisions::table.filter(revisions::resource_id.eq(id))
}

/// A record as it was when it was last there.
fn last_document(connection: &mut Connection, id: Id) -> Result<Option<Map<String, Value>>> {
    let last: Vec<Option<String>> = of(id).order(revisions::revision.desc()).limit(2).select(revisions::document).load(connection)?;
    last.into_iter().flatten().next().map(|text| document(&text)).transpose()
}

/// A field that equals any of some values in a document of the past, compared as it is in the database.
#[derive(Debug, Clone)]
pub struct PastCondition {
    /// The field.
    pub field: &'static Field,
    /// The values, as the column has them in which the field is compared.
    pub any_of: Vec<SqlValue>,
}

impl PastCondition {
    fn holds(&self, document: &Map<String, Value>) -> bool {
        let value = document.get(self.field.name).filter(|value| !value.is_null());
        let cell = value.and_then(|value| (self.field.cells)(value.clone())?.into_iter().nth(self.field.key()));
        cell.is_some_and(|cell| self.any_of.contains(&cell))
    }
}

/// How many records are looked at in one query of the past.
const BATCH: usize = 500;

fn unit_then(head: &RecordHead, revision: &Revision) -> Option<Id> {
    if head.definition.scope != Scope::Unit {
        return None;
    }
    revision.document.as_ref()?.get("unit_id")?.as_str().and_then(Id::parse)
}

/// What stands in a revision for a secret: a mark that changes when it does, and tells nothing else.
pub fn marks_of_secrets(definition: &ResourceType, stored: &Stored) -> Map<String, Value> {
    let whole = definition.fields_to_json(stored, true);
    let secrets = definition.fields.iter().filter(|field| field.secret && !field.columns.is_empty());
    let mark = |value: &Value| if value.is_null() { Value::Null } else { hex(&Sha256::digest(value.to_string().as_bytes())[..8]).into() };
    secrets.map(|field| (field.name.to_owned(), whole.get(field.name).map_or(Value::Null, mark))).collect()
}

/// True for what history does not hold, so that a record comes back without it: a password, the secret of a token.
fn is_lost(field: &crate::resource::Field) -> bool {
    field.unversioned || (field.secret && field.optional)
}

/// A field that changed.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct FieldChange {
    /// The field, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The value before; null if the field was absent.
    pub before: Value,
    /// The value after; null if the field is absent.
    pub after: Value,
}

/// Members of a document that every change changes.
pub const STAMPS: [&str; 3] = ["revision", "updated_at", "updated_by"];

/// What differs between two documents, field by field, where one that is absent is null; what a secret was is never told, only that it changed.
pub fn changes(
    definition: &'static ResourceType,
    session: &Session,
    before: Option<&Map<String, Value>>,
    after: Option<&Map<String, Value>>,
) -> Vec<FieldChange> {
    let sight = FieldVisibility::of(definition, session);
    let project = |document: Option<&Map<String, Value>>| {
        document.cloned().map(|mut document| {
            sight.project(&mut document);
            document
        })
    };
    let (before, after) = (project(before), project(after));
    let (before, after) = (before.as_ref(), after.as_ref());
    let secret = |name: &str| definition.fields.iter().any(|field| field.secret && field.name == name);
    let empty = Map::new();
    let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
    let mut names: Vec<&String> = after.keys().chain(before.keys().filter(|name| !after.contains_key(*name))).collect();
    let value = |document: &Map<String, Value>, name: &str| document.get(name).cloned().unwrap_or(Value::Null);
    names.retain(|name| !STAMPS.contains(&name.as_str()) && value(before, name) != value(after, name));
    let told = |name: &String| {
        let (before, after) = if secret(name) { (Value::Null, "changed".into()) } else { (value(before, name), value(after, name)) };
        FieldChange { pointer: format!("/{name}"), before, after }
    };
    names.into_iter().map(told).collect()
}

impl Writer<'_> {
    /// Brings a deleted record back as it was, with the parts that went with it.
    pub fn restore(&mut self, id: Id) -> Result<Outcome> {
        registry::lock(self.connection, id)?;
        let head = self.reader().head(id)?;
        let definition = head.definition;
        let place = self.reader().place_of_head(&head);
        let permission = definition.permission("create");
        if !scope::holds(self.connection, self.session, &permission, place)? && !self.reader().was_own(definition, id, "create")? {
            return Err(Problem::forbidden(&permission).into());
        }
        if head.deleted_at.is_none() {
            return Err(Problem::conflict("", "not_deleted", "It is not deleted, so there is nothing to restore.").into());
        }
        if let (Some(_), Some(parent)) = (definition.part_of, head.parent_id) {
            let parent_is_there = registry::find_one(self.connection, parent)?.is_some();
            if !parent_is_there {
                return Err(Problem::conflict("", "parent_deleted", "Its parent is deleted. Restore that, and this comes back with it.").into());
            }
        }
        let stored = self.bring_back(&head, id, true)?;
        Ok(Outcome::new(200, self.document(definition, &stored).into()).at(stored.meta.revision))
    }

    fn bring_back(&mut self, head: &RecordHead, id: Id, asks: bool) -> Result<Stored> {
        let definition = head.definition;
        let document = last_document(self.connection, id)?.ok_or_else(Problem::not_found)?;
        if let Some(lost) = definition.fields.iter().find(|field| field.sealed && document.get(field.name).is_some_and(|mark| !mark.is_null())) {
            let detail = format!("Its {} was sealed and is kept nowhere else: it would come back without it. Make it anew.", lost.name);
            return Err(Problem::conflict(format!("/{}", lost.name), "sealed", detail).into());
        }
        let members: Map<String, Value> = document
            .iter()
            .filter(|(name, _)| definition.field(name).is_some_and(|field| !is_lost(field)))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let parent_rule = asks;
        let meta = Meta {
            id,
            revision: head.revision + 1,
            created_at: document.get("created_at").and_then(Value::as_str).and_then(Instant::parse).unwrap_or(self.now),
            created_by: document.get("created_by").and_then(Value::as_str).and_then(Id::parse).unwrap_or(self.session.principal),
            updated_at: self.now,
            updated_by: self.session.principal,
            state: document.get("state").and_then(Value::as_str).map(str::to_owned),
        };
        let stored = self.put_back(definition, meta, members, parent_rule)?;
        for (part, _) in self.store.definitions.clone().parts_of(definition.path) {
            for child in self.buried_with(part, id, head.deleted_at)? {
                let head_of_child = self.reader().head(child)?;
                self.bring_back(&head_of_child, child, false)?;
            }
        }
        Ok(stored)
    }

    /// The parts that were deleted together with their parent, the oldest first.
    fn buried_with(&mut self, part: &'static ResourceType, parent: Id, at: Option<Instant>) -> Result<Vec<Id>> {
        let Some(at) = at else { return Ok(Vec::new()) };
        let buried = records::table.filter(records::parent_id.eq(parent).and(records::collection.eq(part.path)).and(records::deleted_at.eq(at)));
        Ok(buried.order(records::id).select(records::id).load(self.connection)?)
    }
}
