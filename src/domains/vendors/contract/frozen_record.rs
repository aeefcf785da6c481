//! What may no longer change: a currency that lines have.

use diesel::RunQueryDsl;
use diesel::query_dsl::methods::LoadQuery;
use steward_core::database::Connection;
use steward_core::error::{Problem, Result};
use steward_core::resource::Check;

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
