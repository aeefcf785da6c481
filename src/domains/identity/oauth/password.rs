//! Changing one's own password: who knows the old one sets a new one, and ends all sessions but this.

use super::super::proof::prove;
use super::super::user::User;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use steward_core::access::{Session, password};
use steward_core::database::Connection;
use steward_core::error::{Error, FieldError, Kind, Problem, Result};
use steward_core::http::AppState;
use steward_core::http::openapi::Fixed;
use steward_core::resource::model::read_value;
use steward_core::resource::value::{Password, Text};
use steward_core::resource::{Resource, ValidationErrors};
use steward_core::store::{IfMatch, Origin, Writer};
use steward_core::view::members_of;
use steward_schema::identity::users;

/// The greatest body that is read.
const MOST: usize = 16 * 1024;

/// `POST /api/v1/auth/password`.
pub async fn change(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let outcome = changed(&request, &mut payload, &state).await;
    steward_core::http::answer_of(&request, outcome.map(|()| HttpResponse::NoContent().finish()))
}

async fn changed(request: &HttpRequest, payload: &mut Payload, state: &AppState) -> Result<()> {
    let session = steward_core::http::authenticate(request, state).await?;
    steward_core::http::require_form(request, &["application/json"])?;
    let (current, new) = read(steward_core::http::read_object(&steward_core::http::read_body(payload, MOST).await?)?)?;
    let login = login_of(state, &session).await?;
    let (peer, request_id) = (state.limits.peer(request), steward_core::http::request_id(request));
    let proof = prove(&state.store, &login, (&peer, &request_id), current).await?;
    let proof = proof.filter(|proof| proof.user == session.principal).ok_or_else(not_this)?;
    let definition = state.store.definitions.get(User::PATH).ok_or_else(Problem::not_found)?;
    let patch = password::seal_in_turn(definition, members_of(json!({ "password": new }))).await?;
    let origin = Origin { request_id: steward_core::http::request_id(request), reason: None, address: Some(peer) };
    let own = Arc::new(session.permitting(&["identity.users:read", "identity.users:update"]));
    let write = move |writer: &mut Writer<'_>| {
        if !proof.holds(writer.connection, writer.now)? {
            return Err(not_this().into());
        }
        writer.update(definition, writer.session.principal, &IfMatch::Any, &patch).map(drop)
    };
    state.store.write(&own, &origin, write).await.map_err(of_new_password)
}

fn not_this() -> Problem {
    let detail = "This is not the password that you have now. Send that, or have an administrator reset it.";
    Problem::invalid(vec![FieldError::new("/current_password", "incorrect", detail)])
}

steward_core::value! {
    /// New password, with the current one.
    pub struct PasswordChange {
        /// Current password.
        pub current_password: Text<0, MOST>,
        /// New password.
        pub new_password: Password,
    }
}

/// Both passwords; every broken field is named (422).
fn read(sent: Map<String, Value>) -> Result<(String, String)> {
    let mut faults = ValidationErrors::new();
    match read_value::<PasswordChange>(sent.into(), &mut faults).filter(|_| faults.is_empty()) {
        Some(PasswordChange { current_password, new_password }) => Ok((current_password.0, new_password.0)),
        None => Err(Problem::invalid(faults.into_vec()).into()),
    }
}

/// The address with which the user of a login logs in; an API token is for what its scopes name, and that is not this (403).
async fn login_of(state: &AppState, session: &Session) -> Result<String> {
    let principal = session.principal;
    let find = move |connection: &mut Connection| Ok(users::table.find(principal).select(users::email).get_result::<String>(connection).optional()?);
    let email = match session.token() {
        None => state.store.unauthenticated(find).await?,
        Some(_) => None,
    };
    email.ok_or_else(|| Problem::new(Kind::Forbidden, "Only a user who has logged in changes a password. Log in, and use that token.").into())
}

/// What is wrong with the user's password is wrong with the new one.
fn of_new_password(error: Error) -> Error {
    let Error::Problem(problem) = error else { return error };
    if problem.kind != Kind::Invalid {
        return Error::Problem(problem);
    }
    let errors = problem.errors.into_iter().map(|broken| match broken.pointer.as_str() {
        "/password" => FieldError { pointer: "/new_password".into(), ..broken },
        _ => broken,
    });
    Problem::invalid(errors.collect()).into()
}

/// What the document says of it.
pub fn operation() -> Fixed {
    let text = |description: &str| json!({"type": "string", "format": "password", "description": description});
    Fixed {
        path: "/api/v1/auth/password",
        method: "post",
        operation_id: "change_password",
        summary: "Change your password",
        description: "Sets a new password for the user of the token, who has to know the one before. All other logins of the user end, with all their tokens; the one by which this is asked goes on. A wrong `current_password` counts as a login that failed, and who fails too often waits (429). Administrators reset the password of others by an update of the user.",
        public: false,
        permissions: &[],
        path_parameter: None,
        query: &[],
        request: Some((
            "application/json",
            json!({"$ref": "#/components/schemas/PasswordChange"}),
            json!({"current_password": "correct horse battery staple", "new_password": "seven quiet lamps in april"}),
        )),
        answers: vec![(204, "The password has changed, and the other logins have ended.", "", Value::Null)],
        problems: &[
            Kind::BadRequest,
            Kind::Unauthorized,
            Kind::Forbidden,
            Kind::MethodNotAllowed,
            Kind::TooLarge,
            Kind::UnsupportedMediaType,
            Kind::Invalid,
            Kind::TooManyRequests,
            Kind::Internal,
            Kind::Unavailable,
        ],
        schemas: vec![(
            "PasswordChange",
            json!({"type": "object", "description": "New password, with the current one.", "required": ["current_password", "new_password"], "additionalProperties": false, "properties": {
                "current_password": text("Current password."),
                "new_password": {"type": "string", "format": "password", "minLength": 12, "maxLength": 200, "description": "New password, any characters; no common password, no repetition, nothing like your address or name."},
            }}),
        )],
    }
}
