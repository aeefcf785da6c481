//! The token endpoint (RFC 6749): a grant in, a short-lived access token out.

use super::form::{self, Client, Form, is_basic};
use super::refusal::{self, Refusal, UNKNOWN_GRANT, UNREADABLE};
use super::schema::text;
use super::token_request::TokenRequest;
use super::{assertion, authorization_code, client_credentials, log_in, refresh};
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use steward_core::error::Result;
use steward_core::http::AppState;
use steward_core::http::openapi::Fixed;

/// `POST /api/v1/auth/token`.
pub async fn token(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let outcome = match Form::read(&request, &mut payload).await {
        Ok(Some(form)) => {
            let (peer, client) = (state.limits.peer(&request), Client::of(&request, &form));
            let authorized = request.headers().contains_key(AUTHORIZATION);
            let request_id = steward_core::http::request_id(&request);
            grant(TokenRequest { state: &state, peer, request_id, form, client, authorized, basic: is_basic(&request) }).await
        }
        Ok(None) => Ok(Err(UNREADABLE)),
        Err(error) => Err(error),
    };
    refusal::answer(&request, outcome)
}

async fn grant(asked: TokenRequest<'_>) -> Result<Result<Value, Refusal>> {
    let grant_type = asked.form.filled("grant_type");
    if grant_type == Some("client_credentials") {
        return client_credentials::by_client_credentials(asked).await;
    }
    if let (Some("password" | "refresh_token" | "authorization_code" | assertion::GRANT), Some(refusal)) =
        (grant_type, client_credentials::fault(&asked).await?)
    {
        return Ok(Err(refusal));
    }
    match grant_type {
        Some("password") => log_in::by_password(asked).await,
        Some("authorization_code") => authorization_code::by_code(asked).await,
        Some("refresh_token") => refresh::by_refresh_token(asked).await,
        Some(assertion::GRANT) => assertion::by_assertion(asked).await,
        None => Ok(Err(UNREADABLE)),
        Some(_) => Ok(Err(UNKNOWN_GRANT)),
    }
}

/// What the document says of it.
pub fn operation() -> Fixed {
    Fixed {
        path: "/api/v1/auth/token",
        method: "post",
        operation_id: "create_token",
        summary: "Get an access token",
        description: "OAuth 2 token endpoint (RFC 6749) for the grants `authorization_code` (with PKCE: a code of `/api/v1/auth/authorize`, the `redirect_uri` and `client_id` of that request, and the `code_verifier`), `password`, `refresh_token`, for service accounts `client_credentials` (with the credentials in the form or as Basic authorization; there is no refresh token then), and `urn:ietf:params:oauth:grant-type:jwt-bearer` (RFC 7523), whose assertion is an ID token of an identity provider; it is accepted for as long as it is valid, a day at most. Another grant may come with client credentials too, and then they have to be valid. A parameter without a value counts as left out. A refresh token is good once: the answer brings the next one. One that is used again, even at the same moment, ends the login: none of its tokens, access tokens included, is good any more. A code is good once, for 60 seconds, and one that is shown again ends the login likewise. The refresh tokens of a login that began with a code belong to its client: send `client_id` with them.\n\nLogins that fail are counted: by account and address together, by address, and by account. Who fails too often waits (429), also where there is no such account; an address from which the account has logged in before waits for its own failures only.",
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: Some((
            "application/x-www-form-urlencoded",
            json!({"$ref": "#/components/schemas/TokenRequest"}),
            json!({"grant_type": "password", "username": "admin@steward.local", "password": "correct horse battery staple"}),
        )),
        answers: vec![
            (200, "The tokens.", "application/json", json!({"$ref": "#/components/schemas/Token"})),
            (400, "The grant is not valid (RFC 6749, section 5.2).", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
            (401, "The client's credentials are not valid.", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
        ],
        problems: form::PROBLEMS,
        schemas: vec![
            (
                "TokenRequest",
                json!({"type": "object", "description": "Request for tokens by a grant.", "required": ["grant_type"], "properties": {
                    "grant_type": {"type": "string", "description": "Type of the grant.", "enum": ["authorization_code", "password", "refresh_token", "client_credentials", assertion::GRANT]},
                    "username": text("The e-mail address, for `password`."),
                    "password": {"type": "string", "format": "password", "description": "The password, for `password`."},
                    "code": text("The code of the login page, for `authorization_code`."),
                    "redirect_uri": text("The address to which the login led back, for `authorization_code`."),
                    "code_verifier": {"type": "string", "description": "The verifier of PKCE (RFC 7636), for `authorization_code`.", "minLength": 43, "maxLength": 128},
                    "refresh_token": text("The token, for `refresh_token`."),
                    "client_id": text("The service account, for `client_credentials`; the login client, for `authorization_code` and its refresh tokens; elsewhere only with its secret."),
                    "client_secret": {"type": "string", "format": "password", "description": "Secret of the service account, for `client_credentials`."},
                    "assertion": text("The ID token, for `urn:ietf:params:oauth:grant-type:jwt-bearer`."),
                }}),
            ),
            (
                "Token",
                json!({"type": "object", "description": "Tokens issued.", "required": ["access_token", "token_type", "expires_in"], "properties": {
                    "access_token": text("Access token, sent as `Authorization: Bearer …`. A JWT of RFC 9068; the permissions of its principal are not in it, so that a change of them takes effect at once."),
                    "token_type": text("Always `Bearer`."),
                    "expires_in": {"type": "integer", "description": "Lifetime of the access token, in seconds.", "minimum": 1},
                    "refresh_token": text("Refresh token: gets the next pair, once, within 14 days; absent for `client_credentials`."),
                }}),
            ),
            (
                "TokenRefusal",
                json!({"type": "object", "description": "Reason why no token was issued.", "required": ["error", "error_description"], "properties": {"error": text("Error code of RFC 6749."), "error_description": text("Next step.")}}),
            ),
        ],
    }
}
