//! Between actix and the SDK, whose service is one of `tower` over `http`.
//!
//! The SDK's futures may move between threads, and what actix serves may not. So a tool sends its call to the thread that serves the request,
//! which answers it while it waits for the SDK.

use super::client::{Call, Client, Reply};
use super::server::Assistant;
use crate::error::{Kind, Problem, Result};
use crate::http::AppState;
use crate::http::request::{body, header};
use crate::http::response::answer as answers;
use crate::http::serve::dispatch::{authenticate, dispatch, method_not_allowed};
use crate::http::serve::request_id::{RequestId, request_id};
use crate::view::EVENT_STREAM;
use crate::view::body::json as read_json;
use actix_web::dev;
use actix_web::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, FORWARDED, HeaderName, HeaderValue, ORIGIN};
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::web::{Data, Payload};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use rmcp::model::ClientJsonRpcMessage;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::{Value, json};
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use tokio::sync::mpsc;
use url::Url;

/// Number of calls of one request that may wait for their turn.
const WAITING: usize = 4;
/// The form of a message.
const JSON: &str = "application/json";
/// The codes of JSON-RPC for what is no JSON, and for what is no message.
const PARSE_ERROR: i32 = -32700;
const INVALID_REQUEST: i32 = -32600;
/// Bytes of an answer that a tool hands on.
const MOST: usize = 32 << 20;

type Service = StreamableHttpService<Assistant, NeverSessionManager>;

/// What the SDK answers by: without sessions, and as plain JSON.
static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    // Whoever has a token may come by any name of the service; a page of another origin has none.
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true).disable_allowed_hosts();
    StreamableHttpService::new(|| Ok(Assistant), Arc::new(NeverSessionManager::default()), config)
});

/// `POST /mcp`.
pub async fn answer(request: HttpRequest, mut payload: Payload, state: Data<AppState>) -> HttpResponse {
    let outcome = serve(&request, &mut payload, &state).await;
    answers::of(&request, outcome)
}

async fn serve(request: &HttpRequest, payload: &mut Payload, state: &Data<AppState>) -> Result<HttpResponse> {
    if *request.method() != Method::POST {
        return Err(method_not_allowed(&[Method::POST]).into());
    }
    require_known_origin(request, state)?;
    authenticate(request, state).await?;
    require_forms(request)?;
    let sent = body::read(payload, body::USUAL).await?;
    require_message(&sent)?;
    let (calls, mut asked) = mpsc::channel::<Call>(WAITING);
    let client = Client { calls, api: state.api.clone() };
    let asking = asking(request, sent, client).ok_or_else(|| Problem::bad_request("The headers of the request cannot be read."))?;
    let mut answering = pin!(async {
        let (head, body) = SERVICE.handle(asking).await.into_parts();
        // A body that cannot fail.
        let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        (head, bytes)
    });
    loop {
        tokio::select! {
            (head, bytes) = &mut answering => return answered(&head, bytes),
            Some(call) = asked.recv() => {
                let reply = perform(request, state, &call).await;
                // Who asked may have gone.
                drop(call.reply.send(reply));
            }
        }
    }
}

/// The request as the SDK reads it, with a way back to this thread.
fn asking(request: &HttpRequest, sent: Bytes, client: Client) -> Option<http::Request<Full<Bytes>>> {
    let mut asking = http::Request::builder().method("POST").uri(request.uri().path());
    for (name, value) in request.headers().iter().filter(|(name, _)| **name != AUTHORIZATION) {
        asking = asking.header(name.as_str(), value.as_bytes());
    }
    asking.extension(client).body(Full::new(sent)).ok()
}

/// Refuses a page of another site, which a browser names (403): with the address of the service rebound to its own name, it would be asked as
/// its own.
fn require_known_origin(request: &HttpRequest, state: &AppState) -> Result<()> {
    let Some(origin) = header::text(request, &ORIGIN) else { return Ok(()) };
    let own = Url::parse(state.keys.issuer()).is_ok_and(|own| own.origin().ascii_serialization().eq_ignore_ascii_case(&origin));
    if own || state.origins.admit(&origin) {
        return Ok(());
    }
    Err(Problem::new(Kind::Forbidden, "Pages of this origin may not call the service. Add the origin to STEWARD_CORS_ORIGINS.").into())
}

/// Refuses what the SDK would refuse in words of its own (406, 415).
fn require_forms(request: &HttpRequest) -> Result<()> {
    let named = |form: &str| header::names(request, form);
    if !(named(JSON) && named(EVENT_STREAM)) {
        return Err(both_forms().into());
    }
    body::require_form(request, &[JSON]).map(drop)
}

fn both_forms() -> Problem {
    Problem::new(Kind::NotAcceptable, format!("Accept both {JSON} and {EVENT_STREAM}, as the protocol has it."))
}

/// Refuses a body that is no message of JSON-RPC (400), in the words of HTTP and in those of JSON-RPC 2.0, section 5.1.
fn require_message(sent: &[u8]) -> Result<()> {
    let (code, problem) = match read_json(sent).map(serde_json::from_value::<ClientJsonRpcMessage>) {
        Ok(Ok(_)) => return Ok(()),
        Ok(Err(_)) => {
            let detail = "The body is JSON and no message of the protocol. Send a JSON-RPC 2.0 request, such as {\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/list\"}.";
            (INVALID_REQUEST, Problem::bad_request(detail))
        }
        Err(error) => (PARSE_ERROR, error.into_problem()),
    };
    let error = json!({"code": code, "message": problem.detail});
    Err(problem.with("jsonrpc", "2.0".into()).with("id", Value::Null).with("error", error).into())
}

/// The answer of the SDK; what it refuses in words of its own is a problem.
fn answered(head: &http::response::Parts, bytes: Bytes) -> Result<HttpResponse> {
    let status = StatusCode::from_u16(head.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let is_json = head.headers.get(http::header::CONTENT_TYPE).is_some_and(|form| form.as_bytes().starts_with(JSON.as_bytes()));
    if status.as_u16() >= 400 && !is_json {
        tracing::debug!(%status, said = %String::from_utf8_lossy(&bytes), "a message was refused");
        return Err(match status.as_u16() {
            406 => both_forms(),
            413 => Problem::new(Kind::TooLarge, "The message is too large. Send less at once."),
            500.. => Problem::new(Kind::Internal, "The message could not be answered. Report the request id."),
            _ => Problem::bad_request(
                "The message and its headers do not go together. Send the version of the protocol that was agreed on, and headers that say what the body says.",
            ),
        }
        .into());
    }
    let mut answer = HttpResponse::build(status);
    for (name, value) in head.headers.iter().filter(|(name, _)| *name != http::header::CONTENT_LENGTH) {
        answer.append_header((name.as_str(), value.as_bytes()));
    }
    Ok(answer.body(bytes))
}

/// Answers a call of the API as if it had come by itself from who asks.
async fn perform(request: &HttpRequest, state: &Data<AppState>, call: &Call) -> Reply {
    // The one way that actix-web offers to make a request; nothing of it is for tests alone.
    let mut inner = TestRequest::with_uri(&call.path).method(call.method.clone());
    let handed_on = [AUTHORIZATION, ACCEPT_LANGUAGE, FORWARDED, HeaderName::from_static("x-forwarded-for")];
    for name in handed_on {
        for value in request.headers().get_all(&name) {
            inner = inner.append_header((name.clone(), value.clone()));
        }
    }
    for (name, value) in &call.headers {
        let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else {
            let detail = format!("{name} has a character that no header can carry, such as a line break. Leave it out.");
            return Reply { status: 400, body: Problem::bad_request(detail).to_json(&request_id(request)).to_string().into() };
        };
        inner = inner.insert_header((*name, value));
    }
    if !call.body.is_empty() {
        inner = inner.insert_header((CONTENT_TYPE, "application/json"));
    }
    if let Some(address) = request.peer_addr() {
        inner = inner.peer_addr(address);
    }
    let inner = inner.to_http_request();
    inner.extensions_mut().insert(RequestId(request_id(request)));
    let mut sent = dev::Payload::from(call.body.clone());
    let Ok(payload) = Payload::from_request(&inner, &mut sent).await else { return Reply::default() };
    let answer = dispatch(inner, payload, state.clone()).await;
    let status = answer.status().as_u16();
    let bytes = actix_web::body::to_bytes_limited(answer.into_body(), MOST).await;
    Reply { status, body: bytes.ok().and_then(std::result::Result::ok).unwrap_or_default() }
}
