//! The authenticator: from a bearer token to a session. A signature is checked once; whose session it is, is asked twice a second.

use crate::access::Session;
use crate::access::credential::Credential;
use crate::access::{key, token::Keys};
use crate::error::{Kind, Problem, Result};
use crate::resource::value::Instant;
use crate::store::Store;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a session is believed that was read under the current version, in microseconds: by so much a change that
/// another replica made may be late here.
const SESSION: i64 = 500_000;
/// How long the keys are believed, in microseconds: no key signs earlier than twice this after it was published.
const KEYS: i64 = 1_000_000;
/// How long a request waits for the one that reads the keys.
const PATIENCE: Duration = Duration::from_secs(5);
/// In how many parts the memory is locked.
const PARTS: usize = 16;
/// How many tokens a part remembers.
const MOST: usize = 256;

/// What is remembered of a token: never the token, only its SHA-256.
type Mark = [u8; 32];
type Part = HashMap<Mark, OpenSession>;

/// The tokens that this process has found genuine, and the sessions that they opened.
#[derive(Default)]
pub struct Authenticator {
    parts: [Mutex<Part>; PARTS],
    reading_keys: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct OpenSession {
    credential: Arc<Credential>,
    session: Arc<Session>,
    read_at: i64,
    version: u64,
}

impl Authenticator {
    /// The session that a bearer token opens now; none if it is not valid.
    pub async fn session(&self, store: &Store, keys: &Keys, token: &str) -> Result<Option<Arc<Session>>> {
        Ok(self.open(store, keys, token).await?.map(|(_, session)| session))
    }

    /// The same with what the token turned out to be.
    pub async fn open(&self, store: &Store, keys: &Keys, token: &str) -> Result<Option<(Arc<Credential>, Arc<Session>)>> {
        let mark: Mark = Sha256::digest(token.as_bytes()).into();
        let now = store.now();
        let known = self.part(&mark).get(&mark).filter(|known| known.credential.holds_at(now)).cloned();
        // Both are taken before anything is read: what changes meanwhile makes it out of date.
        let (read_at, version) = (store.clock.ticks(), store.changes.version());
        if let Some(known) = &known
            && known.version == version
            && (0..SESSION).contains(&read_at.wrapping_sub(known.read_at))
        {
            return Ok(Some((known.credential.clone(), known.session.clone())));
        }
        self.renew_keys(store, keys).await?;
        let credential = known.map(|known| known.credential).filter(|credential| credential.is_vouched_for(keys, now));
        let credential = credential.or_else(|| keys.verify(token, now).map(|verified| Arc::new(Credential::Access(verified))));
        let Some(credential) = credential else {
            self.part(&mark).remove(&mark);
            return Ok(None);
        };
        let asked = credential.clone();
        let session = store.unauthenticated(move |connection| asked.session(connection)).await?.map(Arc::new);
        let mut part = self.part(&mark);
        let Some(session) = session else {
            part.remove(&mark);
            return Ok(None);
        };
        cache(&mut part, mark, OpenSession { credential: credential.clone(), session: session.clone(), read_at, version });
        Ok(Some((credential, session)))
    }

    /// The session that a token opened when the database was last asked; for what is told while that does not answer.
    pub fn remembered(&self, token: &str, now: Instant) -> Option<Arc<Session>> {
        let mark: Mark = Sha256::digest(token.as_bytes()).into();
        self.part(&mark).get(&mark).filter(|known| known.credential.holds_at(now)).map(|known| known.session.clone())
    }

    /// Reads the keys again if they were not read just now: so a key that another replica has made is known here before it
    /// signs, and however many tokens name a key that nobody knows, the keys are read once a second.
    pub async fn renew_keys(&self, store: &Store, keys: &Keys) -> Result<()> {
        if keys.are_fresh(store.clock.ticks(), KEYS) {
            return Ok(());
        }
        let turn = tokio::time::timeout(PATIENCE, self.reading_keys.lock()).await;
        let _turn = turn.map_err(|_| Problem::new(Kind::Unavailable, "The database does not answer. Nothing was changed; try again in a moment."))?;
        let read_at = store.clock.ticks();
        if !keys.are_fresh(read_at, KEYS) {
            keys.renew(store.unauthenticated(key::read).await?, read_at);
        }
        Ok(())
    }

    fn part(&self, mark: &Mark) -> MutexGuard<'_, Part> {
        let [first, ..] = mark;
        self.parts[usize::from(*first) % PARTS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Remembers a token; where there is no room, the one goes whose session was read longest ago.
fn cache(part: &mut Part, mark: Mark, session: OpenSession) {
    if part.len() >= MOST && !part.contains_key(&mark) {
        let oldest = part.iter().min_by_key(|(_, known)| known.read_at).map(|(mark, _)| *mark);
        oldest.map(|mark| part.remove(&mark));
    }
    part.insert(mark, session);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::token::{Claims, Verified};
    use crate::resource::Id;

    fn open(read_at: i64) -> OpenSession {
        let id = Id::sample();
        let claims = Claims { iss: "i".into(), aud: "i".into(), sub: id, client_id: "c".into(), jti: id, iat: 0, nbf: 0, exp: 900, auth_time: 0, sid: id };
        let credential = Arc::new(Credential::Access(Verified { claims, kid: "k".into() }));
        OpenSession { credential, session: Arc::new(Session::system()), read_at, version: 0 }
    }

    #[test]
    fn it_remembers_a_bounded_number_of_tokens_and_forgets_the_oldest() {
        let mut part = Part::default();
        let mark = |number: usize| Mark::from(Sha256::digest(number.to_le_bytes()));
        for number in 0..MOST + 100 {
            cache(&mut part, mark(number), open(number as i64));
            assert!(part.len() <= MOST);
        }
        assert!(!part.contains_key(&mark(99)) && part.contains_key(&mark(100)));
        cache(&mut part, mark(100), open(9_999));
        assert_eq!(part.len(), MOST, "what is known needs no room");
    }
}
