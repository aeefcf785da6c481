//! A record on its way in: the client's JSON read, judged and placed, before anything is written.

use super::custom_field::Customs;
use super::writer::Writer;
use crate::access::Reach;
use crate::database::{Row, SqlValue};
use crate::error::{Problem, Result};
use crate::resource::dates;
use crate::resource::value::{Custom, Instant, say_the_same};
use crate::resource::{Entity, Field, FieldType, Id, Placement, ResourceType, Scope, Stored, ValidationErrors, Whose};
use crate::store::index::place::Place;
use crate::store::index::reference;
use crate::store::index::registry::Entry;
use crate::store::read::own::{self, Claim};
use crate::store::read::scope;
use diesel::prelude::*;
use serde_json::{Map, Value};
use std::sync::Arc;
use steward_schema::teams::units;

/// A record that was read and found sound in itself.
pub struct Draft {
    /// `unit_id` and `owner_id`.
    pub placement: Placement,
    /// Its own fields.
    pub own: Arc<dyn Entity>,
    /// The values of custom fields.
    pub custom: Option<Custom>,
    /// The same as cells, for rules that compare columns.
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
    /// The record in sight that has the same unique fields as these members, those counted that follow from what others name; none if a
    /// unique field is not among them.
    pub fn find_by_key(&mut self, definition: &'static ResourceType, members: &Map<String, Value>) -> Result<Option<Stored>> {
        let mut members = members.clone();
        super::declared_rule::derive(self.connection, &self.store.definitions, definition, &mut members)?;
        self.reader().find_by_key(definition, &members)
    }

    /// Reads a whole record. Every broken field is named at once (422), after those that are known to be.
    pub(in crate::store) fn draft(
        &mut self,
        definition: &'static ResourceType,
        mut members: Map<String, Value>,
        before: Option<&[SqlValue]>,
        verb: &str,
        mut faults: ValidationErrors,
    ) -> Result<Draft> {
        for name in definition.server_fields() {
            if members.shift_remove(*name).is_some() {
                faults.at(name, "server_field", "The service writes this field. Remove it.");
            }
        }
        super::declared_rule::derive(self.connection, &self.store.definitions, definition, &mut members)?;
        let placement = self.placement(definition, &mut members, verb, &mut faults)?;
        let (custom, customs) = self.customs(definition, &mut members, &mut faults)?;
        let named = named(definition, placement, &members);
        let Some(own) = definition.read(members, &mut faults) else { return Err(self.unread(definition, (&named, before), faults)?.into()) };
        let cells = definition.cells_of(placement, &*own, custom.as_ref());
        refuse_future(definition, &cells, before, self.now, &mut faults);
        if let Some(before) = before {
            refuse_fixed(definition, before, &cells, &mut faults);
        }
        let references = reference::of_cells(definition, &cells);
        let known = before.map(|before| reference::of_cells(definition, before)).unwrap_or_default();
        let (old, new): (Vec<_>, Vec<_>) = references
            .into_iter()
            .partition(|(field, id)| known.iter().any(|(other, same)| other.name == field.name && same == id) || self.is_oneself(field, *id));
        let mut entries = self.lookups.entries(self.connection, &reference::targets(&new))?;
        reference::judge(self.connection, &self.store.definitions, self.session, (&new, &entries), &mut faults)?;
        if !self.session.is_house() {
            let named = reference::inside(definition, &cells);
            let known = before.map(|before| reference::inside(definition, before)).unwrap_or_default();
            reference::resolve_inside(self.connection, &self.store.definitions, self.session, (&named, &known), &mut faults)?;
        }
        if !faults.is_empty() {
            return Err(Problem::invalid(faults.into_vec()).into());
        }
        // The unit and the parent are needed below even when they have not changed.
        let needed: Vec<Id> = old.iter().filter(|(field, _)| Some(field.name) == scope_field(definition)).map(|(_, id)| *id).collect();
        entries.extend(self.lookups.entries(self.connection, &needed)?);
        let (place, root_id) = place_of(self, definition, placement, &cells, &entries);
        let parent = definition.part_of.and_then(|part| {
            let id = old.iter().chain(&new).find(|(field, _)| field.name == part.field).map(|(_, id)| *id)?;
            entries.into_iter().find(|entry| entry.id == id)
        });
        Ok(Draft { placement, own, custom, cells, place, root_id, parent, customs })
    }

    /// The refusal of what cannot be read, with the references in it that lead nowhere.
    fn unread(
        &mut self,
        definition: &'static ResourceType,
        (named, before): (&[(&'static Field, Id)], Option<&[SqlValue]>),
        mut faults: ValidationErrors,
    ) -> Result<Problem> {
        let known = before.map(|before| reference::of_cells(definition, before)).unwrap_or_default();
        let is_old =
            |(field, id): &(&'static Field, Id)| known.iter().any(|(other, same)| other.name == field.name && same == id) || self.is_oneself(field, *id);
        let new: Vec<(&'static Field, Id)> = named.iter().copied().filter(|each| !is_old(each)).collect();
        let entries = self.lookups.entries(self.connection, &reference::targets(&new))?;
        reference::judge(self.connection, &self.store.definitions, self.session, (&new, &entries), &mut faults)?;
        Ok(Problem::invalid(faults.into_vec()))
    }

    /// `unit_id` and `owner_id`, with the unit that is meant when none is named.
    fn placement(
        &mut self,
        definition: &'static ResourceType,
        members: &mut Map<String, Value>,
        verb: &str,
        faults: &mut ValidationErrors,
    ) -> Result<Placement> {
        let mut placement = Placement::default();
        for field in definition.placement {
            let id = match members.shift_remove(field.name).filter(|value| !value.is_null()) {
                Some(value) => faults.within(field.name, |faults| Id::read(value, faults)),
                None if field.optional => None,
                None => {
                    let unit = self.default_unit(&definition.permission(verb))?;
                    faults.require(unit.is_some(), field.name, "required", "You may do this in more than one unit: say in which.");
                    unit
                }
            };
            match field.name {
                "unit_id" => placement.unit_id = id,
                _ => placement.owner_id = id,
            }
        }
        Ok(placement)
    }

    /// The caller's only unit, or the first unit of the service for who may do it everywhere.
    fn default_unit(&mut self, permission: &str) -> Result<Option<Id>> {
        match self.session.reach(permission) {
            Reach::Part { units, .. } if units.len() == 1 => Ok(units.first().copied()),
            Reach::Part { units, own: true } if units.is_empty() => self.session.person.map_or(Ok(None), |person| own::unit_of(self.connection, person)),
            Reach::Everything => {
                if self.lookups.first_unit.is_none() {
                    let root = units::table.filter(units::parent_id.is_null()).order(units::id).select(units::id);
                    self.lookups.first_unit = root.first(self.connection).optional()?;
                }
                Ok(self.lookups.first_unit)
            }
            _ => Ok(None),
        }
    }
}

/// What a record refers to as far as it can be read.
fn named(definition: &'static ResourceType, placement: Placement, members: &Map<String, Value>) -> Vec<(&'static Field, Id)> {
    let id_of = |field: &'static Field| match field.name {
        "unit_id" if placement.unit_id.is_some() => placement.unit_id,
        "owner_id" if placement.owner_id.is_some() => placement.owner_id,
        name => members.get(name).and_then(Value::as_str).and_then(Id::parse),
    };
    definition.references().filter_map(|field| Some((field, id_of(field)?))).collect()
}

/// Names the facts that a write dates in the future; what stood there before may stay.
fn refuse_future(definition: &ResourceType, cells: &[SqlValue], before: Option<&[SqlValue]>, now: Instant, faults: &mut ValidationErrors) {
    for field in definition.fields.iter().filter(|field| field.happened) {
        let Some((_, cell)) = definition.compared(cells, field.name) else { continue };
        let known = before.and_then(|before| definition.compared(before, field.name)).is_some_and(|(_, known)| known == cell);
        if !known && dates::is_future(cell, now) {
            let latest = if matches!(cell, SqlValue::Date(_)) { now.date().to_string() } else { now.to_string() };
            faults.at(field.name, "future", format!("What happened is not dated in the future: at the latest {latest}."));
        }
    }
}

/// Names what is fixed when the record is made and differs now.
fn refuse_fixed(definition: &'static ResourceType, before: &[SqlValue], cells: &[SqlValue], faults: &mut ValidationErrors) {
    let mut at = 0;
    for field in definition.written_fields() {
        let span = at..at + field.columns.len();
        let scope_field = matches!(definition.scope, Scope::Within(name) if name == field.name);
        let part_field = definition.part_of.is_some_and(|part| part.field == field.name);
        if (field.fixed || scope_field || part_field) && !say_the_same(before.get(span.clone()), cells.get(span.clone())) {
            faults.at(field.name, "fixed", "This is fixed when the record is made. Make a new record instead.");
        }
        at = span.end;
    }
}

fn scope_field(definition: &ResourceType) -> Option<&'static str> {
    match definition.scope {
        Scope::Within(field) => Some(field),
        _ => None,
    }
}

/// Where a record with these cells stands, and the record that decides for it.
fn place_of(writer: &Writer<'_>, definition: &'static ResourceType, placement: Placement, cells: &[SqlValue], entries: &[Entry]) -> (Place, Option<Id>) {
    match definition.scope {
        Scope::Shared => (Place::Shared, None),
        Scope::Own => (Place::Own(writer.session.principal), None),
        Scope::Unit => (Place::Unit(placement.unit_id), None),
        Scope::Tree => {
            let parent = reference::of_cells(definition, cells).into_iter().find(|(field, _)| field.name == "parent_id").map(|(_, id)| id);
            (Place::Unit(parent), None)
        }
        Scope::Within(field) => {
            let id = reference::of_cells(definition, cells).into_iter().find(|(each, _)| each.name == field).map(|(_, id)| id);
            match entries.iter().find(|entry| Some(entry.id) == id) {
                Some(entry) => (entry.place(&writer.store.definitions), Some(entry.root_id)),
                None => (Place::Unit(None), None),
            }
        }
    }
}

impl Writer<'_> {
    /// Refuses to make a record, or to change it to this, where that is not permitted (403): where it will stand, or because it is one's
    /// own and stands where one works.
    pub(in crate::store) fn require_permitted(
        &mut self,
        definition: &'static ResourceType,
        verb: &str,
        (place, claim): (Place, &Claim),
        unit_before: Option<Id>,
    ) -> Result<()> {
        let permission = definition.permission(verb);
        if scope::holds(self.connection, self.session, &permission, place)? {
            return Ok(());
        }
        let own = claim.is_held(self.connection, &self.store.definitions, self.session, definition, verb)?;
        let unit = claim.reference("unit_id").filter(|_| definition.scope == Scope::Unit);
        let at_home = match (unit, self.session.person) {
            (Some(unit), Some(person)) if unit_before != Some(unit) => own::unit_of(self.connection, person)? == Some(unit),
            _ => true,
        };
        if own && at_home { Ok(()) } else { Err(Problem::forbidden(&permission).into()) }
    }

    /// Names the caller where who makes what is their own leaves out whose it is.
    pub(in crate::store) fn assume_own(&self, definition: &'static ResourceType, members: &mut Map<String, Value>) {
        let reach = self.session.reach(&definition.permission("create"));
        let Some(person) = self.session.person.filter(|_| reach.takes_own()) else { return };
        let named = definition.owns().into_iter().filter(|own| own.allows("create")).find_map(|own| match own.whose {
            Whose::Named(name) => definition.field(name),
            _ => None,
        });
        let Some(field) = named.filter(|field| !field.read_only) else { return };
        if members.get(field.name).is_none_or(Value::is_null) && (!field.optional || !reach.beyond_own()) {
            members.insert(field.name.into(), person.to_string().into());
        }
    }
}
