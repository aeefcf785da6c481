//! Webhooks while the service and their receiver are killed: nothing is lost, a record's events keep their order, and what comes twice
//! has one id.

use crate::harness::process::{EMAIL, PASSWORD, Place, Running, agent};
use crate::harness::receiver::{Message, answer};
use crate::on_each;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const CONTROLS: &str = "/api/v1/governance/controls";
const DELIVERIES: &str = "/api/v1/platform/webhook-deliveries";
const SETTINGS: [(&str, &str); 3] = [("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD), ("STEWARD_ALLOW_PRIVATE_ADDRESSES", "127.0.0.1")];
/// Where a process of this binary that receives is told what to do: its port and its ledger.
const RECEIVER: &str = "STEWARD_TEST_RECEIVER";
/// How long what was put off may take until it is there; a lease is over after half a minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// A receiver that is a process, and what it has written down.
struct Receiver {
    port: u16,
    ledger: PathBuf,
    child: Child,
    _folder: tempfile::TempDir,
}

/// What a receiver was sent, in the order in which it came.
struct Received {
    id: String,
    subject: String,
    revision: i64,
}

impl Receiver {
    fn start() -> Receiver {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger");
        File::create(&ledger).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Receiver { port, child: spawn(port, &ledger), ledger, _folder: folder }
    }

    /// Kills it, and starts another one in its place after a while.
    fn kill(&mut self, pause: Duration) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::thread::sleep(pause);
        self.child = spawn(self.port, &self.ledger);
    }

    fn received(&self) -> Vec<Received> {
        let text = std::fs::read_to_string(&self.ledger).unwrap();
        text.lines()
            .map(|line| {
                let [id, subject, revision] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
                Received { id: id.into(), subject: subject.into(), revision: revision.parse().unwrap() }
            })
            .collect()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16, ledger: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "webhook::a_receiver_by_itself", "--nocapture"]).env(RECEIVER, format!("{port} {}", ledger.display()));
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let since = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(since.elapsed() < Duration::from_secs(20), "the receiver did not start");
        std::thread::sleep(Duration::from_millis(10));
    }
    child
}

/// No test of its own: the process that [`Receiver`] starts and kills.
#[test]
fn a_receiver_by_itself() {
    let Ok(told) = std::env::var(RECEIVER) else { return };
    let (port, ledger) = told.split_once(' ').unwrap();
    let listener = TcpListener::bind(("127.0.0.1", port.parse().unwrap())).unwrap();
    for stream in listener.incoming().flatten() {
        let mut ledger = File::options().append(true).open(ledger).unwrap();
        std::thread::spawn(move || note(stream, &mut ledger));
    }
}

/// Writes down a message, and answers only then.
fn note(mut stream: TcpStream, ledger: &mut File) -> Option<()> {
    let message = Message::read(&stream)?;
    let data = message.json()["data"].clone();
    let line = format!("{} {} {}\n", message.header("webhook-id"), data["subject_id"].as_str()?, data["revision"]);
    ledger.write_all(line.as_bytes()).ok()?;
    answer(&mut stream, 204)
}

/// Asks once; nothing if the service is away.
fn send(address: &str, token: &str, method: &str, path: &str, body: &Value) -> Option<Value> {
    let request = ureq::http::Request::builder().method(method).uri(format!("http://{address}{path}")).header("Authorization", format!("Bearer {token}"));
    let request = request.header("Content-Type", "application/json").header("If-Match", "*").body(body.to_string()).unwrap();
    let mut answer = agent().run(request).ok()?;
    answer.status().is_success().then(|| answer.body_mut().read_json().ok())?
}

/// Writes with three writers, each at one of some services, while something happens: records that are made and changed four times.
fn under_load(addresses: &[String], token: &str, happens: impl FnOnce(&AtomicUsize)) -> usize {
    let (stop, written) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let (stop, written, address) = (&stop, &written, &addresses[writer % addresses.len()]);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let code = a_code(writer, written.load(Ordering::Relaxed));
                    let control = json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30});
                    let Some(made) = send(address, token, "POST", CONTROLS, &control) else { continue };
                    written.fetch_add(1, Ordering::Relaxed);
                    let path = format!("{CONTROLS}/{}", made["id"].as_str().unwrap());
                    let changes = (0..4).filter_map(|number| send(address, token, "PATCH", &path, &json!({"name": format!("Name {number}")})));
                    written.fetch_add(changes.count(), Ordering::Relaxed);
                }
            });
        }
        happens(&written);
        stop.store(true, Ordering::Relaxed);
    });
    written.into_inner()
}

/// A code that no other writer uses.
fn a_code(writer: usize, number: usize) -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    format!("W-{writer}-{number}-{}", MADE.fetch_add(1, Ordering::Relaxed))
}

fn hook(running: &Running, token: &str, receiver: &Receiver) {
    let url = format!("http://127.0.0.1:{}/hook", receiver.port);
    let body = json!({"name": "Controls", "url": url, "events": [], "collection": "governance/controls"});
    assert_eq!(running.send(token, "POST", "/api/v1/platform/webhooks", &body).0, 201);
}

/// All events of controls: the record and the revision of each.
fn events(running: &Running, token: &str) -> Vec<(String, i64)> {
    let (mut events, mut after) = (Vec::new(), 0);
    loop {
        let (status, page) = running.get(Some(token), &format!("/api/v1/platform/events?collection=governance/controls&limit=200&after={after}"));
        assert_eq!(status, 200, "{page}");
        events.extend(
            page["data"].as_array().unwrap().iter().map(|event| (event["subject_id"].as_str().unwrap().to_owned(), event["revision"].as_i64().unwrap())),
        );
        let next = page["next_after"].as_i64().unwrap();
        if next == after {
            return events;
        }
        after = next;
    }
}

/// Waits until nothing waits any more. What is put off for minutes is replayed.
fn settled(running: &Running, token: &str, count: usize) {
    let since = Instant::now();
    loop {
        let (status, page) = running.get(Some(token), &format!("{DELIVERIES}?state=waiting&limit=200"));
        assert_eq!(status, 200, "{page}");
        let waiting = page["data"].as_array().unwrap();
        let total = running.get(Some(token), &format!("{DELIVERIES}?limit=1&include_total=true")).1["total_count"].as_u64();
        if waiting.is_empty() && total == u64::try_from(count).ok() {
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{} wait, {total:?} of {count} are there: {:?}", waiting.len(), waiting.first());
        for delivery in waiting.iter().filter(|delivery| delivery["attempts"].as_i64() > Some(1)) {
            running.send(token, "POST", &format!("{DELIVERIES}/{}/replay", delivery["id"].as_str().unwrap()), &json!({}));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Fails unless each event has come, a record's in order, and what came twice under one id.
fn compare(events: &[(String, i64)], received: &[Received]) {
    let mut ids: HashMap<(&str, i64), &str> = HashMap::new();
    let mut last: HashMap<&str, i64> = HashMap::new();
    for each in received {
        let id = ids.entry((&each.subject, each.revision)).or_insert(&each.id);
        assert_eq!(*id, each.id, "revision {} of {} came under two ids", each.revision, each.subject);
        let before = last.insert(&each.subject, each.revision).unwrap_or_default();
        assert!(each.revision == before || each.revision == before + 1, "revision {} of {} after {before}", each.revision, each.subject);
    }
    println!("{} events, {} messages", events.len(), received.len());
    assert_eq!(ids.len(), events.len());
    assert!(events.iter().all(|(subject, revision)| ids.contains_key(&(subject.as_str(), *revision))));
}

/// Waits until so much was written.
fn reaches(written: &AtomicUsize, count: usize) {
    let since = Instant::now();
    while written.load(Ordering::Relaxed) < count {
        assert!(since.elapsed() < PATIENCE, "nothing is written");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn killed(place: &Place, rounds: usize) {
    let mut receiver = Receiver::start();
    let mut written = 0;
    for round in 0..rounds {
        let running = Running::start_with(&place.url, &SETTINGS);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        if round == 0 {
            hook(&running, &token, &receiver);
        }
        let addresses = [running.address.clone()];
        written += under_load(&addresses, &token, |written| {
            reaches(written, 15);
            receiver.kill(Duration::from_millis(300));
            reaches(written, 30);
            running.kill();
        });
    }
    let running = Running::start_with(&place.url, &SETTINGS);
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    let events = events(&running, &token);
    assert!(events.len() >= written, "{written} were written, {} are in the feed", events.len());
    settled(&running, &token, events.len());
    compare(&events, &receiver.received());
}

on_each! {
    no_event_is_lost_when_the_service_and_the_receiver_are_killed(place) {
        killed(place, 1);
    }
}

#[test]
#[ignore = "takes minutes"]
fn no_event_is_lost_over_ten_kills_of_both() {
    killed(&Place::sqlite(), 10);
    if let Some(place) = Place::postgres() {
        killed(&place, 10);
    }
}

#[test]
fn of_two_processes_the_one_that_lives_posts_what_the_one_that_was_killed_had_taken() {
    let Some(place) = Place::postgres() else { return };
    let receiver = Receiver::start();
    let [one, other] = [(); 2].map(|()| Running::start_with(&place.url, &SETTINGS));
    let token = one.log_in(EMAIL, PASSWORD).unwrap();
    hook(&one, &token, &receiver);
    let written = under_load(&[one.address.clone(), other.address.clone()], &token, |written| {
        reaches(written, 20);
        other.kill();
        reaches(written, 40);
    });
    let events = events(&one, &token);
    assert!(events.len() >= written, "{written} were written, {} are in the feed", events.len());
    settled(&one, &token, events.len());
    compare(&events, &receiver.received());
}
