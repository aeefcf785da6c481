//! The indexes that every collection has, so that a list in a usual order costs the rows of its page only: when records were made and
//! changed, their state, and what they are called; each with the id behind it.
//!
//! They follow from the definitions, so no migration names them: what lacks is made when the service starts.

use crate::database::{Connection, SqlType, Statement};
use crate::error::Result;
use crate::resource::{ResourceType, ResourceTypes};
use crate::store::Store;
use crate::store::read::order::collation;
use diesel::sql_types::Text;
use std::collections::HashSet;
use std::sync::Arc;

/// The columns in whose order an index has the rows of a collection, the id among them.
pub fn sorted(definition: &ResourceType) -> impl Iterator<Item = String> {
    ["id"].into_iter().map(str::to_owned).chain(indexed(definition).map(|(column, _)| column))
}

/// The columns of the indexes, with what they hold.
fn indexed(definition: &ResourceType) -> impl Iterator<Item = (String, SqlType)> {
    let title = (!matches!(definition.title, "id" | "created_at" | "updated_at" | "state")).then_some(definition.title);
    let fields = ["created_at", "updated_at", "state"].into_iter().chain(title).filter_map(|name| definition.listed_field(name));
    fields.filter(|field| !field.nullable).map(|field| (format!("{}{}", field.name, field.columns[0].suffix), field.columns[0].kind))
}

/// An index: its name, the statement that makes it, and the name of the one that it replaces.
struct Index {
    name: String,
    sql: String,
    replaces: Option<String>,
}

impl Index {
    fn of(definition: &ResourceType, column: &str, kind: SqlType, postgres: bool) -> Index {
        let former = format!("{}_by_{column}", definition.table);
        let of_text = kind == SqlType::Text;
        // Those of text were in the order of bytes once.
        let name = if of_text { format!("{}_sorted_by_{column}", definition.table) } else { former.clone() };
        let collate = if of_text { collation(true, postgres) } else { "" };
        let sql = format!("CREATE INDEX IF NOT EXISTS {name} ON {} ({column}{collate}, id)", definition.table);
        Index { name, sql, replaces: of_text.then_some(former) }
    }
}

/// The names of the indexes that there are.
fn known(connection: &mut Connection) -> Result<HashSet<String>> {
    let query = match connection.is_postgres() {
        true => Statement::new("SELECT CAST(indexname AS text) FROM pg_indexes WHERE schemaname = current_schema()"),
        false => Statement::new("SELECT name FROM sqlite_master WHERE type = 'index'"),
    };
    Ok(query.load::<Text, String>(connection)?.into_iter().collect())
}

/// The statements that make what lacks, and do away with what it replaces.
fn lacking(connection: &mut Connection, definitions: &ResourceTypes) -> Result<Vec<String>> {
    let (known, postgres) = (known(connection)?, connection.is_postgres());
    let wanted = definitions.all().iter().flat_map(|definition| indexed(definition).map(move |(column, kind)| Index::of(definition, &column, kind, postgres)));
    let mut statements = Vec::new();
    for index in wanted {
        statements.extend(index.replaces.filter(|former| known.contains(former)).map(|former| format!("DROP INDEX IF EXISTS {former}")));
        statements.extend((!known.contains(&index.name)).then_some(index.sql));
    }
    Ok(statements)
}

impl Store {
    /// Makes the indexes that lack, and returns how many.
    pub async fn make_indexes(&self) -> Result<usize> {
        let definitions: Arc<ResourceTypes> = self.definitions.clone();
        let missing = self.database.read(move |connection| lacking(connection, &definitions)).await?;
        if missing.is_empty() {
            return Ok(0);
        }
        let count = missing.len();
        let make = move |connection: &mut Connection| {
            if connection.is_postgres() {
                // A large table takes its time, and two processes that start together make them once.
                Statement::new("SET LOCAL statement_timeout = 0").execute(connection)?;
                Statement::new("SELECT pg_advisory_xact_lock(7853221150)").execute(connection)?;
            }
            for sql in &missing {
                Statement::new(sql.clone()).once().execute(connection)?;
            }
            Ok(())
        };
        self.by_itself(make).await?;
        Ok(count)
    }
}
