//! What the document says of the pages of the login.

use super::providers;
use super::schema::text;
use serde_json::{Value, json};
use steward_core::error::Kind;
use steward_core::http::openapi::Fixed;

/// What a request for a code has, wherever it is sent.
const QUERY: &[(&str, bool, &str)] = &[
    ("client_id", true, "Code of the login client (identity/login-clients)."),
    ("redirect_uri", true, "Address to which the login leads back: one that is registered for the client."),
    ("response_type", true, "Always `code`."),
    ("code_challenge", true, "SHA-256 of the verifier in base64url without padding (RFC 7636)."),
    ("code_challenge_method", true, "Always `S256`."),
    ("state", false, "Text that comes back with the code, at most 2,000 characters."),
    ("login_hint", false, "E-mail address to fill in."),
    ("prompt", false, "`none` is answered with `login_required`: there is no session on the login page."),
];

const PROVIDER: &[(&str, bool, &str)] =
    &[("provider", true, "Code of the identity provider (identity/identity-providers)."), QUERY[0], QUERY[1], QUERY[2], QUERY[3], QUERY[4], QUERY[5]];

const PROBLEMS: &[Kind] = &[Kind::MethodNotAllowed, Kind::TooLarge, Kind::TooManyRequests, Kind::Internal, Kind::Unavailable];

const BACK: &str = "Leads back to the client: with `code`, `state` and `iss`, or with `error` (RFC 6749, section 4.1.2).";
const REFUSED: &str = "A page that says why there is no login.";
const FORM: &str = "application/x-www-form-urlencoded";

type Answers = Vec<(u16, &'static str, &'static str, Value)>;

/// The operations.
pub fn all() -> Vec<Fixed> {
    vec![show(), log_in(), start(), callback()]
}

/// An answer that is a page.
fn page(status: u16, description: &'static str) -> (u16, &'static str, &'static str, Value) {
    (status, description, "text/html", json!({"type": "string", "description": "A page in HTML."}))
}

/// An answer that leads elsewhere.
fn leads(description: &'static str) -> (u16, &'static str, &'static str, Value) {
    (303, description, "", Value::Null)
}

fn form(description: &str, properties: Value) -> Value {
    json!({"type": "object", "description": description, "properties": properties})
}

fn fixed(path: &'static str, method: &'static str, operation_id: &'static str, summary: &'static str, description: &'static str, answers: Answers) -> Fixed {
    Fixed {
        path,
        method,
        operation_id,
        summary,
        description,
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers,
        problems: PROBLEMS,
        schemas: Vec::new(),
    }
}

fn show() -> Fixed {
    let description = "Authorization endpoint of OAuth 2 (RFC 6749, section 4.1) with PKCE by `S256` (RFC 7636): a page without scripts, on which a user logs in with an account of this service or through an identity provider. The browser is sent back to `redirect_uri` with a `code`, which the client redeems at `/api/v1/auth/token` within 60 seconds.";
    let answers = vec![page(200, "The login page."), leads(BACK), page(400, REFUSED), page(503, REFUSED)];
    Fixed { query: QUERY, ..fixed("/api/v1/auth/authorize", "get", "show_login_page", "Show the login page", description, answers) }
}

fn log_in() -> Fixed {
    let description = "Only the login page sends it: it carries the parameters of the request and a secret that is in a cookie too. Failed logins count as those of the grant `password` do.";
    let answers = vec![
        leads(BACK),
        page(400, "The page again, with what was wrong; or a page that says why there is no login."),
        page(403, "The form is not that of a page of this browser."),
        page(429, "The page again: too many logins have failed."),
        page(503, "The page again: the service is busy."),
    ];
    let properties = json!({
        "username": text("E-mail address."),
        "password": {"type": "string", "format": "password", "description": "Password of the user."},
        "csrf": text("Secret that ties the form to the browser."),
    });
    let example = json!({"username": "admin@steward.local", "password": "correct horse battery staple"});
    Fixed {
        request: Some((FORM, form("The form of the login page.", properties), example)),
        ..fixed("/api/v1/auth/authorize", "post", "send_login_page", "Send the form of the login page", description, answers)
    }
}

fn start() -> Fixed {
    let description = "Sends the browser to the login page of an identity provider (OpenID Connect, `response_type=id_token`, `response_mode=form_post`), which sends it to `/api/v1/auth/callback`. The provider must have that address registered for the first of its `audiences`.";
    let answers = vec![leads("Leads to the provider, or back to the client with `error`."), page(400, REFUSED), page(503, REFUSED)];
    Fixed { query: PROVIDER, ..fixed(providers::START, "get", "begin_provider_login", "Log in through an identity provider", description, answers) }
}

fn callback() -> Fixed {
    let description = "The browser brings the ID token of the provider here. It has to be the answer to a request of the login page: each is answered once, within 10 minutes.";
    let properties = json!({"id_token": text("ID token."), "state": text("State of the request."), "error": text("Reason for the refusal.")});
    let example = json!({"id_token": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIuLi4ifQ.c2ln", "state": "n8SxW1"});
    Fixed {
        request: Some((FORM, form("The answer of the provider.", properties), example)),
        ..fixed(
            providers::CALLBACK,
            "post",
            "end_provider_login",
            "Come back from an identity provider",
            description,
            vec![leads(BACK), page(400, REFUSED), page(503, REFUSED)],
        )
    }
}
