//! Forms with a file in them (`multipart/form-data`, RFC 7578): the one file of a body that is in memory.
//!
//! Not by the crates `multer` and `actix-multipart`: they copy a file that is in memory already, which here stays a part of its body, and the
//! first leaves out the `filename*` of RFC 8187.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of its field.
    pub field: String,
    /// The name of the file; none if it is no file.
    pub file: Option<String>,
    /// Its media type, without parameters, in lower case; empty if it says none.
    pub media_type: String,
    /// Where its bytes are in the body.
    pub bytes: std::ops::Range<usize>,
}

/// Greatest number of parts.
const MOST: usize = 100;
/// Greatest length of a part's head, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;

/// The boundary in a `Content-Type`.
pub fn boundary(content_type: &str) -> Option<String> {
    let parameter = content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim())
    })?;
    let value = parameter.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(parameter);
    ((1..=70).contains(&value.len()) && value.is_ascii()).then(|| value.to_owned())
}

/// The parts of a body, or why it cannot be read.
pub fn parts(body: &[u8], boundary: &str) -> Result<Vec<Part>, &'static str> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut at = if body.starts_with(first.as_bytes()) { first.len() } else { find(body, next.as_bytes(), 0).ok_or("it has no part")? + next.len() };
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        // Blanks may stand behind a boundary.
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if !rest[blanks..].starts_with(b"\r\n") {
            return Err("a boundary is not alone in its line");
        }
        let head = at + blanks + 2;
        // A head without any header is an empty line.
        let (head_end, start) = if body[head..].starts_with(b"\r\n") {
            (head, head + 2)
        } else {
            find(body, b"\r\n\r\n", head).map(|end| (end, end + 4)).ok_or("the head of a part does not end")?
        };
        if head_end - head > LONGEST_HEAD {
            return Err("the head of a part is too long");
        }
        let end = find(body, next.as_bytes(), start.saturating_sub(2)).ok_or("its last boundary is missing")?;
        if parts.len() == MOST {
            return Err("it has too many parts");
        }
        parts.push(part(&body[head..head_end], start..end.max(start))?);
        at = end + next.len();
    }
}

fn part(head: &[u8], bytes: std::ops::Range<usize>) -> Result<Part, &'static str> {
    let text = std::str::from_utf8(head).map_err(|_| "the head of a part is not UTF-8")?;
    let (mut field, mut file, mut media_type) = (None, None, String::new());
    for line in text.split("\r\n") {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.trim().eq_ignore_ascii_case("content-disposition") {
            field = parameter(value, "name");
            file = parameter(value, "filename*").and_then(|value| extended(&value)).or_else(|| parameter(value, "filename"));
        } else if name.trim().eq_ignore_ascii_case("content-type") {
            media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        }
    }
    Ok(Part { field: field.ok_or("a part has no name")?, file, media_type, bytes })
}

/// A parameter of a header: a word, or text in quotes, where browsers write `%22` for a quote.
fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, value) = rest.trim_start().split_once('=')?;
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (word, after) = value.split_once(';').unwrap_or((value, ""));
                (word.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start().trim_start_matches(';');
    }
}

/// The text up to the closing quote, and what follows. Only a quote and a backslash are escaped: a path of Windows stays what it is.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let (mut value, mut letters) = (String::new(), text.char_indices().peekable());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value.replace("%22", "\""), text.get(at + 1..).unwrap_or_default())),
            '\\' if letters.peek().is_some_and(|(_, next)| matches!(next, '"' | '\\')) => value.extend(letters.next().map(|(_, next)| next)),
            letter => value.push(letter),
        }
    }
    None
}

/// A name in the form of RFC 8187: `UTF-8''na%C3%AFve.txt`.
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let text = rest.split_once('\'')?.1;
    if !charset.eq_ignore_ascii_case("utf-8") {
        return None;
    }
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

/// Where something stands in bytes, from a place on.
fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = from;
    while let Some(next) = bytes.get(at..)?.iter().position(|byte| *byte == first) {
        at += next;
        if bytes.get(at..at + wanted.len()) == Some(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Vec<(String, Option<String>, String, String)>, &'static str> {
        let parts = parts(body.as_bytes(), "B")?;
        Ok(parts.into_iter().map(|part| (part.field, part.file, part.media_type, body[part.bytes].to_owned())).collect())
    }

    #[test]
    fn the_parts_of_a_form_are_read_with_their_names_and_bytes() {
        let body = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".pdf\"\r\nContent-Type: application/PDF; x=1\r\n\r\n%PDF\r\n--C\r\n\r\n--B\r\ncontent-disposition: form-data; name=note\r\n\r\n\r\n--B--\r\n";
        let file = ("file".to_owned(), Some("a \"b\".pdf".to_owned()), "application/pdf".to_owned(), "%PDF\r\n--C\r\n".to_owned());
        assert_eq!(read(body).unwrap(), [file, ("note".to_owned(), None, String::new(), String::new())]);
        let named = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\temp\\x.txt\"; filename*=UTF-8''na%C3%AFve.txt\r\n\r\nx\r\n--B--";
        assert_eq!(read(named).unwrap()[0].1.as_deref(), Some("naïve.txt"));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for body in ["", "x", "--B", "--B\r\n", "--B\r\n\r\nx\r\n--B--", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "--Bx\r\n\r\n\r\n--B--"]
        {
            assert!(read(body).is_err(), "{body:?}");
        }
    }

    #[test]
    fn the_boundary_is_a_parameter_of_the_media_type() {
        assert_eq!(boundary("multipart/form-data; boundary=abc").as_deref(), Some("abc"));
        assert_eq!(boundary("multipart/form-data; charset=utf-8; Boundary=\"a b\"").as_deref(), Some("a b"));
        for none in ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\""] {
            assert_eq!(boundary(none), None, "{none}");
        }
    }
}
