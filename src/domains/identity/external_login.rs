//! Logins that began at an identity provider.

use crate::database::{Connection, Statement};
use crate::error::Result;
use crate::resource::value::Instant;

/// Ends the logins that began through some external identities.
pub fn end_logins(connection: &mut Connection, identities: Statement, now: Instant) -> Result<()> {
    let mut end = Statement::new("UPDATE logins SET revoked_at = ");
    end.bind(now).push(" WHERE revoked_at IS NULL AND id IN (SELECT login_id FROM external_logins WHERE external_identity_id IN (");
    end.append(identities).push("))").execute(connection)?;
    Ok(())
}
