//! Codes of the authorization code grant (RFC 6749, section 4.1; RFC 7636), and requests that wait while somebody logs in at an identity
//! provider: each is good once, for a short time, and kept as a digest.

use super::login::{self, Login};
use super::secret::digest;
use crate::database::Connection;
use crate::database::expression::locked;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use steward_schema::service::{authorization_codes as codes, authorization_requests as requests, logins};

/// Lifetime of a code: 60 seconds.
pub const CODE_SECONDS: i64 = 60;
/// Time to log in at an identity provider: 10 minutes.
pub const REQUEST_SECONDS: i64 = 600;

/// Purpose of a code.
#[derive(Debug, Clone)]
pub struct CodeGrant {
    /// The client.
    pub client: String,
    /// The address to which the login leads back.
    pub redirect_uri: String,
    /// The challenge of PKCE, by the method S256.
    pub challenge: String,
}

/// Proof of whoever redeems a code.
#[derive(Debug, Clone)]
pub struct CodeProof {
    /// The client.
    pub client: String,
    /// The address to which the login led back.
    pub redirect_uri: String,
    /// What the challenge is the digest of.
    pub verifier: String,
}

/// Outcome of redeeming a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redeemed {
    /// It was good.
    Good(Login),
    /// It has been shown before: the login has ended.
    Reused,
    /// It is none, has expired, or was given for something else.
    None,
}

impl CodeGrant {
    /// Keeps a code for a login that lasts until it is redeemed.
    pub fn keep(&self, connection: &mut Connection, code: &str, login: &Login, now: Instant) -> Result<()> {
        diesel::update(logins::table.find(login.id)).set(logins::client.eq(&self.client)).execute(connection)?;
        let stored = (
            codes::digest.eq(digest(code)),
            codes::login_id.eq(login.id),
            codes::client.eq(&self.client),
            codes::redirect_uri.eq(&self.redirect_uri),
            codes::challenge.eq(&self.challenge),
            codes::expires_at.eq(now.plus_seconds(CODE_SECONDS)),
        );
        diesel::insert_into(codes::table).values(stored).execute(connection)?;
        Ok(())
    }
}

type Kept = (Id, String, String, String, Instant, Option<Instant>);

/// Redeems a code, once: it is spent by the first try, good or not, and who comes second ends the login.
pub fn redeem(connection: &mut Connection, code: &str, proof: &CodeProof, now: Instant) -> Result<Redeemed> {
    let known = codes::table.find(digest(code));
    let columns = (codes::login_id, codes::client, codes::redirect_uri, codes::challenge, codes::expires_at, codes::used_at);
    let kept: Option<Kept> = locked(known.select(columns)).get_result(connection).optional()?;
    let Some((id, client, redirect_uri, challenge, expires_at, used_at)) = kept else { return Ok(Redeemed::None) };
    if used_at.is_some() {
        login::end(connection, id, now)?;
        return Ok(Redeemed::Reused);
    }
    diesel::update(codes::table.find(digest(code))).set(codes::used_at.eq(now)).execute(connection)?;
    let fits = client == proof.client && redirect_uri == proof.redirect_uri && challenge == challenge_of(&proof.verifier);
    if !fits || expires_at <= now {
        login::end(connection, id, now)?;
        return Ok(Redeemed::None);
    }
    let begun = logins::table.filter(logins::id.eq(id).and(logins::revoked_at.is_null())).select((logins::principal_id, logins::started_at));
    let begun: Option<(Id, Instant)> = begun.get_result(connection).optional()?;
    Ok(begun.map_or(Redeemed::None, |(principal, started_at)| Redeemed::Good(Login { id, principal, started_at })))
}

/// The challenge that a verifier answers, by S256.
pub fn challenge_of(verifier: &str) -> String {
    BASE64.encode(Sha256::digest(verifier.as_bytes()))
}

/// Keeps a request while somebody logs in at an identity provider.
pub fn keep_request(connection: &mut Connection, state: &str, provider: Id, nonce: &str, request: &Value, now: Instant) -> Result<()> {
    let stored = (
        requests::digest.eq(digest(state)),
        requests::provider_id.eq(provider),
        requests::nonce.eq(nonce),
        requests::request.eq(request),
        requests::expires_at.eq(now.plus_seconds(REQUEST_SECONDS)),
    );
    diesel::insert_into(requests::table).values(stored).execute(connection)?;
    Ok(())
}

/// A request that waited: it is taken once. Gives the provider, the nonce and the request.
pub fn take_request(connection: &mut Connection, state: &str, now: Instant) -> Result<Option<(Id, String, Value)>> {
    let known = requests::table.find(digest(state));
    let kept = known.select((requests::provider_id, requests::nonce, requests::request, requests::expires_at));
    let kept: Option<(Id, String, Value, Instant)> = locked(kept).get_result(connection).optional()?;
    let Some((provider, nonce, request, expires_at)) = kept else { return Ok(None) };
    diesel::delete(requests::table.find(digest(state))).execute(connection)?;
    Ok((expires_at > now).then_some((provider, nonce, request)))
}

/// Forgets the codes and requests that have expired. Those that were used stay known as long as their login: their reuse is a sign of theft.
pub fn forget_expired(connection: &mut Connection, now: Instant) -> Result<usize> {
    let waiting = diesel::delete(requests::table.filter(requests::expires_at.lt(now))).execute(connection)?;
    let unused = codes::table.filter(codes::expires_at.lt(now).and(codes::used_at.is_null()));
    Ok(waiting + diesel::delete(unused).execute(connection)?)
}

#[cfg(test)]
mod tests {
    use super::challenge_of;

    #[test]
    fn the_challenge_is_that_of_the_example_of_rfc_7636() {
        assert_eq!(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
