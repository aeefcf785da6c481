//! What stands between an answer and the wire: which coding it is sent in, and whether the client has it already.
//!
//! A strong tag names bytes (RFC 9110, 8.8.3): the compressed form of `"5"` is `"5-br"`. Both are known when they come back.

use crate::error::{Kind, Problem};
use crate::http::AppState;
use crate::http::limit::rate;
use crate::http::request::header;
use crate::http::response::answer;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

/// Smaller answers than this are sent as they are, in bytes: they fit a packet anyway.
const WORTHWHILE: u64 = 1_024;
/// What every answer may depend on.
const VARIES: &str = "Authorization, Accept, Accept-Encoding";
/// What an answer depends on that is the same for everybody.
const VARIES_FOR_ALL: &str = "Accept, Accept-Encoding";

/// Counts the request by its address, answers 304 where the client has the answer already, and says which answers are not to be
/// compressed.
pub async fn answering(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let admitted = request.app_data::<Data<AppState>>().map_or(Ok(()), |state| state.limits.admit_address(request.request()));
    if let Err(error) = admitted {
        let (request, _) = request.into_parts();
        let answer = answer::problem(&request, &error.into_problem());
        return Ok(ServiceResponse::new(request, answer).map_into_right_body());
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = header::text(request.request(), &IF_NONE_MATCH);
    // An answer that tells a secret beside what the caller chose is not compressed: its length would tell of the secret.
    let tells = rate::routed(request.request()).starts_with("/api/v1/auth/");
    let mut response = next.call(request).await?;
    if let (true, Some(known), StatusCode::OK | StatusCode::NOT_MODIFIED) = (reads, known, response.status())
        && let Some(tag) = response.headers().get(ETAG).and_then(|tag| header::matching(&known, tag.to_str().ok()?))
    {
        let mut answer = HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
        for (name, value) in response.headers().iter().filter(|(name, _)| matches!(name.as_str(), "cache-control" | "vary" | "content-location")) {
            answer.headers_mut().append(name.clone(), value.clone());
        }
        return Ok(response.into_response(answer).map_into_right_body());
    }
    let small = matches!(response.response().body().size(), BodySize::Sized(size) if size < WORTHWHILE);
    if tells || small {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response.map_into_left_body())
}

/// Makes the headers true of the bytes that are sent: the tag of a compressed answer, and what the answer depends on.
pub fn settle(headers: &mut HeaderMap) {
    let coding = headers.get(CONTENT_ENCODING).and_then(|coding| coding.to_str().ok()).unwrap_or_default().to_owned();
    if coding == "identity" {
        headers.remove(CONTENT_ENCODING);
    } else if let Some(tag) = headers.get(ETAG).and_then(|tag| header::coded(tag.to_str().ok()?, &coding)) {
        headers.insert(ETAG, tag);
    }
    let public = headers.get(CACHE_CONTROL).is_some_and(|rule| rule.as_bytes().starts_with(b"public"));
    let always = if public { VARIES_FOR_ALL } else { VARIES };
    let mut varies: Vec<String> = Vec::new();
    let said: Vec<String> = headers.get_all(VARY).filter_map(|value| value.to_str().ok()).map(str::to_owned).collect();
    for name in said.iter().flat_map(|value| value.split(',')).chain(always.split(',')).map(str::trim) {
        if !varies.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            varies.push(name.to_owned());
        }
    }
    if let Ok(value) = HeaderValue::from_str(&varies.join(", ")) {
        headers.insert(VARY, value);
    }
}

/// What the libraries refuse in words of their own, as a problem: a preflight that is not allowed, a coding that is not known.
pub fn refusal(preflight: bool, status: StatusCode, headers: &HeaderMap) -> Option<Problem> {
    let own = headers.get(CONTENT_TYPE).is_some_and(|form| form.as_bytes().starts_with(b"application/"));
    match status {
        StatusCode::BAD_REQUEST if preflight && !own => {
            Some(Problem::bad_request("Pages of this origin may not call the API. Add the origin to STEWARD_CORS_ORIGINS."))
        }
        StatusCode::NOT_ACCEPTABLE if !own => {
            Some(Problem::new(Kind::NotAcceptable, "The answer can be sent as it is, or compressed with br, gzip, deflate or zstd. Accept one of these."))
        }
        _ => None,
    }
}
