//! What a bearer token has turned out to be, and whose session it opens.

use super::Session;
use super::login::Login;
use super::token::{Keys, Verified};
use crate::database::Connection;
use crate::error::Result;
use crate::resource::value::Instant;

/// A token that was found genuine. It stays so until its own time is over; whose session it opens is asked anew.
#[derive(Debug, Clone)]
pub enum Credential {
    /// An access token, with what it says.
    Access(Verified),
}

impl Credential {
    /// True while its own time is not over.
    pub fn holds_at(&self, now: Instant) -> bool {
        match self {
            Credential::Access(token) => token.claims.holds_at(now),
        }
    }

    /// True if the key that vouches for it is still one of the service's.
    pub fn is_vouched_for(&self, keys: &Keys, now: Instant) -> bool {
        match self {
            Credential::Access(token) => keys.verifies(&token.kid, now),
        }
    }

    /// The session that it opens now: none if its login has ended or its principal is not active.
    pub fn session(&self, connection: &mut Connection) -> Result<Option<Session>> {
        match self {
            Credential::Access(token) => {
                let claims = &token.claims;
                if Login::find(connection, claims.sid, claims.sub)?.is_none() {
                    return Ok(None);
                }
                Ok(Session::load(connection, claims.sub)?.map(|session| Session { login: Some(claims.sid), ..session }))
            }
        }
    }
}
