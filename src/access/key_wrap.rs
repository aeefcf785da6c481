//! Sealing the secrets that the service uses itself, such as its signing keys, by a key from outside the database: whoever reads the
//! database then still signs nothing.
//!
//! AES-256-GCM by the SHA-256 of a secret that a setting or a file gives. Without one the keys stand in clear, as they do where a
//! database is made for a first look; with one, those that are in clear are sealed at the next start.

use crate::error::{Error, Kind, Problem, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Prefix of a sealed key in the database.
const SEALED: &str = "sealed:";
/// Least length of the secret, in bytes.
const SHORTEST: usize = 32;
/// Purpose of the signing keys, to which the cipher binds them; the wrapping key of every purpose is made with it.
pub const SIGNING_KEY: &str = "steward signing key";
/// Purpose of the secrets of webhooks.
pub const WEBHOOK: &str = "steward webhook";

static KEY: OnceLock<WrappingKey> = OnceLock::new();

/// The key by which signing keys are sealed.
pub struct WrappingKey(RandomizedNonceKey);

impl WrappingKey {
    /// The key that a secret stands for; none if that is too short.
    pub fn of(secret: &str) -> Option<Self> {
        let secret = secret.trim();
        if secret.len() < SHORTEST {
            return None;
        }
        let digest = Sha256::new().chain_update(SIGNING_KEY).chain_update(secret).finalize();
        RandomizedNonceKey::new(&AES_256_GCM, &digest).ok().map(WrappingKey)
    }

    fn seal(&self, purpose: &str, secret: &str) -> Option<String> {
        let mut bytes = secret.as_bytes().to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(purpose), &mut bytes).ok()?;
        Some(format!("{SEALED}{}", BASE64.encode([nonce.as_ref().as_slice(), &bytes].concat())))
    }

    fn open(&self, purpose: &str, stored: &str) -> Option<String> {
        let mut bytes = BASE64.decode(stored.strip_prefix(SEALED)?).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = self.0.open_in_place(nonce, Aad::from(purpose), sealed).ok()?;
        String::from_utf8(plain.to_vec()).ok()
    }
}

/// Says by which secret keys are sealed, before the first one is read, once in a process.
pub fn wrap_by(secret: &str) -> std::result::Result<(), String> {
    let key = WrappingKey::of(secret)
        .ok_or_else(|| format!("The key that seals the signing keys has fewer than {SHORTEST} characters. Make one by `openssl rand -base64 32`."))?;
    // Whoever says so second comes too late, and the first stays.
    let _ = KEY.set(key);
    Ok(())
}

/// True if the stored secret is sealed.
pub fn is_sealed(stored: &str) -> bool {
    stored.starts_with(SEALED)
}

/// True if the stored secret is in clear and there is a key to seal it by.
pub fn is_to_be_sealed(stored: &str) -> bool {
    KEY.get().is_some() && !is_sealed(stored)
}

/// A secret as it is stored.
pub fn sealed(purpose: &str, secret: &str) -> Result<String> {
    let Some(key) = KEY.get() else { return Ok(secret.to_owned()) };
    key.seal(purpose, secret).ok_or_else(|| Error::broken("a secret that cannot be sealed"))
}

/// A secret from what is stored.
pub fn opened(purpose: &str, stored: &str) -> Result<String> {
    if !is_sealed(stored) {
        return Ok(stored.to_owned());
    }
    let missing = || {
        Problem::new(
            Kind::Unavailable,
            "The secrets in the database are sealed, and not by the key given. Give the one by which they were, in STEWARD_KEY_FILE or STEWARD_KEY.",
        )
    };
    Ok(KEY.get().and_then(|key| key.open(purpose, stored)).ok_or_else(missing)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn what_is_sealed_is_opened_by_the_same_secret_only() {
        let key = WrappingKey::of(SECRET).unwrap();
        let stored = key.seal(SIGNING_KEY, "seed").unwrap();
        assert!(stored.starts_with(SEALED) && !stored.contains("seed"), "{stored}");
        assert_ne!(stored, key.seal(SIGNING_KEY, "seed").unwrap(), "no two are alike");
        assert_eq!(WrappingKey::of(&format!("{SECRET}\n")).unwrap().open(SIGNING_KEY, &stored).as_deref(), Some("seed"));
        assert_eq!(WrappingKey::of(&SECRET.to_uppercase()).unwrap().open(SIGNING_KEY, &stored), None);
        assert_eq!(key.open(WEBHOOK, &stored), None, "of one purpose is not of another");
        for broken in ["", "sealed:", "sealed:AAAA", &stored[..stored.len() - 2]] {
            assert_eq!(key.open(SIGNING_KEY, broken), None, "{broken}");
        }
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(WrappingKey::of("short").is_none() && WrappingKey::of(&format!(" {} ", &SECRET[1..])).is_none());
    }
}
