//! Statements of the service about its own data: signed by the keys of its tokens, as JWS (RFC 7515) that bring the public half of their key, so
//! that they can be read when the key is gone. The `kid` is the key's thumbprint (RFC 7638).

use super::key::{self, Key};
use crate::resource::value::Instant;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Signs a statement of a type by the key that signs now: the `kid` and the JWS; none where no key may sign.
pub fn sign<S: Serialize>(keys: &[Key], typ: &str, statement: &S, now: Instant) -> Option<(String, String)> {
    let key = key::signing(keys, now)?;
    let mut header = key.header(typ);
    header.jwk = serde_json::from_value(key.jwk()).ok();
    Some((key.kid.clone(), jsonwebtoken::encode(&header, statement, &key.signing).ok()?))
}

/// A statement of a type out of its JWS, and the `kid` of the key that signed it; none if it was not signed by the key that it brings.
pub fn read<S: DeserializeOwned>(typ: &str, jws: &str) -> Option<(String, S)> {
    let header = jsonwebtoken::decode_header(jws).ok()?;
    if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(typ) {
        return None;
    }
    let jwk = serde_json::to_value(header.jwk?).ok()?;
    let public = jwk["x"].as_str()?;
    let kid = header.kid.filter(|kid| *kid == key::thumbprint(public))?;
    let mut rules = Validation::new(Algorithm::EdDSA);
    // It holds for ever, and for everybody.
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let said = jsonwebtoken::decode(jws, &DecodingKey::from_ed_components(public).ok()?, &rules).ok()?;
    Some((kid, said.claims))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_statement_is_read_as_it_was_signed_and_no_other() {
        let now = Instant::sample("2026-06-15T09:00:00Z");
        let key = |seed: u8| Key::from_seed(&[seed; 32]).unwrap();
        let (kid, jws) = sign(&[key(7)], "seal+jws", &json!({"root": "ab"}), now).unwrap();
        assert_eq!(kid, key(7).kid);
        assert_eq!(read::<Value>("seal+jws", &jws), Some((kid, json!({"root": "ab"}))));
        assert_eq!(read::<Value>("at+jwt", &jws), None, "of another type");
        let (_, other) = sign(&[key(8)], "seal+jws", &json!({"root": "cd"}), now).unwrap();
        let parts = |jws: &str| jws.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (own, other) = (parts(&jws), parts(&other));
        for forged in [[&own[0], &other[1], &own[2]], [&other[0], &own[1], &own[2]], [&own[0], &own[1], &other[2]]] {
            assert_eq!(read::<Value>("seal+jws", &forged.map(String::as_str).join(".")), None);
        }
        assert!(sign(&[], "seal+jws", &json!({}), now).is_none());
    }
}
