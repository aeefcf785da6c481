//! Pages on other origins (CORS): which may call the API, and what they may read of an answer.

use actix_cors::Cors;
use std::str::FromStr;

/// The headers of answers that a page may read, beside those that it always may.
pub const EXPOSED: [&str; 15] = [
    "ETag",
    "Location",
    "Link",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
    "Idempotency-Replayed",
    "Dry-Run",
    "Warning",
    "WWW-Authenticate",
    "Content-Disposition",
    "Allow",
    "Deprecation",
    "Sunset",
];

/// The origins whose pages may call the API; none is the default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Whether any page on another origin may call the API.
    pub fn is_open(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether pages of an origin may call the API.
    pub fn admit(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known == "*" || known.eq_ignore_ascii_case(origin))
    }

    /// The middleware. Tokens are sent in a header, so no cookie has to cross.
    pub fn middleware(&self) -> Cors {
        let cors = Cors::default().allow_any_method().allow_any_header().expose_headers(EXPOSED).max_age(3600);
        if self.0.iter().any(|origin| origin == "*") {
            return cors.allow_any_origin().send_wildcard();
        }
        self.0.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
    }

    /// The origins of a setting.
    pub fn read(texts: &[String]) -> Result<Origins, String> {
        let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        texts.map(|text| text.parse::<Origin>().map(|origin| origin.0)).collect::<Result<_, _>>().map(Origins)
    }
}

struct Origin(String);

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("{text} is no origin: expected https://host, with a port if there is one and without a path, or *");
        if text == "*" {
            return Ok(Origin(text.to_owned()));
        }
        let (scheme, host) = text.split_once("://").ok_or_else(expected)?;
        let known = matches!(scheme, "http" | "https");
        let plain = !host.is_empty() && host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:[]".contains(letter));
        // Browsers send origins in lower case.
        if known && plain { Ok(Origin(text.to_ascii_lowercase())) } else { Err(expected()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_and_a_host_without_a_path() {
        for text in ["https://app.example.org", "http://localhost:5173", "http://[::1]:5173", "*"] {
            assert!(Origins::read(&[text.to_owned()]).is_ok_and(|origins| origins.is_open()), "{text}");
        }
        for text in ["app.example.org", "https://app.example.org/", "https://", "ftp://a", "https://a b", "null"] {
            assert!(Origins::read(&[text.to_owned()]).is_err(), "{text}");
        }
        assert!(!Origins::read(&[String::new()]).unwrap().is_open());
    }
}
