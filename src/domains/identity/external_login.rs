//! Logins that began at an identity provider.

use diesel::prelude::*;
use steward_core::database::Connection;
use steward_core::error::Result;
use steward_core::resource::Id;
use steward_core::resource::value::Instant;
use steward_schema::identity::external_identities;
use steward_schema::service::{external_logins, logins};

/// Ends the logins that began as an external identity.
pub fn end_logins_of(connection: &mut Connection, identity: Id, now: Instant) -> Result<()> {
    let begun = external_logins::table.filter(external_logins::external_identity_id.eq(identity)).select(external_logins::login_id);
    let ended = logins::table.filter(logins::revoked_at.is_null().and(logins::id.eq_any(begun)));
    diesel::update(ended).set(logins::revoked_at.eq(now)).execute(connection)?;
    Ok(())
}

/// Ends the logins that began through an identity provider.
pub fn end_logins_through(connection: &mut Connection, provider: Id, now: Instant) -> Result<()> {
    let identities = external_logins::table.inner_join(external_identities::table).filter(external_identities::provider_id.eq(provider));
    let ended = logins::table.filter(logins::revoked_at.is_null().and(logins::id.eq_any(identities.select(external_logins::login_id))));
    diesel::update(ended).set(logins::revoked_at.eq(now)).execute(connection)?;
    Ok(())
}
