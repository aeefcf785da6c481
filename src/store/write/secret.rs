//! What the service makes with a record and shows once: tokens, the secrets of service accounts. Only what is kept of it stays.

use super::writer::{IfMatch, Writer};
use crate::database::SqlValue;
use crate::error::{FieldError, Problem, Result};
use crate::resource::{Entity, Field, Id, Made, PEOPLE, ResourceType, Stored};
use crate::store::index::registry;
use crate::store::read::reader::place_of;
use diesel::result::Error as Diesel;
use serde_json::{Map, Value};
use std::sync::Arc;

impl Writer<'_> {
    /// Says that nobody will see the answer, as when work is done later: what would be shown once is then not made.
    pub fn unseen(&mut self) {
        self.unseen = true;
    }

    /// A record that was made just now, with what is shown of it once; the names of that come beside it.
    pub fn document_made(&mut self, definition: &'static ResourceType, stored: &Stored) -> (Map<String, Value>, Vec<&'static str>) {
        let mut document = self.document(definition, stored);
        let once = self.once.remove(&stored.meta.id).unwrap_or_default();
        let names = once.iter().map(|(name, _)| *name).collect();
        document.extend(once.into_iter().map(|(name, shown)| (name.to_owned(), shown.into())));
        (document, names)
    }

    /// Makes anew what a record has of secrets, by the permission and the rules of a change to it. What else changes with them is told from
    /// the row as it was, secrets included.
    pub fn renew(
        &mut self,
        definition: &'static ResourceType,
        id: Id,
        action: &str,
        beside: impl FnOnce(&Map<String, Value>) -> Map<String, Value>,
    ) -> Result<Stored> {
        self.lock_record(definition, id)?;
        let before = self.open(definition, id, "update", &IfMatch::Any)?;
        let (entity, cells) = (before.own.clone(), definition.cells(&before));
        self.judge(definition, (&*entity, &cells), id, Some(&*entity), before.meta.state.as_deref())?;
        let mut own = entity.cells();
        for (name, value) in beside(&definition.fields_to_json(&before, true)) {
            let cells = definition.field(&name).and_then(|field| if value.is_null() { None } else { (field.cells)(value) });
            put(definition, &mut own, &name, cells.unwrap_or_default());
        }
        let own = (definition.rows.decode)(&own).map_err(Diesel::DeserializationError)?;
        let own = self.make_secrets(definition, id, own)?;
        let after = Stored { meta: self.next(&before), own, ..before.clone() };
        let place = place_of(self.connection, self.store, definition, &after)?;
        let root = registry::find_one(self.connection, id)?.map(|entry| entry.root_id).filter(|root| *root != id);
        self.save(definition, &before, &after, place, root, action)?;
        Ok(after)
    }

    /// Makes what is shown once, and puts what is kept of it into a record.
    pub(in crate::store) fn make_secrets(&mut self, definition: &'static ResourceType, id: Id, own: Arc<dyn Entity>) -> Result<Arc<dyn Entity>> {
        let makers: Vec<(&'static str, fn(Id) -> Made)> = definition.once_fields().filter_map(|field| Some((field.name, field.once?))).collect();
        if makers.is_empty() {
            return Ok(own);
        }
        if self.unseen {
            let detail =
                "It has a secret that is shown once, to who makes it, and this answer is kept or read by others. Make it by a call of its own, or in bulk.";
            return Err(Problem::conflict("", "shown_once", detail).into());
        }
        let (mut shown, mut cells) = (Vec::new(), own.cells());
        for (name, make) in makers {
            let made = make(id);
            if let Some(kept) = made.kept {
                put(definition, &mut cells, name, vec![SqlValue::Text(kept)]);
            }
            shown.push((name, made.shown));
        }
        self.once.insert(id, shown);
        Ok((definition.rows.decode)(&cells).map_err(Diesel::DeserializationError)?)
    }

    /// Fills in what a new record does not say and what follows from who makes it and when. The service is nobody to refer to.
    pub(in crate::store) fn assume(&self, definition: &'static ResourceType, members: &mut Map<String, Value>) -> Result<()> {
        for field in definition.fields.iter().filter(|field| field.caller && !self.session.is_house()) {
            match self.session.person {
                Some(person) => drop(members.insert(field.name.into(), person.to_string().into())),
                // What may be nobody's is so where no person does it.
                None if field.optional => {}
                None => {
                    let detail = "Only people do this, each for themselves, and your account is linked to no person.";
                    return Err(Problem::invalid(vec![FieldError::new(format!("/{}", field.name), "person", detail)]).into());
                }
            }
        }
        for field in definition.fields {
            let Some(assumed) = field.assumed.filter(|_| field.refers_to.is_empty() || !self.session.is_house()) else { continue };
            if members.get(field.name).is_none_or(Value::is_null) {
                members.insert(field.name.into(), assumed(self.session.principal, self.now));
            }
        }
        Ok(())
    }

    /// Whether a reference names who writes: that needs no permission to see them.
    pub(in crate::store) fn is_oneself(&self, field: &Field, id: Id) -> bool {
        (field.assumed.is_some() && id == self.session.principal) || (Some(id) == self.session.person && PEOPLE.iter().any(|path| field.may_refer_to(path)))
    }
}

/// Puts cells in the place of a field among the own ones; no cells empty it.
fn put(definition: &ResourceType, own: &mut [SqlValue], name: &str, cells: Vec<SqlValue>) {
    let before = definition.placement.len();
    let Some(span) = definition.span_of(name).filter(|span| span.start >= before) else { return };
    let mut cells = cells.into_iter();
    for (cell, column) in
        own.get_mut(span.start - before..span.end - before).into_iter().flatten().zip(definition.field(name).map(|field| field.columns).unwrap_or_default())
    {
        *cell = cells.next().unwrap_or(SqlValue::Null(column.kind));
    }
}
