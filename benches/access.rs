//! What it costs to know who calls: `cargo bench --bench access`, with a token that was seen before and one that was not,
//! and to compare a password where there is an account and where there is none, as ratios within one run, on both databases.
#![allow(missing_docs, reason = "a program")]

#[path = "../tests/harness/postgres.rs"]
mod postgres;

use std::sync::Arc;
use std::time::{Duration, Instant};
use steward::access::credential::Credential;
use steward::access::login::Login;
use steward::access::password;
use steward::clock::Clock;
use steward::database::{SqlType, Statement};
use steward::http::AppState;
use steward::{app, catalogue};

const PIECE: Duration = Duration::from_millis(700);
const ROUNDS: u32 = 3;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    actix_web::rt::System::new().block_on(async {
        passwords().await;
        on("SQLite", &format!("sqlite://{}", folder.path().join("access.db").display())).await;
        if let Some(url) = postgres::fresh_database(None) {
            on("PostgreSQL (private, without fsync)", &url).await;
            postgres::drop_database(&url);
        }
    });
}

async fn on(name: &str, url: &str) {
    let api = Arc::new(catalogue::api());
    let first = (Some("admin@example.org".into()), Some("correct horse battery staple".into()));
    let outgoing = steward::outgoing::Outgoing::new(&[], None, Clock::system()).expect("a client");
    let opened = app::open(&api, url, app::Settings::new("http://bench".into(), Clock::system(), first, outgoing));
    let state = opened.await.expect("a house").state;
    let token = token(&state).await;
    assert!(seen(&state, &token).await && unseen(&state, &token).await);
    let (mut quick, mut slow) = (0.0, 0.0);
    // In turns, so that a slow moment hits both.
    for _ in 0..ROUNDS {
        quick += nanoseconds(async || seen(&state, &token).await).await;
        slow += nanoseconds(async || unseen(&state, &token).await).await;
    }
    let each = f64::from(ROUNDS);
    println!("{name}: {:.0} ns for a token that was seen, {:.0} ns for one that was not: {:.0} times as long", quick / each, slow / each, slow / quick);
}

/// How much longer a wrong password takes where there is an account: near 1, or the time tells who has one.
async fn passwords() {
    let hash = password::hash("correct horse battery staple".into()).await.expect("a hash");
    let (mut known, mut unknown) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        known += nanoseconds(async || !compare(Some(hash.clone())).await).await;
        unknown += nanoseconds(async || !compare(None).await).await;
    }
    println!("a wrong password takes {:.2} times as long where there is an account", known / unknown);
}

async fn compare(hash: Option<String>) -> bool {
    password::verify("not the password at all".into(), hash).await.expect("an answer")
}

/// An access token of the administrator.
async fn token(state: &AppState) -> String {
    let now = state.store.now();
    let begin = move |connection: &mut steward::database::Connection| {
        let user = Statement::new("SELECT id FROM users LIMIT 1").first(connection, &[SqlType::Id])?.and_then(|row| row[0].as_id()).expect("a user");
        Login::begin(connection, user, now, now.plus_seconds(3600))
    };
    let login = state.store.by_itself(begin).await.expect("a login");
    state.keys.sign(&login, "bench", now).expect("a token")
}

/// As every request does it.
async fn seen(state: &AppState, token: &str) -> bool {
    state.authenticator.session(&state.store, &state.keys, token).await.expect("an answer").is_some()
}

/// The same with nothing remembered: the signature is checked and the session is read.
async fn unseen(state: &AppState, token: &str) -> bool {
    let credential = Credential::Access(state.keys.verify(token, state.store.now()).expect("a valid token"));
    state.store.unauthenticated(move |connection| credential.session(connection)).await.expect("an answer").is_some()
}

async fn nanoseconds(act: impl AsyncFn() -> bool) -> f64 {
    let (began, mut count) = (Instant::now(), 0.0);
    while began.elapsed() < PIECE {
        assert!(act().await);
        count += 1.0;
    }
    began.elapsed().as_nanos() as f64 / count
}
