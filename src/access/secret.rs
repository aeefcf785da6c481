//! Random secrets, and the form in which they are kept.

use crate::resource::value::hex;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

/// A new random secret of 256 bits, as text.
pub fn new_secret() -> String {
    let bytes = [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
    BASE64.encode(Sha256::digest(&bytes))
}

/// The form in which a secret token is kept: its SHA-256, in hexadecimal.
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}
