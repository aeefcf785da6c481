//! Every request has an id: in the log, in the answer, in problem documents, in history.

use actix_web::{HttpMessage, HttpRequest};

/// The id of a request.
#[derive(Clone)]
pub struct RequestId(pub String);

/// The id of a request: the client's own if it sent a UUID in `X-Request-Id`, else a new one.
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map_or_else(|| uuid::Uuid::now_v7().to_string(), |id| id.0.clone())
}
