//! The running binary: where it keeps its data, how it is asked, and how it ends.

use super::postgres;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const EMAIL: &str = "first@example.org";
pub const PASSWORD: &str = "correct horse battery staple";

/// Where a process keeps its data.
pub struct Place {
    pub url: String,
    _folder: TempDir,
}

impl Place {
    pub fn sqlite() -> Place {
        let folder = tempfile::tempdir().unwrap();
        Place { url: format!("sqlite://{}", folder.path().join("steward.db").display()), _folder: folder }
    }

    pub fn postgres() -> Option<Place> {
        Some(Place { url: postgres::fresh_database(None)?, _folder: tempfile::tempdir().unwrap() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.url.starts_with("postgres") {
            postgres::drop_database(&self.url);
        }
    }
}

/// The binary with nothing of this process's environment that could change it.
pub fn binary(url: &str) -> Command {
    let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_steward")));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("STEWARD_")) {
        command.env_remove(name);
    }
    command.env("STEWARD_DATABASE_URL", url).env("STEWARD_LISTEN", "127.0.0.1:0").env("STEWARD_WORKERS", "2");
    // What these tests ask from one address in a second, nobody asks.
    command.env("STEWARD_LIMIT_AUTH", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process that serves.
pub struct Running {
    pub child: Child,
    /// What it printed when it started.
    pub said: String,
    /// `127.0.0.1:41234`.
    pub address: String,
}

impl Running {
    pub fn start(url: &str, with_password: bool) -> Running {
        let password: &[(&str, &str)] = if with_password { &[("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD)] } else { &[] };
        Running::start_with(url, password)
    }

    pub fn start_with(url: &str, settings: &[(&str, &str)]) -> Running {
        let mut command = binary(url);
        command.envs(settings.iter().copied());
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        while !said.contains("Stop it with") {
            if out.read_line(&mut said).unwrap() == 0 {
                let mut complaint = String::new();
                let _ = child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut complaint));
                panic!("it did not start: {said}{complaint}");
            }
        }
        let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
        Running { child, said, address }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn log_in(&self, email: &str, password: &str) -> Option<String> {
        let (_, body) = self.form("/api/v1/auth/token", &[("grant_type", "password"), ("username", email), ("password", password)]);
        body["access_token"].as_str().map(str::to_owned)
    }

    pub fn form(&self, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
        let mut answer = agent().post(self.url(path)).send_form(pairs.iter().copied()).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or(Value::Null))
    }

    pub fn refresh(&self, token: &str) -> (u16, Value) {
        self.form("/api/v1/auth/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    pub fn get(&self, token: Option<&str>, path: &str) -> (u16, Value) {
        let mut request = agent().get(self.url(path));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let mut answer = request.call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or(Value::Null))
    }

    /// Sends JSON by a method, for whatever version there is.
    pub fn send(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = ureq::http::Request::builder().method(method).uri(self.url(path)).header("Authorization", format!("Bearer {token}"));
        let form = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let request = request.header("Content-Type", form).header("If-Match", "*").body(body.to_string()).unwrap();
        let mut answer = agent().run(request).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or(Value::Null))
    }

    pub fn ask_to_stop(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end and gives its exit code.
    pub fn end(mut self) -> Option<i32> {
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(10) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not stop");
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(10))).build().into()
}

/// Starts a process that must refuse to, and gives what it says.
pub fn refusal(url: &str) -> String {
    let output = binary(url).output().unwrap();
    assert!(!output.status.success(), "it started");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// Makes a test of a sentence on each database.
#[macro_export]
macro_rules! on_each {
    ($($name:ident($place:ident) $body:block)*) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn tell($place: &$crate::harness::process::Place) $body

            #[test]
            fn on_sqlite() {
                tell(&$crate::harness::process::Place::sqlite());
            }

            #[test]
            fn on_postgres() {
                if let Some(place) = $crate::harness::process::Place::postgres() {
                    tell(&place);
                }
            }
        })*
    };
}
