//! The authorization endpoint (RFC 6749, section 4.1, with PKCE by S256, RFC 7636): a page on which somebody logs in, and a code for the client
//! that asked.

use super::super::proof::{Proof, prove};
use super::form::Form;
use super::page::{self, FormToken, LoginPage};
use super::{provider_link, redirect};
use actix_web::web::{Data, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use steward_core::access::authorization::{CODE_SECONDS, CodeGrant};
use steward_core::access::login::Login;
use steward_core::access::secret::new_secret;
use steward_core::access::security_event::{SecurityEvent, SecurityEventKind};
use steward_core::database::Connection;
use steward_core::error::{Problem, Result};
use steward_core::http::AppState;
use steward_schema::identity::login_clients;

/// The longest `state` that is given back.
const LONGEST_STATE: usize = 2_000;

/// A request for a code that was found sound.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Authorization {
    /// The client.
    pub client: String,
    /// Its name.
    pub name: String,
    /// The address to which the login leads back.
    pub redirect_uri: String,
    /// What the client gets back with the code.
    pub state: Option<String>,
    /// The challenge of PKCE.
    pub challenge: String,
}

/// Why a request is refused.
pub enum Fault {
    /// Told to whoever reads the page: it is not known whether the address is the client's.
    Page(&'static str),
    /// Told to the client: a word of RFC 6749 or OpenID Connect, and why.
    Client(Authorization, &'static str, &'static str),
}

/// `GET /api/v1/auth/authorize`: the login page.
pub async fn show(request: HttpRequest, state: Data<AppState>) -> HttpResponse {
    let Some(parameters) = query_of(&request) else { return page::refusal(400, "The request cannot be read: a parameter stands in it twice.") };
    match asked(&state, &parameters).await {
        Ok(Ok(asked)) => {
            let hint = parameters.get("login_hint").map(String::as_str).unwrap_or_default();
            login_page(&request, &state, &asked, (200, None, hint)).await
        }
        Ok(Err(fault)) => refused(&state, fault),
        Err(error) => broken(&error.into_problem()),
    }
}

/// `POST /api/v1/auth/authorize`: the form of the page.
pub async fn log_in(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let form = match Form::read(&request, &mut payload).await {
        Ok(Some(form)) => form,
        Ok(None) => return page::refusal(400, "The form cannot be read. Go back to the application and log in again."),
        Err(error) => return broken(&error.into_problem()),
    };
    if !FormToken::is_that_of(&request, &state, form.filled("csrf")) {
        return page::refusal(
            403,
            "This form does not come from the login page of this browser, or the page is too old. Go back to the application and log in again.",
        );
    }
    let asked = match asked(&state, form.all()).await {
        Ok(Ok(asked)) => asked,
        Ok(Err(fault)) => return refused(&state, fault),
        Err(error) => return broken(&error.into_problem()),
    };
    let username = form.filled("username").unwrap_or_default();
    match with_password(&request, &state, &asked, username, form.filled("password").unwrap_or_default()).await {
        Ok(Some(code)) => granted(&state, &asked, &code),
        Ok(None) => login_page(&request, &state, &asked, (400, Some("The e-mail address or the password is not right."), username)).await,
        Err(error) => {
            let problem = error.into_problem();
            let mut answer = login_page(&request, &state, &asked, (problem.kind.status(), Some(&problem.detail), username)).await;
            retry_after(&problem, &mut answer);
            answer
        }
    }
}

/// The parameters of a request's address, each once.
pub fn query_of(request: &HttpRequest) -> Option<HashMap<String, String>> {
    let pairs = Query::<Vec<(String, String)>>::from_query(request.query_string()).ok()?.into_inner();
    let mut parameters = HashMap::new();
    for (name, value) in pairs {
        if value.contains('\0') || parameters.insert(name, value).is_some() {
            return None;
        }
    }
    Some(parameters)
}

/// The request that some parameters make.
pub async fn asked(state: &AppState, parameters: &HashMap<String, String>) -> Result<Result<Authorization, Fault>> {
    let filled = |name: &str| parameters.get(name).filter(|value| !value.is_empty());
    let Some(client) = filled("client_id") else { return Ok(Err(Fault::Page("The application did not say which one it is (client_id)."))) };
    let Some((name, addresses)) = client_of(state, client.clone()).await? else {
        return Ok(Err(Fault::Page("The application is not known here, or disabled. An administrator registers it as a login client.")));
    };
    let registered = |asked: &&String| addresses.iter().any(|known| redirect::is_registered(known, asked));
    let Some(redirect_uri) = filled("redirect_uri").filter(registered) else {
        return Ok(Err(Fault::Page("The address to which the login would lead back is not one that is registered for the application (redirect_uri).")));
    };
    let given = filled("state").filter(|state| state.chars().count() <= LONGEST_STATE).cloned();
    let challenge = filled("code_challenge").cloned().unwrap_or_default();
    let asked = Authorization { client: client.clone(), name, redirect_uri: redirect_uri.clone(), state: given, challenge };
    let refusal = fault_of(parameters, &asked);
    Ok(match refusal {
        Some((error, detail)) => Err(Fault::Client(asked, error, detail)),
        None => Ok(asked),
    })
}

/// What is wrong with a request of a known client.
fn fault_of(parameters: &HashMap<String, String>, asked: &Authorization) -> Option<(&'static str, &'static str)> {
    let value = |name: &str| parameters.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    match value("response_type") {
        None => return Some(("invalid_request", "response_type is missing: send code.")),
        Some("code") => {}
        Some(_) => return Some(("unsupported_response_type", "Only response_type=code is supported.")),
    }
    if value("state").is_some() && asked.state.is_none() {
        return Some(("invalid_request", "state may have at most 2,000 characters."));
    }
    if value("code_challenge_method") != Some("S256") {
        return Some(("invalid_request", "PKCE is required: send code_challenge_method=S256."));
    }
    if asked.challenge.len() != 43 || !plain(&asked.challenge) {
        return Some(("invalid_request", "code_challenge is the SHA-256 of the verifier in base64url: 43 characters."));
    }
    if value("response_mode").is_some_and(|mode| mode != "query") {
        return Some(("invalid_request", "Only response_mode=query is supported."));
    }
    if value("request").is_some() || value("request_uri").is_some() {
        return Some(("request_not_supported", "Send the parameters in the address."));
    }
    (value("prompt") == Some("none")).then_some(("login_required", "There is no session here: every login shows the page."))
}

/// The name and the addresses of a client that may log users in.
async fn client_of(state: &AppState, code: String) -> Result<Option<(String, Vec<String>)>> {
    if code == redirect::DOCS {
        return Ok(Some(("the API documentation".to_owned(), redirect::of_docs(state.keys.issuer()))));
    }
    let find = move |connection: &mut Connection| {
        let active = login_clients::table.filter(login_clients::code.eq(&code).and(login_clients::state.eq("active")));
        Ok(active.select((login_clients::name, login_clients::redirect_uris)).get_result::<(String, serde_json::Value)>(connection).optional()?)
    };
    let known = state.store.unauthenticated(find).await?;
    Ok(known.map(|(name, addresses)| (name, serde_json::from_value(addresses).unwrap_or_default())))
}

/// The page of a login.
async fn login_page(request: &HttpRequest, state: &AppState, asked: &Authorization, (status, error, username): (u16, Option<&str>, &str)) -> HttpResponse {
    let hidden = asked.parameters();
    let providers = match provider_link::ways(state, &hidden).await {
        Ok(ways) => ways,
        Err(error) => return broken(&error.into_problem()),
    };
    let page = LoginPage { client: &asked.name, hidden: &hidden, username, error, providers: &providers, redirect_uri: &asked.redirect_uri };
    page.answer(status, &FormToken::of(request, state))
}

impl Authorization {
    /// The parameters that make the same request again.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client.clone()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("code_challenge", self.challenge.clone()),
            ("code_challenge_method", "S256".to_owned()),
        ];
        parameters.extend(self.state.clone().map(|state| ("state", state)));
        parameters
    }

    /// What a code is given for.
    pub fn grant(&self) -> CodeGrant {
        CodeGrant { client: self.client.clone(), redirect_uri: self.redirect_uri.clone(), challenge: self.challenge.clone() }
    }
}

/// Logs somebody in by a password and gives a code; none if it is not right.
async fn with_password(request: &HttpRequest, state: &AppState, asked: &Authorization, username: &str, password: &str) -> Result<Option<String>> {
    let (peer, request_id) = (state.limits.peer(request), steward_core::http::request_id(request));
    let proof: Option<Proof> = prove(&state.store, username, (&peer, &request_id), password.to_owned()).await?;
    let Some(proof) = proof else { return Ok(None) };
    let event = SecurityEvent {
        kind: SecurityEventKind::LoginSucceeded,
        principal: Some(proof.user),
        address: Some(peer),
        subject: Some("authorization_code".to_owned()),
        request_id: Some(request_id),
    };
    let (recorded, grant, code, now) = (event.clone(), asked.grant(), new_secret(), state.store.now());
    let kept = code.clone();
    let begin = move |connection: &mut Connection| {
        if !proof.holds(connection, now)? {
            return Ok(false);
        }
        let login = Login::begin(connection, proof.user, now, now.plus_seconds(CODE_SECONDS))?;
        grant.keep(connection, &kept, &login, now)?;
        recorded.record(connection, now)?;
        Ok(true)
    };
    if !state.store.by_itself(begin).await? {
        return Ok(None);
    }
    event.tell();
    Ok(Some(code))
}

/// Leads back to the client with a code.
pub fn granted(state: &AppState, asked: &Authorization, code: &str) -> HttpResponse {
    back(state, asked, &[("code", code)])
}

/// Leads back to the client with parameters, those of the request and the issuer (RFC 9207).
fn back(state: &AppState, asked: &Authorization, parameters: &[(&str, &str)]) -> HttpResponse {
    let mut all = parameters.to_vec();
    all.extend(asked.state.as_deref().map(|state| ("state", state)));
    all.push(("iss", state.keys.issuer()));
    match redirect::with_parameters(&asked.redirect_uri, &all) {
        Some(address) => page::html(303, Some(&asked.redirect_uri)).insert_header(("Location", address)).finish(),
        None => page::refusal(400, "The address to which the login would lead back cannot be read."),
    }
}

/// A refusal as an answer.
pub fn refused(state: &AppState, fault: Fault) -> HttpResponse {
    match fault {
        Fault::Page(detail) => page::refusal(400, detail),
        Fault::Client(asked, error, detail) => back(state, &asked, &[("error", error), ("error_description", detail)]),
    }
}

/// A problem as a page.
pub fn broken(problem: &Problem) -> HttpResponse {
    let mut answer = page::refusal(problem.kind.status(), &problem.detail);
    retry_after(problem, &mut answer);
    answer
}

fn retry_after(problem: &Problem, answer: &mut HttpResponse) {
    use actix_web::http::header::{HeaderValue, RETRY_AFTER};
    let told = problem.headers.iter().find(|(name, _)| *name == "Retry-After").map(|(_, seconds)| seconds.as_str());
    let usual = (problem.kind.status() == 503).then_some("1");
    if let Some(seconds) = told.or(usual).and_then(|seconds| HeaderValue::from_str(seconds).ok()) {
        answer.headers_mut().insert(RETRY_AFTER, seconds);
    }
}
