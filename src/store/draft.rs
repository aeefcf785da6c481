//! A record on its way in: the client's JSON read, judged and placed, before anything is written.

use super::custom::Customs;
use super::refer;
use super::registry::Entry;
use super::scope::{self, Place};
use super::write::Writer;
use crate::access::{Reach, Session};
use crate::database::{Cell, Connection, Kind, Row, Statement};
use crate::error::{Problem, Result};
use crate::resource::{Definition, Entity, Faults, Id, Scope};
use serde_json::{Map, Value};

/// A record that was read and found sound in itself.
pub struct Draft {
    /// Its own fields.
    pub entity: Box<dyn Entity>,
    /// Placement first, then its own fields.
    pub cells: Row,
    /// Where it will stand.
    pub place: Place,
    /// The record whose scope decides for it; none if it stands alone.
    pub root_id: Option<Id>,
    /// The parent, if it is a part.
    pub parent: Option<Entry>,
    /// What its custom values hold.
    pub customs: Customs,
}

impl Writer<'_> {
    /// Reads a whole record. Every broken field is named at once (422), after those that are known to be.
    pub(super) fn draft(
        &mut self,
        definition: &'static Definition,
        mut members: Map<String, Value>,
        before: Option<&[Cell]>,
        verb: &str,
        mut faults: Faults,
    ) -> Result<Draft> {
        for name in definition.server_fields() {
            if members.shift_remove(*name).is_some() {
                faults.at(name, "server_field", "The service writes this field. Remove it.");
            }
        }
        super::declared::derive(self.connection, &self.store.definitions, definition, &mut members)?;
        let placement = self.placement(definition, &mut members, verb, &mut faults)?;
        let (custom, customs) = self.customs(definition, &mut members, &mut faults)?;
        let entity = definition.read(members, &mut faults);
        let Some(entity) = entity else { return Err(Problem::invalid(faults.into_vec()).into()) };
        let cells: Row = placement.into_iter().chain(entity.cells()).chain((!definition.beside.is_empty()).then_some(custom)).collect();
        let references = refer::of_cells(definition, &cells);
        let known = before.map(|before| refer::of_cells(definition, before)).unwrap_or_default();
        let (old, new): (Vec<_>, Vec<_>) = references
            .into_iter()
            .partition(|(field, id)| known.iter().any(|(other, same)| other.name == field.name && same == id) || self.is_oneself(field, *id));
        let mut entries = refer::resolve(self.connection, &self.store.definitions, self.session, &new, &mut faults)?;
        if !faults.is_empty() {
            return Err(Problem::invalid(faults.into_vec()).into());
        }
        // The unit and the parent are needed below even when they have not changed.
        let needed: Vec<Id> = old.iter().filter(|(field, _)| Some(field.name) == scope_field(definition)).map(|(_, id)| *id).collect();
        entries.extend(super::registry::find(self.connection, &needed)?);
        let (place, root_id) = place_of(self, definition, &cells, &entries);
        let parent = definition.part_of.and_then(|part| {
            let id = old.iter().chain(&new).find(|(field, _)| field.name == part.field).map(|(_, id)| *id)?;
            entries.into_iter().find(|entry| entry.id == id)
        });
        Ok(Draft { entity, cells, place, root_id, parent, customs })
    }

    /// `unit_id` and `owner_id`, with the unit that is meant when none is named.
    fn placement(&mut self, definition: &'static Definition, members: &mut Map<String, Value>, verb: &str, faults: &mut Faults) -> Result<Row> {
        let mut cells = Row::new();
        for field in definition.placement {
            match members.shift_remove(field.name).filter(|value| !value.is_null()) {
                Some(value) => {
                    faults.within(field.name, |faults| (field.judge)(value.clone(), faults));
                    cells.extend((field.cells)(value).unwrap_or_else(|| vec![Cell::Null(Kind::Id)]));
                }
                None if field.optional => cells.push(Cell::Null(Kind::Id)),
                None => match default_unit(self.connection, self.session, &definition.permission(verb))? {
                    Some(unit) => cells.push(unit.into()),
                    None => {
                        faults.at(field.name, "required", "You may do this in more than one unit: say in which.");
                        cells.push(Cell::Null(Kind::Id));
                    }
                },
            }
        }
        Ok(cells)
    }
}

/// The caller's only unit, or the first unit of the house for who may do it everywhere.
fn default_unit(connection: &mut Connection, session: &Session, permission: &str) -> Result<Option<Id>> {
    match session.reach(permission) {
        Reach::Units(units) if units.len() == 1 => Ok(units.first().copied()),
        Reach::Everything => {
            let root = Statement::new("SELECT id FROM units WHERE parent_id IS NULL ORDER BY id LIMIT 1").first(connection, &[Kind::Id])?;
            Ok(root.and_then(|row| row[0].as_id()))
        }
        _ => Ok(None),
    }
}

fn scope_field(definition: &Definition) -> Option<&'static str> {
    match definition.scope {
        Scope::Within(field) => Some(field),
        _ => None,
    }
}

/// Where a record with these cells stands, and the record that decides for it.
fn place_of(writer: &Writer<'_>, definition: &'static Definition, cells: &[Cell], entries: &[Entry]) -> (Place, Option<Id>) {
    match definition.scope {
        Scope::Shared => (Place::Shared, None),
        Scope::Own => (Place::Own(writer.session.principal), None),
        Scope::Unit => (Place::Unit(cells.first().and_then(Cell::as_id)), None),
        Scope::Tree => {
            let parent = refer::of_cells(definition, cells).into_iter().find(|(field, _)| field.name == "parent_id").map(|(_, id)| id);
            (Place::Unit(parent), None)
        }
        Scope::Within(field) => {
            let id = refer::of_cells(definition, cells).into_iter().find(|(each, _)| each.name == field).map(|(_, id)| id);
            match entries.iter().find(|entry| Some(entry.id) == id) {
                Some(entry) => (entry.place(&writer.store.definitions), Some(entry.root_id)),
                None => (Place::Unit(None), None),
            }
        }
    }
}

/// Whether a session may do something at a place, when the parent of a new root of the tree is nobody.
pub fn permitted(connection: &mut Connection, session: &Session, permission: &str, place: Place) -> Result<()> {
    if scope::holds(connection, session, permission, place)? { Ok(()) } else { Err(Problem::forbidden(permission).into()) }
}
