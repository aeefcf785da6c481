//! Finding a record by what people know it by: what is unique of its kind, a code, a name.

use super::reader::Reader;
use crate::database::{SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::resource::value::folded;
use crate::resource::{Field, Id, ResourceType, Stored};
use diesel::sql_types::Uuid;
use serde_json::{Map, Value};
use std::collections::HashSet;

impl Reader<'_> {
    /// The record in sight that has the same unique fields as these members; none if a unique field is not among them.
    pub fn find_by_key(&mut self, definition: &'static ResourceType, members: &Map<String, Value>) -> Result<Option<Stored>> {
        for unique in definition.unique {
            if let Some(query) = by_key(definition, unique.fields, members)?
                && let Some(id) = query.load::<Uuid, Id>(self.connection)?.pop()
            {
                return self.find(definition, id);
            }
        }
        Ok(None)
    }

    /// Whether one of some rows may name a record that is there, or the same as another of them, by its unique fields: one query for each key
    /// of the kind. It may say so of rows that do not, and never fails to say it of one that does.
    pub fn any_has_key_of(&mut self, definition: &'static ResourceType, rows: &[&Map<String, Value>]) -> Result<bool> {
        for unique in definition.unique {
            let mut keys = Vec::new();
            for row in rows {
                keys.extend(key_of(definition, unique.fields, row)?);
            }
            let Some(columns) = keys.first().map(|key| key.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>().join(", ")) else { continue };
            let distinct: HashSet<String> = keys.iter().map(|key| format!("{key:?}")).collect();
            if distinct.len() < keys.len() {
                return Ok(true);
            }
            let mut query = Statement::new(format!("SELECT 1 FROM {} WHERE ({columns}) IN (VALUES ", definition.table)).once();
            for (at, key) in keys.into_iter().enumerate() {
                query.push(if at > 0 { ", (" } else { "(" }).bind_all(key.into_iter().map(|(_, cell)| cell)).push(")");
            }
            query.push(") LIMIT 1");
            if query.finds(self.connection)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The records in sight that a reference may name by a unique code, or else by a name or an address.
    pub fn find_by_name(&mut self, field: &'static Field, name: &str) -> Result<Vec<Id>> {
        let mut found: Vec<Id> = Id::parse(name).into_iter().collect();
        if field.refers_to_any() {
            return Ok(found);
        }
        for target in field.refers_to.iter().filter_map(|path| self.store.definitions.get(path)) {
            for column in ["code", "name", "email"] {
                let Some(known) = target.field(column).and_then(|field| field.columns.last()) else { continue };
                if !found.is_empty() {
                    break;
                }
                let key = if known.suffix == "_key" { folded(name) } else { name.to_owned() };
                let query = Statement::new(format!("SELECT id FROM {} WHERE {column}{} = ", target.table, known.suffix)).with(key, " LIMIT 2");
                for id in query.load::<Uuid, Id>(self.connection)? {
                    if self.find(target, id)?.is_some() {
                        found.push(id);
                    }
                }
            }
        }
        Ok(found)
    }
}

/// A query for the record with these unique fields, compared folded where the field has a key for that.
fn by_key(definition: &'static ResourceType, fields: &[&str], members: &Map<String, Value>) -> Result<Option<Statement>> {
    let Some(key) = key_of(definition, fields, members)? else { return Ok(None) };
    let mut query = Statement::new(format!("SELECT id FROM {} WHERE 1 = 1", definition.table));
    // A key within a wider one is that of the records that lack what the wider one adds.
    let wider = definition.unique.iter().filter(|other| other.fields.len() > fields.len() && fields.iter().all(|name| other.fields.contains(name)));
    for name in wider.flat_map(|other| other.fields).filter(|name| !fields.contains(name)) {
        query.push(format!(" AND {name} IS NULL"));
    }
    for (column, cell) in key {
        query.push(format!(" AND {column} = ")).bind(cell);
    }
    Ok(Some(query))
}

/// The columns of some unique fields with what these members hold in them; none if a field is not among them.
fn key_of(definition: &'static ResourceType, fields: &[&str], members: &Map<String, Value>) -> Result<Option<Vec<(String, SqlValue)>>> {
    let mut key = Vec::with_capacity(fields.len());
    for name in fields {
        let cells = definition.field(name).zip(members.get(*name)).and_then(|(field, value)| Some((field, (field.cells)(value.clone())?)));
        let Some((field, cells)) = cells else { return Ok(None) };
        let last = field.columns.iter().zip(cells).next_back();
        key.push(last.map(|(column, cell)| (format!("{}{}", field.name, column.suffix), cell)).ok_or_else(Problem::not_found)?);
    }
    Ok(Some(key))
}
