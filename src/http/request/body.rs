//! Bodies on their way in: their form, their size, their JSON.

use crate::error::{Kind, Problem, Result};
use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, BytesMut, Payload};
use std::time::Duration;

/// The greatest size of a usual JSON body.
pub const USUAL: usize = 1 << 20;
/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(60);

/// The form of a body; one that the operation does not read is refused (415).
pub fn require_form(request: &HttpRequest, forms: &[&str]) -> Result<String> {
    let sent = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let form = sent.split(';').next().unwrap_or_default().trim();
    if forms.iter().any(|known| known.eq_ignore_ascii_case(form) || *known == "*/*") {
        return Ok(form.to_ascii_lowercase());
    }
    let mut problem = Problem::new(Kind::UnsupportedMediaType, format!("Send the body as {}.", forms.join(" or ")));
    if forms.contains(&"application/merge-patch+json") {
        problem = problem.header("Accept-Patch", forms.join(", "));
    }
    Err(problem.into())
}

/// Reads a body up to a size (413).
pub async fn read(payload: &mut Payload, limit: usize) -> Result<Bytes> {
    let mut body = BytesMut::new();
    let gather = async {
        while let Some(chunk) = std::future::poll_fn(|context| {
            let payload = std::pin::Pin::new(&mut *payload);
            futures_core::Stream::poll_next(payload, context)
        })
        .await
        {
            let chunk = chunk.map_err(|_| Problem::bad_request("The body ended before all of it was sent. Send it again."))?;
            if body.len() + chunk.len() > limit {
                return Err(Problem::new(Kind::TooLarge, format!("The body may be at most {limit} bytes here. Send less at once.")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    match tokio::time::timeout(PATIENCE, gather).await {
        Ok(outcome) => outcome?,
        Err(_) => return Err(Problem::bad_request("The body took too long to arrive. Send it again.").into()),
    }
    Ok(body.freeze())
}
