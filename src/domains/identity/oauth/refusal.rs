//! Refusals in the words of RFC 6749, section 5.2, and how they are sent.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use steward_core::error::Result;

/// Why a request of OAuth 2 is refused: status, error and what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(pub u16, pub &'static str, pub &'static str);

/// What was shown is not good for a token; which part of it is not told.
pub const BAD_GRANT: Refusal = Refusal(400, "invalid_grant", "The e-mail address and password, or the refresh token, are not valid.");
/// The code is not good for tokens; why is not told.
pub const BAD_CODE: Refusal = Refusal(
    400,
    "invalid_grant",
    "The code is not valid for this client, redirect_uri and code_verifier, has expired or was used before. Begin the login again.",
);
/// The ID token is not good for a login; why is not told.
pub const BAD_ASSERTION: Refusal = Refusal(
    400,
    "invalid_grant",
    "The ID token logs nobody in here. Get a new one from your identity provider; if that does not help, ask an administrator whether you have an account.",
);
/// What every failed authentication of a client is told, so that it tells nothing.
pub const BAD_CLIENT: Refusal = Refusal(401, "invalid_client", "The client_id or client_secret is not valid. Check both, or have the secret renewed.");
/// The client has not said who it is, or in two ways.
pub const NO_CLIENT: Refusal =
    Refusal(400, "invalid_request", "Send client_id and client_secret once: in the form (client_secret_post) or as Basic authorization (client_secret_basic).");
/// The request cannot be read as one for a token.
pub const UNREADABLE: Refusal = Refusal(400, "invalid_request", "Send grant_type and its parameters, each once, as application/x-www-form-urlencoded.");
/// The request names no token.
pub const NO_TOKEN: Refusal = Refusal(400, "invalid_request", "Send token, once, as application/x-www-form-urlencoded.");
/// There is no such grant.
pub const UNKNOWN_GRANT: Refusal = Refusal(400, "unsupported_grant_type", "Use a grant_type that /.well-known/oauth-authorization-server lists.");
/// The service has no key that may sign.
pub const CANNOT_SIGN: Refusal = Refusal(400, "invalid_request", "No token can be signed now. Try again.");

/// The answer to a request of OAuth 2.
pub fn answer(request: &HttpRequest, outcome: Result<Result<Value, Refusal>>) -> HttpResponse {
    match outcome {
        Ok(Ok(answer)) => reply(200, &answer),
        Ok(Err(refusal)) => refuse(refusal),
        Err(error) => steward_core::http::answer_of(request, Err(error)),
    }
}

/// A refusal as an answer.
pub fn refuse(Refusal(status, error, description): Refusal) -> HttpResponse {
    reply(status, &json!({"error": error, "error_description": description}))
}

fn reply(status: u16, body: &Value) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST));
    if status == 401 {
        response.insert_header((WWW_AUTHENTICATE, "Basic realm=\"steward\""));
    }
    response
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Pragma", "no-cache"))
        .body(body.to_string())
}
