//! What a session sees across all collections, and what it finds there by words.

use super::field_visibility::FieldVisibility;
use super::reader::Reader;
use super::scope::{around, seen};
use crate::access::Session;
use crate::database::{SqlValue, Statement};
use crate::error::Result;
use crate::resource::{Id, ResourceType, ResourceTypes, Stored};
use crate::search;
use diesel::sql_types::{Nullable, Text, Uuid};
use std::cmp::Reverse;
use std::collections::HashMap;

/// How many of the records that match are ranked by their titles.
const RANKED: i64 = 1000;

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
