//! What happened at the door: logins good and failed, lock-outs, refusals, tokens, changes of access, exports and downloads, each a row
//! that is never changed and a line of the log. No secret is in either, and no login as it was typed.

use crate::choice;
use crate::database::Connection;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use steward_schema::identity::security_events;

/// Days of retention.
pub const KEPT_DAYS: i64 = 400;
/// Greatest length of a subject, in characters.
pub const LONGEST_SUBJECT: usize = 300;
/// Number of events that a process remembers, so that a repeated one is told once.
const REMEMBERED: usize = 8_192;

choice! {
    /// Kind of security event.
    pub enum SecurityEventKind {
        /// A user logged in.
        LoginSucceeded = "login_succeeded",
        /// A login was refused: wrong or unknown credentials.
        LoginFailed = "login_failed",
        /// Logins failed so often that the next have to wait.
        LockedOut = "locked_out",
        /// A refresh token was used a second time, and its login has ended.
        TokenReused = "token_reused",
        /// A credential was created that is shown once: an API token, or the secret of a service account.
        CredentialCreated = "credential_created",
        /// An API token was used from an address, recorded once a day.
        TokenUsed = "token_used",
        /// A user, service account, role, grant, token or identity provider was created, changed or deleted.
        AccessChanged = "access_changed",
        /// A permission was refused, recorded once a minute.
        PermissionRefused = "permission_refused",
        /// A collection was exported.
        Exported = "exported",
        /// A file was downloaded.
        Downloaded = "downloaded",
    }
}

impl SecurityEventKind {
    /// Whether somebody should look at it.
    fn is_warning(self) -> bool {
        matches!(self, Self::LoginFailed | Self::LockedOut | Self::TokenReused | Self::PermissionRefused)
    }
}

/// Something that happened at the door.
#[derive(Debug, Clone)]
pub struct SecurityEvent {
    /// What happened.
    pub kind: SecurityEventKind,
    /// Whom it is about, if that is known.
    pub principal: Option<Id>,
    /// The address from which it was done, if there was one.
    pub address: Option<String>,
    /// What it was done to or with.
    pub subject: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

impl SecurityEvent {
    /// Adds it to the others.
    pub fn record(&self, connection: &mut Connection, now: Instant) -> Result<()> {
        let subject: Option<String> = self.subject.as_ref().map(|subject| subject.chars().take(LONGEST_SUBJECT).collect());
        let event = (
            security_events::id.eq(Id::new()),
            security_events::created_at.eq(now),
            security_events::created_by.eq(self.principal.unwrap_or_else(Id::system)),
            security_events::kind.eq(self.kind.word()),
            security_events::address.eq(self.address.as_ref().filter(|address| !address.is_empty())),
            security_events::subject.eq(subject),
            security_events::request.eq(&self.request_id),
        );
        diesel::insert_into(security_events::table).values(event).execute(connection)?;
        Ok(())
    }

    /// Tells it in the log, once it is kept.
    pub fn tell(&self) {
        let principal = self.principal.map(|id| id.to_string()).unwrap_or_default();
        let [address, subject, request] = [&self.address, &self.subject, &self.request_id].map(|text| text.as_deref().unwrap_or_default());
        if self.kind.is_warning() {
            tracing::warn!(event = self.kind.word(), principal, address, subject, request, "security");
        } else {
            tracing::info!(event = self.kind.word(), principal, address, subject, request, "security");
        }
    }
}

/// Forgets what is older than it is kept, and says how much that was.
pub fn forget(connection: &mut Connection, now: Instant) -> Result<usize> {
    let old = security_events::created_at.lt(now.plus_seconds(-KEPT_DAYS * 24 * 3600));
    Ok(diesel::delete(security_events::table.filter(old)).execute(connection)?)
}

/// What a process has told lately.
#[derive(Default)]
pub struct Lately(Mutex<HashMap<String, Instant>>);

impl Lately {
    /// Whether something was not told within so many seconds; who is told so tells it.
    pub fn is_new(&self, what: String, seconds: i64, now: Instant) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(&what).is_some_and(|at| *at <= now && now < at.plus_seconds(seconds)) {
            return false;
        }
        if told.len() >= REMEMBERED {
            let mut times: Vec<Instant> = told.values().copied().collect();
            let middle = *times.select_nth_unstable(REMEMBERED / 2).1;
            told.retain(|_, at| *at > middle);
        }
        told.insert(what, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_told_once_in_its_time_and_what_is_remembered_is_bounded() {
        let (lately, start) = (Lately::default(), Instant::sample("2026-06-15T09:00:00Z"));
        assert!(lately.is_new("a".into(), 60, start));
        assert!(!lately.is_new("a".into(), 60, start.plus_seconds(59)) && lately.is_new("a".into(), 60, start.plus_seconds(60)));
        assert!(lately.is_new("a".into(), 60, start.plus_seconds(-1)), "a clock that was set back hides nothing");
        for number in 0..3 * REMEMBERED as i64 {
            assert!(lately.is_new(number.to_string(), 60, start.plus_seconds(number)));
        }
        assert!(lately.0.lock().unwrap().len() <= REMEMBERED);
    }
}
