//! Passwords: Argon2id, computed on few threads so that logging in cannot starve the service.

use crate::error::{Kind, Problem, Result};
use crate::pool::{self, Pool};
use crate::resource::ResourceType;
use crate::resource::value::{Password, normalized};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, PasswordVerifier, Version};
use serde_json::{Map, Value};
use std::cell::{Cell, RefCell};
use std::sync::{LazyLock, OnceLock};

/// How much memory a hash takes, in KiB: with the two numbers below the least that OWASP's Password Storage Cheat Sheet
/// asks of Argon2id (19 MiB, 2 passes, 1 lane); some 20 ms.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How many hashes may wait to be computed, if the settings do not say: some two and a half seconds' worth on two threads.
const MOST_WAITING: usize = 256;

/// A hash of nobody's password, by the same parameters: what is compared where there is no account, so that the time tells
/// nothing about who has one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$bm9ib2R5IGhhcyB0aGlzIHBhc3N3b3JkIGF0IGFsbC4";

static SIZE: OnceLock<(usize, usize)> = OnceLock::new();
static POOL: LazyLock<Pool> = LazyLock::new(|| {
    let (at_once, waiting) = SIZE.get().copied().unwrap_or((processors(), MOST_WAITING));
    Pool::new(pool::Size {
        name: "password",
        threads: at_once,
        most_waiting: waiting,
        busy: "Too many passwords are being checked at this moment. Nothing was changed; try again in a moment.",
        // A thread without work gives its memory back.
        rest: || MEMORY.with_borrow_mut(|memory| *memory = Vec::new()),
    })
});

/// Says how many hashes are computed at once and how many may wait; before the first one, once in a process.
pub fn size(at_once: Option<usize>, waiting: Option<usize>) {
    // Whoever says so second comes too late, and the first stays.
    let _ = SIZE.set((at_once.unwrap_or_else(processors), waiting.unwrap_or(MOST_WAITING)));
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default())
}

thread_local! {
    static COMPARED: Cell<u64> = const { Cell::new(0) };
}

/// How many hashes were computed to compare passwords for who asked on this thread, for the tests that hold every refusal to
/// the same number.
pub fn compared() -> u64 {
    COMPARED.with(Cell::get)
}

thread_local! {
    /// The memory of the hashes that this thread computes, one after another: taken once, so that a flood of logins takes no more than
    /// the threads of the pool have, and given back when they have had nothing to do for a while.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

/// The hash of a password with a salt, in the memory of this thread.
fn digest(password: &str, salt: &[u8]) -> argon2::Result<[u8; Params::DEFAULT_OUTPUT_LEN]> {
    let argon2 = argon2();
    let mut hash = [0; Params::DEFAULT_OUTPUT_LEN];
    MEMORY.with_borrow_mut(|memory| {
        memory.resize(argon2.params().block_count(), Block::default());
        argon2.hash_password_into_with_memory(normalized(password).as_bytes(), salt, &mut hash, memory.as_mut_slice())
    })?;
    Ok(hash)
}

fn hash_now(password: &str) -> Result<String> {
    let salt = uuid::Uuid::new_v4().into_bytes();
    let written = digest(password, &salt).ok().and_then(|hash| {
        Some(PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(argon2().params()).ok()?,
            salt: Some(Salt::new(&salt).ok()?),
            hash: Some(Output::new(&hash).ok()?),
        })
    });
    let written = written.map(|hash| hash.to_string());
    written.ok_or_else(|| Problem::new(Kind::Internal, "The password could not be hashed and nothing was changed. Report the request id.").into())
}

/// True if the password belongs to the hash. A hash of other parameters takes the memory that it asks for.
fn matches(password: &str, hash: &PasswordHash) -> bool {
    let ours = hash.algorithm == Algorithm::Argon2id.ident() && hash.version == Some(Version::V0x13.into());
    let ours = ours && ParamsString::try_from(argon2().params()).is_ok_and(|params| params == hash.params);
    match (&hash.salt, &hash.hash) {
        (Some(salt), Some(expected)) if ours && expected.len() == Params::DEFAULT_OUTPUT_LEN => {
            // Compared in constant time.
            digest(password, salt).ok().and_then(|computed| Output::new(&computed).ok()).is_some_and(|computed| computed == *expected)
        }
        _ => argon2().verify_password(normalized(password).as_bytes(), hash).is_ok(),
    }
}

/// The Argon2id hash of a password, in PHC form, with a fresh salt, in its turn.
pub async fn hash(password: String) -> Result<String> {
    POOL.run(move || hash_now(&password)).await?
}

/// True if the password belongs to the hash. With no hash, or one that is none, the answer takes as long and is false.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    let compare = move || {
        let sound = hash.filter(|hash| PasswordHash::new(hash).is_ok_and(|parsed| parsed.hash.is_some() && parsed.salt.is_some()));
        let known = sound.is_some();
        let hash = sound.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(parsed) = PasswordHash::new(&hash) else { return (false, 0) };
        (matches(&password, &parsed) && known, 1)
    };
    let (matches, computed) = POOL.run(compare).await?;
    COMPARED.with(|count| count.set(count.get() + computed));
    Ok(matches)
}

/// Replaces what a definition keeps secret by its hash; what breaks its rules stays, to be named with the rest.
pub fn seal(definition: &ResourceType, members: &mut Map<String, Value>) -> Result<()> {
    for (name, plain) in plain(definition, members) {
        let hashed = plain.clone();
        let hash = POOL.run_and_wait(move || hash_now(&hashed))??;
        members.insert(name.into(), Password::sealed(&hash, &plain).into());
    }
    Ok(())
}

/// The same without a thread that waits.
pub async fn seal_in_turn(definition: &ResourceType, mut members: Map<String, Value>) -> Result<Map<String, Value>> {
    for (name, plain) in plain(definition, &members) {
        let hash = hash(plain.clone()).await?;
        members.insert(name.into(), Password::sealed(&hash, &plain).into());
    }
    Ok(members)
}

/// The secrets that stand in what was sent and break no rule.
fn plain(definition: &ResourceType, members: &Map<String, Value>) -> Vec<(&'static str, String)> {
    let secrets = definition.fields.iter().filter(|field| field.secret && !field.sealed && !field.read_only);
    let sound = secrets.filter_map(|field| {
        let plain = members.get(field.name)?.as_str()?;
        (field.cells)(plain.into()).map(|_| (field.name, plain.to_owned()))
    });
    sound.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordHasher;

    #[test]
    fn the_hash_of_nobody_takes_what_every_hash_takes() {
        let (nobody, somebody) = (PasswordHash::new(NOBODY).unwrap(), hash_now("correct horse battery staple").unwrap());
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!((nobody.algorithm, nobody.version, nobody.params.clone()), (somebody.algorithm, somebody.version, somebody.params.clone()));
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_its_letters_are_composed() {
        let composed = hash("Þórður kveður \u{e9}".into()).await.unwrap();
        assert!(verify("Þórður kveður e\u{301}".into(), Some(composed)).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_of_ascii_made_without_normalisation_stays_good() {
        let old = Argon2::default().hash_password(b"correct horse battery staple").unwrap().to_string();
        assert!(verify("correct horse battery staple".into(), Some(old)).await.unwrap());
    }

    #[tokio::test]
    async fn what_is_no_hash_costs_what_a_hash_costs_and_lets_nobody_in() {
        for hash in [None, Some(String::new()), Some("3f9a0c".into()), Some("$argon2id$v=19$m=19456,t=2,p=1".into()), Some(NOBODY.into())] {
            let before = compared();
            assert!(!verify("correct horse battery staple".into(), hash.clone()).await.unwrap());
            assert_eq!(compared() - before, 1, "{hash:?}");
        }
    }
}
