//! The next version of a record: a draft with copies of its parts, which takes its place once it is in force.

use super::idempotency::Outcome;
use super::writer::Writer;
use crate::error::Result;
use crate::resource::{Id, ResourceType, Stored};
use serde_json::{Map, Value};

/// Parts of a record, to be copied with it.
pub struct Parts<'a> {
    /// Their collection.
    pub definition: &'static ResourceType,
    /// Their field that names the record.
    pub of: &'static str,
    /// The parts; those that the caller does not see are left out.
    pub ids: &'a [Id],
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
        for part in found {
            let mut members = self.copied(parts.definition, &part);
            members.insert(parts.of.into(), draft.meta.id.to_string().into());
            self.create(parts.definition, members)?;
        }
        Ok(draft)
    }

    /// The answer to an action that made a record: the record, its revision and where it is (201).
    pub fn created(&self, definition: &'static ResourceType, stored: &Stored) -> Outcome {
        let outcome = Outcome::new(201, self.document(definition, stored).into()).at(stored.meta.revision);
        outcome.located(format!("/api/v1/{}/{}", definition.path, stored.meta.id))
    }
}
