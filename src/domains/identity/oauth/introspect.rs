//! Introspection (RFC 7662): another service asks what a token that it was shown is good for.

use super::client_credentials;
use super::form::{Client, Form, is_basic};
use super::me::held;
use super::refusal::{self, NO_TOKEN, Refusal};
use super::schema::{id, text};
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use steward_core::access::credential::Credential;
use steward_core::access::{Granted, Reach, Session, api_token};
use steward_core::database::Connection;
use steward_core::error::{Kind, Problem, Result};
use steward_core::http::AppState;
use steward_core::http::openapi::Fixed;
use steward_schema::identity::users;

const PERMISSION: &str = "identity.tokens:introspect";

/// `POST /api/v1/auth/introspect`.
pub async fn introspect(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let outcome = answer(&request, &mut payload, &state).await;
    refusal::answer(&request, outcome)
}

async fn answer(request: &HttpRequest, payload: &mut Payload, state: &AppState) -> Result<Result<Value, Refusal>> {
    let authorized = request.headers().contains_key(AUTHORIZATION);
    let by_token = authorized && !is_basic(request);
    if by_token {
        require_permission(request, state).await?;
    }
    let form = Form::read(request, payload).await?.unwrap_or_default();
    if by_token { of_token(state, &form).await } else { by_client(request, state, authorized, &form).await }
}

/// The permission of who sends a token of its own.
async fn require_permission(request: &HttpRequest, state: &AppState) -> Result<()> {
    let caller = steward_core::http::authenticate(request, state).await?;
    // Tokens belong to no unit: whoever may ask, may ask of all.
    if caller.reach(PERMISSION) == Reach::Everything { Ok(()) } else { Err(Problem::forbidden(PERMISSION).into()) }
}

/// A service account that authenticates as a client needs no permission: it was made to be shown tokens.
async fn by_client(request: &HttpRequest, state: &AppState, basic: bool, form: &Form) -> Result<Result<Value, Refusal>> {
    let client = Client::of(request, form);
    if client.is_none() && !basic {
        return Err(steward_core::http::unauthorized().into());
    }
    match client_credentials::client(state, form, client.as_ref(), basic).await? {
        Ok(_) => of_token(state, form).await,
        Err(refusal) => Ok(Err(refusal)),
    }
}

async fn of_token(state: &AppState, form: &Form) -> Result<Result<Value, Refusal>> {
    let Some(token) = form.filled("token") else { return Ok(Err(NO_TOKEN)) };
    let known = if api_token::is_one(token) { of_api_token(state, token.to_owned()).await? } else { of_access_token(state, token).await? };
    Ok(Ok(match known {
        Some((told, session)) => with_rights(state, told, &session).await?,
        None => json!({"active": false}),
    }))
}

async fn of_access_token(state: &AppState, token: &str) -> Result<Option<(Value, Arc<Session>)>> {
    let Some((credential, session)) = state.authenticator.open(&state.store, &state.keys, token).await? else { return Ok(None) };
    let Credential::Access(token) = &*credential;
    let claims = &token.claims;
    let told = json!({
        "active": true, "sub": claims.sub.to_string(), "client_id": claims.client_id, "exp": claims.exp, "iat": claims.iat, "nbf": claims.nbf,
        "iss": claims.iss, "aud": claims.aud, "jti": claims.jti.to_string(), "token_type": "Bearer",
        "auth_time": claims.auth_time, "sid": claims.sid.to_string(),
    });
    Ok(Some((told, session)))
}

/// To ask about an API token is no use of it.
async fn of_api_token(state: &AppState, token: String) -> Result<Option<(Value, Arc<Session>)>> {
    let now = state.store.now();
    let Some(shown) = state.store.unauthenticated(move |connection| api_token::find(connection, &token, now)).await? else { return Ok(None) };
    let (sub, made, issuer) = (shown.session.principal.to_string(), shown.created_at.0.timestamp(), state.keys.issuer());
    let told = json!({
        "active": true, "sub": sub, "client_id": sub, "exp": shown.expires_at.0.timestamp(), "iat": made, "nbf": made,
        "iss": issuer, "aud": issuer, "jti": shown.id.to_string(), "token_type": "Bearer",
    });
    Ok(Some((told, Arc::new(shown.session))))
}

/// Adds whose it is and what it is good for.
async fn with_rights(state: &AppState, mut told: Value, session: &Session) -> Result<Value> {
    let principal = session.principal;
    let find = move |connection: &mut Connection| Ok(users::table.find(principal).select(users::email).get_result::<String>(connection).optional()?);
    if let Some(name) = state.store.unauthenticated(find).await? {
        told["username"] = name.into();
    }
    let everywhere: Vec<String> =
        session.permissions().into_iter().filter(|(_, place)| *place == Granted::Everything).map(|(permission, _)| permission).collect();
    told["scope"] = everywhere.join(" ").into();
    told["permissions"] = held(session);
    Ok(told)
}

/// What the document says of it.
pub fn operation() -> Fixed {
    Fixed {
        path: "/api/v1/auth/introspect",
        method: "post",
        operation_id: "introspect_token",
        summary: "Check a token",
        description: "OAuth 2 token introspection (RFC 7662), for services that are shown tokens of this one. Any active service account may ask that authenticates as a client, with its credentials in the form or as Basic authorization, as at the token endpoint. Another caller sends a token of its own as bearer and needs `identity.tokens:introspect` on everything. Anything but a valid access token or API token — a refresh token, too — is answered by `{\"active\": false}` and nothing else.",
        public: false,
        permissions: &[PERMISSION],
        path_parameter: None,
        query: &[],
        request: Some((
            "application/x-www-form-urlencoded",
            json!({"$ref": "#/components/schemas/IntrospectionRequest"}),
            json!({"token": "2YotnFZFEjr1zCsicMWpAA"}),
        )),
        answers: vec![
            (200, "Status and permissions of the token.", "application/json", json!({"$ref": "#/components/schemas/Introspection"})),
            (400, "The request names no token (RFC 6749, section 5.2).", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
            (401, "The client's credentials or the access token are not valid.", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
        ],
        problems: &[
            Kind::BadRequest,
            Kind::Unauthorized,
            Kind::Forbidden,
            Kind::MethodNotAllowed,
            Kind::TooLarge,
            Kind::TooManyRequests,
            Kind::Internal,
            Kind::Unavailable,
        ],
        schemas: schemas(),
    }
}

fn schemas() -> Vec<(&'static str, Value)> {
    let time = |description: &str| json!({"type": "integer", "description": description});
    vec![
        (
            "IntrospectionRequest",
            json!({"type": "object", "description": "Token to check.", "required": ["token"], "properties": {
                "token": {"type": "string", "description": "The token.", "minLength": 1},
                "token_type_hint": text("Type of the token. The token is found in any case."),
                "client_id": text("The service account that asks, unless it is in the header."),
                "client_secret": {"type": "string", "format": "password", "description": "Secret of the service account."},
            }}),
        ),
        (
            "Introspection",
            json!({"type": "object", "description": "Status and permissions of a token. All but `active` is present only while it is active.", "required": ["active"], "properties": {
                "active": {"type": "boolean", "description": "True if it is valid now: genuine, in its time, of a login that has not ended and a principal that is active."},
                "sub": id("The principal."),
                "client_id": text("Client that the token was issued to; the principal itself where that is no client of its own."),
                "username": text("The e-mail address of the user."),
                "scope": text("Permissions of the token on everything, with spaces between."),
                "permissions": {"type": "array", "description": "All permissions, each with the unit where it holds.", "items": {"$ref": "#/components/schemas/HeldPermission"}},
                "token_type": text("Always `Bearer`."),
                "exp": time("Time of expiry, in seconds since 1970."),
                "iat": time("Time of issue, in seconds since 1970."),
                "nbf": time("Time from which it is valid, in seconds since 1970."),
                "auth_time": time("Time of authentication, in seconds since 1970; absent for an API token."),
                "iss": text("Issuer of the token."),
                "aud": text("Audience of the token."),
                "jti": id("Id of the token."),
                "sid": id("The login that it belongs to; an API token belongs to none."),
            }}),
        ),
    ]
}
