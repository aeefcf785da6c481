//! References: what a write may point at.

use super::registry::{self, Entry};
use crate::access::{Session, unit_and_above};
use crate::database::{Connection, SqlValue};
use crate::error::Result;
use crate::resource::value::Inner;
use crate::resource::{Field, Id, PEOPLE, ResourceType, ResourceTypes, Scope, Stored, ValidationErrors};
use crate::store::read::{naming, scope};
use serde_json::Value;

/// The references that are set in a record.
pub fn of_record(definition: &ResourceType, stored: &Stored) -> Vec<(&'static Field, Id)> {
    of_cells(definition, &definition.cells(stored))
}

/// The references that are set in a row's cells.
pub fn of_cells(definition: &ResourceType, cells: &[SqlValue]) -> Vec<(&'static Field, Id)> {
    let mut rest = cells;
    let mut found = Vec::new();
    for field in definition.written_fields() {
        let Some((mine, others)) = rest.split_at_checked(field.columns.len()) else { break };
        rest = others;
        if let (false, Some(id)) = (field.refers_to.is_empty(), mine.first().and_then(SqlValue::as_id)) {
            found.push((field, id));
        }
    }
    found
}

/// A reference inside a value of a record.
#[derive(Debug, Clone)]
pub struct Inside {
    /// The field of the record that holds the value.
    pub field: &'static Field,
    /// Where in it, step by step.
    at: Vec<String>,
    /// What it may refer to.
    collections: &'static [&'static str],
    /// The record that it names.
    pub id: Id,
}

/// The references inside the values of a row's cells.
pub fn inside(definition: &ResourceType, cells: &[SqlValue]) -> Vec<Inside> {
    let mut rest = cells;
    let mut found = Vec::new();
    for field in definition.written_fields() {
        let Some((mine, others)) = rest.split_at_checked(field.columns.len()) else { break };
        rest = others;
        if field.secret || !field.holds_references() {
            continue;
        }
        if let Some(value) = (field.json)(mine) {
            walk(field, field, &value, &mut Vec::new(), &mut found);
        }
    }
    found
}

/// Looks through a value of a field, and through those in it.
fn walk(top: &'static Field, field: &dyn Inner, value: &Value, at: &mut Vec<String>, found: &mut Vec<Inside>) {
    match value {
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                at.push(place.to_string());
                walk(top, field, item, at, found);
                at.pop();
            }
        }
        Value::Object(members) => {
            for inner in field.inside() {
                let Some(value) = members.get(inner.name()) else { continue };
                at.push(inner.name().to_owned());
                match value.as_str().and_then(Id::parse).filter(|_| !inner.names().is_empty()) {
                    Some(id) => found.push(Inside { field: top, at: at.clone(), collections: inner.names(), id }),
                    None => walk(top, inner, value, at, found),
                }
                at.pop();
            }
        }
        Value::String(text) if !field.lists().is_empty() => {
            found.extend(Id::parse(text).map(|id| Inside { field: top, at: at.clone(), collections: field.lists(), id }));
        }
        _ => {}
    }
}

/// Looks up what the values of a write refer to, beside what they referred to before, as [`judge`] does.
pub fn resolve_inside(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    session: &Session,
    (new, known): (&[Inside], &[Inside]),
    faults: &mut ValidationErrors,
) -> Result<()> {
    for inner in new.iter().filter(|inner| !known.iter().any(|other| other.field.name == inner.field.name && other.id == inner.id)) {
        let of_oneself = session.person == Some(inner.id) && inner.collections.iter().any(|path| PEOPLE.contains(path));
        let entry = registry::find_one(connection, inner.id)?.filter(|entry| inner.collections.contains(&entry.collection.as_str()));
        let visible = match entry.and_then(|entry| Some((definitions.get(&entry.collection)?, entry))) {
            Some((target, entry)) => of_oneself || may_name(connection, definitions, session, target, &entry)?,
            None => false,
        };
        if !visible {
            let detail = format!("There is no such record of {}, or it is not visible to you.", inner.collections.join(" or "));
            refuse_at(std::iter::once(inner.field.name).chain(inner.at.iter().map(String::as_str)).collect(), &detail, faults);
        }
    }
    Ok(())
}

fn refuse_at(path: Vec<&str>, detail: &str, faults: &mut ValidationErrors) {
    match path.split_first() {
        Some((first, [])) => faults.at(first, "reference", detail),
        Some((first, rest)) => faults.within(first, |faults| refuse_at(rest.to_vec(), detail, faults)),
        None => {}
    }
}

/// The records that references lead to, each once.
pub fn targets(references: &[(&'static Field, Id)]) -> Vec<Id> {
    let mut ids: Vec<Id> = references.iter().map(|(_, id)| *id).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Judges what a write refers to, of which these are the entries. What is absent, of another kind or out of the caller's sight is a fault, and
/// the answer is the same for all three.
pub fn judge(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    session: &Session,
    (references, entries): (&[(&'static Field, Id)], &[Entry]),
    faults: &mut ValidationErrors,
) -> Result<()> {
    for (field, id) in references {
        if let Some(target) = field.refers_to.first().and_then(|path| definitions.get(path)).filter(|target| target.fact) {
            let there = match scope::condition(definitions, target, session, "read") {
                Ok(narrowed) => crate::store::read::row::load(connection, target, *id, narrowed, false)?.is_some(),
                Err(scope::Nowhere) => false,
            };
            refuse_unless(there, field, faults);
            continue;
        }
        let entry = entries.iter().find(|entry| entry.id == *id && field.may_refer_to(&entry.collection));
        let visible = match entry.and_then(|entry| definitions.get(&entry.collection).map(|target| (entry, target))) {
            Some((entry, target)) => may_name(connection, definitions, session, target, entry)?,
            None => false,
        };
        // A unit in which one may do something can be named without being read.
        let usable = visible || (field.name == "unit_id" && entry.is_some() && session.reach_of_any().covers(&unit_and_above(connection, *id)?));
        refuse_unless(usable, field, faults);
    }
    Ok(())
}

/// Whether a session may name a record: what it reads, and of what belongs to another principal, as a file does, what no record withholds that
/// names it already. Who could name that anew would reach it.
pub fn may_name(connection: &mut Connection, definitions: &ResourceTypes, session: &Session, target: &'static ResourceType, entry: &Entry) -> Result<bool> {
    if !scope::may_read_entry(connection, session, definitions, target, entry)? {
        return Ok(false);
    }
    let free = target.scope != Scope::Own || session.is_house() || entry.principal_id == Some(session.principal);
    Ok(free || !naming::of(connection, definitions, session, target.path, entry.id)?.withholds())
}

fn refuse_unless(visible: bool, field: &Field, faults: &mut ValidationErrors) {
    if !visible {
        let wanted = if field.refers_to_any() { String::new() } else { format!(" of {}", field.refers_to.join(" or ")) };
        faults.at(field.name, "reference", format!("There is no such record{wanted}, or it is not visible to you."));
    }
}

/// True if a field refers to facts, which have no entry in the registry and no edges.
pub fn leads_to_facts(definitions: &ResourceTypes, field: &Field) -> bool {
    field.refers_to.first().and_then(|path| definitions.get(path)).is_some_and(|target| target.fact)
}
