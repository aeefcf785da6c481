//! The service on a socket, and beside it a handler that only sends bytes.

use crate::client::Client;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpResponse, HttpServer, web};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};
use steward::clock::Clock;
use steward::{app, catalogue, http};

const EMAIL: &str = "admin@example.org";
const PASSWORD: &str = "correct horse battery staple";

/// It runs until the process ends.
pub struct Server {
    pub url: String,
    address: SocketAddr,
    token: String,
    sent: Arc<Mutex<web::Bytes>>,
}

impl Server {
    pub fn start(url: String) -> Server {
        let sent: Arc<Mutex<web::Bytes>> = Arc::default();
        let (started, listening) = mpsc::channel();
        let (its_url, its_bytes) = (url.clone(), sent.clone());
        std::thread::spawn(move || actix_web::rt::System::new().block_on(serve(its_url, its_bytes, started)));
        let address = listening.recv().expect("a server");
        let form = format!("grant_type=password&username={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
        let answer = Client::new(address, "").call("POST", "/api/v1/auth/token", "Content-Type: application/x-www-form-urlencoded\r\n", &form, 200);
        let token = crate::json(&answer)["access_token"].as_str().expect("a token").to_owned();
        Server { url, address, token, sent }
    }

    pub fn client(&self) -> Client {
        Client::new(self.address, &self.token)
    }

    /// Makes the bare handler send what the service answers on this path; where that handler is.
    pub fn bare(&self, path: &str) -> String {
        let body = self.client().call("GET", path, "", "", 200);
        let mut sent = self.sent.lock().expect("bytes");
        *sent = body.into();
        format!("/bare?{}", sent.len())
    }
}

async fn serve(url: String, sent: Arc<Mutex<web::Bytes>>, started: mpsc::Sender<SocketAddr>) {
    let outgoing = steward::outgoing::Outgoing::new(&[], None, Clock::system()).expect("a client");
    let settings = app::Settings::new("http://bench".into(), Clock::system(), (Some(EMAIL.into()), Some(PASSWORD.into())), outgoing);
    let opened = app::open(&Arc::new(catalogue::api()), &url, settings).await.expect("a house");
    let worker = opened.worker.clone();
    actix_web::rt::spawn(async move { worker.run().await });
    let state = opened.state;
    let server = HttpServer::new(move || {
        let sent = sent.clone();
        let bare = move || {
            let bytes = sent.lock().map(|bytes| bytes.clone()).unwrap_or_default();
            async move { HttpResponse::Ok().content_type("application/json").body(bytes) }
        };
        let steward =
            web::scope("").app_data(state.clone()).wrap(from_fn(http::answering)).wrap(Compress::default()).wrap(from_fn(http::trace)).configure(app::mount);
        App::new().route("/bare", web::get().to(bare)).app_data(state.clone()).service(steward)
    })
    .workers(2)
    .tcp_nodelay(true)
    .bind("127.0.0.1:0")
    .expect("a port");
    started.send(server.addrs()[0]).expect("somebody waits");
    server.run().await.expect("a server");
}
