//! Who the caller is, what it may do, and where.

use super::schema::{id, text};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use serde_json::{Value, json};
use steward_core::access::login::Login;
use steward_core::access::{Granted, ReachedUnit, Session, reached};
use steward_core::database::Narrowed;
use steward_core::error::{Kind, Problem, Result};
use steward_core::http::AppState;
use steward_core::http::openapi::Fixed;
use steward_core::store::{Reader, narrowing};
use steward_schema::identity::{service_accounts, users};

/// How many units are named at most.
const UNITS: i64 = 1_000;

/// `GET /api/v1/auth/me`.
pub async fn me(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let outcome = answer(&request, &state).await.map(|body| steward_core::http::json_answer(200, &body));
    steward_core::http::answer_of(&request, outcome)
}

async fn answer(request: &HttpRequest, state: &AppState) -> Result<Value> {
    let session = steward_core::http::authenticate(request, state).await?;
    let person = session.person.map(|person| person.to_string());
    let mut body = json!({"id": session.principal.to_string(), "person_id": person, "permissions": held(&session)});
    let more = state.store.read(&session, |reader| Ok(json!({"account": account(reader)?, "session": login(reader)?, "units": units(reader)?}))).await?;
    if let (Some(body), Value::Object(mut more)) = (body.as_object_mut(), more) {
        if let Some(Value::Object(account)) = more.remove("account") {
            body.extend(account);
        }
        body.extend(more);
    }
    Ok(body)
}

/// What a session may do, and where.
pub fn held(session: &Session) -> Value {
    let held = session.permissions().into_iter();
    let unit = |place| if let Granted::Unit(unit) = place { Some(unit.to_string()) } else { None };
    held.map(|(permission, place)| json!({"permission": permission, "unit_id": unit(place), "own": place == Granted::Own})).collect()
}

fn account(reader: &mut Reader<'_>) -> Result<Value> {
    let principal = reader.session.principal;
    let user = users::table.find(principal).select((users::name, users::email.nullable()));
    let service_account = service_accounts::table.find(principal).select((service_accounts::name, None::<String>.into_sql::<Nullable<Text>>()));
    let query = user.union_all(service_account);
    let account: Option<(String, Option<String>)> = query.get_result(reader.unscoped("everybody may know who they are")).optional()?;
    let Some((name, email)) = account else { return Ok(json!({"kind": null, "name": null, "email": null})) };
    let kind = if email.is_some() { "user" } else { "service_account" };
    Ok(json!({"kind": kind, "name": name, "email": email}))
}

fn login(reader: &mut Reader<'_>) -> Result<Value> {
    let Some(id) = reader.session.login else { return Ok(Value::Null) };
    let principal = reader.session.principal;
    let login = Login::find(reader.unscoped("it is the session's own login"), id, principal)?;
    Ok(login.map_or(Value::Null, |login| json!({"id": login.id.to_string(), "started_at": login.started_at.to_string()})))
}

/// The units on which the session may do anything, as far as it may see them.
fn units(reader: &mut Reader<'_>) -> Result<Value> {
    let definition = reader.store.definitions.get("teams/units").ok_or_else(Problem::not_found)?;
    let Ok(condition) = narrowing(&reader.store.definitions, definition, reader.session, "read") else { return Ok(json!([])) };
    let seen = condition.map_or_else(Narrowed::everything, Narrowed::to);
    let reach = reader.session.reach_of_any();
    let found = reached(reader.within(&seen), &reach, &seen, UNITS)?;
    let shown = |unit: ReachedUnit| json!({"id": unit.id.to_string(), "name": unit.name.0, "parent_id": unit.parent_id.map(|parent| parent.to_string())});
    Ok(found.into_iter().map(shown).collect())
}

/// What the document says of it.
pub fn operation() -> Fixed {
    Fixed {
        path: "/api/v1/auth/me",
        method: "get",
        operation_id: "get_me",
        summary: "Get your account",
        description: "Principal of the token, its permissions and the units that it reaches, for a frontend that shows only the possible actions.",
        public: false,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: None,
        answers: vec![(200, "The principal.", "application/json", json!({"$ref": "#/components/schemas/Me"}))],
        problems: &[Kind::BadRequest, Kind::Unauthorized, Kind::MethodNotAllowed, Kind::TooManyRequests, Kind::Internal, Kind::Unavailable],
        schemas: schemas(),
    }
}

fn schemas() -> Vec<(&'static str, Value)> {
    let no_id = |description: &str| json!({"type": ["string", "null"], "format": "uuid", "description": description});
    vec![
        (
            "Me",
            json!({"type": "object", "description": "Principal and its permissions.", "required": ["id", "person_id", "permissions", "kind", "name", "email", "session", "units"], "properties": {
                "id": id("The principal."),
                "person_id": no_id("The person it is linked to."),
                "permissions": {"type": "array", "description": "Permissions, each with the unit where it holds.", "items": {"$ref": "#/components/schemas/HeldPermission"}},
                "kind": {"type": "string", "description": "Kind of principal.", "enum": ["user", "service_account"]},
                "name": {"type": ["string", "null"], "description": "Name of the principal as others see it."},
                "email": {"type": ["string", "null"], "description": "E-mail address for logging in."},
                "session": {"oneOf": [{"$ref": "#/components/schemas/MySession"}, {"type": "null"}], "description": "The login that the token belongs to."},
                "units": {"type": "array", "description": "The units on which it may do anything and that it may read, by name; at most 1,000.", "items": {"$ref": "#/components/schemas/MyUnit"}},
            }}),
        ),
        (
            "HeldPermission",
            json!({"type": "object", "description": "Permission, with the unit where it holds.", "required": ["permission", "unit_id", "own"], "properties": {
                "permission": text("`domain.collection:verb`, with `*` for any word."),
                "unit_id": no_id("Unit with all below it; null for everything, or for own records."),
                "own": {"type": "boolean", "description": "True if it holds on the principal's own records alone, as `x-own` of each resource defines them."},
            }}),
        ),
        (
            "MySession",
            json!({"type": "object", "description": "Login; ended by `/api/v1/auth/revoke`.", "required": ["id", "started_at"], "properties": {
                "id": id("The login; `sid` in its access tokens."),
                "started_at": {"type": "string", "format": "date-time", "description": "Time of authentication (UTC)."},
            }}),
        ),
        (
            "MyUnit",
            json!({"type": "object", "description": "A unit that the principal reaches.", "required": ["id", "name", "parent_id"], "properties": {
                "id": id("The unit."),
                "name": text("Name of the unit."),
                "parent_id": {"type": ["string", "null"], "format": "uuid", "description": "The unit above it.", "x-references": ["teams/units"]},
            }}),
        ),
    ]
}
