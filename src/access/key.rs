//! The keys that sign access tokens: kept in the database, published before they sign, gone after their last token.

use super::key_wrap::{SIGNING_KEY, is_sealed, is_to_be_sealed, opened, sealed};
use super::secret::new_secret;
use crate::database::Connection;
use crate::database::expression::take_turn;
use crate::error::Result;
use crate::resource::Id;
use crate::resource::value::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use steward_schema::service::signing_keys;

/// How long others may keep the published keys.
pub const PUBLISHED_SECONDS: i64 = 15;
/// How long a new key is published before it signs: by then nobody keeps the keys as they were before it.
const LEAD_SECONDS: i64 = 20;
/// The same where the key before is not to be trusted: as long as every process of the service needs to learn of it.
const URGENT_SECONDS: i64 = 2;
/// How long an access token is valid, and so how long the key that signed it is needed.
pub const LIFETIME_SECONDS: i64 = 900;
/// How long a key verifies after it has signed its last token, beyond that token's life: for clocks that differ.
const GRACE_SECONDS: i64 = 60;
/// The fixed start of a PKCS#8 document that holds an Ed25519 seed (RFC 8410).
const PKCS8: [u8; 16] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// One signing key.
pub struct Key {
    /// Its `kid`: the JWK thumbprint of RFC 7638.
    pub kid: String,
    /// From when it signs; none for from its beginning.
    pub signs_from: Option<Instant>,
    /// Until when it verifies; none while no other has taken its place.
    pub retires_at: Option<Instant>,
    public: [u8; 32],
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
}

impl Key {
    /// The key that a seed of 32 bytes stands for.
    pub fn from_seed(seed: &[u8; 32]) -> Option<Self> {
        let signing = EncodingKey::from_ed_der(&[PKCS8.as_slice(), seed].concat());
        let public: [u8; 32] = public_key(seed)?;
        let verifying = DecodingKey::from_ed_der(&public);
        Some(Key { kid: thumbprint(&BASE64.encode(public)), signs_from: None, retires_at: None, public, signing, verifying })
    }

    /// True as long as tokens that it signed are good.
    pub fn verifies(&self, now: Instant) -> bool {
        self.retires_at.is_none_or(|at| now < at)
    }

    /// True if it may sign.
    pub fn signs(&self, now: Instant) -> bool {
        self.verifies(now) && self.signs_from.is_none_or(|from| from <= now)
    }

    /// The header of what it signs, of a type.
    pub(super) fn header(&self, typ: &str) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.to_owned());
        header.kid = Some(self.kid.clone());
        header
    }

    /// Its public half as a JWK (RFC 8037).
    pub fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": BASE64.encode(self.public)})
    }
}

/// The key that signs now: the newest one whose time to sign has come. Where a clock was set back to before all of them, it is the oldest.
pub(super) fn signing(keys: &[Key], now: Instant) -> Option<&Key> {
    keys.iter().rfind(|key| key.signs(now)).or_else(|| keys.iter().find(|key| key.verifies(now)))
}

/// The thumbprint of a key by its public half in base64url (RFC 7638).
pub(super) fn thumbprint(public: &str) -> String {
    BASE64.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{public}"}}"#)))
}

/// The public half of a seed.
fn public_key(seed: &[u8; 32]) -> Option<[u8; 32]> {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    Ed25519KeyPair::from_seed_unchecked(seed).ok()?.public_key().as_ref().try_into().ok()
}

/// The number by which changes of the keys take turns.
const TURN: i64 = 7_853_221_151;

/// All keys that are kept, in the order in which they sign.
pub fn read(connection: &mut Connection) -> Result<Vec<Key>> {
    let query = signing_keys::table.order(signing_keys::id).select((signing_keys::seed, signing_keys::signs_from, signing_keys::retires_at));
    let rows: Vec<(String, Option<Instant>, Option<Instant>)> = query.load(connection)?;
    let key = |(seed, signs_from, retires_at): (String, Option<Instant>, Option<Instant>)| {
        Ok(Key { signs_from, retires_at, ..of_text(&opened(SIGNING_KEY, &seed)?)? })
    };
    let mut keys = rows.into_iter().map(key).collect::<Result<Vec<Key>>>()?;
    keys.sort_by_key(|key| key.signs_from);
    Ok(keys)
}

/// Number of keys that stand in the database as they are.
pub fn in_clear(connection: &mut Connection) -> Result<usize> {
    let seeds: Vec<String> = signing_keys::table.select(signing_keys::seed).load(connection)?;
    Ok(seeds.iter().filter(|seed| !is_sealed(seed)).count())
}

/// The key of a seed as it is stored.
fn of_text(seed: &str) -> Result<Key> {
    let bytes: Option<[u8; 32]> = BASE64.decode(seed).ok().and_then(|bytes| bytes.try_into().ok());
    let unreadable = || diesel::result::Error::DeserializationError("a signing key that cannot be read".into());
    Ok(bytes.and_then(|bytes| Key::from_seed(&bytes)).ok_or_else(unreadable)?)
}

/// Makes the first key of a service that has none: it signs at once, as there is nobody yet who knows another.
pub fn make_first(connection: &mut Connection, now: Instant) -> Result<()> {
    take_turn(connection, TURN)?;
    let known: bool = select(exists(signing_keys::table.select(signing_keys::id))).get_result(connection)?;
    if !known {
        make(connection, now, now)?;
    }
    seal_all(connection)
}

/// Seals the keys that stand in clear, where there is a key to seal them by.
fn seal_all(connection: &mut Connection) -> Result<()> {
    let kept: Vec<(Id, String)> = signing_keys::table.select((signing_keys::id, signing_keys::seed)).load(connection)?;
    for (id, seed) in kept.into_iter().filter(|(_, seed)| is_to_be_sealed(seed)) {
        diesel::update(signing_keys::table.find(id)).set(signing_keys::seed.eq(sealed(SIGNING_KEY, &seed)?)).execute(connection)?;
    }
    Ok(())
}

/// What a rotation has decided.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// The `kid` of the new key.
    pub kid: String,
    /// From when it signs.
    pub signs_from: Instant,
    /// Until when the key before it verifies.
    pub retires_at: Instant,
}

/// Publishes a new key, which takes the place of the one that signs now. If that one is compromised, the new one signs as
/// soon as all replicas know of it, and from then on no token of an older key is good.
pub fn rotate(connection: &mut Connection, now: Instant, compromised: bool) -> Result<Option<Rotation>> {
    take_turn(connection, TURN)?;
    let signs_from = now.plus_seconds(if compromised { URGENT_SECONDS } else { LEAD_SECONDS });
    let retires_at = if compromised { signs_from } else { signs_from.plus_seconds(LIFETIME_SECONDS + GRACE_SECONDS) };
    forget_retired(connection, now)?;
    let retired = signing_keys::retires_at.eq(retires_at);
    let in_use = signing_keys::retires_at.is_null();
    if compromised {
        diesel::update(signing_keys::table.filter(in_use.or(signing_keys::retires_at.gt(retires_at)))).set(retired).execute(connection)?;
    } else {
        diesel::update(signing_keys::table.filter(in_use)).set(retired).execute(connection)?;
    }
    let kid = make(connection, now, signs_from)?.kid;
    Ok(Some(Rotation { kid, signs_from, retires_at }))
}

/// Forgets the keys whose last token has expired, and says how many.
pub fn forget_retired(connection: &mut Connection, now: Instant) -> Result<usize> {
    Ok(diesel::delete(signing_keys::table.filter(signing_keys::retires_at.le(now))).execute(connection)?)
}

fn make(connection: &mut Connection, now: Instant, signs_from: Instant) -> Result<Key> {
    let seed = new_secret();
    let stored = (
        signing_keys::id.eq(Id::new()),
        signing_keys::seed.eq(sealed(SIGNING_KEY, &seed)?),
        signing_keys::created_at.eq(now),
        signing_keys::signs_from.eq(signs_from),
    );
    diesel::insert_into(signing_keys::table).values(stored).execute(connection)?;
    of_text(&seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::hex;

    #[test]
    fn the_public_key_of_rfc_8032_test_1_is_derived_from_its_seed() {
        // RFC 8032, section 7.1, TEST 1.
        let seed: Vec<u8> =
            (0..32).map(|i| u8::from_str_radix(&"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"[2 * i..2 * i + 2], 16).unwrap()).collect();
        let public = public_key(&seed.try_into().unwrap()).unwrap();
        assert_eq!(hex(&public), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    #[test]
    fn a_key_signs_from_its_time_and_verifies_before_it_and_until_it_retires() {
        let at = |second: i64| Instant::sample("2026-01-01T00:00:00Z").plus_seconds(second);
        let key = Key { signs_from: Some(at(20)), retires_at: Some(at(100)), ..Key::from_seed(&[7; 32]).unwrap() };
        let told: Vec<(bool, bool)> = [0, 19, 20, 99, 100].map(|second| (key.verifies(at(second)), key.signs(at(second)))).into();
        assert_eq!(told, [(true, false), (true, false), (true, true), (true, true), (false, false)]);
    }
}
