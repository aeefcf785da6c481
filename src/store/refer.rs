//! References: what a write may point at, and what still points at a record.

use super::registry::{self, Entry};
use super::scope;
use crate::access::Session;
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::{Broken, Result};
use crate::resource::{Definition, Definitions, Faults, Field, Id};

/// The references that are set in a row's cells.
pub fn of_cells(definition: &Definition, cells: &[Cell]) -> Vec<(&'static Field, Id)> {
    let mut rest = cells;
    let mut found = Vec::new();
    for field in definition.written_fields() {
        let Some((mine, others)) = rest.split_at_checked(field.columns.len()) else { break };
        rest = others;
        if let (false, Some(id)) = (field.refers_to.is_empty(), mine.first().and_then(Cell::as_id)) {
            found.push((field, id));
        }
    }
    found
}

/// Looks up what a write refers to. What is absent, of another kind or out of the caller's sight is a fault, and the
/// answer is the same for all three.
pub fn resolve(
    connection: &mut Connection,
    definitions: &Definitions,
    session: &Session,
    references: &[(&'static Field, Id)],
    faults: &mut Faults,
) -> Result<Vec<Entry>> {
    let mut ids: Vec<Id> = references.iter().map(|(_, id)| *id).collect();
    ids.sort();
    ids.dedup();
    let entries = registry::find(connection, &ids)?;
    for (field, id) in references {
        let entry = entries.iter().find(|entry| entry.id == *id && field.may_refer_to(&entry.collection));
        let visible = match entry.and_then(|entry| definitions.get(&entry.collection).map(|target| (entry, target))) {
            Some((entry, target)) => scope::may_read_entry(connection, session, definitions, target, entry)?,
            None => false,
        };
        if !visible {
            let wanted = if field.refers_to_any() { String::new() } else { format!(" of {}", field.refers_to.join(" or ")) };
            faults.at(field.name, "reference", format!("There is no such record{wanted}, or it is not visible to you."));
        }
    }
    Ok(entries)
}

/// How many referring records an answer names.
const NAMED: usize = 20;

/// What still refers to a record, its own parts and itself aside: one statement over all collections that can.
pub fn still_referring(
    connection: &mut Connection,
    definitions: &Definitions,
    session: &Session,
    definition: &'static Definition,
    id: Id,
) -> Result<Vec<Broken>> {
    let mut query = Statement::default();
    let mut sources: Vec<(&'static Definition, &'static Field)> = Vec::new();
    for (source, field) in definitions.references_to(definition.path) {
        let own_part = source.part_of.is_some_and(|part| part.field == field.name);
        if own_part {
            continue;
        }
        query.push(if sources.is_empty() { "" } else { " UNION ALL " });
        query.push(format!("SELECT * FROM (SELECT CAST({} AS bigint) AS source, id FROM {} WHERE {} = ", sources.len(), source.table, field.name)).bind(id);
        query.push(" AND id <> ").bind(id).push(format!(" LIMIT {NAMED}) AS s{}", sources.len()));
        sources.push((source, field));
    }
    query.push(if sources.is_empty() { "" } else { " UNION ALL " });
    query.push("SELECT * FROM (SELECT CAST(-1 AS bigint) AS source, from_id AS id FROM edges WHERE field LIKE 'custom.%' AND to_id = ").bind(id);
    query.push(" AND from_id <> ").bind(id).push(format!(" LIMIT {NAMED}) AS by_custom"));
    let rows = query.rows(connection, &[Kind::Integer, Kind::Id])?;
    let mut named = Vec::new();
    for row in rows.iter().take(NAMED) {
        let (Some(index), Some(referring)) = (row[0].as_integer(), row[1].as_id()) else { continue };
        let entry = registry::find_one(connection, referring)?;
        let custom = || entry.as_ref().and_then(|entry| definitions.get(&entry.collection)).map(|source| (source, "custom"));
        let by = usize::try_from(index).ok().and_then(|index| sources.get(index)).map(|(source, field)| (*source, field.name));
        let Some((source, field)) = by.or_else(custom) else { continue };
        let visible = match &entry {
            Some(entry) => scope::may_read_entry(connection, session, definitions, source, entry)?,
            None => false,
        };
        let detail = if visible {
            format!("{}/{referring} refers to it by {field}. Change or delete that first.", source.path)
        } else {
            format!("A record of {} refers to it by {field}. Change or delete that first.", source.path)
        };
        named.push(Broken::new("", "in_use", detail));
    }
    Ok(named)
}
