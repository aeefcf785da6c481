//! Revocation (RFC 7009): whoever holds a token may end the login that it belongs to.

use super::super::api_token::ApiToken;
use super::form::{self, Form};
use super::refusal::{self, NO_TOKEN, Refusal};
use super::schema::text;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;
use std::sync::Arc;
use steward_core::access::{Session, api_token, login};
use steward_core::error::Result;
use steward_core::http::AppState;
use steward_core::http::openapi::Fixed;
use steward_core::resource::Id;
use steward_core::store::{IfMatch, Origin, Writer};

/// `POST /api/v1/auth/revoke`.
pub async fn revoke(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let outcome = match Form::read(&request, &mut payload).await {
        Ok(form) => end(&request, &state, form).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(Ok(())) => HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).finish(),
        Ok(Err(refused)) => refusal::refuse(refused),
        Err(error) => steward_core::http::answer_of(&request, Err(error)),
    }
}

async fn end(request: &HttpRequest, state: &AppState, form: Option<Form>) -> Result<Result<(), Refusal>> {
    let Some(token) = form.as_ref().and_then(|form| form.filled("token")) else { return Ok(Err(NO_TOKEN)) };
    // Whatever it is said to be (`token_type_hint`): the service sees what it is.
    if api_token::is_one(token) {
        end_api_token(request, state, token.to_owned()).await?;
    } else if let Some(id) = login_of(state, token.to_owned()).await? {
        let now = state.store.now();
        state.store.change_access(move |connection| login::end(connection, id, now)).await?;
    }
    Ok(Ok(()))
}

/// Revokes an API token. Nobody has said who it is, so it is the service that does it, for whoever holds the token.
async fn end_api_token(request: &HttpRequest, state: &AppState, token: String) -> Result<()> {
    let origin = Origin {
        request_id: steward_core::http::request_id(request),
        reason: Some("Revoked by whoever holds it (RFC 7009).".into()),
        address: Some(state.limits.peer(request)),
    };
    let revoke = move |writer: &mut Writer<'_>| {
        let definition = writer.definition::<ApiToken>()?;
        match api_token::unrevoked(writer.connection, &token)? {
            Some(id) => writer.transition(definition, id, &IfMatch::Any, "revoked").map(drop),
            None => Ok(()),
        }
    };
    state.store.write(&Arc::new(Session::system()), &origin, revoke).await
}

/// The login that a token belongs to: a refresh token whatever became of it, an access token while it is valid.
async fn login_of(state: &AppState, token: String) -> Result<Option<Id>> {
    state.authenticator.renew_keys(&state.store, &state.keys).await?;
    if let Some(verified) = state.keys.verify(&token, state.store.now()) {
        return Ok(Some(verified.claims.sid));
    }
    state.store.unauthenticated(move |connection| login::of_refresh_token(connection, &token)).await
}

/// What the document says of it.
pub fn operation() -> Fixed {
    Fixed {
        path: "/api/v1/auth/revoke",
        method: "post",
        operation_id: "revoke_token",
        summary: "Log out",
        description: "OAuth 2 token revocation (RFC 7009). Ends the login that an access or refresh token belongs to: none of its tokens is valid any more, on any replica within a second. An API token is revoked itself. A token that is unknown or has expired is answered alike.",
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: Some((
            "application/x-www-form-urlencoded",
            json!({"$ref": "#/components/schemas/RevocationRequest"}),
            json!({"token": "45ghiukldjahdnhzdauz", "token_type_hint": "refresh_token"}),
        )),
        answers: vec![
            (200, "The token is not valid any more.", "", json!({})),
            (400, "The request names no token (RFC 6749, section 5.2).", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
        ],
        problems: form::PROBLEMS,
        schemas: vec![(
            "RevocationRequest",
            json!({"type": "object", "description": "Token to revoke.", "required": ["token"], "properties": {
                "token": {"type": "string", "description": "The access, refresh or API token.", "minLength": 1},
                "token_type_hint": text("Type of the token, such as `access_token` or `refresh_token`. The token is found in any case."),
            }}),
        )],
    }
}
