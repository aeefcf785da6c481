//! What a session may do with records as they are now, so that a page offers what would succeed.

use super::own::Claim;
use super::reader::{Reader, place_of};
use super::scope;
use crate::database::Statement;
use crate::error::{Error, Result};
use crate::resource::{Editable, Id, ResourceType, Stored};
use crate::store::index::place::Place;
use crate::store::index::reference;
use diesel::sql_types::{Nullable, Text};
use std::collections::HashMap;

/// What may be done with a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    /// Whether fields can be changed.
    pub update: bool,
    /// Whether it can be deleted.
    pub delete: bool,
    /// The names of the transitions that can be made.
    pub transitions: Vec<&'static str>,
}

/// How closely it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Permissions and the rules of states.
    Permissions,
    /// Conditions of the transitions too, and what still refers to the record.
    Guards,
}

/// What was found out already: many records of a page stand in the same place and have the same parent.
#[derive(Default)]
struct AnswerCache {
    held: HashMap<(String, Place), bool>,
    open: HashMap<Id, bool>,
}

impl Reader<'_> {
    /// What the session may do with each of some records.
    pub fn allowed(&mut self, definition: &'static ResourceType, rows: &[Stored], depth: Depth) -> Result<Vec<Allowed>> {
        let mut cache = AnswerCache::default();
        rows.iter().map(|stored| self.allowed_of(definition, stored, depth, &mut cache)).collect()
    }

    fn allowed_of(&mut self, definition: &'static ResourceType, stored: &Stored, depth: Depth, cache: &mut AnswerCache) -> Result<Allowed> {
        let place = place_of(self.connection, self.store, definition, stored)?;
        let state = stored.meta.state.clone().unwrap_or_default();
        let open = self.is_parent_open(definition, stored, cache)?;
        let changes = definition.operations.update && open && definition.editable_fields_in(&state) != Editable::None;
        let goes = definition.operations.delete && open && definition.is_deletable_in(&state);
        Ok(Allowed {
            update: changes && self.holds_there(definition, stored, "update", place, cache)?,
            delete: goes
                && self.holds_there(definition, stored, "delete", place, cache)?
                && (depth == Depth::Permissions || self.is_removable(definition, stored)?),
            transitions: self.allowed_moves(definition, stored, (&state, place), depth, cache)?,
        })
    }

    fn holds_at(&mut self, definition: &'static ResourceType, verb: &str, place: Place, cache: &mut AnswerCache) -> Result<bool> {
        let key = (definition.permission(verb), place);
        if let Some(held) = cache.held.get(&key) {
            return Ok(*held);
        }
        let held = scope::holds(self.connection, self.session, &key.0, place)?;
        cache.held.insert(key, held);
        Ok(held)
    }

    /// Whether the session holds a verb on a record, where it stands or because it is its own.
    fn holds_there(&mut self, definition: &'static ResourceType, stored: &Stored, verb: &str, place: Place, cache: &mut AnswerCache) -> Result<bool> {
        if self.holds_at(definition, verb, place, cache)? {
            return Ok(true);
        }
        let (store, session) = (self.store, self.session);
        Claim::of_record(definition, stored).is_held(self.connection, &store.definitions, session, definition, verb)
    }

    /// Whether the record that this is a part of takes changes to its parts.
    fn is_parent_open(&mut self, definition: &'static ResourceType, stored: &Stored, cache: &mut AnswerCache) -> Result<bool> {
        let Some(part) = definition.part_of else { return Ok(true) };
        let parent = reference::of_record(definition, stored).into_iter().find(|(field, _)| field.name == part.field).map(|(_, id)| id);
        let Some(parent) = parent else { return Ok(true) };
        if let Some(open) = cache.open.get(&parent) {
            return Ok(*open);
        }
        let open = self.asked().closed_parent(self.connection, definition, part, parent)?.is_none();
        cache.open.insert(parent, open);
        Ok(open)
    }

    /// Whether neither a rule, nor a part, nor what refers to the record keeps it from being deleted.
    fn is_removable(&mut self, definition: &'static ResourceType, stored: &Stored) -> Result<bool> {
        let (id, entity) = (stored.meta.id, &*stored.own);
        match self.with_check(id, Some(entity), stored.meta.state.as_deref(), |check| definition.check_removal(entity, check)) {
            Err(Error::Problem(_)) => return Ok(false),
            outcome => outcome?,
        }
        let definitions = self.store.definitions.clone();
        for (part, field) in definitions.parts_of(definition.path).filter(|(part, _)| part.lifecycle.is_some() && part.part_of.is_some_and(|part| !part.loose))
        {
            let query = Statement::new(format!("SELECT DISTINCT state FROM {} WHERE {field} = ", part.table)).with(id, "");
            let states = query.load::<Nullable<Text>, Option<String>>(self.connection)?;
            if states.into_iter().flatten().any(|state| !part.is_deletable_in(&state)) {
                return Ok(false);
            }
        }
        let asked = self.asked();
        Ok(asked.still_referring(self.connection, definition, id)?.is_empty())
    }

    fn allowed_moves(
        &mut self,
        definition: &'static ResourceType,
        stored: &Stored,
        (state, place): (&str, Place),
        depth: Depth,
        cache: &mut AnswerCache,
    ) -> Result<Vec<&'static str>> {
        let mut names = Vec::new();
        if depth == Depth::Guards {
            names.extend(self.moves(definition, stored)?.into_iter().filter(|view| view.permitted && view.unmet.is_empty()).map(|view| view.name));
        } else {
            for step in definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.moves_from(state)).filter(|step| !step.automatic) {
                if self.holds_there(definition, stored, step.name, place, cache)? {
                    names.push(step.name);
                }
            }
        }
        names.dedup();
        Ok(names)
    }
}
