//! An ID token and what must hold of it (OpenID Connect Core 1.0, section 3.1.3.7; RFC 7523, section 3; RFC 8725).

use super::super::algorithm::SignatureAlgorithm;
use super::super::identity_provider::IdentityProvider;
use super::claim::text;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};
use steward_core::resource::value::Instant;

/// How far the provider's clock may differ.
const LEEWAY_SECONDS: i64 = 30;
/// How long a token may be valid at most: one that lives longer is no proof of who is there now.
const LONGEST_SECONDS: i64 = 24 * 3600;
/// The last second of the year 9999: no token is meant to outlive it.
const LAST_SECOND: i64 = 253_402_300_799;
/// Headers that bring keys of their own, change what is signed, or must be understood and are not.
const ODD_HEADERS: &[&str] = &["crit", "jwk", "jku", "x5u", "x5c", "b64", "enc", "zip"];

/// A token that was read and is not believed yet.
pub struct Assertion<'a> {
    signed: &'a str,
    signature: &'a str,
    header: Map<String, Value>,
    /// What it says.
    pub claims: Value,
}

impl<'a> Assertion<'a> {
    /// Reads the three parts of a signed JWT.
    pub fn read(token: &'a str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts.as_slice() else { return Err("it has not three parts") };
        let signed = token.get(..header.len() + 1 + claims.len()).unwrap_or_default();
        let object = |part: &str| BASE64.decode(part).ok().and_then(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).ok());
        let (Some(header), Some(claims)) = (object(header), object(claims)) else { return Err("its parts are no objects") };
        Ok(Assertion { signed, signature, header, claims: claims.into() })
    }

    /// Who says that it comes from them.
    pub fn issuer(&self) -> Result<&str, &'static str> {
        text(&self.claims, "iss").ok_or("it names no issuer")
    }

    /// The id of its key.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// All that can be said of it without a key: how it says that it is signed, if nothing is wrong.
    pub fn judge(&self, provider: &IdentityProvider, now: Instant) -> Result<SignatureAlgorithm, &'static str> {
        if self.header.keys().any(|name| ODD_HEADERS.contains(&name.as_str())) {
            return Err("its header brings a key or must be understood");
        }
        if self.header.get("kid").is_some_and(|kid| !kid.is_string()) {
            return Err("its kid is no text");
        }
        if self.header.get("typ").is_some_and(|typ| !typ.as_str().is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))) {
            return Err("it is of another type");
        }
        let algorithm = self.header.get("alg").and_then(Value::as_str).and_then(SignatureAlgorithm::from_word);
        let algorithm = algorithm.filter(|algorithm| provider.algorithms.contains(algorithm)).ok_or("its algorithm is not accepted")?;
        if self.claims.get("iss").and_then(Value::as_str) != Some(provider.issuer.0.as_str()) {
            return Err("it has another issuer");
        }
        self.judge_audience(provider)?;
        self.judge_times(now.0.timestamp())?;
        Ok(algorithm)
    }

    fn judge_audience(&self, provider: &IdentityProvider) -> Result<(), &'static str> {
        let ours = |value: &Value| value.as_str().is_some_and(|name| provider.audiences.iter().any(|audience| &**audience == name));
        let (named, count) = match self.claims.get("aud") {
            Some(Value::Array(names)) if names.iter().all(Value::is_string) => (names.iter().any(ours), names.len()),
            Some(name) => (ours(name), 1),
            None => (false, 0),
        };
        if !named {
            return Err("it is for another audience");
        }
        match self.claims.get("azp") {
            Some(party) if !ours(party) => Err("it was given to another party"),
            None if count > 1 => Err("it is for several audiences and does not say to whom it was given"),
            _ => Ok(()),
        }
    }

    fn judge_times(&self, now: i64) -> Result<(), &'static str> {
        let second = |name: &str| self.claims.get(name).map(|value| value.as_i64().filter(|second| (0..=LAST_SECOND).contains(second)));
        let (Some(Some(issued)), Some(Some(expires))) = (second("iat"), second("exp")) else {
            return Err("it does not say from when and until when it is valid");
        };
        let begins = match second("nbf") {
            None => issued,
            Some(Some(begins)) => begins.max(issued),
            Some(None) => return Err("its nbf is no time"),
        };
        if begins > now + LEEWAY_SECONDS {
            return Err("it is not valid yet");
        }
        if expires <= now - LEEWAY_SECONDS {
            return Err("it has expired");
        }
        if expires - issued > LONGEST_SECONDS || expires <= issued {
            return Err("it lives too long, or not at all");
        }
        Ok(())
    }

    /// Whether a key has signed it.
    pub fn is_signed_by(&self, key: &DecodingKey, algorithm: SignatureAlgorithm) -> bool {
        let Ok(algorithm) = algorithm.word().parse::<Algorithm>() else { return false };
        jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), key, algorithm).unwrap_or(false)
    }
}
