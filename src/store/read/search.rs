//! What a session sees across all collections, and what it finds there by words.

use super::field_visibility::FieldVisibility;
use super::reader::Reader;
use super::scope;
use crate::access::{Reach, Session};
use crate::database::{SqlValue, Statement};
use crate::error::Result;
use crate::resource::{Id, ResourceType, ResourceTypes, Scope, Stored};
use crate::search;
use diesel::sql_types::{Nullable, Text, Uuid};
use std::cmp::Reverse;
use std::collections::HashMap;

/// How many of the records that match are ranked by their titles.
const RANKED: i64 = 1000;
/// How deep what hangs on a record may itself carry what hangs on it, as a tag on a comment does, and still be found.
const HANGING: usize = 3;

/// A record that was found by words.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The record.
    pub id: Id,
    /// Its collection, as `domain/collection`.
    pub collection: &'static str,
    /// What people call it.
    pub title: String,
    /// Its state, where it has one.
    pub state: Option<String>,
    /// The unit that decides who may see it.
    pub unit_id: Option<Id>,
    /// A fragment of the first field that has one of the words, as HTML.
    pub highlight: String,
}

/// One that matches, before its fields are read.
struct Candidate {
    id: Id,
    definition: &'static ResourceType,
    title: String,
    state: Option<String>,
    unit_id: Option<Id>,
}

impl Reader<'_> {
    /// The records, of these collections or of all, that have all the words in their searchable fields, the best first:
    /// how much of the words the title has, how many of them are there as whole words, how little else there is, the id.
    pub fn search(&mut self, words: &[String], kinds: Option<&[&'static ResourceType]>, limit: usize) -> Result<Vec<Hit>> {
        let mut candidates = self.candidates(words, kinds)?;
        candidates.sort_by_cached_key(|each| Reverse(search::share(&each.title, words)));
        candidates.truncate(limit);
        let mut by_kind: HashMap<&'static str, (&'static ResourceType, Vec<Id>)> = HashMap::new();
        for each in &candidates {
            by_kind.entry(each.definition.path).or_insert_with(|| (each.definition, Vec::new())).1.push(each.id);
        }
        let mut records: HashMap<Id, Stored> = HashMap::new();
        for (definition, ids) in by_kind.into_values() {
            records.extend(self.find_all(definition, &ids)?.into_iter().map(|stored| (stored.meta.id, stored)));
        }
        let found = candidates.into_iter().filter_map(|each| {
            let document = self.document(each.definition, records.get(&each.id)?);
            let fields = each.definition.fields.iter().filter(|field| field.search);
            let texts = fields.filter_map(|field| document.get(field.name)?.as_str());
            let highlight = search::highlight(texts, words);
            Some(Hit { id: each.id, collection: each.definition.path, title: each.title, state: each.state, unit_id: each.unit_id, highlight })
        });
        Ok(found.collect())
    }

    fn candidates(&mut self, words: &[String], kinds: Option<&[&'static ResourceType]>) -> Result<Vec<Candidate>> {
        let definitions = self.store.definitions.clone();
        let mut query = Statement::new("SELECT r.id, r.collection, r.title, r.state, o.unit_id FROM (");
        query.append(search::everywhere(self.connection, words)).push(") found JOIN registry r ON r.id = found.id");
        query.push(around(0)).push(" WHERE r.deleted_at IS NULL AND ");
        query.append(seen(&definitions, self.session));
        if let Some(kinds) = kinds {
            query.push(" AND r.collection IN (").bind_all(kinds.iter().map(|kind| SqlValue::from(kind.path))).push(")");
        }
        query.push(" ORDER BY found.whole DESC, found.size, r.id LIMIT ").bind(RANKED);
        let rows: Vec<Row> = query.once().load::<(Uuid, Text, Text, Nullable<Text>, Nullable<Uuid>), Row>(self.connection)?;
        // What a newer version has called into being is nothing that this one could show.
        Ok(rows.into_iter().filter_map(|row| candidate(&definitions, self.session, row)).collect())
    }
}

/// Id, collection, title, state and unit of a record.
type Row = (Id, String, String, Option<String>, Option<Id>);

fn candidate(definitions: &ResourceTypes, session: &Session, (id, collection, title, state, unit_id): Row) -> Option<Candidate> {
    let definition = definitions.get(&collection)?;
    Some(Candidate { id, definition, title: shown_title(definition, session, &title), state, unit_id })
}

/// What people call a record, where the session sees the field that says so.
pub(in crate::store) fn shown_title(definition: &'static ResourceType, session: &Session, title: &str) -> String {
    if shows_title(definition, session) { title.to_owned() } else { definition.singular.clone() }
}

/// Whether the session sees the field that says what people call a record.
pub(super) fn shows_title(definition: &'static ResourceType, session: &Session) -> bool {
    FieldVisibility::of(definition, session).shows(definition.title)
}

/// What [`seen`] needs beside `registry r`: the record `o` whose scope decides for it, and the one that it hangs on.
pub(in crate::store) fn around(level: usize) -> String {
    format!(" JOIN registry o ON o.id = r.root_id LEFT JOIN registry s{level} ON s{level}.id = r.parent_id")
}

/// The condition on `registry r` with [`around`] it that leaves what a session may read of all collections. What hangs on a record is seen by
/// who holds the permission for it there and sees that record.
pub(in crate::store) fn seen(definitions: &ResourceTypes, session: &Session) -> Statement {
    seen_at(definitions, session, 0)
}

fn seen_at(definitions: &ResourceTypes, session: &Session, level: usize) -> Statement {
    let (hanging, standing): (Vec<_>, Vec<_>) =
        definitions.all().iter().copied().filter(|definition| !definition.fact).partition(|definition| definitions.hangs_on_any(definition));
    let mut condition = Statement::new("((");
    condition.append(scope::visible(definitions, session)).push(")");
    if !hanging.is_empty() {
        condition.push(" AND r.collection NOT IN (").bind_all(hanging.iter().map(|definition| SqlValue::from(definition.path))).push(")");
    }
    let everyones = |definition: &&'static ResourceType| {
        definitions.root_of(definition).scope == Scope::Own && session.reach(&definition.permission("read")) == Reach::Everything
    };
    for definition in standing.into_iter().filter(everyones) {
        condition.push(" OR r.collection = ").bind(definition.path);
    }
    let permitted: Vec<_> = hanging.into_iter().map(|definition| (definition, session.reach(&definition.permission("read")))).collect();
    if level < HANGING && permitted.iter().any(|(_, reach)| *reach != Reach::Nothing) {
        condition.push(" OR ((1 = 0");
        for (definition, reach) in permitted.into_iter().filter(|(_, reach)| *reach != Reach::Nothing) {
            condition.push(" OR (r.collection = ").bind(definition.path);
            if let Some(there) = scope::on_subject(definitions, session, &format!("s{level}"), &reach) {
                condition.push(" AND ").append(there);
            }
            condition.push(")");
        }
        condition.push(format!(") AND EXISTS (SELECT 1 FROM registry r{} WHERE r.id = s{level}.id AND r.deleted_at IS NULL AND ", around(level + 1)));
        condition.append(seen_at(definitions, session, level + 1)).push("))");
    }
    condition.push(")");
    condition
}
