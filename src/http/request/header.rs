//! Headers on their way in and out: versions, forms, reasons, tokens.

use crate::error::{Kind, Problem, Result};
use crate::resource::value::hex;
use crate::store::IfMatch;
use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use xxhash_rust::xxh3::xxh3_128;

/// A header as text; several of the same name are one list.
pub fn text(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<&str> = request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect();
    if values.is_empty() { None } else { Some(values.join(", ")) }
}

/// The ETag of a revision.
pub fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// The version that a change is meant for (428 when it is missing).
pub fn if_match(request: &HttpRequest) -> Result<IfMatch> {
    let Some(sent) = text(request, &IF_MATCH) else {
        return Err(Problem::new(Kind::PreconditionRequired, "Send If-Match with the ETag that you read, or * for whatever it is now.").into());
    };
    if sent.trim() == "*" {
        return Ok(IfMatch::Any);
    }
    let tags: Option<Vec<&str>> = sent.split(',').map(bare).collect();
    let tags = tags.ok_or_else(|| Problem::bad_request("If-Match is the ETag that you read, with its quotes, such as \"3\"; or * for whatever it is now."))?;
    // One that the service did not make names no revision.
    Ok(IfMatch::OneOf(tags.into_iter().filter_map(|tag| tag.parse().ok()).collect()))
}

/// The codings in which an answer may be sent: the tag of a compressed one ends in its coding.
const CODINGS: [&str; 4] = ["-br", "-gzip", "-deflate", "-zstd"];

/// What a tag names, whatever coding it came in; none where it is no tag. Proxies that compress make the service's tags weak: they
/// name the same revision.
fn bare(tag: &str) -> Option<&str> {
    let tag = tag.trim();
    let named = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    Some(CODINGS.iter().find_map(|coding| named.strip_suffix(coding)).unwrap_or(named))
}

/// The tag of an answer in a coding, where that has one of its own.
pub fn coded(tag: &str, coding: &str) -> Option<HeaderValue> {
    let named = tag.strip_prefix('"')?.strip_suffix('"')?;
    CODINGS.contains(&format!("-{coding}").as_str()).then(|| HeaderValue::from_str(&format!("\"{named}-{coding}\"")).ok()).flatten()
}

/// The tag by which a client has the current answer already, as it sent it.
pub fn matching(sent: &str, current: &str) -> Option<HeaderValue> {
    if sent.trim() == "*" {
        return HeaderValue::from_str(current).ok();
    }
    let known = sent.split(',').map(str::trim).find(|tag| bare(tag).is_some_and(|named| Some(named) == bare(current)))?;
    HeaderValue::from_str(known.strip_prefix("W/").unwrap_or(known)).ok()
}

/// Whether the client already has this revision.
pub fn has_current(request: &HttpRequest, revision: i64) -> bool {
    text(request, &IF_NONE_MATCH).is_some_and(|sent| matching(&sent, &etag(revision)).is_some())
}

/// The ranges of forms that a client takes, each with its weight, which is 1 where none is said (RFC 9110, 12.5.1).
fn ranges(accept: &str) -> impl Iterator<Item = (&str, f32)> {
    accept.split(',').map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        (name, parts.find_map(|parameter| parameter.strip_prefix("q=")?.parse().ok()).unwrap_or(1.0))
    })
}

/// True if a client names a form, at any weight but 0, which refuses it.
pub fn names(request: &HttpRequest, form: &str) -> bool {
    text(request, &ACCEPT).is_some_and(|accept| ranges(&accept).any(|(name, weight)| weight > 0.0 && name.eq_ignore_ascii_case(form)))
}

/// Refuses a client that takes none of the forms in which the answer can be sent (406).
pub fn require_acceptable(request: &HttpRequest, form: &str) -> Result<()> {
    let Some(accept) = text(request, &ACCEPT) else { return Ok(()) };
    let family = format!("{}/*", form.split('/').next().unwrap_or_default());
    let names = |name: &str| name == "*/*" || name.eq_ignore_ascii_case(form) || name.eq_ignore_ascii_case(&family) || name.is_empty();
    let takes = ranges(&accept).any(|(name, weight)| weight != 0.0 && names(name));
    if takes { Ok(()) } else { Err(Problem::new(Kind::NotAcceptable, format!("The answer can be sent as {form} only. Accept that.")).into()) }
}

/// How much a client wants an answer in a form, from 0 to 1000: by the range that names it most closely (RFC 9110, 12.5.1).
fn wanted(accept: &str, form: &str) -> u32 {
    let family = form.split('/').next().unwrap_or_default();
    let closeness = |name: &str| match name.split_once('/') {
        Some(("*", "*")) => Some(0),
        Some((kind, "*")) if kind.eq_ignore_ascii_case(family) => Some(1),
        _ => name.eq_ignore_ascii_case(form).then_some(2),
    };
    let range = |(name, weight): (&str, f32)| Some((closeness(name)?, (weight.clamp(0.0, 1.0) * 1000.0) as u32));
    ranges(accept).filter_map(range).max_by_key(|(closeness, _)| *closeness).map_or(0, |(_, weight)| weight)
}

/// Whether a client would rather have a form than JSON.
pub fn prefers(request: &HttpRequest, form: &str) -> bool {
    text(request, &ACCEPT).is_some_and(|accept| wanted(&accept, form) > wanted(&accept, "application/json"))
}

/// The one of some forms that a client would rather have than the others and than JSON; of those that are worth the same to it, the one that
/// it names first.
pub fn preferred<'f>(request: &HttpRequest, forms: &[&'f str]) -> Option<&'f str> {
    first_wanted(&text(request, &ACCEPT)?, forms)
}

fn first_wanted<'f>(accept: &str, forms: &[&'f str]) -> Option<&'f str> {
    let worth = |form: &str| (wanted(accept, form), Reverse(ranges(accept).position(|(name, _)| name.eq_ignore_ascii_case(form)).unwrap_or(usize::MAX)));
    let best = forms.iter().copied().max_by_key(|form| worth(form))?;
    (worth(best).0 > 0 && worth(best) > worth("application/json")).then_some(best)
}

/// The bearer token (401 when there is none).
pub fn bearer(request: &HttpRequest) -> Result<String> {
    let sent = text(request, &AUTHORIZATION).ok_or_else(unauthorized)?;
    let (scheme, token) = sent.split_once(' ').ok_or_else(unauthorized)?;
    if scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty() { Ok(token.trim().to_owned()) } else { Err(unauthorized().into()) }
}

/// No token, or none that is valid: the answer does not say which.
pub fn unauthorized() -> Problem {
    Problem::new(Kind::Unauthorized, "Send a valid access token as Authorization: Bearer …; get one at /api/v1/auth/token.")
        .header("WWW-Authenticate", "Bearer realm=\"steward\"")
}

/// Why a change is made, from the header that says so.
pub fn reason(request: &HttpRequest) -> Result<Option<String>> {
    let values = request.headers().get_all(HeaderName::from_static("change-reason")).map(|value| std::str::from_utf8(value.as_bytes()));
    let values: Vec<&str> = values.collect::<Result<_, _>>().map_err(|_| {
        Problem::bad_request("Change-Reason is not UTF-8. Encode the header in UTF-8, or send the reason in the body where the operation takes one.")
    })?;
    let sent = values.join(", ");
    if sent.chars().count() > 1000 {
        return Err(Problem::bad_request("Change-Reason may be at most 1,000 characters.").into());
    }
    Ok(Some(sent).filter(|reason| !reason.trim().is_empty()))
}

/// The tag of bytes: what a browser has is asked for again and not sent again.
pub fn tag(bytes: &[u8]) -> String {
    let digest = hex(&Sha256::digest(bytes));
    format!("\"{}\"", digest.get(..32).unwrap_or(&digest))
}

/// The tag of a page: not of a cryptographic digest, which would take as long as the page.
pub fn page_tag(bytes: &[u8]) -> String {
    format!("\"{:032x}\"", xxh3_128(bytes))
}

#[cfg(test)]
mod tests {
    use super::{first_wanted, wanted};

    #[test]
    fn a_file_is_sent_to_whom_it_is_worth_more_than_json_or_who_names_it_first() {
        let forms = ["text/csv", "application/x-ndjson"];
        let asked = |accept: &str| first_wanted(accept, &forms);
        for accept in
            ["text/csv", "TEXT/CSV;q=0.1", "text/csv, application/json", "application/json;q=0.5, text/csv;q=0.6", "text/*", "text/csv, application/x-ndjson"]
        {
            assert_eq!(asked(accept), Some("text/csv"), "{accept}");
        }
        for accept in ["application/x-ndjson, text/csv", "text/csv;q=0.2, application/x-ndjson;q=0.9", "text/csv;q=0, application/x-ndjson"] {
            assert_eq!(asked(accept), Some("application/x-ndjson"), "{accept}");
        }
        for accept in ["", "*/*", "application/json", "application/json, text/csv", "text/csv;q=0.1, application/json", "text/csv;q=0", "text/csv;q=0, */*"] {
            assert_eq!(asked(accept), None, "{accept}");
        }
    }

    #[test]
    fn a_picture_is_sent_to_whom_it_is_worth_more_than_json() {
        let drawn = |accept: &str| wanted(accept, "image/svg+xml") > wanted(accept, "application/json");
        let pictures =
            ["image/svg+xml", "IMAGE/SVG+XML", "image/*", "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", "application/json;q=0.5, image/svg+xml"];
        let plain = ["", "*/*", "application/json, text/plain, */*", "image/svg+xml;q=0.4, application/json", "image/svg+xml;q=0, */*", "text/html,*/*;q=0.8"];
        assert_eq!((pictures.map(drawn), plain.map(drawn)), ([true; 5], [false; 6]));
    }
}
