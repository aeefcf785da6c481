//! How often somebody may ask: by address at `/api/v1/auth`, and by principal where the settings say so.
//!
//! A [`Rule`] of `600/60` lets 600 requests through at once and one more every tenth of a second (GCRA). What is left stands
//! in every answer that was counted, in the fields of draft-ietf-httpapi-ratelimit-headers; who asks too often is told when
//! to come again. The counts are this process's own and bounded: each replica counts for itself.

use super::client_address::{Proxies, household};
use crate::access::Session;
use crate::clock::Clock;
use crate::error::{Kind, Problem, Result};
use crate::resource::Id;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpMessage, HttpRequest};
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware};
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// In how many parts the counts are locked, and how many a part remembers.
const PARTS: usize = 16;
const MOST: usize = 2048;

/// So many requests in so many seconds; `0` for as many as one likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rule(Option<(NonZeroU32, NonZeroU32)>);

impl Rule {
    /// So many requests in so many seconds.
    pub const fn new(requests: u32, seconds: u32) -> Rule {
        match (NonZeroU32::new(requests), NonZeroU32::new(seconds)) {
            (Some(requests), Some(seconds)) => Rule(Some((requests, seconds))),
            _ => Rule(None),
        }
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("{text:?} is no limit: expected requests/seconds, such as 600/60, or 0 for none");
        if text.trim() == "0" {
            return Ok(Rule(None));
        }
        let (requests, seconds) = text.split_once('/').ok_or_else(expected)?;
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| (1..=1_000_000).contains(number)).ok_or_else(expected);
        Ok(Rule::new(number(requests)?, number(seconds)?))
    }
}

/// Which rules hold. The default is that of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// For an address at `/api/v1/auth`.
    pub auth: Rule,
    /// For all that a principal asks.
    pub principal: Rule,
    /// For what a principal reads.
    pub read: Rule,
    /// For what a principal writes.
    pub write: Rule,
    /// For a principal's bulk calls, imports and exports.
    pub bulk: Rule,
}

impl Default for Rules {
    fn default() -> Self {
        let none = Rule(None);
        Rules { auth: Rule::new(600, 60), principal: none, read: none, write: none, bulk: none }
    }
}

/// What kind of work a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It reads.
    Read,
    /// It writes.
    Write,
    /// It does many things at once: bulk, imports, exports.
    Bulk,
}

/// The limits of a running service, and whose request it is.
pub struct Limits {
    proxies: Proxies,
    held_back: Duration,
    auth: Option<Limit<IpAddr>>,
    principal: Option<Limit<Id>>,
    read: Option<Limit<Id>>,
    write: Option<Limit<Id>>,
    bulk: Option<Limit<Id>>,
}

/// What a request has been told of the limits that it came under.
#[derive(Default)]
struct RateHeaders(Vec<(String, String)>);

impl Limits {
    /// Limits by these rules.
    pub fn new(rules: Rules, proxies: Proxies, clock: &Clock) -> Self {
        Limits {
            proxies,
            held_back: Duration::ZERO,
            auth: Limit::new("auth", rules.auth, clock),
            principal: Limit::new("principal", rules.principal, clock),
            read: Limit::new("read", rules.read, clock),
            write: Limit::new("write", rules.write, clock),
            bulk: Limit::new("bulk", rules.bulk, clock),
        }
    }

    /// With answers to who asks too often held back for so long: whoever asks again at once, whatever they are told, asks seldom.
    pub fn holding_back(self, held_back: Duration) -> Self {
        Limits { held_back, ..self }
    }

    /// Waits before somebody is told that they ask too often.
    pub(in crate::http) async fn hold_back(&self, status: StatusCode) {
        if status == StatusCode::TOO_MANY_REQUESTS && !self.held_back.is_zero() {
            tokio::time::sleep(self.held_back).await;
        }
    }

    /// The address whose request it is, as far as it is told apart from others; empty where there is no socket.
    pub fn peer(&self, request: &HttpRequest) -> String {
        self.address(request).map(|address| address.to_string()).unwrap_or_default()
    }

    fn address(&self, request: &HttpRequest) -> Option<IpAddr> {
        request.peer_addr().map(|socket| household(self.proxies.peer(socket.ip(), request.headers())))
    }

    /// Counts a request by its address (429).
    pub(in crate::http) fn admit_address(&self, request: &HttpRequest) -> Result<()> {
        match (&self.auth, self.address(request)) {
            (Some(limit), Some(address)) if routed(request).starts_with("/api/v1/auth/") => limit.count(request, &address),
            _ => Ok(()),
        }
    }

    /// Counts a request by who asks (429). The service itself is not counted.
    pub(in crate::http) fn admit(&self, request: &HttpRequest, session: &Session, class: Class) -> Result<()> {
        let of_class = match class {
            Class::Read => &self.read,
            Class::Write => &self.write,
            Class::Bulk => &self.bulk,
        };
        [&self.principal, of_class].into_iter().flatten().try_for_each(|limit| limit.count(request, &session.principal))
    }
}

/// The path as the router reads it: `%61uth` is `auth`.
pub(in crate::http) fn routed(request: &HttpRequest) -> &str {
    request.match_info().as_str()
}

/// Writes what the request has been told into its answer, unless that says it already.
pub(in crate::http) fn tell(request: &HttpRequest, headers: &mut HeaderMap) {
    let told = request.extensions_mut().remove::<RateHeaders>().unwrap_or_default().0;
    let (policies, states): (Vec<String>, Vec<String>) = told.into_iter().unzip();
    for (name, items) in [("ratelimit-policy", policies), ("ratelimit", states)] {
        if let (false, false, Ok(value)) = (items.is_empty(), headers.contains_key(name), HeaderValue::from_str(&items.join(", "))) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// One rule and the counts by it.
struct Limit<K: Hash + Eq + Clone> {
    name: &'static str,
    requests: NonZeroU32,
    seconds: NonZeroU32,
    limiter: RateLimiter<K, Counts<K>, Clock, StateInformationMiddleware>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(name: &'static str, rule: Rule, clock: &Clock) -> Option<Self> {
        let (requests, seconds) = rule.0?;
        let quota = Quota::with_period(Duration::from_secs(u64::from(seconds.get())) / requests.get())?.allow_burst(requests);
        let limiter = RateLimiter::<_, _, _, NoOpMiddleware<Nanos>>::new(quota, Counts::default(), clock.clone()).with_middleware();
        Some(Limit { name, requests, seconds, limiter })
    }

    fn count(&self, request: &HttpRequest, key: &K) -> Result<()> {
        let policy = format!("\"{}\";q={};w={}", self.name, self.requests, self.seconds);
        match self.limiter.check_key(key) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                // Until all of it is there again.
                let used = u64::from(self.requests.get().saturating_sub(left));
                let whole = (used * u64::from(self.seconds.get())).div_ceil(u64::from(self.requests.get()));
                let mut extensions = request.extensions_mut();
                if extensions.get::<RateHeaders>().is_none() {
                    extensions.insert(RateHeaders::default());
                }
                if let Some(told) = extensions.get_mut::<RateHeaders>() {
                    told.0.push((policy, format!("\"{}\";r={left};t={whole}", self.name)));
                }
                Ok(())
            }
            Err(until) => {
                let wait = until.wait_time_from(governor::clock::Clock::now(self.limiter.clock()));
                let seconds = (wait.as_millis().div_ceil(1000)).max(1);
                let detail = format!("Too many requests: {} in {} seconds are let through. Try again in {seconds} seconds.", self.requests, self.seconds);
                Err(Problem::new(Kind::TooManyRequests, detail)
                    .header("Retry-After", seconds.to_string())
                    .header("RateLimit-Policy", policy)
                    .header("RateLimit", format!("\"{}\";r=0;t={seconds}", self.name))
                    .into())
            }
        }
    }
}

impl governor::clock::Clock for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::new(u64::try_from(self.ticks()).unwrap_or_default().saturating_mul(1000))
    }
}

/// When each key will have all of its quota again. Where there is no room, the one that has used the least of it is
/// forgotten.
struct Counts<K> {
    parts: [Mutex<HashMap<K, Nanos>>; PARTS],
    hasher: RandomState,
}

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Counts { parts: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl<K: Hash + Eq + Clone> StateStore for Counts<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let part = usize::try_from(self.hasher.hash_one(key) % PARTS as u64).unwrap_or_default();
        let Some(part) = self.parts.get(part) else { return decide(None).map(|(answer, _)| answer) };
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, state) = decide(part.get(key).copied())?;
        if part.len() >= MOST && !part.contains_key(key) {
            make_room(&mut part);
        }
        part.insert(key.clone(), state);
        Ok(answer)
    }
}

/// Forgets the half that has used the least.
fn make_room<K: Hash + Eq>(part: &mut HashMap<K, Nanos>) {
    let mut states: Vec<Nanos> = part.values().copied().collect();
    let middle = states.len() / 2;
    let (_, half, _) = states.select_nth_unstable(middle);
    let half = *half;
    part.retain(|_, state| *state > half);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::value::Instant;
    use actix_web::test::TestRequest;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    fn header(problem: &Problem, name: &str) -> String {
        problem.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    #[test]
    fn a_limit_lets_its_number_through_and_says_when_to_come_again() {
        let clock = Clock::frozen(at("2026-06-15T09:00:00Z"));
        let limit = Limit::new("auth", Rule::new(3, 30), &clock).unwrap();
        let request = TestRequest::default().to_http_request();
        for left in [2, 1, 0] {
            limit.count(&request, &"a").unwrap();
            let told = request.extensions_mut().remove::<RateHeaders>().unwrap().0;
            assert_eq!(told, [("\"auth\";q=3;w=30".to_owned(), format!("\"auth\";r={left};t={}", (3 - left) * 10))]);
        }
        let problem = limit.count(&request, &"a").unwrap_err().into_problem();
        assert_eq!(
            (problem.kind, header(&problem, "Retry-After"), header(&problem, "RateLimit")),
            (Kind::TooManyRequests, "10".into(), "\"auth\";r=0;t=10".into())
        );
        limit.count(&request, &"b").unwrap();
        clock.set(clock.now().plus_seconds(10));
        limit.count(&request, &"a").unwrap();
        assert!(limit.count(&request, &"a").is_err(), "one more has come back, not all");
    }

    #[test]
    fn the_counts_are_bounded_and_who_used_most_stays_known() {
        let clock = Clock::frozen(at("2026-06-15T09:00:00Z"));
        let limit = Limit::new("auth", Rule::new(2, 60), &clock).unwrap();
        let request = TestRequest::default().to_http_request();
        let busy = u64::MAX;
        limit.count(&request, &busy).unwrap();
        limit.count(&request, &busy).unwrap();
        for stranger in 0..200_000_u64 {
            limit.count(&request, &stranger).unwrap();
            request.extensions_mut().clear();
        }
        assert!(limit.count(&request, &busy).is_err(), "however many others come, it is not forgotten");
        let kept: usize = limit.limiter.into_state_store().parts.iter().map(|part| part.lock().unwrap().len()).sum();
        assert!(kept <= PARTS * MOST, "{kept}");
    }

    #[test]
    fn rules_are_written_as_requests_and_seconds() {
        assert_eq!("600/60".parse(), Ok(Rule::new(600, 60)));
        assert_eq!("0".parse(), Ok(Rule(None)));
        for text in ["", "600", "600/", "/60", "600/0", "0/60", "-1/60", "600/60/60", "1e3/60", "99999999/1"] {
            assert!(text.parse::<Rule>().is_err(), "{text}");
        }
    }
}
