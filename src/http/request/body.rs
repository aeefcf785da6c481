//! Bodies on their way in: their form, their size, their JSON.

use crate::error::{FieldError, Kind, Problem, Result};
use crate::formats::multipart;
use crate::view::Write;
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
    Err(wrong_form(forms).into())
}

/// The answer to a body in a form that the operation does not read (415).
pub fn wrong_form(forms: &[&str]) -> Problem {
    let problem = Problem::new(Kind::UnsupportedMediaType, format!("Send the body as {}.", forms.join(" or ")));
    if forms.contains(&"application/merge-patch+json") { problem.header("Accept-Patch", forms.join(", ")) } else { problem }
}

/// True if a request says no form of its body, as one without a body does.
pub fn has_no_form(request: &HttpRequest) -> bool {
    !request.headers().contains_key(CONTENT_TYPE)
}

/// The form in which pages send files.
pub const FILE_FORM: &str = "multipart/form-data";
/// Greatest size of what a part's head and the boundaries add to a file, in bytes.
pub const AROUND_A_FILE: usize = 16 * 1024;

/// A body as the operation reads it.
pub struct File {
    /// Its media type.
    pub form: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// Its name, where a form named it.
    pub name: Option<String>,
}

/// The file in a form: the only part that is a file (422). Any other body is what it is.
pub fn file(request: &HttpRequest, form: String, sent: Bytes, write: Write) -> Result<File> {
    if form != FILE_FORM || !write.forms.contains(&FILE_FORM) {
        return Ok(File { form, bytes: sent, name: None });
    }
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multipart::boundary(content_type)
        .ok_or_else(|| Problem::bad_request("The form says no boundary in Content-Type. Let your client write that header."))?;
    let parts = multipart::parts(&sent, &boundary).map_err(|why| Problem::bad_request(format!("The form cannot be read: {why}. Send it again.")))?;
    let broken = |code: &str, detail: &str| Problem::invalid(vec![FieldError::new("/file", code, detail)]);
    let [part] = parts.as_slice() else {
        return Err(match parts.len() {
            0 => broken("required", "The form has no part. Send the file as its part file."),
            _ => broken("one_part", "The form has several parts. Send one file at a time, as its only part."),
        }
        .into());
    };
    if part.file.is_none() && part.field != "file" {
        return Err(broken("required", "The form has no file. Send it as the part file.").into());
    }
    if part.bytes.len() > write.limit {
        return Err(Problem::new(Kind::TooLarge, format!("The file may be at most {} bytes here. Send less at once.", write.limit)).into());
    }
    let form = if part.media_type.is_empty() { "application/octet-stream".to_owned() } else { part.media_type.clone() };
    Ok(File { form, bytes: sent.slice(part.bytes.clone()), name: part.file.clone() })
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
