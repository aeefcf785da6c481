//! What is done for every request: its id, its line in the log, and the headers of every answer.

use super::audit;
use super::metrics::route;
use super::request_id::RequestId;
use super::state::AppState;
use super::transfer;
use crate::http::limit::rate;
use crate::http::response::answer;
use crate::http::response::paced::Paced;
use crate::telemetry;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest};
use std::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, Span};

/// A path as the log may show it: a secret that is part of an address stays out of it, however the rest is encoded.
fn told<'a>(path: &'a str, routed: &str) -> &'a str {
    let before = path.rsplit_once('/').filter(|_| routed.ends_with(".ics")).and_then(|(before, _)| before.rsplit_once('/'));
    before.map_or(path, |(before, _)| before)
}

/// Gives the request its id, logs it, and adds the headers that every answer carries.
pub async fn trace(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let sent = request.headers().get("x-request-id").and_then(|value| value.to_str().ok()).and_then(|text| uuid::Uuid::try_parse(text).ok());
    let id = sent.unwrap_or_else(uuid::Uuid::now_v7).to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!(
        "request",
        id = %id,
        method = %request.method(),
        path = told(request.path(), rate::routed(request.request())),
        http.route = Empty,
        http.response.status_code = Empty,
    );
    telemetry::continue_trace(&span, request.headers().get("traceparent").and_then(|value| value.to_str().ok()));
    let started = Instant::now();
    let state = request.app_data::<Data<AppState>>().cloned();
    let begun = state.as_ref().map(|state| state.metrics.begin());
    let preflight = request.method() == Method::OPTIONS;
    let response = next.call(request).instrument(span.clone()).await?;
    let mut response: ServiceResponse<_> = match transfer::refusal(preflight, response.status(), response.headers()) {
        None => response.map_into_left_body(),
        Some(refusal) => {
            let answer = answer::problem(response.request(), &refusal);
            response.into_response(answer).map_into_right_body()
        }
    };
    let (request, headers) = (response.request().clone(), response.headers_mut());
    rate::tell(&request, headers);
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    let mut fixed = |name: &'static str, value: &'static str| {
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    };
    fixed("x-content-type-options", "nosniff");
    fixed("cache-control", "private, no-store");
    fixed("referrer-policy", "no-referrer");
    transfer::settle(headers);
    let status = response.status().as_u16();
    if telemetry::is_collected() {
        record(&span, &request, status);
    }
    if let Some(begun) = begun {
        begun.answered(&request, status);
    }
    let address = state.as_ref().map(|state| state.limits.peer(&request)).unwrap_or_default();
    let principal = audit::caller(&request).map(|id| id.to_string()).unwrap_or_default();
    span.in_scope(|| tracing::info!(principal, address, status, microseconds = started.elapsed().as_micros() as u64, "answered"));
    if let Some(state) = &state {
        state.limits.hold_back(response.status()).await;
    }
    Ok(response.map_body(|_, body| Paced::new(body.boxed())))
}

/// Tells the trace what is known of the request now, in the words of OpenTelemetry's conventions.
fn record(span: &Span, request: &HttpRequest, status: u16) {
    span.record("http.route", route(request));
    span.record("http.response.status_code", status);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_in_an_address_stays_out_of_the_log() {
        let routed = "/api/v1/platform/calendar-feeds/abc/calendar.ics";
        for sent in [routed, "/api/v1/platform/calendar-feeds/abc/calendar%2eics", "/api/v1/platform/calendar-feeds/%61bc/calendar.%69cs"] {
            assert_eq!(told(sent, routed), "/api/v1/platform/calendar-feeds");
        }
        assert_eq!(told("/api/v1/vendors/contracts", "/api/v1/vendors/contracts"), "/api/v1/vendors/contracts");
    }
}
