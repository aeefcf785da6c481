//! Access tokens: JWTs of RFC 9068 signed with Ed25519, and the keys that sign them.

use crate::resource::Id;
use crate::resource::value::{Instant, hex};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How long an access token is valid.
pub const LIFETIME_SECONDS: i64 = 900;
/// The `typ` of the header.
const TYPE: &str = "at+jwt";
/// How far two clocks may differ.
const LEEWAY_SECONDS: i64 = 5;

/// The claims of an access token (RFC 9068).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer: the address under which the service is known.
    pub iss: String,
    /// The audience: the same address.
    pub aud: String,
    /// The principal.
    pub sub: String,
    /// The client: the principal itself, as there are no registered clients yet.
    pub client_id: String,
    /// The token's own id.
    pub jti: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// From when it is valid.
    pub nbf: i64,
    /// Until when it is valid.
    pub exp: i64,
}

/// One signing key.
pub struct Key {
    /// Its `kid`: the JWK thumbprint of RFC 7638.
    pub kid: String,
    public: [u8; 32],
    signing: EncodingKey,
    verifying: DecodingKey,
}

/// The keys of the house: the last one signs, all of them verify.
pub struct Keys {
    issuer: String,
    keys: Vec<Key>,
}

/// The fixed start of a PKCS#8 document that holds an Ed25519 seed (RFC 8410).
const PKCS8: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

impl Key {
    /// The key that a seed of 32 bytes stands for.
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let signing = EncodingKey::from_ed_der(&[PKCS8.as_slice(), seed].concat());
        let public: [u8; 32] = public_key(seed)?;
        let verifying = DecodingKey::from_ed_der(&public);
        let thumbprint = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, BASE64.encode(public));
        Some(Key { kid: BASE64.encode(Sha256::digest(thumbprint.as_bytes())), public, signing, verifying })
    }
}

/// The public half of a seed.
fn public_key(seed: &[u8; 32]) -> Option<[u8; 32]> {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    Ed25519KeyPair::from_seed_unchecked(seed).ok()?.public_key().as_ref().try_into().ok()
}

impl Keys {
    /// The keys of a house that is known under an address.
    pub fn new(issuer: String, keys: Vec<Key>) -> Self {
        Keys { issuer, keys }
    }

    /// The address under which the house is known.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// A signed access token for a principal, valid from now.
    pub fn sign(&self, principal: Id, now: Instant) -> Option<String> {
        let key = self.keys.last()?;
        let at = now.0.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: principal.to_string(),
            client_id: principal.to_string(),
            jti: Id::new().to_string(),
            iat: at,
            nbf: at,
            exp: at + LIFETIME_SECONDS,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(key.kid.clone());
        jsonwebtoken::encode(&header, &claims, &key.signing).ok()
    }

    /// The principal of a token that is valid now. Everything else is `None`, and why is not told.
    pub fn verify(&self, token: &str, now: Instant) -> Option<Id> {
        if token.len() > 4096 {
            return None;
        }
        refuse_odd_header(token)?;
        let header = jsonwebtoken::decode_header(token).ok()?;
        let typed = header.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE));
        if header.alg != Algorithm::EdDSA || !typed {
            return None;
        }
        let key = self.keys.iter().find(|key| header.kid.as_deref() == Some(&key.kid))?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[&self.issuer]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub", "nbf"]);
        // The times are judged below, by the house's own clock.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.verifying, &rules).ok()?.claims;
        let at = now.0.timestamp();
        let begun = claims.nbf <= at + LEEWAY_SECONDS && claims.iat <= at + LEEWAY_SECONDS;
        // The house gives no token a longer life than this, so one that claims it is not of its making.
        let ours = claims.exp.checked_sub(claims.iat).is_some_and(|lifetime| (0..=LIFETIME_SECONDS).contains(&lifetime));
        let in_time = begun && ours && at - LEEWAY_SECONDS < claims.exp;
        if in_time { Id::parse(&claims.sub) } else { None }
    }

    /// The public keys as a JWK set (RFC 7517).
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .map(|key| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": BASE64.encode(key.public)}))
            .collect();
        json!({ "keys": keys })
    }
}

/// Refuses what RFC 8725 warns of: `crit`, and headers that bring keys of their own.
fn refuse_odd_header(token: &str) -> Option<()> {
    let header = BASE64.decode(token.split('.').next()?).ok()?;
    let members: serde_json::Map<String, Value> = serde_json::from_slice(&header).ok()?;
    members.keys().all(|name| matches!(name.as_str(), "alg" | "typ" | "kid")).then_some(())
}

/// A new random secret of 256 bits, as text.
pub fn new_secret() -> String {
    let bytes = [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
    BASE64.encode(Sha256::digest(&bytes))
}

/// The form in which a secret token is kept: its SHA-256, in hexadecimal.
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new("https://steward.example".into(), vec![Key::from_seed(&[7; 32]).unwrap()])
    }

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_token_is_valid_for_its_lifetime_and_not_after() {
        let (keys, who, start) = (keys(), Id::new(), at("2026-01-01T00:00:00Z"));
        let token = keys.sign(who, start).unwrap();
        assert_eq!(keys.verify(&token, start), Some(who));
        assert_eq!(keys.verify(&token, start.plus_seconds(LIFETIME_SECONDS - 1)), Some(who));
        assert_eq!(keys.verify(&token, start.plus_seconds(LIFETIME_SECONDS + LEEWAY_SECONDS)), None);
        assert_eq!(keys.verify(&token, start.plus_seconds(-LEEWAY_SECONDS - 1)), None);
    }

    #[test]
    fn a_token_of_another_key_issuer_type_or_algorithm_is_refused() {
        let (who, start) = (Id::new(), at("2026-01-01T00:00:00Z"));
        let other_key = Keys::new("https://steward.example".into(), vec![Key::from_seed(&[8; 32]).unwrap()]);
        let other_issuer = Keys::new("https://elsewhere.example".into(), vec![Key::from_seed(&[7; 32]).unwrap()]);
        for stranger in [other_key, other_issuer] {
            assert_eq!(keys().verify(&stranger.sign(who, start).unwrap(), start), None);
        }
        let genuine = keys().sign(who, start).unwrap();
        let payload = genuine.split('.').nth(1).unwrap();
        let kid = &keys().keys[0].kid;
        for header in [
            json!({"alg": "none", "typ": TYPE}),
            json!({"alg": "HS256", "typ": TYPE, "kid": kid}),
            json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}),
            json!({"alg": "EdDSA", "typ": TYPE, "kid": kid, "crit": ["x"]}),
        ] {
            let forged = format!("{}.{payload}.{}", BASE64.encode(header.to_string()), genuine.split('.').nth(2).unwrap());
            assert_eq!(keys().verify(&forged, start), None, "{header}");
        }
    }

    #[test]
    fn the_public_key_of_rfc_8032_test_1_is_derived_from_its_seed() {
        // RFC 8032, section 7.1, TEST 1.
        let seed: Vec<u8> =
            (0..32).map(|i| u8::from_str_radix(&"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"[2 * i..2 * i + 2], 16).unwrap()).collect();
        let public = public_key(&seed.try_into().unwrap()).unwrap();
        assert_eq!(hex(&public), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }
}
