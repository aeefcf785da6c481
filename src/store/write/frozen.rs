//! What a state forbids: deleting and changing what is evidence, changing its parts, and beginning anything on what has ended.

use super::writer::Writer;
use crate::database::{Connection, SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::resource::{Editable, Field, Id, Move, PartOf, ResourceType, Scope, Stored, UnmetGuard};
use crate::store::index::reference;
use crate::store::index::registry::{self, Entry};
use crate::store::schedule::due_amount;
use crate::store::write::condition::Asked;
use diesel::sql_types::{Nullable, Uuid};

/// How far up a chain of records within records is followed.
const DEPTH: usize = 6;

/// Refuses to delete a record in a state in which it is evidence (409).
pub(in crate::store) fn require_deletable(definition: &ResourceType, stored: &Stored) -> Result<()> {
    let state = stored.meta.state.as_deref().unwrap_or_default();
    if definition.is_deletable_in(state) {
        return Ok(());
    }
    let instead = match onward(definition, state) {
        Some(moves) => format!("Move it on instead ({moves})."),
        None => "It stays as a record of what happened; what is wrong in it is corrected by a new record.".to_owned(),
    };
    let detail = format!(
        "{} is {state}, and is evidence from then on: it can be deleted only while it is {}. {instead}",
        definition.title_of(stored),
        definition.deletable_states().join(" or ")
    );
    Err(Problem::conflict("", "not_deletable", detail).into())
}

/// The states to which moves lead that a caller can make.
fn onward(definition: &ResourceType, state: &str) -> Option<String> {
    let moves = definition.lifecycle.iter().flat_map(|lifecycle| lifecycle.moves_from(state)).filter(|step| !step.automatic);
    let names: Vec<&str> = moves.map(|step| step.to).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Refuses to change fields that are frozen in a record's state (409).
pub(in crate::store) fn require_editable(definition: &ResourceType, before: &Stored, changed: &[&'static Field]) -> Result<()> {
    let state = before.meta.state.as_deref().unwrap_or_default();
    let frozen: Vec<&str> = match definition.editable_fields_in(state) {
        Editable::All => return Ok(()),
        Editable::Fields(fields) => changed.iter().map(|field| field.name).filter(|name| !fields.contains(name)).collect(),
        Editable::None => changed.iter().map(|field| field.name).collect(),
    };
    let Some(first) = frozen.first() else { return Ok(()) };
    let instead = match onward(definition, state) {
        Some(moves) => format!(" From {state} it can become {moves}."),
        None => " What is wrong in it is corrected by a new record; comments, tags, links and custom fields may still be added.".to_owned(),
    };
    let detail = format!(
        "{} is {state}, and {first} cannot be changed any more; that is possible only while it is {}.{instead}",
        definition.title_of(before),
        definition.editable_states().join(" or ")
    );
    let reasons: String = definition.exceptions_in(state).map(|exception| format!(" {}", exception.reason)).collect();
    let detail = detail + &reasons;
    let errors = frozen.iter().map(|name| crate::error::FieldError::new(format!("/{name}"), "immutable", detail.clone())).collect();
    Err(Problem { errors, ..Problem::new(crate::error::Kind::Conflict, detail) }.into())
}

/// What a record that others lie within is, as far as they need to know.
struct Above {
    definition: &'static ResourceType,
    entry: Entry,
    state: String,
}

impl Asked<'_> {
    fn above(&self, connection: &mut Connection, id: Id) -> Result<Option<Above>> {
        let Some(entry) = registry::find_one(connection, id)? else { return Ok(None) };
        let Some(definition) = self.definitions.get(&entry.collection) else { return Ok(None) };
        let state = due_amount::standing(connection, definition, id, entry.state.as_deref().unwrap_or_default(), self.now)?;
        Ok(Some(Above { definition, entry, state }))
    }

    /// What a move would begin or go on with although what the record stands on has ended.
    pub fn unmet_basis(&self, connection: &mut Connection, definition: &'static ResourceType, stored: &Stored, step: &Move) -> Result<Vec<UnmetGuard>> {
        let begins = definition.begins(step.from, step.to);
        let goes_on = !definition.is_final(step.to) && !step.approving && !step.accounting;
        let mut missing = Vec::new();
        if begins || goes_on {
            missing.extend(self.ended_within(connection, definition, stored)?);
        }
        if begins {
            missing.extend(self.ended_basis(connection, definition, stored)?);
        }
        Ok(missing)
    }

    /// The references of a record to what it stands on and what has ended.
    pub fn ended_basis(&self, connection: &mut Connection, definition: &'static ResourceType, stored: &Stored) -> Result<Vec<UnmetGuard>> {
        let mut missing = Vec::new();
        if definition.state_rules.basis.is_empty() {
            return Ok(missing);
        }
        for (field, id) in reference::of_record(definition, stored).into_iter().filter(|(field, _)| definition.state_rules.basis.contains(&field.name)) {
            if let Some(above) = self.above(connection, id)?
                && above.definition.is_final(&above.state)
            {
                missing.push(self.ended(connection, field.name, &above)?);
            }
        }
        Ok(missing)
    }

    /// The first of the records that a record lies within that has ended.
    pub fn ended_within(&self, connection: &mut Connection, definition: &'static ResourceType, stored: &Stored) -> Result<Vec<UnmetGuard>> {
        let Scope::Within(field) = definition.scope else { return Ok(Vec::new()) };
        if self.definitions.hangs_on_any(definition) {
            return Ok(Vec::new());
        }
        let mut outlived = definition.state_rules.outlives.iter().any(|(name, _)| *name == field);
        let mut next = reference::of_record(definition, stored).into_iter().find(|(each, _)| each.name == field).map(|(_, id)| id);
        for _ in 0..DEPTH {
            let Some(id) = next else { break };
            let Some(above) = self.above(connection, id)? else { break };
            if !outlived && above.definition.is_final(&above.state) {
                return Ok(vec![self.ended(connection, field, &above)?]);
            }
            let Scope::Within(beyond) = above.definition.scope else { break };
            outlived |= above.definition.state_rules.outlives.iter().any(|(name, _)| *name == beyond);
            let query = Statement::new(format!("SELECT {beyond} FROM {} WHERE id = ", above.definition.table)).with(id, "");
            next = query.load::<Nullable<Uuid>, Option<Id>>(connection)?.pop().flatten();
        }
        Ok(Vec::new())
    }

    fn ended(&self, connection: &mut Connection, field: &str, above: &Above) -> Result<UnmetGuard> {
        let name = self.name_of(connection, &above.entry)?;
        let detail = format!("{name} is {}: nothing begins or goes on there any more. Choose another {field}, or end this instead.", above.state);
        Ok(UnmetGuard::new(&format!("/{field}"), "ended", detail))
    }
}

impl Writer<'_> {
    /// Refuses a record that is under way, from the start or because it is brought back so, on what has ended (409).
    pub(in crate::store) fn require_basis(&mut self, definition: &'static ResourceType, stored: &Stored) -> Result<()> {
        let first = definition.lifecycle.as_ref().is_none_or(|lifecycle| stored.meta.state.as_deref() == Some(lifecycle.first()));
        if first && !definition.state_rules.begins_at_once {
            return Ok(());
        }
        let asked = self.asked();
        let mut missing = asked.ended_within(self.connection, definition, stored)?;
        missing.extend(asked.ended_basis(self.connection, definition, stored)?);
        match missing.pop() {
            Some(unmet) => Err(Problem::conflict(unmet.0.pointer, "ended", unmet.0.detail).into()),
            None => Ok(()),
        }
    }

    /// Locks the parent of a part, and refuses where it or a record that it is part of is frozen (409).
    pub(in crate::store) fn require_open_parent(&mut self, definition: &'static ResourceType, part: PartOf, parent: Id) -> Result<()> {
        registry::lock(self.connection, parent)?;
        match self.asked().closed_parent(self.connection, definition, part, parent)? {
            Some(problem) => Err(problem.into()),
            None => Ok(()),
        }
    }
}

impl Asked<'_> {
    /// The refusal of a change to a part where its parent or a record that this is part of is frozen.
    pub fn closed_parent(&self, connection: &mut Connection, definition: &'static ResourceType, part: PartOf, parent: Id) -> Result<Option<Problem>> {
        let (mut part, mut parent, mut outlives) = (part, parent, definition.state_rules.outlives);
        for _ in 0..DEPTH {
            if part.loose {
                return Ok(None);
            }
            let above = self.above(connection, parent)?.ok_or_else(Problem::not_found)?;
            let states = open_states(above.definition, part);
            let outlived = outlives.iter().any(|(name, _)| *name == part.field);
            if above.definition.lifecycle.is_some() && !outlived && !states.contains(&above.state.as_str()) {
                let name = self.name_of(connection, &above.entry)?;
                let detail = format!("{name} is {}, and its {} may change only while it is {}.", above.state, words(definition), states.join(" or "));
                return Ok(Some(Problem::conflict(format!("/{}", part.field), "parent_state", detail)));
            }
            match (above.definition.part_of, above.entry.parent_id) {
                (Some(beyond), Some(id)) => (part, parent, outlives) = (beyond, id, above.definition.state_rules.outlives),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// The states of a parent in which its parts may change: those that the part names, or those in which the parent itself may.
fn open_states(parent: &'static ResourceType, part: PartOf) -> Vec<&'static str> {
    if part.while_in.is_empty() { parent.editable_states() } else { part.while_in.to_vec() }
}

fn words(definition: &ResourceType) -> String {
    definition.collection.replace('-', " ")
}

/// The changes of a row that its state and that of its parent have a say in: annotations aside, and aside what the service may write when it
/// is the service that does.
pub(in crate::store) fn weighed(definition: &'static ResourceType, before: &Stored, cells: [&[SqlValue]; 2], by_service: bool) -> Vec<&'static Field> {
    let state = before.meta.state.as_deref().unwrap_or_default();
    let mut changed = definition.changed_fields(cells[0], cells[1]);
    changed.retain(|field| !by_service || !(field.read_only || definition.is_service_free_in(state)));
    changed
}
