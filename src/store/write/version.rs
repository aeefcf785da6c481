//! The next version of a record: a draft with copies of its parts, which takes its place once it is in force.

use super::idempotency::Outcome;
use super::writer::Writer;
use crate::database::Statement;
use crate::error::Result;
use crate::resource::{Id, Resource, ResourceType, Stored};
use diesel::sql_types::Uuid;
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};

/// How the parts of a record hang on it, to be copied with it.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    /// Their field that names the record.
    pub of: &'static str,
    /// Their field that names another part above them, where they form a tree.
    pub tree: Option<&'static str>,
    /// Their field that names the part that a copy continues, where they have one.
    pub continues: Option<&'static str>,
}

impl Writer<'_> {
    /// Makes a draft with the fields of a record, some of them anew, and copies of its parts that the caller sees. It names the record as
    /// `supersedes_id`, and is the answer.
    pub fn draft_version<R: Resource, P: Resource>(&mut self, stored: &Stored, anew: Map<String, Value>, parts: Parts) -> Result<Outcome> {
        let (definition, part) = (self.definition::<R>()?, self.definition::<P>()?);
        let mut members = self.copied(definition, stored);
        members.insert("supersedes_id".into(), stored.meta.id.to_string().into());
        members.extend(anew);
        let draft = self.create(definition, members)?;
        self.copy_parts(part, parts, (stored.meta.id, draft.meta.id))?;
        Ok(self.created(definition, &draft))
    }

    /// Copies the parts of a record to another, each after the one above it.
    fn copy_parts(&mut self, part: &'static ResourceType, parts: Parts, (from, to): (Id, Id)) -> Result<()> {
        let query = Statement::new(format!("SELECT id FROM {} WHERE {} = ", part.table, parts.of)).with(from, "");
        let ids = query.load::<Uuid, Id>(self.connection)?;
        let mut found = self.reader().find_all(part, &ids)?;
        found.sort_by_key(|each| each.meta.id);
        let mut waiting: VecDeque<(Id, Map<String, Value>)> = found.iter().map(|each| (each.meta.id, self.copied(part, each))).collect();
        let mut copies: HashMap<Id, Id> = HashMap::new();
        // How many have been put back since the last one was made.
        let mut left = 0;
        while let Some((id, mut members)) = waiting.pop_front() {
            let above = parts.tree.and_then(|field| Some((field, members.get(field)?.as_str().and_then(Id::parse)?)));
            match above.map(|(field, above)| (field, above, copies.get(&above))) {
                Some((field, _, Some(copy))) => drop(members.insert(field.into(), copy.to_string().into())),
                Some((_, above, None)) if left <= waiting.len() && waiting.iter().any(|(other, _)| *other == above) => {
                    waiting.push_back((id, members));
                    left += 1;
                    continue;
                }
                // What is above it was not copied: it stands at the top.
                Some((field, _, None)) => drop(members.shift_remove(field)),
                None => {}
            }
            members.insert(parts.of.into(), to.to_string().into());
            members.extend(parts.continues.map(|field| (field.to_owned(), id.to_string().into())));
            copies.insert(id, self.create(part, members)?.meta.id);
            left = 0;
        }
        Ok(())
    }

    /// The answer to an action that made a record: the record, its revision and where it is (201).
    pub fn created(&self, definition: &'static ResourceType, stored: &Stored) -> Outcome {
        let outcome = Outcome::new(201, self.document(definition, stored).into()).at(stored.meta.revision);
        outcome.located(format!("/api/v1/{}/{}", definition.path, stored.meta.id))
    }
}
