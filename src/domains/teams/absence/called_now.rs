//! The people who can be called now.

use super::on_call_shift::OnCallTier;
use diesel::prelude::*;
use steward_core::database::CHUNK;
use steward_core::error::Result;
use steward_core::ports::people::OnCall;
use steward_core::resource::{Check, Id};
use steward_schema::teams::on_call_shifts;

/// The people who can be called now for some services, the first to be called first.
pub fn called_now(check: &mut Check<'_>, services: &[Id]) -> Result<Vec<OnCall>> {
    let (mut found, now) = (Vec::new(), check.now);
    for chunk in services.chunks(CHUNK) {
        let rows: Vec<(OnCallTier, Id, Id, Id)> = on_call_shifts::table
            .filter(on_call_shifts::starts_at.le(now).and(on_call_shifts::ends_at.gt(now)))
            .filter(on_call_shifts::service_id.assume_not_null().eq_any(chunk))
            .order(on_call_shifts::id)
            .select((on_call_shifts::tier, on_call_shifts::id, on_call_shifts::person_id, on_call_shifts::service_id.assume_not_null()))
            .load(check.connection)?;
        found.extend(rows);
    }
    found.sort_by_key(|(tier, shift, ..)| (*tier, *shift));
    Ok(found.into_iter().map(|(_, shift, person, service)| OnCall { shift, person, service }).collect())
}
