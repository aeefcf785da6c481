//! What the document says of the pages of the login.

use super::providers;
use crate::error::Kind;
use crate::http::openapi::Fixed;
use serde_json::{Value, json};

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

/// The operations.
pub fn all() -> Vec<Fixed> {
    let back = "Leads back to the client: with `code`, `state` and `iss`, or with `error` (RFC 6749, section 4.1.2).";
    let refused = "A page that says why there is no login.";
    let page = || json!({"type": "string", "description": "A page in HTML."});
    let form = |description: &str, properties: Value| json!({"type": "object", "description": description, "properties": properties});
    let text = |description: &str| json!({"type": "string", "description": description});
    let fixed = |path, method, operation_id, summary, description, answers| Fixed {
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
    };
    let show = Fixed {
        query: QUERY,
        ..fixed(
            "/api/v1/auth/authorize",
            "get",
            "show_login_page",
            "Show the login page",
            "The authorization endpoint of OAuth 2 (RFC 6749, section 4.1) with PKCE by `S256` (RFC 7636): a page without scripts, on which somebody logs in with an account of this service or through an identity provider. The browser is sent back to `redirect_uri` with a `code`, which the client redeems at `/api/v1/auth/token` within 60 seconds.",
            vec![
                (200, "The login page.", "text/html", page()),
                (303, back, "", Value::Null),
                (400, refused, "text/html", page()),
                (503, refused, "text/html", page()),
            ],
        )
    };
    let log_in = Fixed {
        request: Some((
            "application/x-www-form-urlencoded",
            form(
                "The form of the login page.",
                json!({"username": text("E-mail address."), "password": {"type": "string", "format": "password", "description": "Password."}, "csrf": text("What ties the form to the browser.")}),
            ),
            json!({"username": "admin@steward.local", "password": "correct horse battery staple"}),
        )),
        ..fixed(
            "/api/v1/auth/authorize",
            "post",
            "send_login_page",
            "Send the form of the login page",
            "Only the login page sends it: it carries the parameters of the request and a secret that is in a cookie too. Failed logins count as those of the grant `password` do.",
            vec![
                (303, back, "", Value::Null),
                (400, "The page again, with what was wrong; or a page that says why there is no login.", "text/html", page()),
                (403, "The form is not that of a page of this browser.", "text/html", page()),
                (429, "The page again: too many logins have failed.", "text/html", page()),
                (503, "The page again: the service is busy.", "text/html", page()),
            ],
        )
    };
    let start = Fixed {
        query: PROVIDER,
        ..fixed(
            providers::START,
            "get",
            "begin_provider_login",
            "Log in through an identity provider",
            "Sends the browser to the login page of an identity provider (OpenID Connect, `response_type=id_token`, `response_mode=form_post`), which sends it to `/api/v1/auth/callback`. The provider must have that address registered for the first of its `audiences`.",
            vec![
                (303, "Leads to the provider, or back to the client with `error`.", "", Value::Null),
                (400, refused, "text/html", page()),
                (503, refused, "text/html", page()),
            ],
        )
    };
    let callback = Fixed {
        request: Some((
            "application/x-www-form-urlencoded",
            form(
                "The answer of the provider.",
                json!({"id_token": text("ID token."), "state": text("State of the request."), "error": text("Reason why there is none.")}),
            ),
            json!({"id_token": "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIuLi4ifQ.c2ln", "state": "n8…"}),
        )),
        ..fixed(
            providers::CALLBACK,
            "post",
            "end_provider_login",
            "Come back from an identity provider",
            "The browser brings the ID token of the provider here. It has to be the answer to a request of the login page: each is answered once, within 10 minutes.",
            vec![(303, back, "", Value::Null), (400, refused, "text/html", page()), (503, refused, "text/html", page())],
        )
    };
    vec![show, log_in, start, callback]
}
