//! Finding a record by what people know it by: what is unique of its kind, a code, a name.

use super::reader::Reader;
use crate::database::Statement;
use crate::error::{Problem, Result};
use crate::resource::value::folded;
use crate::resource::{Field, Id, ResourceType, Stored};
use diesel::sql_types::Uuid;
use serde_json::{Map, Value};

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
    let mut query = Statement::new(format!("SELECT id FROM {} WHERE 1 = 1", definition.table));
    // A key within a wider one is that of the records that lack what the wider one adds.
    let wider = definition.unique.iter().filter(|other| other.fields.len() > fields.len() && fields.iter().all(|name| other.fields.contains(name)));
    for name in wider.flat_map(|other| other.fields).filter(|name| !fields.contains(name)) {
        query.push(format!(" AND {name} IS NULL"));
    }
    for name in fields {
        let cells = definition.field(name).zip(members.get(*name)).and_then(|(field, value)| Some((field, (field.cells)(value.clone())?)));
        let Some((field, cells)) = cells else { return Ok(None) };
        let last = field.columns.iter().zip(cells).next_back();
        let (column, cell) = last.map(|(column, cell)| (format!("{}{}", field.name, column.suffix), cell)).ok_or_else(Problem::not_found)?;
        query.push(format!(" AND {column} = ")).bind(cell);
    }
    Ok(Some(query))
}
