//! The token endpoint (RFC 6749): a password or a refresh token in, a short-lived access token out.

use super::house::address_key;
use crate::access::token::{LIFETIME_SECONDS, digest, new_secret};
use crate::access::{Session, password};
use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::{Kind as ProblemKind, Result};
use crate::http::House;
use crate::http::openapi::Fixed;
use crate::resource::Id;
use crate::resource::value::Instant;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

/// How long a refresh token is valid: 14 days.
const REFRESH_SECONDS: i64 = 14 * 24 * 3600;
/// The greatest form that the endpoint reads.
const MOST: usize = 16 * 1024;

/// Mounts the endpoints.
pub fn mount(config: &mut ServiceConfig) {
    config
        .service(web::resource("/api/v1/auth/token").route(web::post().to(token)).default_service(web::route().to(only_post)))
        .service(web::resource("/api/v1/auth/me").route(web::get().to(me)).default_service(web::route().to(only_get)))
        .service(web::resource("/.well-known/jwks.json").route(web::get().to(jwks)).default_service(web::route().to(only_get)));
}

async fn only_post(request: HttpRequest) -> HttpResponse {
    crate::http::answer_of(&request, Err(crate::http::method_not_allowed(&[Method::POST]).into()))
}

async fn only_get(request: HttpRequest) -> HttpResponse {
    crate::http::answer_of(&request, Err(crate::http::method_not_allowed(&[Method::GET]).into()))
}

/// A refusal in the words of RFC 6749, section 5.2.
struct Refusal(u16, &'static str, &'static str);

const BAD_GRANT: Refusal = Refusal(400, "invalid_grant", "The e-mail address and password, or the refresh token, are not valid.");
const UNREADABLE: Refusal = Refusal(400, "invalid_request", "Send grant_type and its parameters, each once, as application/x-www-form-urlencoded.");

/// `POST /api/v1/auth/token`.
async fn token(request: HttpRequest, mut payload: Payload, house: Data<House>) -> HttpResponse {
    match grant(&request, &mut payload, &house).await {
        Ok(Ok(answer)) => reply(200, &answer),
        Ok(Err(Refusal(status, error, description))) => reply(status, &json!({"error": error, "error_description": description})),
        Err(error) => crate::http::answer_of(&request, Err(error)),
    }
}

fn reply(status: u16, body: &Value) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST))
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Pragma", "no-cache"))
        .body(body.to_string())
}

async fn grant(request: &HttpRequest, payload: &mut Payload, house: &House) -> Result<Result<Value, Refusal>> {
    let body = crate::http::read_body(payload, MOST).await?;
    let Some(form) = read_form(request, &body) else { return Ok(Err(UNREADABLE)) };
    let value = |name: &str| form.get(name).and_then(Value::as_str).map(str::to_owned);
    match (value("grant_type").as_deref(), value("username"), value("password"), value("refresh_token")) {
        (Some("password"), Some(username), Some(password), _) => log_in(house, &username, password).await,
        (Some("refresh_token"), _, _, Some(token)) => refresh(house, token).await,
        (Some("password" | "refresh_token") | None, ..) => Ok(Err(UNREADABLE)),
        (Some(_), ..) => Ok(Err(Refusal(400, "unsupported_grant_type", "Use grant_type=password or grant_type=refresh_token."))),
    }
}

/// The form's pairs; none if it is no form or a name stands twice.
fn read_form(request: &HttpRequest, body: &[u8]) -> Option<Map<String, Value>> {
    let form = request.headers().get(CONTENT_TYPE)?.to_str().ok()?.split(';').next()?.trim().to_ascii_lowercase();
    if form != "application/x-www-form-urlencoded" {
        return None;
    }
    let pairs = web::Query::<Vec<(String, String)>>::from_query(std::str::from_utf8(body).ok()?).ok()?.into_inner();
    let mut members = Map::new();
    for (name, value) in pairs {
        if value.contains('\0') || members.insert(name, value.into()).is_some() {
            return None;
        }
    }
    Some(members)
}

async fn log_in(house: &House, username: &str, plain: String) -> Result<Result<Value, Refusal>> {
    let key = address_key(username);
    let known = house
        .store
        .unauthenticated(move |connection| {
            let query = Statement::new("SELECT id, password FROM users WHERE state = 'active' AND email_key = ").with(key, "");
            Ok(query.first(connection, &[Kind::Id, Kind::Text])?)
        })
        .await?;
    let (user, hash) = known.map_or((None, None), |row| (row[0].as_id(), row[1].as_text().map(str::to_owned)));
    if !password::verify(plain, hash).await {
        return Ok(Err(BAD_GRANT));
    }
    let Some(user) = user else { return Ok(Err(BAD_GRANT)) };
    let (secret, now) = (new_secret(), house.store.now());
    let kept = secret.clone();
    house.store.database.write(move |connection| keep(connection, user, Id::new(), &kept, now)).await?;
    Ok(issue(house, user, &secret, now))
}

fn issue(house: &House, user: Id, refresh_token: &str, now: Instant) -> Result<Value, Refusal> {
    let access = house.keys.sign(user, now).ok_or(Refusal(400, "invalid_request", "No token can be signed now. Try again."))?;
    Ok(json!({"access_token": access, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS, "refresh_token": refresh_token}))
}

/// Keeps the digest of a new refresh token.
fn keep(connection: &mut Connection, user: Id, family: Id, secret: &str, now: Instant) -> Result<()> {
    let mut insert = Statement::new("INSERT INTO refresh_tokens (id, family_id, principal_id, digest, expires_at) VALUES (");
    insert.bind_all([Id::new().into(), family.into(), user.into(), digest(secret).into(), now.plus_seconds(REFRESH_SECONDS).into()]);
    insert.push(")").execute(connection)?;
    Ok(())
}

/// A refresh token is good once. One that comes again has been stolen, or its thief has: the whole family ends.
async fn refresh(house: &House, token: String) -> Result<Result<Value, Refusal>> {
    let (now, secret) = (house.store.now(), new_secret());
    let next = secret.clone();
    let user = house.store.database.write(move |connection| rotate(connection, &token, &next, now)).await?;
    Ok(match user {
        Some(user) => issue(house, user, &secret, now),
        None => Err(BAD_GRANT),
    })
}

fn rotate(connection: &mut Connection, token: &str, next: &str, now: Instant) -> Result<Option<Id>> {
    let lock = if connection.is_postgres() { " FOR UPDATE" } else { "" };
    let query =
        Statement::new("SELECT id, family_id, principal_id, expires_at, used_at, revoked_at FROM refresh_tokens WHERE digest = ").with(digest(token), lock);
    let kinds = [Kind::Id, Kind::Id, Kind::Id, Kind::Instant, Kind::Instant, Kind::Instant];
    let Some(row) = query.first(connection, &kinds)? else { return Ok(None) };
    let (Some(id), Some(family), Some(user)) = (row[0].as_id(), row[1].as_id(), row[2].as_id()) else { return Ok(None) };
    if !row[4].is_null() || !row[5].is_null() {
        let mut revoke = Statement::new("UPDATE refresh_tokens SET revoked_at = ");
        revoke.bind(now).push(" WHERE revoked_at IS NULL AND family_id = ").bind(family);
        revoke.execute(connection)?;
        return Ok(None);
    }
    let expired = row[3].as_instant().is_none_or(|expires| expires <= now);
    if expired || Session::load(connection, user)?.is_none() {
        return Ok(None);
    }
    let mut used = Statement::new("UPDATE refresh_tokens SET used_at = ");
    used.bind(now).push(" WHERE used_at IS NULL AND id = ").bind(Cell::Id(id));
    if used.execute(connection)? != 1 {
        return Ok(None);
    }
    keep(connection, user, family, next, now)?;
    Ok(Some(user))
}

/// `GET /api/v1/auth/me`.
async fn me(request: HttpRequest, house: Data<House>) -> HttpResponse {
    let outcome = crate::http::authenticate(&request, &house).await.map(|session| {
        let permissions: Vec<Value> = session
            .permissions()
            .into_iter()
            .map(|(permission, unit)| json!({"permission": permission, "unit_id": unit.map(|unit| unit.to_string())}))
            .collect();
        let person = session.person.map(|person| person.to_string());
        crate::http::json_answer(200, &json!({"id": session.principal.to_string(), "person_id": person, "permissions": permissions}))
    });
    crate::http::answer_of(&request, outcome)
}

/// `GET /.well-known/jwks.json`.
async fn jwks(house: Data<House>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header(("Cache-Control", "public, max-age=300")).body(house.keys.jwks().to_string())
}

/// What the document says of these endpoints.
pub fn operations() -> Vec<Fixed> {
    let text = |description: &str| json!({"type": "string", "description": description});
    let id = |description: &str| json!({"type": "string", "format": "uuid", "description": description});
    vec![
        Fixed {
            path: "/api/v1/auth/token",
            method: "post",
            operation_id: "create_token",
            summary: "Get an access token",
            description: "OAuth 2 token endpoint (RFC 6749) for the grants `password` and `refresh_token`. A refresh token is good once: the answer brings the next one, and one that is used again ends all that came from the same login.",
            public: true,
            path_parameter: None,
            request: Some((
                "application/x-www-form-urlencoded",
                json!({"$ref": "#/components/schemas/TokenRequest"}),
                json!({"grant_type": "password", "username": "admin@steward.local", "password": "correct horse battery staple"}),
            )),
            answers: vec![
                (200, "The tokens.", "application/json", json!({"$ref": "#/components/schemas/Token"})),
                (400, "The grant is not valid (RFC 6749, section 5.2).", "application/json", json!({"$ref": "#/components/schemas/TokenRefusal"})),
            ],
            problems: &[ProblemKind::MethodNotAllowed, ProblemKind::TooLarge, ProblemKind::Internal, ProblemKind::Unavailable],
            schemas: vec![
                (
                    "TokenRequest",
                    json!({"type": "object", "description": "A grant.", "required": ["grant_type"], "properties": {
                        "grant_type": {"type": "string", "description": "Which grant.", "enum": ["password", "refresh_token"]},
                        "username": text("The e-mail address, for `password`."),
                        "password": {"type": "string", "format": "password", "description": "The password, for `password`."},
                        "refresh_token": text("The token, for `refresh_token`."),
                    }}),
                ),
                (
                    "Token",
                    json!({"type": "object", "description": "Tokens.", "required": ["access_token", "token_type", "expires_in", "refresh_token"], "properties": {
                        "access_token": text("Send it as `Authorization: Bearer …`."),
                        "token_type": text("Always `Bearer`."),
                        "expires_in": {"type": "integer", "description": "How long the access token is valid, in seconds.", "minimum": 1},
                        "refresh_token": text("Gets the next pair, once."),
                    }}),
                ),
                (
                    "TokenRefusal",
                    json!({"type": "object", "description": "Why there is no token.", "required": ["error", "error_description"], "properties": {"error": text("A word of RFC 6749."), "error_description": text("What to do next.")}}),
                ),
            ],
        },
        Fixed {
            path: "/api/v1/auth/me",
            method: "get",
            operation_id: "get_me",
            summary: "Who am I",
            description: "The principal of the token and what it was granted.",
            public: false,
            path_parameter: None,
            request: None,
            answers: vec![(200, "The principal.", "application/json", json!({"$ref": "#/components/schemas/Me"}))],
            problems: &[ProblemKind::Unauthorized, ProblemKind::MethodNotAllowed, ProblemKind::Internal, ProblemKind::Unavailable],
            schemas: vec![
                (
                    "Me",
                    json!({"type": "object", "description": "A principal and what it was granted.", "required": ["id", "person_id", "permissions"], "properties": {
                        "id": id("The principal."),
                        "person_id": {"type": ["string", "null"], "format": "uuid", "description": "The person it is linked to."},
                        "permissions": {"type": "array", "description": "What it may do, and where.", "items": {"$ref": "#/components/schemas/HeldPermission"}},
                    }}),
                ),
                (
                    "HeldPermission",
                    json!({"type": "object", "description": "A permission and where it holds.", "required": ["permission", "unit_id"], "properties": {
                        "permission": text("`domain.collection:verb`, with `*` for any word."),
                        "unit_id": {"type": ["string", "null"], "format": "uuid", "description": "The unit with all below it; null for everything."},
                    }}),
                ),
            ],
        },
        Fixed {
            path: "/.well-known/jwks.json",
            method: "get",
            operation_id: "get_jwks",
            summary: "Get the public keys",
            description: "The keys that verify access tokens, as a JWK set (RFC 7517).",
            public: true,
            path_parameter: None,
            request: None,
            answers: vec![(200, "The keys.", "application/json", json!({"$ref": "#/components/schemas/KeySet"}))],
            problems: &[ProblemKind::MethodNotAllowed],
            schemas: vec![(
                "KeySet",
                json!({"type": "object", "description": "A JWK set.", "required": ["keys"], "properties": {"keys": {"type": "array", "description": "The keys.", "items": {"type": "object", "description": "A public key.", "additionalProperties": {"type": "string"}}}}}),
            )],
        },
    ]
}
