//! A app on either database, with a clock that stands still, actors with roles, and an eye on every answer: whatever a
//! test does, the answer is checked against the OpenAPI document.
#![allow(dead_code, unused_imports, reason = "each test uses a part")]

pub mod dice;
pub mod document;
mod limited;
pub mod mail;
pub mod postgres;
pub mod process;
pub mod provider;
pub mod receiver;
pub mod sample;
pub mod special;

pub use sample::target_of;

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::Service;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::future::Future;
use std::io::Read;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, LazyLock, Mutex};
use steward::access::login::Login;
use steward::access::role::EMPLOYEE_CODE;
use steward::clock::Clock;
use steward::database::Statement;
use steward::http::{Api, AppState as Served};
use steward::jobs::Worker;
use steward::outgoing::Outgoing;
use steward::resource::value::Instant;
use steward::resource::{Id, ResourceType};
use steward::{app, catalogue};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// When every test begins.
pub const START: &str = "2026-06-15T09:00:00Z";

/// For who has just written a resource: the tests that run over all collections run over this one alone.
const ONLY: &str = "STEWARD_TEST_COLLECTION";

/// The variable of a build that leaves nothing out: set to `all`, the tests that run over all collections do so on PostgreSQL, too. Without it
/// they run there over a third of them.
const EVERY: &str = "STEWARD_TEST_POSTGRES_COLLECTIONS";

/// Whether what is sampled is asked for as a whole: with `STEWARD_MATRIX=full`.
pub fn is_full() -> bool {
    std::env::var("STEWARD_MATRIX").is_ok_and(|much| much == "full")
}

/// All definitions of the service.
pub fn definitions() -> &'static steward::resource::ResourceTypes {
    &API.definitions
}

/// The API, put together once.
static API: LazyLock<Arc<Api>> = LazyLock::new(|| Arc::new(catalogue::api()));

type Call = Box<dyn Fn(Request) -> Pin<Box<dyn Future<Output = Answer>>>>;

/// A app on one database.
pub struct TestApp {
    pub served: Data<Served>,
    pub worker: Arc<Worker>,
    pub clock: Clock,
    pub admin: Actor,
    second: OnceCell<Actor>,
    third: OnceCell<Actor>,
    fourth: OnceCell<Actor>,
    numbers: AtomicI64,
    turns: Mutex<HashMap<&'static str, i64>>,
    pub database_url: String,
    call: Call,
    _folder: TempDir,
}

/// Somebody who calls: with a token, or without.
#[derive(Debug, Clone)]
pub struct Actor {
    pub id: Option<Id>,
    pub token: Option<String>,
}

/// An answer that agrees with the document.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub text: String,
    pub body: Value,
    /// How many bytes were sent: those of the compressed form.
    pub sent: usize,
}

/// What the bytes say that were sent in a coding.
fn decoded(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    match coding {
        "br" => drop(brotli::Decompressor::new(bytes, 4096).read_to_end(&mut plain).unwrap()),
        "gzip" => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut plain).unwrap()),
        "zstd" => plain = zstd::decode_all(bytes).unwrap(),
        _ => plain = bytes.to_vec(),
    }
    plain
}

/// Runs a test on both databases: `on_both! { a_sentence(app) { … } }` makes a module with a test for each.
#[macro_export]
macro_rules! on_both {
    ($($(#[$attribute:meta])* $name:ident($app:ident) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn tell($app: &$crate::harness::TestApp) $body

            $(#[$attribute])*
            #[test]
            fn on_sqlite() {
                $crate::harness::run_on_sqlite(|app| Box::pin(tell(app)));
            }

            $(#[$attribute])*
            #[test]
            fn on_postgres() {
                $crate::harness::run_on_postgres(|app| Box::pin(tell(app)));
            }
        })*
    };
}

/// A test that is told of an app. It is boxed, so that what runs it is compiled once and not for each of some thousand tests.
type Told = for<'a> fn(&'a TestApp) -> Pin<Box<dyn Future<Output = ()> + 'a>>;

pub fn run_on_sqlite(tell: Told) {
    actix_web::rt::System::new().block_on(async move { tell(&TestApp::on_sqlite().await).await });
}

pub fn run_on_postgres(tell: Told) {
    actix_web::rt::System::new().block_on(async move {
        let Some(app) = TestApp::on_postgres().await else { return };
        tell(&app).await;
        app.drop_database();
    });
}

fn sqlite_in(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("steward.db").display())
}

impl TestApp {
    /// A copy of a app that was furnished once.
    pub async fn on_sqlite() -> TestApp {
        static FURNISHED: OnceCell<(TempDir, Actor)> = OnceCell::const_new();
        let furnished = FURNISHED.get_or_init(async || {
            let (first, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let app = TestApp::open(sqlite_in(&first), first, None).await;
            let copy = folder.path().join("steward.db").display().to_string();
            app.served.store.database.quick(move |connection| Ok(Statement::new("VACUUM INTO ").with(copy, "").execute(connection)?)).await.unwrap();
            (folder, app.admin)
        });
        let ((from, admin), folder) = (furnished.await, tempfile::tempdir().unwrap());
        std::fs::copy(from.path().join("steward.db"), folder.path().join("steward.db")).unwrap();
        TestApp::open(sqlite_in(&folder), folder, Some(admin)).await
    }

    /// The same on PostgreSQL.
    pub async fn on_postgres() -> Option<TestApp> {
        static FURNISHED: OnceCell<Option<(String, Actor)>> = OnceCell::const_new();
        let furnished = FURNISHED.get_or_init(async || {
            let url = postgres::fresh_database(None)?;
            let admin = TestApp::open(url.clone(), tempfile::tempdir().unwrap(), None).await.admin;
            postgres::let_go(&url);
            Some((url, admin))
        });
        let (furnished, admin) = furnished.await.as_ref()?;
        let url = postgres::fresh_database(Some(furnished))?;
        Some(TestApp::open(url, tempfile::tempdir().unwrap(), Some(admin)).await)
    }

    pub fn drop_database(self) {
        postgres::drop_database(&self.database_url);
    }

    /// An app whose administrator is logged in already, where its database is a copy of one to which they logged in.
    async fn open(url: String, folder: TempDir, admin: Option<&Actor>) -> TestApp {
        TestApp::open_with(url, folder, Clock::frozen(Instant::parse(START).unwrap()), admin).await
    }

    /// Another process of the same app, so to speak: on the same PostgreSQL database, by the same clock.
    pub async fn replica(&self) -> TestApp {
        TestApp::open_with(self.database_url.clone(), tempfile::tempdir().unwrap(), self.clock.clone(), Some(&self.admin)).await
    }

    /// The same on its way through a proxy, or by another name.
    pub async fn replica_at(&self, url: String) -> TestApp {
        TestApp::open_with(url, tempfile::tempdir().unwrap(), self.clock.clone(), Some(&self.admin)).await
    }

    async fn open_with(url: String, folder: TempDir, clock: Clock, admin: Option<&Actor>) -> TestApp {
        let issuer = "http://steward.test".to_owned();
        let first = (Some("admin@example.org".into()), Some("correct horse battery staple".into()));
        // Identity providers of tests stand on this machine.
        let outgoing = Outgoing::new(&["127.0.0.1".into()], None, clock.clone()).unwrap();
        let opened = app::open(&API, &url, app::Settings::new(issuer, clock.clone(), first, outgoing)).await.unwrap();
        let mut app = TestApp::around(opened.state, opened.worker, clock, url, folder).await;
        if let Some(admin) = admin {
            app.admin = admin.clone();
            return app;
        }
        let form = "grant_type=password&username=admin%40example.org&password=correct+horse+battery+staple";
        let answer = app.form("/api/v1/auth/token", form).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        app.admin = Actor { id: None, token: answer.body["access_token"].as_str().map(str::to_owned) };
        let me = app.get(&app.admin, "/api/v1/auth/me").await;
        app.admin.id = Id::parse(me.body["id"].as_str().unwrap());
        app
    }

    /// What is served, with nobody logged in.
    async fn around(served: Data<Served>, worker: Arc<Worker>, clock: Clock, database_url: String, folder: TempDir) -> TestApp {
        let service = Rc::new(init_service(app::service(served.clone())).await);
        let call: Call = Box::new(move |request| {
            let service = service.clone();
            Box::pin(async move { Answer::of(service.call(request).await.unwrap()).await })
        });
        let (second, third, fourth, numbers) = (OnceCell::new(), OnceCell::new(), OnceCell::new(), AtomicI64::new(1));
        let turns = Mutex::default();
        TestApp { served, worker, clock, admin: Actor::nobody(), second, third, fourth, numbers, turns, database_url, call, _folder: folder }
    }

    /// True if a test that runs over all collections is asked to run over this one.
    pub fn asks_for(&self, definition: &ResourceType) -> bool {
        match std::env::var(ONLY) {
            Ok(path) => path == definition.path,
            Err(_) => self.asks_for_every() || definition.path.bytes().map(usize::from).sum::<usize>() % 3 == 0,
        }
    }

    /// True if such a test is asked to run over all.
    pub fn asks_for_all(&self) -> bool {
        std::env::var_os(ONLY).is_none() && self.asks_for_every()
    }

    fn asks_for_every(&self) -> bool {
        self.database_url.starts_with("sqlite:") || std::env::var(EVERY).is_ok_and(|much| much == "all")
    }

    /// Any call; its answer is checked against the document.
    pub async fn call(&self, actor: &Actor, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
        self.send(None, actor, method, path, headers, body).await
    }

    async fn send(&self, peer: Option<&str>, actor: &Actor, method: &str, path: &str, headers: &[(&str, &str)], body: Option<String>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = TestRequest::default().method(method.clone()).uri(path);
        if let Some(peer) = peer {
            request = request.peer_addr(SocketAddr::new(peer.parse().unwrap(), 40_000));
        }
        if let Some(token) = &actor.token {
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        for header in headers {
            request = request.insert_header(*header);
        }
        if let Some(body) = body {
            request = request.set_payload(body);
        }
        let answer = (self.call)(request.to_request()).await;
        document::check(method.as_str(), path, &answer);
        answer
    }

    pub async fn get(&self, actor: &Actor, path: &str) -> Answer {
        self.call(actor, "GET", path, &[], None).await
    }

    pub async fn post(&self, actor: &Actor, path: &str, body: &Value) -> Answer {
        self.call(actor, "POST", path, &[("Content-Type", "application/json")], Some(body.to_string())).await
    }

    pub async fn patch(&self, actor: &Actor, path: &str, if_match: &str, body: &Value) -> Answer {
        self.call(actor, "PATCH", path, &[("Content-Type", "application/merge-patch+json"), ("If-Match", if_match)], Some(body.to_string())).await
    }

    pub async fn delete(&self, actor: &Actor, path: &str, if_match: &str) -> Answer {
        self.call(actor, "DELETE", path, &[("If-Match", if_match)], None).await
    }

    /// Moves a record to a state, whatever its revision.
    pub async fn transition(&self, actor: &Actor, path: &str, to: &str) -> Answer {
        let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
        self.call(actor, "POST", &format!("{path}/transitions"), &headers, Some(json!({ "to": to }).to_string())).await
    }

    pub async fn form(&self, path: &str, form: &str) -> Answer {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        self.call(&Actor::nobody(), "POST", path, &headers, Some(form.to_owned())).await
    }

    /// Makes a record as the administrator and returns it.
    pub async fn make(&self, collection: &str, body: &Value) -> Value {
        let answer = self.post(&self.admin, &format!("/api/v1/{collection}"), body).await;
        assert_eq!(answer.status, 201, "{collection}: {}", answer.text);
        answer.body
    }

    /// A user with a role on a unit, or on everything; the one that is for what is one's own, on that.
    pub async fn actor(&self, role: &str, unit: Option<&str>) -> Actor {
        let actor = self.stranger().await;
        let own = role == EMPLOYEE_CODE;
        let role = self.get(&self.admin, &format!("/api/v1/identity/roles?code={role}")).await.body["data"][0]["id"].clone();
        self.make("identity/grants", &json!({"principal_id": actor.id.unwrap().to_string(), "role_id": role, "unit_id": unit, "own": own})).await;
        actor
    }

    /// A user without any grant.
    pub async fn stranger(&self) -> Actor {
        let email = format!("{}@example.org", Id::new());
        let user = self.make("identity/users", &json!({"email": email, "name": "Somebody"})).await;
        self.log_in_as(user["id"].as_str().unwrap())
    }

    /// A token for a user, signed without a login.
    pub fn log_in_as(&self, user: &str) -> Actor {
        let (id, now, store) = (Id::parse(user).unwrap(), self.clock.now(), self.served.store.clone());
        let begin = store.by_itself(move |connection| Login::begin(connection, id, now, now.plus_seconds(14 * 24 * 3600)));
        // A thread of its own waits for it, so that whoever calls need not.
        let login = std::thread::scope(|scope| {
            let wait = move || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(begin).unwrap();
            scope.spawn(wait).join().unwrap()
        });
        Actor { id: Some(id), token: self.served.keys.sign(&login, user, now) }
    }

    /// The unit that every app starts with.
    pub async fn root_unit(&self) -> String {
        self.get(&self.admin, "/api/v1/teams/units?limit=1").await.body["data"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A unit under another one.
    pub async fn unit(&self, code: &str, parent: &str) -> String {
        self.make("teams/units", &json!({"code": code, "name": code, "parent_id": parent})).await["id"].as_str().unwrap().to_owned()
    }

    /// The person whose account the administrator's is: what is private to that person, the administrator sees.
    pub async fn person_of_admin(&self) -> String {
        self.person_of(self.admin.id.unwrap()).await
    }

    /// The person whose account the second administrator's is.
    pub async fn person_of_second(&self) -> String {
        self.person_of(self.second_admin().await.id.unwrap()).await
    }

    /// The person whose account a user's is.
    pub async fn person_of(&self, user: Id) -> String {
        let path = format!("/api/v1/identity/users/{user}");
        if let Some(person) = self.get(&self.admin, &path).await.body["person_id"].as_str() {
            return person.to_owned();
        }
        let person = self.make("teams/people", &json!({"name": "Admin", "email": format!("{user}@people.example.org")})).await["id"].clone();
        assert_eq!(self.patch(&self.admin, &path, "*", &json!({"person_id": person})).await.status, 200);
        person.as_str().unwrap().to_owned()
    }

    /// Uploads a file as the administrator.
    pub async fn upload(&self, form: &str, body: &str) -> Value {
        let answer = self.call(&self.admin, "POST", "/api/v1/platform/files?name=hello.txt", &[("Content-Type", form)], Some(body.to_owned())).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.body
    }
}

impl Actor {
    pub fn nobody() -> Actor {
        Actor { id: None, token: None }
    }
}

impl Answer {
    async fn of(response: ServiceResponse<impl MessageBody>) -> Answer {
        let status = response.status().as_u16();
        let headers: HashMap<String, String> =
            response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
        let bytes = to_bytes(response.into_body()).await.unwrap_or_default();
        let text = String::from_utf8_lossy(&decoded(headers.get("content-encoding").map_or("", String::as_str), &bytes)).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, body, sent: bytes.len() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text)).to_owned()
    }

    pub fn etag(&self) -> String {
        self.header("etag").unwrap_or_else(|| panic!("no ETag on {}", self.text)).to_owned()
    }

    /// The codes of a problem's broken fields, as `pointer code`.
    pub fn broken(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| format!("{} {}", error["pointer"].as_str().unwrap_or_default(), error["code"].as_str().unwrap_or_default())).collect()
    }
}
