//! Logging in through an identity provider: an ID token in (RFC 7523), a login of this service out.
//!
//! A token is read and judged by what it says ([`assertion`]) before anything is fetched, then by the provider's keys
//! ([`key`]); who it is and what the claims give is settled in one transaction ([`account`]). Whatever is wrong, the client
//! is told the same; the log says more.

mod account;
mod assertion;
mod claim;
mod key;

use super::algorithm::SignatureAlgorithm;
use super::identity_provider::IdentityProvider;
pub use account::Renewal;
use assertion::Assertion;
use diesel::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use steward_core::access::Session;
use steward_core::access::login::Login;
use steward_core::error::{Error, Kind, Result};
use steward_core::http::AppState;
use steward_core::outgoing::why_no_address;
use steward_core::resource::Id;
use steward_core::store::{Origin, Reader, Writer};
use steward_schema::identity::identity_providers;

/// Why nobody is logged in.
enum Stop {
    /// The token does not do, for this reason.
    Refused(String),
    /// The service broke.
    FieldError(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::FieldError(error)
    }
}

impl From<&str> for Stop {
    fn from(reason: &str) -> Self {
        Stop::Refused(reason.to_owned())
    }
}

/// Begins a login of the user whom an ID token stands for; none if it does not do.
pub async fn exchange(state: &AppState, token: &str, renewal: &Renewal) -> Result<Option<Login>> {
    exchange_of(state, token, renewal, None).await
}

/// The same of a token that has to be one provider's.
pub async fn exchange_of(state: &AppState, token: &str, renewal: &Renewal, expected: Option<Id>) -> Result<Option<Login>> {
    match log_in(state, token, renewal, expected).await {
        Ok(login) => Ok(Some(login)),
        Err(Stop::Refused(reason)) => {
            tracing::info!(reason, "an ID token was refused");
            Ok(None)
        }
        Err(Stop::FieldError(error)) => Err(error),
    }
}

async fn log_in(state: &AppState, token: &str, renewal: &Renewal, expected: Option<Id>) -> Result<Login, Stop> {
    let assertion = Assertion::read(token)?;
    let issuer = assertion.issuer()?.to_owned();
    let Some((id, provider)) = provider_of(state, issuer).await? else { return Err("no active provider is the issuer".into()) };
    if expected.is_some_and(|expected| expected != id) {
        return Err("another provider was asked".into());
    }
    let told = |reason: String| Stop::Refused(format!("{}: {reason}", &*provider.code));
    let algorithm = assertion.judge(&provider, state.store.now()).map_err(|reason| told(reason.into()))?;
    verify(state, &provider, &assertion, algorithm).await.map_err(told)?;
    let claims = Arc::new(assertion.claims);
    let mut outcome = settle(state, (id, &provider), &claims, renewal).await;
    if matches!(&outcome, Err(Error::Problem(problem)) if problem.kind == Kind::Conflict) {
        // Two exchanges of one person at the same moment: the later one finds what the earlier one made.
        outcome = settle(state, (id, &provider), &claims, renewal).await;
    }
    match outcome {
        Ok(settled) => settled.map_err(|reason| told(reason.into())),
        Err(Error::Problem(problem)) if matches!(problem.kind, Kind::Conflict | Kind::Invalid) => Err(told(problem.detail)),
        Err(error) => Err(error.into()),
    }
}

/// The active provider with an issuer.
async fn provider_of(state: &AppState, issuer: String) -> Result<Option<(Id, IdentityProvider)>> {
    let read = move |reader: &mut Reader<'_>| {
        let active = identity_providers::table.filter(identity_providers::issuer.eq(&issuer).and(identity_providers::state.eq("active")));
        let id: Option<Id> = active.select(identity_providers::id).get_result(reader.unscoped("nobody has logged in yet")).optional()?;
        let Some(id) = id else { return Ok(None) };
        Ok(Some((id, reader.get_typed::<IdentityProvider>(id)?.1)))
    };
    state.store.quick(&Arc::new(Session::system()), read).await
}

/// Whether a key of the provider has signed the token.
async fn verify(state: &AppState, provider: &IdentityProvider, assertion: &Assertion<'_>, algorithm: SignatureAlgorithm) -> Result<(), String> {
    let documents = &state.outgoing.documents;
    let url = keys_url(state, provider).await?;
    let set = documents.get(&url).await.map_err(|failure| failure.0)?;
    let key = match key::find(&set, assertion.kid(), algorithm) {
        Ok(key) => key,
        // The provider may have a new key since.
        Err(key::Missing::Unknown) => {
            let set = documents.renew(&url).await.map_err(|failure| failure.0)?;
            key::find(&set, assertion.kid(), algorithm).map_err(|missing| missing.why().to_owned())?
        }
        Err(missing) => return Err(missing.why().into()),
    };
    if assertion.is_signed_by(&key, algorithm) { Ok(()) } else { Err("the signature is not valid".into()) }
}

/// Where the keys of a provider are: as it was configured, else as its discovery document says.
async fn keys_url(state: &AppState, provider: &IdentityProvider) -> Result<String, String> {
    match &provider.jwks_url {
        Some(url) => Ok(url.0.clone()),
        None => discovered(state, &provider.issuer.0, "jwks_uri").await,
    }
}

/// The login page of a provider, as its discovery document says.
pub async fn authorization_endpoint(state: &AppState, issuer: &str) -> Result<String, String> {
    let address = discovered(state, issuer, "authorization_endpoint").await?;
    match why_no_address(&address) {
        Some(why) => Err(format!("its authorization_endpoint is no address: {why}")),
        None => Ok(address),
    }
}

/// An address in the discovery document of an issuer.
async fn discovered(state: &AppState, issuer: &str, name: &str) -> Result<String, String> {
    let discovery = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let document = state.outgoing.documents.get(&discovery).await.map_err(|failure| failure.0)?;
    if document.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err("its discovery document names another issuer".into());
    }
    document.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(format!("its discovery document names no {name}"))
}

/// The nonce that a token says, believed or not.
pub fn nonce_of(token: &str) -> Option<String> {
    Assertion::read(token).ok()?.claims.get("nonce")?.as_str().map(str::to_owned)
}

/// Finds or makes the account, brings its grants in line and begins the login: all of it or nothing.
async fn settle(state: &AppState, (id, provider): (Id, &IdentityProvider), claims: &Arc<Value>, renewal: &Renewal) -> Result<Result<Login, &'static str>> {
    let origin = Origin { reason: Some(format!("Logged in through {}.", &*provider.name)), ..Origin::system() };
    let (claims, renewal) = (claims.clone(), renewal.clone());
    let work = move |writer: &mut Writer<'_>| account::settle(writer, id, &claims, &renewal);
    state.store.write(&Arc::new(Session::system()), &origin, work).await
}
