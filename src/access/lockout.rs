//! Who guesses passwords is slowed down, and nobody else: failed logins are counted by account and address together, by
//! address, and by account.
//!
//! | what is counted | free | then | one is forgiven every |
//! |---|---|---|---|
//! | an account from one address | 10 | 30 s, doubled with each failure up to 15 min | 15 min |
//! | an address, whatever the account | 100 | 2 s, doubled with every 20 failures up to 15 min | 30 s |
//! | an account from addresses that it has never logged in from | 50 | 2 s, doubled with every 10 failures up to 5 min | 10 min |
//!
//! What is counted of one address does not touch another, so who is attacked logs in from elsewhere; and an address from
//! which an account has logged in within the last ninety days waits for its own failures only, whatever others do to the
//! account or from behind the same address. An account that does not exist is counted like any other. The counters stand in
//! the database, under digests: they hold for every replica, outlast a restart, and tell nobody what was typed.

use crate::database::{Cell, Connection, Kind, Statement};
use crate::error::{Kind as ProblemKind, Problem, Result};
use crate::resource::value::{Instant, folded, hex, normalized};
use sha2::{Digest, Sha256};

/// How long an address is remembered from which an account has logged in: ninety days.
const KNOWN_SECONDS: i64 = 90 * 24 * 3600;
/// How old the memory of an address may be before it is written anew: a day.
const RENEWED_SECONDS: i64 = 24 * 3600;

/// How failures of one kind are counted.
#[derive(Debug, Clone, Copy)]
struct Scale {
    name: &'static str,
    /// How many cost nothing.
    free: i64,
    /// The first wait.
    first_seconds: i64,
    /// After how many further failures it doubles.
    doubled_every: i64,
    /// The longest wait.
    longest_seconds: i64,
    /// After how long one failure is forgiven.
    forgiven_seconds: i64,
}

const PAIR: Scale = Scale { name: "pair", free: 10, first_seconds: 30, doubled_every: 1, longest_seconds: 900, forgiven_seconds: 900 };
const ADDRESS: Scale = Scale { name: "address", free: 100, first_seconds: 2, doubled_every: 20, longest_seconds: 900, forgiven_seconds: 30 };
const ACCOUNT: Scale = Scale { name: "account", free: 50, first_seconds: 2, doubled_every: 10, longest_seconds: 300, forgiven_seconds: 600 };

/// Somebody who says a password: for which account, and from where.
#[derive(Debug, Clone)]
pub struct Attempt {
    pair: String,
    address: String,
    account: String,
}

/// What the counters say of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The password may be looked at. True if a success changes anything in the counters.
    Open(bool),
    /// Not before so many seconds have passed.
    Wait(i64),
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: i64,
    failed_at: Instant,
    blocked_until: Instant,
}

impl Scale {
    /// The key of what is counted: a digest, so that what people type into a wrong field is not kept.
    fn key(&self, parts: &[&str]) -> String {
        let mut digest = Sha256::new();
        for part in [self.name].iter().chain(parts) {
            digest.update(part.len().to_be_bytes());
            digest.update(part.as_bytes());
        }
        hex(&digest.finalize())
    }

    /// How many failures still count.
    fn standing(&self, count: Count, now: Instant) -> i64 {
        (count.failures - seconds_between(count.failed_at, now) / self.forgiven_seconds).max(0)
    }

    /// How long to wait after so many failures.
    fn wait(&self, failures: i64) -> i64 {
        if failures < self.free {
            return 0;
        }
        let doublings = u32::try_from((failures - self.free) / self.doubled_every).unwrap_or(u32::MAX).min(20);
        (self.first_seconds << doublings).min(self.longest_seconds)
    }
}

fn seconds_between(earlier: Instant, later: Instant) -> i64 {
    (later.0 - earlier.0).num_seconds().max(0)
}

impl Attempt {
    /// An attempt on an account, by the login as it was typed, from an address. Logins that find the same account have the
    /// same key, and so have those that differ in how their letters are composed.
    pub fn new(login: &str, address: &str) -> Self {
        let login = folded(&normalized(&folded(login.trim())));
        Attempt { pair: PAIR.key(&[&login, address]), address: ADDRESS.key(&[address]), account: ACCOUNT.key(&[&login]) }
    }

    /// What the counters say of it.
    pub fn judge(&self, connection: &mut Connection, now: Instant) -> Result<Verdict> {
        let mut query = Statement::new("SELECT key, failures, failed_at, blocked_until FROM login_failures WHERE key IN (");
        query.bind_all([self.pair.as_str().into(), self.address.as_str().into(), self.account.as_str().into()]).push(")");
        let rows = query.rows(connection, &[Kind::Text, Kind::Integer, Kind::Instant, Kind::Instant])?;
        let find = |key: &str| rows.iter().find(|row| row.first().and_then(Cell::as_text) == Some(key)).and_then(|row| count(row.get(1..)?));
        let (pair, address, account) = (find(&self.pair), find(&self.address), find(&self.account));
        let seen = Statement::new("SELECT seen_at FROM login_addresses WHERE pair = ").with(self.pair.as_str(), "").first(connection, &[Kind::Instant])?;
        let seen = seen.and_then(|row| row.first().and_then(Cell::as_instant)).map(|at| seconds_between(at, now));
        let known = seen.is_some_and(|age| age < KNOWN_SECONDS);
        let others = [address, account].into_iter().flatten().filter(|_| !known);
        let until = pair.into_iter().chain(others).map(|count| count.blocked_until).max().filter(|until| *until > now);
        Ok(match until {
            Some(until) => Verdict::Wait(seconds_between(now, until).saturating_add(1)),
            None => Verdict::Open(pair.is_some() || seen.is_none_or(|age| age >= RENEWED_SECONDS)),
        })
    }

    /// Counts a failure. From an address that the account is known at, it is counted for the two together only.
    pub fn failed(&self, connection: &mut Connection, now: Instant) -> Result<()> {
        // Always in the same order, so that two of them never wait for each other.
        let mut counted = [(&PAIR, &self.pair), (&ADDRESS, &self.address), (&ACCOUNT, &self.account)];
        counted.sort_by_key(|(_, key)| *key);
        let known = self.is_known(connection, now)?;
        for (scale, key) in counted.into_iter().filter(|(scale, _)| !known || scale.name == PAIR.name) {
            let lock = if connection.is_postgres() { " FOR UPDATE" } else { "" };
            let mut make = Statement::new("INSERT INTO login_failures (key, failures, failed_at, blocked_until, forgotten_at) VALUES (");
            make.bind_all([key.as_str().into(), 0_i64.into(), now.into(), now.into(), now.into()]);
            make.push(") ON CONFLICT (key) DO NOTHING").execute(connection)?;
            let query = Statement::new("SELECT failures, failed_at, blocked_until FROM login_failures WHERE key = ").with(key.as_str(), lock);
            let Some(before) = query.first(connection, &[Kind::Integer, Kind::Instant, Kind::Instant])?.and_then(|row| count(&row)) else { continue };
            let failures = scale.standing(before, now).saturating_add(1);
            let mut keep = Statement::new("UPDATE login_failures SET failures = ");
            keep.bind(failures).push(", failed_at = ").bind(now);
            keep.push(", blocked_until = ").bind(now.plus_seconds(scale.wait(failures)));
            keep.push(", forgotten_at = ").bind(now.plus_seconds(failures.saturating_mul(scale.forgiven_seconds)));
            keep.push(" WHERE key = ").bind(key.as_str()).execute(connection)?;
        }
        Ok(())
    }

    fn is_known(&self, connection: &mut Connection, now: Instant) -> Result<bool> {
        let known = Statement::new("SELECT 1 FROM login_addresses WHERE seen_at > ").with(now.plus_seconds(-KNOWN_SECONDS), " AND pair = ");
        Ok(known.with(self.pair.as_str(), "").first(connection, &[])?.is_some())
    }

    /// A right password: the account's failures from this address are forgotten, and the address is known from now on. If so
    /// many wrong ones came in meanwhile that it would have to wait, it waits: guesses made all at once gain nothing.
    fn succeeded(&self, connection: &mut Connection, now: Instant) -> Result<Verdict> {
        let verdict = self.judge(connection, now)?;
        if verdict == Verdict::Open(true) {
            Statement::new("DELETE FROM login_failures WHERE key = ").with(self.pair.as_str(), "").execute(connection)?;
            let mut keep = Statement::new("INSERT INTO login_addresses (pair, seen_at) VALUES (");
            keep.bind_all([self.pair.as_str().into(), now.into()]);
            keep.push(") ON CONFLICT (pair) DO UPDATE SET seen_at = excluded.seen_at").execute(connection)?;
        }
        Ok(verdict)
    }

    /// The same, or the answer to who has to wait (429).
    pub fn settle(&self, connection: &mut Connection, now: Instant) -> Result<()> {
        match self.succeeded(connection, now)? {
            Verdict::Open(_) => Ok(()),
            Verdict::Wait(seconds) => Err(wait(seconds).into()),
        }
    }
}

fn count(cells: &[Cell]) -> Option<Count> {
    let [failures, failed_at, blocked_until] = cells else { return None };
    Some(Count { failures: failures.as_integer()?, failed_at: failed_at.as_instant()?, blocked_until: blocked_until.as_instant()? })
}

/// The answer to who has to wait: the same whether there is such an account or not.
pub fn wait(seconds: i64) -> Problem {
    let detail = format!("Too many logins have failed. Try again in {seconds} seconds, or reset the password.");
    Problem::new(ProblemKind::TooManyRequests, detail)
        .header("Retry-After", seconds.to_string())
        .header("RateLimit-Policy", format!("\"login\";q={};w={}", PAIR.free, PAIR.free * PAIR.forgiven_seconds))
        .header("RateLimit", format!("\"login\";r=0;t={seconds}"))
}

/// Forgets what does not count any more, and says how much that was.
pub fn forget(connection: &mut Connection, now: Instant) -> Result<usize> {
    let failures = Statement::new("DELETE FROM login_failures WHERE forgotten_at < ").with(now, " AND blocked_until < ").with(now, "").execute(connection)?;
    let addresses = Statement::new("DELETE FROM login_addresses WHERE seen_at < ").with(now.plus_seconds(-KNOWN_SECONDS), "").execute(connection)?;
    Ok(failures + addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_somewhere() {
        let waits: Vec<i64> = (8..18).map(|failures| PAIR.wait(failures)).collect();
        assert_eq!(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
        assert_eq!((ADDRESS.wait(99), ADDRESS.wait(100), ADDRESS.wait(120), ADDRESS.wait(100_000)), (0, 2, 4, 900));
        assert_eq!((ACCOUNT.wait(49), ACCOUNT.wait(50), ACCOUNT.wait(60), ACCOUNT.wait(i64::MAX)), (0, 2, 4, 300));
    }

    #[test]
    fn the_form_of_a_login_does_not_change_what_is_counted() {
        let keys = |login: &str| Attempt::new(login, "192.0.2.1").account;
        for other in ["ADA@example.org", " ada@Example.ORG ", "ａｄａ@example.org", "\u{ff21}DA@EXAMPLE.ORG"] {
            assert_eq!(keys(other), keys("ada@example.org"), "{other}");
        }
        assert_eq!(keys("e\u{301}va@example.org"), keys("Éva@example.org"));
        assert_ne!(keys("eva@example.org"), keys("ada@example.org"));
        assert_ne!(Attempt::new("a", "bc").pair, Attempt::new("ab", "c").pair, "parts do not run together");
    }
}
