//! The service as a process of its own, and in this one a handler that only sends bytes.

use crate::client::Client;
use actix_web::{App, HttpResponse, HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

const EMAIL: &str = "admin@example.org";
const PASSWORD: &str = "correct horse battery staple";
/// For how long a token is used: less than it is good for.
const FRESH: Duration = Duration::from_secs(240);
/// Clock ticks in a second, of which the kernel counts processor time.
const TICKS: f64 = 100.0;

/// It runs until it is dropped.
pub struct Server {
    pub url: String,
    /// How long it took until the first 200.
    pub ready_after: Duration,
    process: Child,
    address: SocketAddr,
    bare: SocketAddr,
    token: Mutex<Option<(Instant, String)>>,
    sent: Arc<Mutex<web::Bytes>>,
}

impl Server {
    /// Starts the service on a database.
    pub fn start(url: &str) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let began = Instant::now();
        let process = Command::new(env!("CARGO_BIN_EXE_steward"))
            .args(["serve", "--listen", &port.to_string(), "--database-url", url, "--connections-per-address", "0"])
            .env("STEWARD_ADMIN_EMAIL", EMAIL)
            .env("STEWARD_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::null())
            .spawn()
            .expect("the service starts");
        while Client::open(port, "").is_none_or(|mut client| client.status("/readyz") != 200) {
            assert!(began.elapsed() < Duration::from_secs(60), "the service is not ready after a minute");
            std::thread::sleep(Duration::from_millis(5));
        }
        let ready_after = began.elapsed();
        let sent: Arc<Mutex<web::Bytes>> = Arc::default();
        let (started, listening) = mpsc::channel();
        let its_bytes = sent.clone();
        std::thread::spawn(move || actix_web::rt::System::new().block_on(send_bytes(its_bytes, started)));
        let bare = listening.recv().expect("a handler");
        Server { url: url.to_owned(), ready_after, process, address: port, bare, token: Mutex::default(), sent }
    }

    /// A connection of its own, logged in.
    pub fn client(&self) -> Client {
        let mut token = self.token.lock().expect("a token");
        let fresh = token.take().filter(|(since, _)| since.elapsed() < FRESH);
        let (since, text) = fresh.unwrap_or_else(|| (Instant::now(), self.log_in()));
        let client = Client::open(self.address, &text).expect("the service listens");
        *token = Some((since, text));
        client
    }

    fn log_in(&self) -> String {
        let form = format!("grant_type=password&username={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let mut client = Client::open(self.address, "").expect("the service listens");
        let answer = client.call("POST", "/api/v1/auth/token", "Content-Type: application/x-www-form-urlencoded\r\n", &form, 200);
        crate::json(&answer)["access_token"].as_str().expect("a token").to_owned()
    }

    /// Makes the bare handler send what the service answers on this path.
    pub fn send_as(&self, path: &str) {
        let body = self.client().call("GET", path, "", "", 200);
        *self.sent.lock().expect("bytes") = body.into();
    }

    /// A connection to the bare handler.
    pub fn bare(&self) -> Client {
        Client::open(self.bare, "a token of the usual length, which nobody reads").expect("the handler listens")
    }

    /// Seconds of processor time that the service has taken.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        // After the name, which is in brackets, come the state and twelve numbers before these two.
        let numbers: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |at: usize| numbers.get(at).and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0);
        (ticks(11) + ticks(12)) / TICKS
    }

    /// Megabytes that the service has in memory, without files that the system can read again; and the most of all it ever had.
    pub fn megabytes(&self) -> (usize, usize) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
            line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or(0) / 1_000
        };
        (of("RssAnon:"), of("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn send_bytes(sent: Arc<Mutex<web::Bytes>>, started: mpsc::Sender<SocketAddr>) {
    let server = HttpServer::new(move || {
        let sent = sent.clone();
        let bare = move || {
            let bytes = sent.lock().map(|bytes| bytes.clone()).unwrap_or_default();
            async move { HttpResponse::Ok().content_type("application/json").body(bytes) }
        };
        App::new().route("/", web::get().to(bare))
    })
    .workers(2)
    .tcp_nodelay(true)
    .bind("127.0.0.1:0")
    .expect("a port");
    started.send(server.addrs()[0]).expect("somebody waits");
    server.run().await.expect("a server");
}
