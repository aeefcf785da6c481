//! The key of a provider that a token was signed with, from its JWK set (RFC 7517, RFC 7518).

use super::super::algorithm::SignatureAlgorithm;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

/// How many keys a set may have.
const MOST_KEYS: usize = 100;
/// How long the modulus of an RSA key is, in bytes.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The set has no such key; a newer one may.
    Unknown,
    /// The set or the key will not do, for this reason.
    Unusable(&'static str),
}

impl Missing {
    /// The reason.
    pub fn why(self) -> &'static str {
        match self {
            Missing::Unknown => "the provider has no such key",
            Missing::Unusable(why) => why,
        }
    }
}

/// The key with an id, or, where a token names none, the only one that will do.
pub fn find(set: &Value, kid: Option<&str>, algorithm: SignatureAlgorithm) -> Result<DecodingKey, Missing> {
    let Some(keys) = set.get("keys").and_then(Value::as_array) else { return Err(Missing::Unusable("the provider's answer is no key set")) };
    if keys.len() > MOST_KEYS {
        return Err(Missing::Unusable("the provider has too many keys"));
    }
    let named: Vec<&Value> = keys.iter().filter(|key| kid.is_none() || key.get("kid").and_then(Value::as_str) == kid).collect();
    let fitting: Vec<&Value> = named.iter().copied().filter(|key| fits(key, algorithm)).collect();
    match fitting.as_slice() {
        [key] => read(key, algorithm).ok_or(Missing::Unusable("the key cannot be read")),
        [] if kid.is_some() && !named.is_empty() => Err(Missing::Unusable("the key is not for this algorithm")),
        [] => Err(Missing::Unknown),
        _ => Err(Missing::Unusable("several keys might be meant")),
    }
}

/// The type of key and the curve that an algorithm needs.
fn needs(algorithm: SignatureAlgorithm) -> (&'static str, Option<&'static str>) {
    use SignatureAlgorithm::{EdDsa, Es256, Es384, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    match algorithm {
        Rs256 | Rs384 | Rs512 | Ps256 | Ps384 | Ps512 => ("RSA", None),
        Es256 => ("EC", Some("P-256")),
        Es384 => ("EC", Some("P-384")),
        EdDsa => ("OKP", Some("Ed25519")),
    }
}

/// Whether a key is of the right type and, by all that it says, meant to verify signatures of this algorithm.
fn fits(key: &Value, algorithm: SignatureAlgorithm) -> bool {
    let (kind, curve) = needs(algorithm);
    let says = |name: &str, wanted: &str| key.get(name).is_none_or(|value| value == wanted);
    let verifies = key.get("key_ops").is_none_or(|list| list.as_array().is_some_and(|list| list.iter().any(|each| each == "verify")));
    key.get("kty").is_some_and(|value| value == kind)
        && curve.is_none_or(|curve| key.get("crv").is_some_and(|value| value == curve))
        && says("alg", algorithm.word())
        && says("use", "sig")
        && verifies
}

fn read(key: &Value, algorithm: SignatureAlgorithm) -> Option<DecodingKey> {
    let member = |name: &str| key.get(name).and_then(Value::as_str);
    match needs(algorithm).0 {
        "RSA" => {
            let (modulus, exponent) = (BASE64.decode(member("n")?).ok()?, BASE64.decode(member("e")?).ok()?);
            let bytes = modulus.iter().skip_while(|byte| **byte == 0).count();
            MODULUS_BYTES.contains(&bytes).then(|| DecodingKey::from_rsa_raw_components(&modulus, &exponent))
        }
        "EC" => DecodingKey::from_ec_components(member("x")?, member("y")?).ok(),
        _ => DecodingKey::from_ed_components(member("x")?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn ed(kid: &str) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": X})
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key[name] = value;
        key
    }

    fn missing(keys: Value, kid: Option<&str>, algorithm: SignatureAlgorithm) -> Option<Missing> {
        find(&json!({ "keys": keys }), kid, algorithm).err()
    }

    #[test]
    fn a_key_is_found_by_its_id_and_must_agree_with_the_algorithm() {
        let (ed25519, rs256) = (SignatureAlgorithm::EdDsa, SignatureAlgorithm::Rs256);
        assert_eq!(missing(json!([ed("a"), ed("b")]), Some("b"), ed25519), None);
        assert_eq!(missing(json!([ed("a")]), Some("b"), ed25519), Some(Missing::Unknown));
        assert_eq!(missing(json!([]), None, ed25519), Some(Missing::Unknown));
        let unusable = |key: Value, algorithm| matches!(missing(json!([key]), Some("a"), algorithm), Some(Missing::Unusable(_)));
        assert!(unusable(ed("a"), rs256));
        assert!(unusable(ed("a"), SignatureAlgorithm::Es256));
        for (name, value) in [
            ("use", json!("enc")),
            ("alg", json!("RS256")),
            ("alg", json!("none")),
            ("key_ops", json!(["sign"])),
            ("key_ops", json!("verify")),
            ("crv", json!("Ed448")),
            ("kty", json!("oct")),
            ("x", json!("?")),
            ("x", json!(1)),
        ] {
            assert!(unusable(with(ed("a"), name, value.clone()), ed25519), "{name} {value}");
        }
        let small = json!({"kty": "RSA", "kid": "a", "n": BASE64.encode([0xff; 128]), "e": "AQAB"});
        assert!(unusable(small, rs256), "a modulus of 1024 bits");
    }

    #[test]
    fn without_an_id_the_key_must_be_the_only_one() {
        let ed25519 = SignatureAlgorithm::EdDsa;
        let rsa = json!({"kty": "RSA", "kid": "r", "n": BASE64.encode([0xff; 256]), "e": "AQAB"});
        assert_eq!(missing(json!([rsa, ed("a")]), None, ed25519), None);
        assert!(matches!(missing(json!([ed("a"), ed("b")]), None, ed25519), Some(Missing::Unusable(_))));
        assert!(matches!(missing(json!([ed("a"), ed("a")]), Some("a"), ed25519), Some(Missing::Unusable(_))));
    }

    #[test]
    fn a_set_of_too_many_keys_is_no_key_set() {
        let many: Vec<Value> = (0..=MOST_KEYS).map(|number| ed(&number.to_string())).collect();
        assert!(matches!(missing(many.into(), Some("1"), SignatureAlgorithm::EdDsa), Some(Missing::Unusable(_))));
        assert!(matches!(find(&json!([]), None, SignatureAlgorithm::EdDsa), Err(Missing::Unusable(_))));
    }
}
