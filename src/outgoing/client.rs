//! The one HTTP client of the service: bounded in time and size, to judged addresses only.

use super::address::{Network, is_public};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use ureq::Agent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// How long a request may take, from the look-up of the name to the last byte.
const WHOLE: Duration = Duration::from_secs(5);
/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(2);
/// The greatest body that is read.
const MOST_BYTES: u64 = 256 * 1024;
/// How many requests are on their way at once.
const AT_ONCE: usize = 4;
/// The same for messages, how many are on their way.
pub const MESSAGES_AT_ONCE: usize = 16;
/// How long a message may take, from the look-up of the name to the head of the answer.
const MESSAGE: Duration = Duration::from_secs(10);

/// Why nothing came of a request: for the log, never for a client.
#[derive(Debug, Clone)]
pub struct Failure(pub String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was answered with status 200.
pub struct Answer {
    /// The body.
    pub body: Vec<u8>,
    /// How long it may be kept, in seconds, if that was said.
    pub max_age: Option<i64>,
}

/// Sends requests.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    turns: Arc<Semaphore>,
    messages: Arc<Semaphore>,
}

impl Client {
    /// With the networks that may be reached beside the public internet, and the file of the authorities that sign
    /// certificates.
    pub fn new(allowed: Vec<Network>, authorities: Option<&Path>) -> Result<Self, String> {
        Ok(Client::over(Judge { allowed, names: DefaultResolver::default() }, roots(authorities)?))
    }

    fn over(names: impl Resolver, roots: RootCerts) -> Self {
        let cryptography = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(roots).unversioned_rustls_crypto_provider(cryptography).build();
        let config = Config::builder()
            .tls_config(tls)
            // A proxy would look the name up itself, and unjudged.
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .timeout_global(Some(WHOLE))
            .timeout_connect(Some(CONNECT))
            .user_agent(concat!("steward/", env!("CARGO_PKG_VERSION")))
            .build();
        let [turns, messages] = [AT_ONCE, MESSAGES_AT_ONCE].map(|most| Arc::new(Semaphore::new(most)));
        Client { agent: Agent::with_parts(config, DefaultConnector::new(), names), turns, messages }
    }

    /// Gets a document, in its turn and off the serving threads.
    pub async fn get(&self, url: &str) -> Result<Answer, Failure> {
        if let Some(why) = why_no_address(url) {
            return Err(Failure(why.into()));
        }
        let _turn = self.turns.acquire().await.map_err(|error| Failure(error.to_string()))?;
        let (agent, url) = (self.agent.clone(), url.to_owned());
        let fetched = tokio::task::spawn_blocking(move || get_now(&agent, &url)).await;
        fetched.map_err(|error| Failure(error.to_string())).and_then(|outcome| outcome)
    }

    /// Posts a message, in its turn and off the serving threads: the status of the answer, whatever it is. Nothing else of it is read.
    pub async fn post(&self, url: &str, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Result<u16, Failure> {
        if let Some(why) = why_malformed(url) {
            return Err(Failure(why.into()));
        }
        let _turn = self.messages.acquire().await.map_err(|error| Failure(error.to_string()))?;
        let (agent, url) = (self.agent.clone(), url.to_owned());
        let posted = tokio::task::spawn_blocking(move || post_now(&agent, &url, headers, &body)).await;
        posted.map_err(|error| Failure(error.to_string())).and_then(|outcome| outcome)
    }
}

fn post_now(agent: &Agent, url: &str, headers: Vec<(&'static str, String)>, body: &[u8]) -> Result<u16, Failure> {
    let request = agent.post(url).config().timeout_global(Some(MESSAGE)).build();
    let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
    request.send(body).map(|response| response.status().as_u16()).map_err(|error| Failure(error.to_string()))
}

fn get_now(agent: &Agent, url: &str) -> Result<Answer, Failure> {
    let said = |error: ureq::Error| Failure(error.to_string());
    let mut response = agent.get(url).header("Accept", "application/json").call().map_err(said)?;
    if response.status() != 200 {
        return Err(Failure(format!("the answer has the status {}", response.status().as_u16())));
    }
    let max_age = response.headers().get("cache-control").and_then(|value| max_age(value.to_str().ok()?));
    let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec().map_err(said)?;
    Ok(Answer { body, max_age })
}

/// What `Cache-Control` says of how long an answer may be kept, in seconds.
fn max_age(value: &str) -> Option<i64> {
    let directives = || value.split(',').map(|each| each.trim().to_ascii_lowercase());
    if directives().any(|each| each == "no-store" || each == "no-cache") {
        return Some(0);
    }
    directives().find_map(|each| each.strip_prefix("max-age=")?.trim_matches('"').parse().ok())
}

fn roots(authorities: Option<&Path>) -> Result<RootCerts, String> {
    let Some(path) = authorities else { return Ok(RootCerts::WebPki) };
    let wrong = |what: &dyn fmt::Display| format!("The authorities cannot be read from {}: {what}", path.display());
    let text = std::fs::read(path).map_err(|error| wrong(&error))?;
    let mut found = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(&error))? {
            found.push(certificate);
        }
    }
    if found.is_empty() { Err(wrong(&"it holds no certificate in PEM form")) } else { Ok(found.into()) }
}

/// Why nothing can be fetched under a URL, whatever its name leads to; none if it may be tried.
pub fn why_no_address(url: &str) -> Option<&'static str> {
    if url.parse::<Uri>().is_ok_and(|uri| uri.scheme_str() == Some("http") && !is_loopback(uri.host().unwrap_or_default())) {
        return Some("Expected https://; http:// is for this machine itself only.");
    }
    why_malformed(url)
}

/// Why no message can be posted to a URL, by what it says itself and the networks that the operator has named; none if it may be tried.
pub fn why_not_posted(url: &str, named: &[Network]) -> Option<&'static str> {
    if let Some(why) = why_malformed(url) {
        return Some(why);
    }
    let uri = url.parse::<Uri>().ok()?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let literal: Option<IpAddr> = if host.eq_ignore_ascii_case("localhost") { Some(Ipv4Addr::LOCALHOST.into()) } else { host.parse().ok() };
    let is_named = literal.map_or(!named.is_empty(), |address| named.iter().any(|network| network.contains(address)));
    if uri.scheme_str() == Some("http") && !is_named {
        return Some("Expected https://; http:// is for the networks that the operator names in STEWARD_ALLOW_PRIVATE_ADDRESSES.");
    }
    if literal.is_some_and(|address| !is_public(address)) && !is_named {
        return Some("The address is none of the public internet, and of no network that the operator names in STEWARD_ALLOW_PRIVATE_ADDRESSES.");
    }
    None
}

/// Why something is no URL of the kind that is asked or posted to.
fn why_malformed(url: &str) -> Option<&'static str> {
    let Ok(uri) = url.parse::<Uri>() else { return Some("Expected an absolute URL that starts with https://.") };
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Some("Expected an absolute URL that starts with https://.");
    };
    if authority.as_str().contains('@') || url.contains(['#', '\\']) {
        return Some("Expected a URL without a user, a password or a fragment.");
    }
    None
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Looks names up and refuses those that lead where the service may not go. What it returns is what is connected to, so a
/// name that leads elsewhere at a second look gains nothing.
#[derive(Debug)]
struct Judge<N> {
    allowed: Vec<Network>,
    names: N,
}

impl<N: Resolver> Resolver for Judge<N> {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.names.resolve(uri, config, timeout)?;
        let plain = uri.scheme_str() != Some("https");
        let admitted = |address: IpAddr| {
            // What is not encrypted goes to the networks that are named only.
            self.allowed.iter().any(|network| network.contains(address)) || (!plain && is_public(address))
        };
        match found.iter().find(|address| !admitted(address.ip())) {
            Some(address) => Err(ureq::Error::Other(format!("the name leads to {}, where the service may not go", address.ip()).into())),
            None => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpListener};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A name server that answers each look-up with the next of its addresses.
    #[derive(Debug)]
    struct Turncoat {
        addresses: Vec<SocketAddr>,
        asked: Arc<AtomicUsize>,
    }

    impl Resolver for Turncoat {
        fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let at = self.asked.fetch_add(1, Ordering::SeqCst).min(self.addresses.len() - 1);
            let mut found = self.empty();
            found.push(self.addresses[at]);
            Ok(found)
        }
    }

    fn client(allowed: &[&str]) -> Client {
        Client::new(allowed.iter().map(|text| Network::parse(text).unwrap()).collect(), None).unwrap()
    }

    fn get(client: &Client, url: &str) -> Result<Answer, Failure> {
        actix_web::rt::System::new().block_on(client.get(url))
    }

    /// Ports every connection with the same bytes; counts them.
    fn server(answer: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
        let (listener, served) = (TcpListener::bind("127.0.0.1:0").unwrap(), Arc::new(AtomicUsize::new(0)));
        let (port, count) = (listener.local_addr().unwrap().port(), served.clone());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                drop(stream.read(&mut [0; 4096]));
                drop(stream.write_all(&answer));
            }
        });
        (port, served)
    }

    fn ok(body: &str) -> Vec<u8> {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nCache-Control: public, max-age=600\r\nConnection: close\r\n\r\n{body}", body.len()).into()
    }

    #[test]
    fn what_leads_into_the_network_behind_the_house_is_not_connected_to() {
        let (port, served) = server(ok("{}"));
        let hosts = [
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "017700000001",
            "127.0.0.1.",
            "0",
            "0.0.0.0",
            "localhost",
            "LOCALHOST",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[0:0:0:0:0:ffff:127.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[fd00::1]",
            "[fe80::1]",
            "[2002:7f00:1::]",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "100.64.0.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "[fd00:ec2::254]",
            "[::ffff:169.254.169.254]",
            "224.0.0.1",
            "255.255.255.255",
        ];
        let strict = client(&[]);
        for host in hosts {
            for scheme in ["https", "http"] {
                assert!(get(&strict, &format!("{scheme}://{host}:{port}/")).is_err(), "{scheme}://{host}");
            }
        }
        for url in [
            format!("http://user@127.0.0.1:{port}/"),
            format!("https://example.org@127.0.0.1:{port}/"),
            format!("http://127.0.0.1:{port}/#fragment"),
            format!("ftp://127.0.0.1:{port}/"),
            "file:///etc/passwd".into(),
            format!("gopher://127.0.0.1:{port}/"),
            format!("//127.0.0.1:{port}/"),
            format!("127.0.0.1:{port}"),
            "http://example.org/".into(),
            "http://localhost.example.org/".into(),
            "https:///".into(),
            String::new(),
        ] {
            assert!(get(&client(&["127.0.0.0/8", "::1"]), &url).is_err(), "{url}");
        }
        assert_eq!(served.load(Ordering::SeqCst), 0, "nothing was connected to");
        let answer = get(&client(&["127.0.0.0/8"]), &format!("http://127.0.0.1:{port}/")).unwrap();
        assert_eq!((answer.body, answer.max_age), (b"{}".to_vec(), Some(600)), "an operator may allow it");
    }

    #[test]
    fn the_address_that_was_judged_is_the_one_that_is_connected_to() {
        let ((first, seen), (second, unseen)) = (server(ok("1")), server(ok("2")));
        let (asked, address) = (Arc::new(AtomicUsize::new(0)), |port: u16| SocketAddr::from(([127, 0, 0, 1], port)));
        let names = Turncoat { addresses: vec![address(first), address(second)], asked: asked.clone() };
        let judge = Judge { allowed: vec![Network::parse("127.0.0.1").unwrap()], names };
        assert_eq!(get(&Client::over(judge, RootCerts::WebPki), "http://localhost/").unwrap().body, b"1");
        assert_eq!([&asked, &seen, &unseen].map(|count| count.load(Ordering::SeqCst)), [1, 1, 0]);
        let names = Turncoat { addresses: vec![address(second)], asked };
        let denied = Client::over(Judge { allowed: Vec::new(), names }, RootCerts::WebPki);
        assert!(get(&denied, "https://example.org/").is_err(), "a public name that leads home");
        assert_eq!(unseen.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn redirects_failures_and_what_is_too_large_or_not_encrypted_are_not_followed() {
        let (home, served) = server(ok("{}"));
        let large = ok(&"x".repeat(300 * 1024));
        let endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".iter().copied().chain(b"50000\r\n".iter().copied()).chain(vec![b'x'; 0x50000]);
        let redirect = format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{home}/\r\nContent-Length: 0\r\n\r\n");
        let local = client(&["127.0.0.1"]);
        for (what, answer) in [
            ("a redirect", redirect.into()),
            ("an error", b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\n{}".to_vec()),
            ("no content", b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
            ("a large body", large),
            ("a large body in pieces", endless.collect()),
            ("garbage", b"garbage".to_vec()),
            ("silence", Vec::new()),
        ] {
            let (port, _) = server(answer);
            assert!(get(&local, &format!("http://127.0.0.1:{port}/")).is_err(), "{what}");
            assert!(get(&local, &format!("https://127.0.0.1:{port}/")).is_err(), "{what} without encryption");
        }
        assert_eq!(served.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_message_goes_to_the_public_internet_and_to_networks_that_are_named() {
        let named = [Network::parse("10.1.0.0/16").unwrap()];
        for url in ["https://example.org/hook", "https://8.8.8.8/", "https://10.1.2.3/", "http://10.1.2.3:8080/hook", "http://hooks.internal/"] {
            assert_eq!(why_not_posted(url, &named), None, "{url}");
        }
        for url in ["https://10.2.0.1/", "http://10.2.0.1/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "http://8.8.8.8/", "ftp://10.1.2.3/"]
        {
            assert!(why_not_posted(url, &named).is_some(), "{url}");
        }
        assert!(why_not_posted("http://hooks.internal/", &[]).is_some() && why_not_posted("https://user@example.org/", &named).is_some());
    }

    #[test]
    fn a_message_is_answered_with_its_status_and_follows_no_redirect() {
        let (home, served) = server(ok("{}"));
        let (port, _) = server(format!("HTTP/1.1 307 Elsewhere\r\nLocation: http://127.0.0.1:{home}/\r\nContent-Length: 0\r\n\r\n").into());
        let post = |client: Client, port: u16| {
            let url = format!("http://127.0.0.1:{port}/");
            actix_web::rt::System::new().block_on(async move { client.post(&url, vec![("webhook-id", "1".into())], b"{}".to_vec()).await })
        };
        assert_eq!(post(client(&["127.0.0.1"]), port).unwrap(), 307);
        assert!(post(client(&[]), home).is_err());
        assert_eq!(served.load(Ordering::SeqCst), 0);
        assert_eq!(post(client(&["127.0.0.1"]), home).unwrap(), 200);
    }

    #[test]
    fn how_long_an_answer_may_be_kept_is_read_from_cache_control() {
        for (value, expected) in [
            ("max-age=60", Some(60)),
            ("public, Max-Age=\"60\"", Some(60)),
            ("no-store", Some(0)),
            ("max-age=60, no-cache", Some(0)),
            ("public", None),
            ("max-age=x", None),
        ] {
            assert_eq!(max_age(value), expected, "{value}");
        }
    }
}
