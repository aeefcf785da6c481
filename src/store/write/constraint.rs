//! Constraints of the database, told in terms of a record's fields.

use crate::error::{Error, FieldError, Kind as ProblemKind, Problem};
use crate::resource::{ResourceType, ResourceTypes};
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// Tells what a constraint means in terms of the record's fields.
pub(in crate::store) fn explain(definition: &ResourceType, error: Diesel) -> Error {
    let Diesel::DatabaseError(kind, information) = &error else { return error.into() };
    match kind {
        DatabaseErrorKind::UniqueViolation => {
            let text = information.message();
            let clashing = definition.unique.iter().find(|unique| match information.constraint_name() {
                Some(name) => name == unique.index,
                None => is_sqlite_clash(text, definition, unique.fields),
            });
            let fields = clashing.map_or(&[][..], |unique| unique.fields);
            let detail = format!("Another record has the same {}. Choose another.", fields.join(" and "));
            let errors = fields.iter().map(|field| FieldError::new(format!("/{field}"), "duplicate", detail.clone())).collect();
            Problem { errors, ..Problem::new(ProblemKind::Conflict, if fields.is_empty() { "There is one of these already.".into() } else { detail }) }.into()
        }
        DatabaseErrorKind::ForeignKeyViolation => {
            Problem::conflict("", "reference", "Something this refers to has just been deleted, or something still refers to it. Read again and try again.")
                .into()
        }
        _ => error.into(),
    }
}

/// Tells the same of an error that came after the write: rows of new records wait on PostgreSQL, and the constraint says whose they are.
pub(in crate::store) fn explain_late(definitions: &ResourceTypes, error: Error) -> Error {
    let Error::Database(Diesel::DatabaseError(_, information)) = &error else { return error };
    let (constraint, table) = (information.constraint_name(), information.table_name());
    let owner = definitions
        .all()
        .iter()
        .find(|definition| definition.unique.iter().any(|unique| Some(unique.index) == constraint) || table.is_some_and(|table| definition.table == table));
    match (owner, error) {
        (Some(definition), Error::Database(error)) => explain(definition, error),
        (_, error) => error,
    }
}

/// SQLite names columns: `UNIQUE constraint failed: controls.code_key`.
fn is_sqlite_clash(text: &str, definition: &ResourceType, fields: &[&str]) -> bool {
    let Some(columns) = text.strip_prefix("UNIQUE constraint failed: ") else { return false };
    let columns: Vec<&str> = columns.split(", ").filter_map(|column| column.strip_prefix(definition.table.as_str())?.strip_prefix('.')).collect();
    columns.len() == fields.len()
        && fields.iter().all(|field| columns.iter().any(|column| column.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest == "_key")))
}
