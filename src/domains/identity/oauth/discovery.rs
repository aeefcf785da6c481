//! What anybody may know: where the endpoints are (RFC 8414) and which keys verify (RFC 7517).

use super::assertion;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};
use steward_core::access::key::PUBLISHED_SECONDS;
use steward_core::error::Kind as ProblemKind;
use steward_core::http::AppState;
use steward_core::http::openapi::Fixed;

/// Where the metadata is.
pub const METADATA: &str = "/.well-known/oauth-authorization-server";
/// Where the keys are.
pub const KEYS: &str = "/.well-known/jwks.json";

/// `GET /.well-known/oauth-authorization-server`.
pub async fn metadata(state: Data<AppState>) -> HttpResponse {
    let issuer = state.keys.issuer();
    published(&json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/api/v1/auth/authorize"),
        "token_endpoint": format!("{issuer}/api/v1/auth/token"),
        "jwks_uri": format!("{issuer}{KEYS}"),
        "revocation_endpoint": format!("{issuer}/api/v1/auth/revoke"),
        "introspection_endpoint": format!("{issuer}/api/v1/auth/introspect"),
        "grant_types_supported": ["authorization_code", "password", "refresh_token", "client_credentials", assertion::GRANT],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "Bearer"],
        "service_documentation": format!("{issuer}/docs"),
    }))
}

/// `GET /.well-known/jwks.json`.
pub async fn jwks(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    match state.authenticator.renew_keys(&state.store, &state.keys).await {
        Ok(()) => published(&state.keys.jwks(state.store.now())),
        Err(error) => steward_core::http::answer_of(&request, Err(error)),
    }
}

/// Others may keep it no longer than a new key is published before it signs.
fn published(document: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Cache-Control", format!("public, max-age={PUBLISHED_SECONDS}")))
        .insert_header(("Vary", "Accept"))
        .body(document.to_string())
}

/// What the document says of them.
pub fn operations() -> [Fixed; 2] {
    let address = |description: &str| json!({"type": "string", "format": "uri", "description": description});
    let words = |description: &str| json!({"type": "array", "description": description, "items": {"type": "string"}});
    let metadata = Fixed {
        path: METADATA,
        method: "get",
        operation_id: "get_oauth_metadata",
        summary: "Find the OAuth 2 endpoints",
        description: "The metadata of the authorization server (RFC 8414).",
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers: vec![(200, "The metadata.", "application/json", json!({"$ref": "#/components/schemas/OauthMetadata"}))],
        problems: &[ProblemKind::MethodNotAllowed],
        schemas: vec![(
            "OauthMetadata",
            json!({"type": "object", "description": "The metadata of an authorization server.",
            "required": ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "revocation_endpoint", "introspection_endpoint", "grant_types_supported", "response_types_supported"],
            "properties": {
                "issuer": address("The address under which the service is known; `iss` and `aud` of its tokens."),
                "authorization_endpoint": address("Login page, for the grant `authorization_code`."),
                "token_endpoint": address("Address of the token endpoint."),
                "jwks_uri": address("Address of the public keys."),
                "revocation_endpoint": address("Address for revoking tokens."),
                "introspection_endpoint": address("Address at which services check tokens."),
                "grant_types_supported": words("Grants of the token endpoint."),
                "response_types_supported": words("Response types of the login page."),
                "response_modes_supported": words("Ways in which a code is returned."),
                "code_challenge_methods_supported": words("Methods of PKCE (RFC 7636)."),
                "authorization_response_iss_parameter_supported": {"type": "boolean", "description": "True if `iss` is returned with a code (RFC 9207)."},
                "token_endpoint_auth_methods_supported": words("Methods of client authentication at the token endpoint."),
                "revocation_endpoint_auth_methods_supported": words("Methods of client authentication at the revocation endpoint: any holder of a token may revoke it."),
                "introspection_endpoint_auth_methods_supported": words("Methods of client authentication at the introspection endpoint."),
                "service_documentation": address("The documentation for people."),
            }}),
        )],
    };
    let keys = Fixed {
        path: KEYS,
        method: "get",
        operation_id: "get_jwks",
        summary: "Get the public keys",
        description: "The keys that verify access tokens, as a JWK set (RFC 7517): a new key is listed before it signs, and an old one until its last token has expired. Keep it no longer than `Cache-Control` says, or read it again when a token names a key that you do not know.",
        public: true,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers: vec![(200, "The keys.", "application/json", json!({"$ref": "#/components/schemas/KeySet"}))],
        problems: &[ProblemKind::MethodNotAllowed, ProblemKind::Internal, ProblemKind::Unavailable],
        schemas: vec![(
            "KeySet",
            json!({"type": "object", "description": "A JWK set.", "required": ["keys"], "properties": {"keys": {"type": "array", "description": "The keys.", "items": {"type": "object", "description": "A public key.", "additionalProperties": {"type": "string"}}}}}),
        )],
    };
    [metadata, keys]
}
