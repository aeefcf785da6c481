//! The next version of a record: a draft with copies of its parts, which takes its place once it is in force.

use super::idempotency::Outcome;
use super::writer::Writer;
use crate::error::Result;
use crate::resource::{Id, ResourceType, Stored};
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};

/// Parts of a record, to be copied with it.
pub struct Parts<'a> {
    /// Their collection.
    pub definition: &'static ResourceType,
    /// Their field that names the record.
    pub of: &'static str,
    /// The parts; those that the caller does not see are left out.
    pub ids: &'a [Id],
    /// Their field that names another part above them, where they form a tree.
    pub tree: Option<&'static str>,
}

impl Writer<'_> {
    /// Makes a draft with the fields of a record, some of them anew, and copies of its parts. It names the record as `supersedes_id`.
    pub fn draft_version(&mut self, definition: &'static ResourceType, stored: &Stored, anew: Map<String, Value>, parts: &Parts<'_>) -> Result<Stored> {
        let mut members = self.copied(definition, stored);
        members.insert("supersedes_id".into(), stored.meta.id.to_string().into());
        members.extend(anew);
        let draft = self.create(definition, members)?;
        let mut found = self.reader().find_all(parts.definition, parts.ids)?;
        found.sort_by_key(|part| part.meta.id);
        let mut waiting: VecDeque<(Id, Map<String, Value>)> = found.iter().map(|part| (part.meta.id, self.copied(parts.definition, part))).collect();
        let mut copies: HashMap<Id, Id> = HashMap::new();
        // Each after the one above it; `left` is how many have been put back since the last one was made.
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
            members.insert(parts.of.into(), draft.meta.id.to_string().into());
            copies.insert(id, self.create(parts.definition, members)?.meta.id);
            left = 0;
        }
        Ok(draft)
    }

    /// The answer to an action that made a record: the record, its revision and where it is (201).
    pub fn created(&self, definition: &'static ResourceType, stored: &Stored) -> Outcome {
        let outcome = Outcome::new(201, self.document(definition, stored).into()).at(stored.meta.revision);
        outcome.located(format!("/api/v1/{}/{}", definition.path, stored.meta.id))
    }
}
