//! Deleting: a record goes with its parts, leaves a tombstone, and is refused while anything else refers to it.

use super::constraint::explain;
use super::frozen::require_deletable;
use super::writer::{IfMatch, Writer};
use crate::database::Statement;
use crate::error::{Kind, Problem, Result};
use crate::resource::{Id, ResourceType, Stored};
use crate::store::index::edge;
use crate::store::index::reference;
use crate::store::index::registry;
use crate::store::read::reader::load;
use diesel::sql_types::Uuid;

impl Writer<'_> {
    /// Deletes a record and its parts.
    pub fn delete(&mut self, definition: &'static ResourceType, id: Id, if_match: &IfMatch) -> Result<()> {
        self.lock_record(definition, id)?;
        let before = self.open(definition, id, "delete", if_match)?;
        let parent = match definition.part_of {
            Some(part) => {
                let parent = reference::of_record(definition, &before).into_iter().find(|(field, _)| field.name == part.field).map(|(_, id)| id);
                if let Some(parent) = parent {
                    self.require_open_parent(definition, part, parent)?;
                }
                parent
            }
            None => None,
        };
        require_deletable(definition, &before)?;
        self.remove(definition, &before)?;
        if let Some(parent) = parent {
            let entry = registry::find_one(self.connection, parent)?;
            self.touch_parent(definition, entry.as_ref())?;
        }
        self.require_conditions_above(definition, Some(&before), None)
    }

    /// Deletes a record that a move has made, as the move that takes it back does: in whichever state it is.
    pub(in crate::store) fn take_back(&mut self, definition: &'static ResourceType, id: Id) -> Result<()> {
        self.lock_record(definition, id)?;
        let before = self.open(definition, id, "delete", &IfMatch::Any)?;
        self.remove(definition, &before)
    }

    fn remove(&mut self, definition: &'static ResourceType, before: &Stored) -> Result<()> {
        let id = before.meta.id;
        let definitions = self.store.definitions.clone();
        let entity = &*before.own;
        self.take_locks(definition.locks(entity)?)?;
        self.with_check(id, Some(entity), before.meta.state.as_deref(), |check| definition.check_removal(entity, check))?;
        let in_use = self.asked().still_referring(self.connection, definition, id)?;
        if !in_use.is_empty() {
            let detail = "Other records still refer to it; errors names them. Change or delete those first.";
            return Err(Problem { errors: in_use, ..Problem::new(Kind::Conflict, detail) }.into());
        }
        for (part, field) in definitions.parts_of(definition.path) {
            self.remove_parts(part, field, id)?;
        }
        let mut meta = self.next(before);
        meta.state = before.meta.state.clone();
        let previous = registry::find_one(self.connection, id)?.map(|entry| entry.hash);
        let (hash, revision) = self.revision(definition, &meta, "delete", None, previous.as_deref())?;
        self.connection.execute_together(vec![revision])?;
        edge::remove(self.connection, id)?;
        super::custom_field::forget_values(self.connection, id)?;
        crate::search::forget(self.connection, id)?;
        let delete = Statement::new(format!("DELETE FROM {} WHERE id = ", definition.table)).with(id, "");
        delete.execute(self.connection).map_err(|error| explain(definition, error))?;
        self.lookups.forget();
        registry::bury(self.connection, id, meta.revision, &hash, self.now)?;
        let effects = self.with_check(id, Some(entity), before.meta.state.as_deref(), |check| definition.effects_of_removal(entity, check))?;
        self.apply_effects(effects)?;
        self.judge_flags(definition, id, Some(&definition.cells(before)), None).map(drop)
    }

    /// Parts go with their parent, the youngest first, so that a part may refer to an older one of the same parent.
    fn remove_parts(&mut self, part: &'static ResourceType, field: &'static str, parent: Id) -> Result<()> {
        let query = Statement::new(format!("SELECT id FROM {} WHERE {field} = ", part.table)).with(parent, " ORDER BY id DESC");
        let ids = query.load::<Uuid, Id>(self.connection)?;
        for id in ids {
            registry::lock(self.connection, id)?;
            if let Some(stored) = load(self.connection, part, id, None, true)? {
                if part.part_of.is_some_and(|part| !part.loose) {
                    require_deletable(part, &stored)?;
                }
                self.remove(part, &stored)?;
            }
        }
        Ok(())
    }
}
