//! Finding a record by what people know it by: what is unique of its kind, a code, a name.

use super::reader::Reader;
use crate::database::{SqlType, SqlValue, Statement};
use crate::error::{Problem, Result};
use crate::resource::field::KEY;
use crate::resource::{Field, Id, NaturalKey, ResourceType, ResourceTypes, Stored};
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
        for key in definition.natural_keys {
            if let Some(query) = by_natural_key(&self.store.definitions, definition, *key, members)?
                && let [only] = query.load::<Uuid, Id>(self.connection)?.as_slice()
            {
                return self.find(definition, *only);
            }
        }
        Ok(None)
    }

    /// Whether one of some rows may name a record that is there, or the same as another of them, by its unique fields: one query for each key
    /// of the kind. It may say so of rows that do not, and never fails to say it of one that does.
    pub fn any_has_key_of(&mut self, definition: &'static ResourceType, rows: &[&Map<String, Value>]) -> Result<bool> {
        if !definition.natural_keys.is_empty() {
            return Ok(true);
        }
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

    /// The records in sight that a reference may name by a unique code, or else by a name or an address. What is unique within another
    /// record is looked for within the one that the row names too, or within the one that stands before a slash: `MOVE/1.2`, `RTM/sw-1/eth0`.
    pub fn find_by_name(&mut self, field: &'static Field, name: &str, row: &Map<String, Value>) -> Result<Vec<Id>> {
        let mut found: Vec<Id> = Id::parse(name).into_iter().collect();
        if field.refers_to_any() {
            return Ok(found);
        }
        for target in field.refers_to.iter().filter_map(|path| self.store.definitions.get(path)) {
            if found.is_empty() {
                found = self.find_within(target, name, row)?;
            }
        }
        for target in field.refers_to.iter().filter_map(|path| self.store.definitions.get(path)) {
            for column in ["code", "name", "email", target.title] {
                let named = target.field(column).filter(|field| field.columns.first().is_some_and(|column| column.kind == SqlType::Text));
                let Some(known) = named else { continue };
                if !found.is_empty() {
                    break;
                }
                let Some(key) = known.parse(name).and_then(|cells| cells.into_iter().nth(known.key())) else { continue };
                let suffix = known.columns.get(known.key()).map_or("", |column| column.suffix);
                let query = Statement::new(format!("SELECT id FROM {} WHERE {column}{suffix} = ", target.table)).with(key, " LIMIT 2");
                for id in query.load::<Uuid, Id>(self.connection)? {
                    if self.find(target, id)?.is_some() {
                        found.push(id);
                    }
                }
            }
        }
        Ok(found)
    }

    /// True if what a reference names is unique within another record only.
    pub fn is_scoped(&self, field: &'static Field) -> bool {
        let targets = field.refers_to.iter().filter_map(|path| self.store.definitions.get(path));
        !field.refers_to_any() && targets.into_iter().any(|target| scoped_key(target).is_some())
    }

    /// The record in sight that is named within another one.
    fn find_within(&mut self, target: &'static ResourceType, name: &str, row: &Map<String, Value>) -> Result<Vec<Id>> {
        let Some((scope, own)) = scoped_key(target) else { return Ok(Vec::new()) };
        let mut tried: Vec<(Value, &str)> = row.get(scope.name).filter(|value| value.is_string()).map(|value| (value.clone(), name)).into_iter().collect();
        // What stands before a slash may be named within another one itself, and a name may have a slash in it.
        for (at, slash) in name.match_indices('/') {
            let (outer, inner) = name.split_at(at);
            let outer = self.find_by_name(scope, outer.trim(), &Map::new())?;
            tried.extend(outer.into_iter().map(|id| (id.to_string().into(), inner.strip_prefix(slash).unwrap_or(inner).trim())));
        }
        for (outer, inner) in tried {
            let members = Map::from_iter([(scope.name.to_owned(), outer), (own.name.to_owned(), inner.into())]);
            let Some(query) = by_key(target, &[scope.name, own.name], &members)? else { continue };
            for id in query.load::<Uuid, Id>(self.connection)? {
                if self.find(target, id)?.is_some() {
                    return Ok(vec![id]);
                }
            }
        }
        Ok(Vec::new())
    }
}

/// The reference and the name of a kind whose records are named within another record.
fn scoped_key(target: &'static ResourceType) -> Option<(&'static Field, &'static Field)> {
    target.unique.iter().find_map(|unique| {
        let [one, other] = unique.fields else { return None };
        let (one, other) = (target.field(one)?, target.field(other)?);
        match (one.refers_to.is_empty(), other.refers_to.is_empty()) {
            (false, true) if !one.refers_to_any() => Some((one, other)),
            (true, false) if !other.refers_to_any() => Some((other, one)),
            _ => None,
        }
    })
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

/// A query for the records with these fields of a natural key; none if all of them are left out, or the key does not hold there.
fn by_natural_key(definitions: &ResourceTypes, definition: &ResourceType, key: NaturalKey, members: &Map<String, Value>) -> Result<Option<Statement>> {
    if key.fields.iter().all(|name| members.get(*name).is_none_or(Value::is_null)) {
        return Ok(None);
    }
    let mut query = Statement::new(format!("SELECT id FROM {} WHERE 1 = 1", definition.table));
    for name in key.fields {
        let Some(field) = definition.field(name) else { return Ok(None) };
        let value = members.get(*name).filter(|value| !value.is_null());
        let (at, column) = compared(field).ok_or_else(Problem::not_found)?;
        match value.map(|value| (field.cells)(value.clone())) {
            None => query.push(format!(" AND {column} IS NULL")),
            Some(None) => return Ok(None),
            Some(Some(cells)) => query.push(format!(" AND {column} = ")).bind(cells.into_iter().nth(at).ok_or_else(Problem::not_found)?),
        };
    }
    if let Some((by, flag)) = key.unless
        && let Some(target) = definition.field(by).and_then(|field| definitions.get(field.refers_to.first()?))
    {
        query.push(format!(" AND NOT EXISTS (SELECT 1 FROM {} o WHERE o.id = {by} AND o.{flag})", target.table));
    }
    query.push(" LIMIT 2");
    Ok(Some(query))
}

/// The columns of some unique fields with what these members hold in them; none if a field is not among them.
fn key_of(definition: &'static ResourceType, fields: &[&str], members: &Map<String, Value>) -> Result<Option<Vec<(String, SqlValue)>>> {
    let mut key = Vec::with_capacity(fields.len());
    for name in fields {
        let cells = definition.field(name).zip(members.get(*name)).and_then(|(field, value)| Some((field, (field.cells)(value.clone())?)));
        let Some((field, cells)) = cells else { return Ok(None) };
        let cell = compared(field).and_then(|(at, column)| Some((column, cells.into_iter().nth(at)?)));
        key.push(cell.ok_or_else(Problem::not_found)?);
    }
    Ok(Some(key))
}

/// The column in which a field is one and the same: its folded key, else its last one; its place and its name.
fn compared(field: &Field) -> Option<(usize, String)> {
    let last = field.columns.len().checked_sub(1)?;
    let at = field.columns.iter().position(|column| column.suffix == KEY).unwrap_or(last);
    Some((at, format!("{}{}", field.name, field.columns.get(at)?.suffix)))
}
