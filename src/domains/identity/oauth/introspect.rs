//! Introspection (RFC 7662): another service asks what a token that it was shown is good for.

use super::form::Form;
use super::me::held;
use super::refusal::{self, NO_TOKEN, Refusal};
use crate::access::credential::Credential;
use crate::access::{Reach, Session};
use crate::database::{Kind, Statement};
use crate::error::{Kind as ProblemKind, Problem, Result};
use crate::http::House;
use crate::http::openapi::Fixed;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

const PERMISSION: &str = "identity.tokens:introspect";

/// `POST /api/v1/auth/introspect`.
pub async fn introspect(request: HttpRequest, mut payload: Payload, house: Data<House>) -> HttpResponse {
    let outcome = answer(&request, &mut payload, &house).await;
    refusal::answer(&request, outcome)
}

async fn answer(request: &HttpRequest, payload: &mut Payload, house: &House) -> Result<Result<Value, Refusal>> {
    let caller = crate::http::authenticate(request, house).await?;
    // Tokens belong to no unit: whoever may ask, may ask of all.
    if caller.reach(PERMISSION) != Reach::Everything {
        return Err(Problem::forbidden(PERMISSION).into());
    }
    let form = Form::read(request, payload).await?;
    let Some(token) = form.as_ref().and_then(|form| form.filled("token")) else { return Ok(Err(NO_TOKEN)) };
    Ok(Ok(match house.gate.open(&house.store, &house.keys, token).await? {
        Some((credential, session)) => told(house, &credential, &session).await?,
        None => json!({"active": false}),
    }))
}

async fn told(house: &House, credential: &Credential, session: &Session) -> Result<Value> {
    let principal = session.principal;
    let username = house
        .store
        .unauthenticated(move |connection| Ok(Statement::new("SELECT email FROM users WHERE id = ").with(principal, "").first(connection, &[Kind::Text])?))
        .await?;
    let mut told = match credential {
        Credential::Access(token) => {
            let claims = &token.claims;
            json!({
                "active": true, "sub": claims.sub.to_string(), "client_id": claims.client_id, "exp": claims.exp, "iat": claims.iat, "nbf": claims.nbf,
                "iss": claims.iss, "aud": claims.aud, "jti": claims.jti.to_string(), "token_type": "Bearer",
                "auth_time": claims.auth_time, "sid": claims.sid.to_string(),
            })
        }
    };
    if let Some(name) = username.as_ref().and_then(|row| row[0].as_text()) {
        told["username"] = name.into();
    }
    let everywhere: Vec<String> = session.permissions().into_iter().filter(|(_, unit)| unit.is_none()).map(|(permission, _)| permission).collect();
    told["scope"] = everywhere.join(" ").into();
    told["permissions"] = held(session);
    Ok(told)
}

/// What the document says of it.
pub fn operation() -> Fixed {
    let text = |description: &str| json!({"type": "string", "description": description});
    let time = |description: &str| json!({"type": "integer", "description": description});
    Fixed {
        path: "/api/v1/auth/introspect",
        method: "post",
        operation_id: "introspect_token",
        summary: "Ask what a token is good for",
        description: "OAuth 2 token introspection (RFC 7662), for services that are shown tokens of this one. The caller sends a token of its own as bearer and holds `identity.tokens:introspect` on everything. Whatever is no valid access token — a refresh token, too — is answered by `{\"active\": false}` and nothing else.",
        public: false,
        permissions: &[PERMISSION],
        path_parameter: None,
        request: Some((
            "application/x-www-form-urlencoded",
            json!({"$ref": "#/components/schemas/IntrospectionRequest"}),
            json!({"token": "2YotnFZFEjr1zCsicMWpAA"}),
        )),
        answers: vec![
            (200, "What it is good for.", "application/json", json!({"$ref": "#/components/schemas/Introspection"})),
            (400, "The request names no token (RFC 6749, section 5.2).", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
        ],
        problems: &[
            ProblemKind::Unauthorized,
            ProblemKind::Forbidden,
            ProblemKind::MethodNotAllowed,
            ProblemKind::TooLarge,
            ProblemKind::Internal,
            ProblemKind::Unavailable,
        ],
        schemas: vec![
            (
                "IntrospectionRequest",
                json!({"type": "object", "description": "A token to ask about.", "required": ["token"], "properties": {
                    "token": {"type": "string", "description": "The token.", "minLength": 1},
                    "token_type_hint": text("What it is. It is found in any case."),
                }}),
            ),
            (
                "Introspection",
                json!({"type": "object", "description": "What a token is good for. All but `active` is there only while it is active.", "required": ["active"], "properties": {
                    "active": {"type": "boolean", "description": "True if it is valid now: genuine, in its time, of a login that has not ended and a principal that is active."},
                    "sub": {"type": "string", "format": "uuid", "description": "The principal."},
                    "client_id": text("The client that got it; the principal itself where that is no client of its own."),
                    "username": text("The e-mail address of the user."),
                    "scope": text("The permissions that the principal holds on everything, with spaces between."),
                    "permissions": {"type": "array", "description": "All that it may do, and where.", "items": {"$ref": "#/components/schemas/HeldPermission"}},
                    "token_type": text("Always `Bearer`."),
                    "exp": time("Until when it is valid, in seconds since 1970."),
                    "iat": time("When it was issued."),
                    "nbf": time("From when it is valid."),
                    "auth_time": time("When the principal proved who it is."),
                    "iss": text("Who issued it."),
                    "aud": text("For whom it is meant."),
                    "jti": {"type": "string", "format": "uuid", "description": "Its own id."},
                    "sid": {"type": "string", "format": "uuid", "description": "The login that it belongs to."},
                }}),
            ),
        ],
    }
}
