//! What may no longer change: what is approved or sent, and a currency that lines have.

use crate::database::Connection;
use crate::error::{FieldError, Kind, Problem, Result};
use crate::resource::{Check, Model};
use diesel::RunQueryDsl;
use diesel::query_dsl::methods::LoadQuery;

/// Refuses a change of any field but those named (409).
pub fn require_unchanged<M: Model>(check: &Check<'_>, record: &M, except: &[&str], advice: &str) -> Result<()> {
    let Some(before) = check.before else { return Ok(()) };
    let (old, new) = (before.to_json(), record.to_json());
    let changed = new.iter().filter(|(name, value)| !except.contains(&name.as_str()) && old.get(*name) != Some(*value));
    let broken: Vec<FieldError> = changed.map(|(name, _)| FieldError::new(format!("/{name}"), "immutable", advice)).collect();
    if broken.is_empty() { Ok(()) } else { Err(Problem { errors: broken, ..Problem::new(Kind::Conflict, advice) }.into()) }
}

/// Refuses a currency that lines of the record do not have (409). The query says whether there are such lines.
pub fn require_no_line<Q>(check: &mut Check<'_>, exist: Q, pointer: &str) -> Result<()>
where
    Q: RunQueryDsl<Connection> + for<'q> LoadQuery<'q, Connection, bool>,
{
    if check.before.is_some() && exist.get_result::<bool>(check.connection)? {
        return Err(Problem::conflict(pointer, "currency", "There are lines in another currency. Change or delete those first.").into());
    }
    Ok(())
}
