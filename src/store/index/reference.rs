//! References: what a write may point at, and what still points at a record.

use super::registry::{self, Entry};
use crate::access::{Session, unit_and_above};
use crate::database::{Connection, SqlValue, Statement};
use crate::error::{FieldError, Result};
use crate::resource::value::Inner;
use crate::resource::{Field, Id, PEOPLE, ResourceType, ResourceTypes, Scope, Stored, ValidationErrors};
use crate::store::read::scope;
use diesel::sql_types::{Text, Uuid};
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
            Some((target, entry)) => of_oneself || scope::may_read_entry(connection, session, definitions, target, &entry)?,
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
            Some((entry, target)) => scope::may_read_entry(connection, session, definitions, target, entry)?,
            None => false,
        };
        // A unit in which one may do something can be named without being read.
        let usable = visible || (field.name == "unit_id" && entry.is_some() && session.reach_of_any().covers(&unit_and_above(connection, *id)?));
        refuse_unless(usable, field, faults);
    }
    Ok(())
}

fn refuse_unless(visible: bool, field: &Field, faults: &mut ValidationErrors) {
    if !visible {
        let wanted = if field.refers_to_any() { String::new() } else { format!(" of {}", field.refers_to.join(" or ")) };
        faults.at(field.name, "reference", format!("There is no such record{wanted}, or it is not visible to you."));
    }
}

/// How many referring records an answer names.
const NAMED: usize = 20;

/// What still refers to a record, its own parts and itself aside: its edges, the facts that name it as it is, and, of a unit, what
/// stands in it.
pub fn still_referring(
    connection: &mut Connection,
    definitions: &ResourceTypes,
    session: &Session,
    definition: &'static ResourceType,
    id: Id,
) -> Result<Vec<FieldError>> {
    let mut query = Statement::new("SELECT e.from_id, e.field, r.collection FROM edges e JOIN registry r ON r.id = e.from_id WHERE e.to_id = ")
        .with(id, " AND e.from_id <> ")
        .with(id, " AND (r.parent_id IS NULL OR r.parent_id <> ")
        .with(id, ")");
    if definition.scope == Scope::Tree {
        query.push(" UNION ALL SELECT id, 'unit_id', collection FROM registry WHERE deleted_at IS NULL AND unit_id = ").bind(id).push(" AND id <> ").bind(id);
    }
    for (source, field) in definitions.references_to(definition.path).filter(|(source, field)| source.fact && !field.recalls) {
        query.push(format!(" UNION ALL SELECT id, '{}', '{}' FROM {} WHERE {} = ", field.name, source.path, source.table, field.name)).bind(id);
    }
    query.push(format!(" LIMIT {NAMED}"));
    let rows = query.load::<(Uuid, Text, Text), (Id, String, String)>(connection)?;
    let mut named = Vec::new();
    let mut hidden = false;
    for (referring, field, collection) in rows {
        let entry = registry::find_one(connection, referring)?;
        let visible = match (&entry, definitions.get(&collection)) {
            (Some(entry), Some(source)) => scope::may_read_entry(connection, session, definitions, source, entry)?,
            _ => false,
        };
        if visible {
            let above = entry.as_ref().and_then(|entry| entry.parent_id).map(|id| scope::named(connection, session, definitions, id)).transpose()?.flatten();
            let within = above.map(|(of, title)| format!(" (of {} “{title}”)", of.singular.replace('_', " "))).unwrap_or_default();
            named.push(FieldError::new("", "in_use", format!("{collection}/{referring}{within} refers to it by {field}. Change or delete that first.")));
        } else {
            hidden = true;
        }
    }
    // What it is and how many there are is not told.
    if hidden {
        named.push(FieldError::new("", "in_use", "What is not visible to you refers to it. Somebody who may see that must change it first."));
    }
    Ok(named)
}

/// True if a field refers to facts, which have no entry in the registry and no edges.
pub fn leads_to_facts(definitions: &ResourceTypes, field: &Field) -> bool {
    field.refers_to.first().and_then(|path| definitions.get(path)).is_some_and(|target| target.fact)
}
