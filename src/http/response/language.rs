//! Answers with labels: in which languages they are asked for, and in which they are.

use crate::http::request::header;
use crate::view::Operation;
use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

/// The languages that a client takes, in the form of `Accept-Language`; none where it does not say.
pub fn accepted(request: &HttpRequest) -> Option<String> {
    header::text(request, &ACCEPT_LANGUAGE)
}

/// A query in which `Accept-Language` stands for the parameter that says the same, where that is left out.
pub fn asked(request: &HttpRequest, operation: &Operation, mut query: Vec<(String, String)>) -> Vec<(String, String)> {
    if let (Some(name), Some(accepted)) = (operation.language, accepted(request))
        && !query.iter().any(|(each, _)| each == name)
    {
        query.push((name.to_owned(), accepted));
    }
    query
}

/// The languages of the entries of an answer.
pub fn of_entries(answer: &[u8]) -> Vec<String> {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    answer["data"].as_array().into_iter().flatten().filter_map(|entry| entry["language"].as_str().map(str::to_owned)).collect()
}

/// Says in which languages an answer is, each once, and that it depends on what was asked for.
pub fn tell(mut response: HttpResponse, languages: impl IntoIterator<Item = String>) -> HttpResponse {
    let mut told: Vec<String> = Vec::new();
    for language in languages {
        if !told.contains(&language) {
            told.push(language);
        }
    }
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Accept-Language"));
    if let Some(value) = HeaderValue::from_str(&told.join(", ")).ok().filter(|value| !value.is_empty()) {
        headers.insert(CONTENT_LANGUAGE, value);
    }
    response
}
