//! A service of the usual parts beside ours: `benches/peer`, in an environment of its own below `target`.

use crate::client::Client;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// It runs until it is dropped.
pub struct Peer {
    process: Child,
    address: SocketAddr,
}

impl Peer {
    /// Installs the peer where it is not there, and starts two processes of it on a PostgreSQL database.
    pub fn start(url: &str) -> Peer {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peer");
        let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peer");
        if !environment.join("bin/uvicorn").exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&environment));
            run(Command::new(environment.join("bin/pip")).args(["install", "--quiet", "-r"]).arg(source.join("requirements.txt")));
        }
        let mut connection = PgConnection::establish(url).expect("a connection");
        let table = "CREATE TABLE IF NOT EXISTS peer_people (id uuid PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE, state text NOT NULL, \
                     location text, weekly_hours integer NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL)";
        connection.batch_execute(table).expect("a table");
        let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let process = Command::new(environment.join("bin/uvicorn"))
            .args(["app:app", "--workers", "2", "--log-level", "warning", "--no-access-log", "--host", "127.0.0.1", "--port", &address.port().to_string()])
            .current_dir(source)
            .env("PEER_DATABASE_URL", url.replacen("postgres://", "postgresql+asyncpg://", 1))
            .stdout(Stdio::null())
            .spawn()
            .expect("the peer starts");
        let began = Instant::now();
        while Client::open(address, "").is_none_or(|mut client| client.status("/openapi.json") != 200) {
            assert!(began.elapsed() < Duration::from_secs(60), "the peer does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Peer { process, address }
    }

    /// A connection of its own.
    pub fn client(&self) -> Client {
        Client::open(self.address, "").expect("the peer listens")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // uvicorn ends its workers when it is told to, not when it is killed.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
