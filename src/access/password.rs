//! Passwords: Argon2id, computed on few threads so that logging in cannot starve the service.

use crate::resource::Definition;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use serde_json::{Map, Value};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// How many hashes are computed at once; each takes about 19 MiB and some 20 ms.
const AT_ONCE: usize = 2;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The Argon2id hash of a password, in PHC form, with a fresh salt.
pub fn hash_now(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// The same, in its turn and off the serving threads.
pub async fn hash(password: String) -> Option<String> {
    let _turn = TURNS.acquire().await.ok()?;
    tokio::task::spawn_blocking(move || hash_now(&password)).await.ok().flatten()
}

/// Whether a password belongs to a hash. With no hash it takes as long and says no, so that the time tells nothing
/// about who has an account.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    let Ok(_turn) = TURNS.acquire().await else { return false };
    let check = move || {
        let known = hash.is_some();
        let hash = hash.or_else(|| NOBODY.get_or_init(|| hash_now("nobody has this password")).clone()).unwrap_or_default();
        let matches = PasswordHash::new(&hash).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        matches && known
    };
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

/// Replaces what a definition keeps secret by its hash; what breaks its rules stays, to be named with the rest.
pub fn seal(definition: &Definition, members: &mut Map<String, Value>) {
    for field in definition.fields.iter().filter(|field| field.secret && !field.by_house) {
        let Some(Value::String(plain)) = members.get(field.name) else { continue };
        let sound = (field.cells)(plain.as_str().into()).is_some();
        if let Some(hash) = sound.then(|| hash_now(plain)).flatten() {
            members.insert(field.name.into(), hash.into());
        }
    }
}

/// The same in its turn and off the serving threads, where there is something to keep secret.
pub async fn seal_in_turn(definition: &'static Definition, mut members: Map<String, Value>) -> Option<Map<String, Value>> {
    if !definition.fields.iter().any(|field| field.secret && !field.by_house && members.contains_key(field.name)) {
        return Some(members);
    }
    let _turn = TURNS.acquire().await.ok()?;
    let sealing = move || {
        seal(definition, &mut members);
        members
    };
    tokio::task::spawn_blocking(sealing).await.ok()
}

static NOBODY: OnceLock<Option<String>> = OnceLock::new();
