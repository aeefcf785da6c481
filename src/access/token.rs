//! Access tokens: JWTs of RFC 9068 signed with Ed25519.

use super::key::{Key, LIFETIME_SECONDS, signing};
use super::login::Login;
use crate::resource::Id;
use crate::resource::value::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError, RwLock};

/// The `typ` of the header.
const TYPE: &str = "at+jwt";
/// How far two clocks may differ.
const LEEWAY_SECONDS: i64 = 5;

/// The claims of an access token (RFC 9068). It carries no roles: what a principal may do is asked anew while the token
/// lives, so that a change takes effect at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: the address under which the service is known.
    pub iss: String,
    /// The audience: the same address.
    pub aud: String,
    /// The principal.
    #[serde(with = "id")]
    pub sub: Id,
    /// The client: the principal itself, unless it is a client of its own.
    pub client_id: String,
    /// The token's own id.
    #[serde(with = "id")]
    pub jti: Id,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// From when it is valid.
    pub nbf: i64,
    /// Until when it is valid.
    pub exp: i64,
    /// When the principal proved who it is.
    pub auth_time: i64,
    /// The login: all its tokens end with it.
    #[serde(with = "id")]
    pub sid: Id,
}

impl Claims {
    /// True from when it is valid until it has expired, by a clock that may differ a little. No time of the service is before 1970.
    pub fn holds_at(&self, now: Instant) -> bool {
        let at = now.0.timestamp();
        let begun = [self.nbf, self.iat, self.auth_time].into_iter().all(|time| 0 < time && time <= at + LEEWAY_SECONDS);
        // The service gives no token a longer life than this, so one that claims it is not of its making.
        let ours = self.exp.checked_sub(self.iat).is_some_and(|lifetime| (0..=LIFETIME_SECONDS).contains(&lifetime));
        begun && ours && at - LEEWAY_SECONDS < self.exp
    }
}

/// The keys of the service as this process knows them, and the address that stands in tokens.
pub struct Keys {
    issuer: String,
    known: RwLock<Arc<KeySet>>,
}

struct KeySet {
    keys: Vec<Key>,
    /// When they were read, by [`crate::clock::Clock::ticks`].
    read_at: i64,
}

impl Keys {
    /// The keys of a service that is known under an address, as they were read at some tick of the clock.
    pub fn new(issuer: String, keys: Vec<Key>, read_at: i64) -> Self {
        Keys { issuer, known: RwLock::new(Arc::new(KeySet { keys, read_at })) }
    }

    /// Puts what has been read anew in the place of what was known.
    pub fn renew(&self, keys: Vec<Key>, read_at: i64) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(KeySet { keys, read_at });
    }

    /// True if they were read less than so many microseconds ago.
    pub fn are_fresh(&self, ticks: i64, within: i64) -> bool {
        (0..within).contains(&ticks.wrapping_sub(self.known().read_at))
    }

    /// The address under which the service is known.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    fn known(&self) -> Arc<KeySet> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A signed access token of a login, valid from now.
    pub fn sign(&self, login: &Login, client_id: &str, now: Instant) -> Option<String> {
        let known = self.known();
        let key = signing(&known.keys, now)?;
        let at = now.0.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: login.principal,
            client_id: client_id.to_owned(),
            jti: Id::new(),
            iat: at,
            nbf: at,
            exp: at + LIFETIME_SECONDS,
            auth_time: login.started_at.0.timestamp(),
            sid: login.id,
        };
        jsonwebtoken::encode(&key.header(TYPE), &claims, &key.signing).ok()
    }

    /// What a token says that is valid now, and the key that says so. Everything else is `None`, and why is not told.
    pub fn verify(&self, token: &str, now: Instant) -> Option<Verified> {
        if token.len() > 4096 {
            return None;
        }
        refuse_odd_header(token)?;
        let header = jsonwebtoken::decode_header(token).ok()?;
        let typed = header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE));
        if header.alg != Algorithm::EdDSA || !typed {
            return None;
        }
        let (known, kid) = (self.known(), header.kid?);
        let key = known.keys.iter().find(|key| key.kid == kid && key.verifies(now))?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[&self.issuer]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub", "nbf"]);
        // The times are judged below, by the service's own clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &rules).ok()?.claims;
        claims.holds_at(now).then_some(Verified { claims, kid })
    }

    /// True if a key verifies now.
    pub fn verifies(&self, kid: &str, now: Instant) -> bool {
        self.known().keys.iter().any(|key| key.kid == kid && key.verifies(now))
    }

    /// The public keys as a JWK set (RFC 7517): those that sign, will sign, or have signed what is still valid.
    pub fn jwks(&self, now: Instant) -> Value {
        json!({"keys": self.known().keys.iter().filter(|key| key.verifies(now)).map(Key::jwk).collect::<Vec<_>>()})
    }
}

/// What a token says, and which key vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub claims: Claims,
    /// The key.
    pub kid: String,
}

/// An id as a claim: in its usual form and no other.
mod id {
    use crate::resource::Id;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(id: &Id, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        Id::parse(&String::deserialize(from)?).ok_or_else(|| D::Error::custom("no id"))
    }
}

/// Refuses what RFC 8725 warns of: `crit`, and headers that bring keys of their own.
fn refuse_odd_header(token: &str) -> Option<()> {
    let header = BASE64.decode(token.split('.').next()?).ok()?;
    let members: serde_json::Map<String, Value> = serde_json::from_slice(&header).ok()?;
    members.keys().all(|name| matches!(name.as_str(), "alg" | "typ" | "kid")).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(issuer: &str, seed: u8) -> Keys {
        Keys::new(issuer.into(), vec![Key::from_seed(&[seed; 32]).unwrap()], 0)
    }

    fn state() -> Keys {
        keys("https://steward.example", 7)
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn sign(keys: &Keys, start: Instant) -> String {
        let login = Login { id: Id::new(), principal: Id::new(), started_at: start };
        keys.sign(&login, "client", start).unwrap()
    }

    #[test]
    fn a_token_is_valid_for_its_lifetime_and_not_after() {
        let (keys, start) = (state(), at("2026-01-01T00:00:00Z"));
        let token = sign(&keys, start);
        assert!(keys.verify(&token, start).is_some());
        assert!(keys.verify(&token, start.plus_seconds(LIFETIME_SECONDS - 1)).is_some());
        assert_eq!(keys.verify(&token, start.plus_seconds(LIFETIME_SECONDS + LEEWAY_SECONDS)), None);
        assert_eq!(keys.verify(&token, start.plus_seconds(-LEEWAY_SECONDS - 1)), None);
    }

    #[test]
    fn a_token_of_another_key_issuer_type_or_algorithm_is_refused() {
        let start = at("2026-01-01T00:00:00Z");
        for stranger in [keys("https://steward.example", 8), keys("https://elsewhere.example", 7)] {
            assert_eq!(state().verify(&sign(&stranger, start), start), None);
        }
        let genuine = sign(&state(), start);
        let payload = genuine.split('.').nth(1).unwrap();
        let kid = &state().known().keys[0].kid;
        for header in [
            json!({"alg": "none", "typ": TYPE}),
            json!({"alg": "HS256", "typ": TYPE, "kid": kid}),
            json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}),
            json!({"alg": "EdDSA", "typ": TYPE, "kid": kid, "crit": ["x"]}),
        ] {
            let forged = format!("{}.{payload}.{}", BASE64.encode(header.to_string()), genuine.split('.').nth(2).unwrap());
            assert_eq!(state().verify(&forged, start), None, "{header}");
        }
    }

    #[test]
    fn the_newest_key_whose_time_has_come_signs_and_one_that_has_retired_verifies_nothing() {
        let start = at("2026-01-01T00:00:00Z");
        let of = |seed: u8, signs_from: i64, retires_at: Option<i64>| {
            let mut key = Key::from_seed(&[seed; 32]).unwrap();
            key.signs_from = Some(start.plus_seconds(signs_from));
            key.retires_at = retires_at.map(|at| start.plus_seconds(at));
            key
        };
        let keys = Keys::new("https://steward.example".into(), vec![of(1, -100, Some(100)), of(2, 20, None)], 0);
        let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
        let (first, second) = (Key::from_seed(&[1; 32]).unwrap().kid, Key::from_seed(&[2; 32]).unwrap().kid);
        let (old, new) = (sign(&keys, start.plus_seconds(19)), sign(&keys, start.plus_seconds(20)));
        assert_eq!((kid(&old), kid(&new)), (first, second));
        assert!(keys.verify(&old, start.plus_seconds(99)).is_some());
        assert_eq!(keys.verify(&old, start.plus_seconds(100)), None);
        assert!(keys.verify(&new, start.plus_seconds(100)).is_some());
        let published = |second: i64| keys.jwks(start.plus_seconds(second))["keys"].as_array().unwrap().len();
        assert_eq!((published(0), published(99), published(100)), (2, 2, 1));
    }
}
