//! Ports on their way out.

use crate::error::{Error, Kind, Problem};
use crate::http::serve::request_id::request_id;
use crate::resource::value::bytes;
use crate::store::{Count, Facets};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, LINK, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// A JSON answer.
pub fn json(status: u16, value: &Value) -> HttpResponse {
    builder(status).body(value.to_string())
}

/// A figure as JSON that is written already. Its tag is that of its bytes, so that a client that has the same figure is answered 304.
pub fn figure(json: Vec<u8>) -> HttpResponse {
    builder(200).insert_header((ETAG, crate::http::request::header::page_tag(&json))).body(json)
}

fn builder(status: u16) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.insert_header((CONTENT_TYPE, "application/json"));
    response
}

/// A record with its ETag.
pub fn record(json: Vec<u8>, revision: i64) -> HttpResponse {
    builder(200).insert_header((ETAG, crate::http::request::header::etag(revision))).body(json)
}

/// What is counted of all rows of a list.
#[derive(Default)]
pub struct Counts {
    /// Number of them.
    pub total: Option<Count>,
    /// Number of them by the value of some fields.
    pub facets: Option<Facets>,
}

/// A page: its records as a JSON array, the cursor and the link of the next one, and what is counted of all records if it was asked for. Its
/// tag is that of its bytes, so that a client that has the same page is answered 304.
pub fn page(records: Vec<u8>, cursor: Option<&str>, counts: &Counts, next: Option<String>) -> HttpResponse {
    let mut response = builder(200);
    if let Some(next) = next {
        response.insert_header((LINK, format!("<{next}>; rel=\"next\"")));
    }
    let mut body = Vec::with_capacity(records.len() + 200);
    body.extend_from_slice(b"{\"data\":");
    body.extend_from_slice(&records);
    body.extend_from_slice(b",\"next_cursor\":");
    bytes::append(&cursor, &mut body);
    if let Some(total) = counts.total {
        body.extend_from_slice(b",\"total_count\":");
        bytes::append(&total.rows, &mut body);
        if total.estimated {
            body.extend_from_slice(b",\"total_is_estimate\":true");
        }
    }
    if let Some(facets) = &counts.facets {
        body.extend_from_slice(b",\"facets\":");
        bytes::append(facets, &mut body);
    }
    body.push(b'}');
    response.insert_header((ETAG, crate::http::request::header::page_tag(&body)));
    response.body(body)
}

/// The client has it already.
pub fn not_modified(revision: i64) -> HttpResponse {
    HttpResponse::NotModified().insert_header((ETAG, crate::http::request::header::etag(revision))).finish()
}

/// A problem document.
pub fn problem(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.insert_header((CONTENT_TYPE, "application/problem+json"));
    for (name, value) in &problem.headers {
        response.insert_header((*name, value.as_str()));
    }
    if problem.kind == Kind::Unavailable && !problem.headers.iter().any(|(name, _)| *name == "Retry-After") {
        response.insert_header(("Retry-After", "1"));
    }
    let mut body = problem.to_json(&request_id(request));
    if OAUTH.contains(&crate::http::limit::rate::routed(request)) {
        body["error"] = oauth_error(problem.kind).into();
    }
    response.body(body.to_string())
}

/// The endpoints of OAuth 2: their clients look for `error` (RFC 6749, section 5.2), in whatever else is refused there, too.
const OAUTH: [&str; 3] = ["/api/v1/auth/token", "/api/v1/auth/revoke", "/api/v1/auth/introspect"];

/// The word of RFC 6749 or RFC 6750 for a kind of problem.
fn oauth_error(kind: Kind) -> &'static str {
    match kind {
        Kind::TooManyRequests | Kind::Unavailable => "temporarily_unavailable",
        Kind::Internal => "server_error",
        Kind::Unauthorized => "invalid_token",
        Kind::Forbidden => "insufficient_scope",
        _ => "invalid_request",
    }
}

/// The answer of something that may have failed.
pub fn of(request: &HttpRequest, outcome: Result<HttpResponse, Error>) -> HttpResponse {
    outcome.unwrap_or_else(|error| problem(request, &error.into_problem()))
}

/// All but the characters that a URL takes as they are (RFC 3986, section 2.3).
pub const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a browser may show in a page without harm: pictures that hold nothing that runs, and calendars.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "text/calendar"];

/// Whether bytes of a media type may be shown in a page.
pub fn is_shown_inline(content_type: &str) -> bool {
    SHOWN.contains(&content_type)
}

/// Bytes that are shown in a page where that is safe, and saved otherwise.
pub fn file(file: crate::view::Download) -> HttpResponse {
    let way = if is_shown_inline(&file.content_type) { "inline" } else { "attachment" };
    sent(file, way)
}

/// Bytes to be saved, whatever they are: never shown in a page, never run.
pub fn download(download: crate::view::Download) -> HttpResponse {
    sent(download, "attachment")
}

fn sent(download: crate::view::Download, way: &str) -> HttpResponse {
    let safe = |letter: char| letter.is_ascii_alphanumeric() || " ._-".contains(letter);
    let plain: String = download.name.chars().map(|letter| if safe(letter) { letter } else { '_' }).collect();
    let encoded = utf8_percent_encode(&download.name, UNRESERVED);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, download.content_type))
        .insert_header(("Content-Disposition", format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header((ETAG, format!("\"{}\"", download.sha256)))
        .body(download.bytes)
}

/// A picture: nothing in it runs or is fetched.
pub fn picture(svg: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, crate::view::picture::SVG))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header((ETAG, crate::http::request::header::page_tag(&svg)))
        .body(svg)
}

/// A warning as a header: 299 is a lasting one of no special kind.
fn warned(text: &str) -> String {
    let plain = |letter: char| if (' '..='~').contains(&letter) && !matches!(letter, '"' | '\\') { letter } else { '\'' };
    format!("299 - \"{}\"", text.chars().map(plain).collect::<String>())
}

/// The answer of a write.
pub fn outcome(outcome: &crate::store::Outcome) -> HttpResponse {
    let mut response = HttpResponse::build(StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::OK));
    if let Some(location) = &outcome.location {
        response.insert_header((LOCATION, location.as_str()));
    }
    if let Some(revision) = outcome.revision {
        response.insert_header((ETAG, crate::http::request::header::etag(revision)));
    }
    for warning in &outcome.warnings {
        response.append_header(("Warning", warned(warning)));
    }
    if outcome.replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
    match &outcome.body {
        Some(body) => response.insert_header((CONTENT_TYPE, "application/json")).body(body.to_string()),
        None => response.finish(),
    }
}
