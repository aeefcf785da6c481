//! What still refers to a record that is to be deleted.

use super::condition::Asked;
use crate::database::{Connection, Statement};
use crate::error::{FieldError, Result};
use crate::resource::{Id, ResourceType, Scope};
use crate::store::index::registry;
use crate::store::read::row::load;
use crate::store::read::scope;
use diesel::sql_types::{Text, Uuid};

/// How many referring records an answer names.
const NAMED: usize = 20;

impl Asked<'_> {
    /// What still refers to a record, its own parts and itself aside: its edges, the facts that name it as it is, and, of a unit, what
    /// stands in it.
    pub fn still_referring(&self, connection: &mut Connection, definition: &'static ResourceType, id: Id) -> Result<Vec<FieldError>> {
        let mut query = Statement::new("SELECT e.from_id, e.field, r.collection FROM edges e JOIN registry r ON r.id = e.from_id WHERE e.to_id = ")
            .with(id, " AND e.from_id <> ")
            .with(id, " AND (r.parent_id IS NULL OR r.parent_id <> ")
            .with(id, ")");
        if definition.scope == Scope::Tree {
            query.push(" UNION ALL SELECT id, 'unit_id', collection FROM registry WHERE deleted_at IS NULL AND unit_id = ");
            query.bind(id).push(" AND id <> ").bind(id);
        }
        for (source, field) in self.definitions.references_to(definition.path).filter(|(source, field)| source.fact && !field.recalls) {
            query.push(format!(" UNION ALL SELECT id, '{}', '{}' FROM {} WHERE {} = ", field.name, source.path, source.table, field.name)).bind(id);
        }
        query.push(format!(" LIMIT {}", NAMED + 1));
        let rows = query.load::<(Uuid, Text, Text), (Id, String, String)>(connection)?;
        let (mut told, mut hidden, more) = (Vec::new(), false, rows.len() > NAMED);
        for (referring, field, collection) in rows.into_iter().take(NAMED) {
            match self.referring(connection, &collection, referring)? {
                Some((name, instead)) => told.push(format!("{name} refers to it by {field}. {instead}")),
                None => hidden = true,
            }
        }
        // What it is and how many there are is not told.
        if hidden {
            told.push("What is not visible to you refers to it. Somebody who may see that must change it first.".to_owned());
        }
        if more {
            told.push(format!("There is more that refers to it than the {NAMED} records that are looked at here."));
        }
        Ok(told.into_iter().map(|detail| FieldError::new("", "in_use", detail)).collect())
    }

    /// A referring record by its name, and what to do about it; none if it is not visible.
    fn referring(&self, connection: &mut Connection, collection: &str, id: Id) -> Result<Option<(String, &'static str)>> {
        let Some(source) = self.definitions.get(collection) else { return Ok(None) };
        if source.fact {
            let Ok(narrowed) = scope::condition(self.definitions, source, self.session, "read") else { return Ok(None) };
            let fact = load(connection, source, id, narrowed, false)?;
            let named = |fact| (format!("{} ({collection}/{id})", source.title_of(&fact)), "What happened stays on record, and this with it.");
            return Ok(fact.map(named));
        }
        let Some(entry) = registry::find_one(connection, id)? else { return Ok(None) };
        if !scope::may_read_entry(connection, self.session, self.definitions, source, &entry)? {
            return Ok(None);
        }
        Ok(Some((self.name_of(connection, &entry)?, "Change or delete that first.")))
    }
}
