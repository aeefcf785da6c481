//! What the service costs: `cargo bench --bench load`, on both databases, as ratios within one run.
//!
//! Each call goes over a socket to the service, then to a bare actix handler that sends the same bytes, and its work
//! once more on the bare driver; the table says how many times the service takes as long. Before that 100,000 rows go
//! in, after it they come out again, and the last page of the list is compared with the first.
#![allow(missing_docs, reason = "a program")]

mod client;
mod driver;
#[path = "../../tests/harness/postgres.rs"]
mod postgres;
mod server;

use client::Client;
use driver::Driver;
use serde_json::Value;
use server::Server;
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const THREADS: usize = 2;
const ROUNDS: u32 = 3;
const PIECE: Duration = Duration::from_millis(700);
const ROWS: usize = 100_000;
const PEOPLE: &str = "/api/v1/teams/people";
const JSON: &str = "Content-Type: application/json\r\n";
const PATCH: &str = "Content-Type: application/merge-patch+json\r\nIf-Match: *\r\n";

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    on("SQLite", &format!("sqlite://{}", folder.path().join("load.db").display()));
    if let Some(url) = postgres::fresh_database(None) {
        on("PostgreSQL (private, without fsync)", &url);
        postgres::drop_database(&url);
    }
}

fn on(name: &str, url: &str) {
    println!("\n{name}, {THREADS} clients");
    let server = Server::start(url.to_owned());
    fill(&server);
    let people = some_people(&server);
    let list = format!("{PEOPLE}?filter=location%20%3D%20%22Place%2077%22&limit=50");
    println!("{:<16}{:>12}{:>14}{:>14}{:>12}{:>12}", "", "service/s", "bare actix/s", "driver/s", "x actix", "x driver");
    let record = server.bare(&format!("{PEOPLE}/{}", people[0].0));
    let page = server.bare(&list);
    compare(
        &server,
        "get",
        &record,
        |client| drop(client.call("GET", &format!("{PEOPLE}/{}", one_of(&people).0), "", "", 200)),
        |driver| {
            driver.get(&one_of(&people).1);
        },
    );
    compare(&server, "filtered list", &page, |client| drop(client.call("GET", &list, "", "", 200)), |driver| driver.list("Place 77"));
    let create = |client: &mut Client| {
        let body = format!(r#"{{"name":"Bench","email":"bench{}@example.org","location":"Bench"}}"#, next());
        drop(client.call("POST", PEOPLE, JSON, &body, 201));
    };
    compare(&server, "create", &record, create, |driver| driver.create(next()));
    let patch = |client: &mut Client| {
        let body = format!(r#"{{"location":"At {}"}}"#, next());
        drop(client.call("PATCH", &format!("{PEOPLE}/{}", one_of(&people).0), PATCH, &body, 200));
    };
    compare(&server, "patch", &record, patch, |driver| driver.patch(&one_of(&people).1, next()));
    pages(&server);
    export(&server);
}

/// A number that no other call of this run has.
fn next() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn one_of(people: &[(String, String)]) -> &(String, String) {
    &people[next() % people.len()]
}

/// Imports the rows and says what that took.
fn fill(server: &Server) {
    let mut csv = String::from("name,email,location\r\n");
    for row in 0..ROWS {
        write!(csv, "Person {row},row{row}@example.org,Place {}\r\n", row % 1_000).expect("text");
    }
    let began = Instant::now();
    let mut client = server.client();
    let answer = client.call("POST", "/api/v1/platform/imports?collection=teams/people", "Content-Type: text/csv\r\nPrefer: respond-async\r\n", &csv, 202);
    let operation = json(&answer)["id"].as_str().expect("an id").to_owned();
    loop {
        let state = json(&client.call("GET", &format!("/api/v1/platform/operations/{operation}"), "", "", 200));
        match state["state"].as_str() {
            Some("queued" | "running") => std::thread::sleep(Duration::from_millis(200)),
            Some("succeeded") => break,
            _ => panic!("{state}"),
        }
    }
    println!("import of {ROWS} rows: {:.1} s; the process's peak is {} MB", began.elapsed().as_secs_f64(), peak_megabytes());
}

/// Exports them and says what that took.
fn export(server: &Server) {
    let began = Instant::now();
    let bytes = server.client().call("GET", PEOPLE, "Accept: application/x-ndjson\r\n", "", 200).len();
    println!(
        "export: {} MB in {:.1} s; the process's peak, this client's copy included, is {} MB",
        bytes / 1_000_000,
        began.elapsed().as_secs_f64(),
        peak_megabytes()
    );
}

/// Ids and e-mail addresses of people spread over the table.
fn some_people(server: &Server) -> Vec<(String, String)> {
    let mut client = server.client();
    let person = |row: usize| {
        let email = format!("row{}@example.org", row * ROWS / 200);
        let page = json(&client.call("GET", &format!("{PEOPLE}?email={email}"), "", "", 200));
        (page["data"][0]["id"].as_str().expect("an id").to_owned(), email)
    };
    (0..200).map(person).collect()
}

/// How often per second each of the three does its part; in turns, so that a slow moment hits them all.
fn compare(server: &Server, name: &str, bare: &str, call: impl Fn(&mut Client) + Sync, drive: impl Fn(&mut Driver) + Sync) {
    let (mut served, mut sent, mut driven) = (0.0, 0.0, 0.0);
    for _ in 0..ROUNDS {
        served += rate(|| server.client(), &call);
        sent += rate(|| server.client(), &|client: &mut Client| drop(client.call("GET", bare, "", "", 200)));
        driven += rate(|| Driver::open(&server.url), &drive);
    }
    let each = f64::from(ROUNDS);
    println!("{name:<16}{:>12.0}{:>14.0}{:>14.0}{:>12.1}{:>12.1}", served / each, sent / each, driven / each, sent / served, driven / served);
}

/// Calls per second, of all threads together.
fn rate<T>(open: impl Fn() -> T + Sync, act: &(impl Fn(&mut T) + Sync)) -> f64 {
    std::thread::scope(|scope| {
        let work = || {
            let mut with = open();
            let began = Instant::now();
            let mut count = 0.0;
            while began.elapsed() < PIECE {
                act(&mut with);
                count += 1.0;
            }
            count / began.elapsed().as_secs_f64()
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("a rate")).sum()
    })
}

/// Walks the list from the first page to the last while rows come and go; none that stayed is lost or repeated.
fn pages(server: &Server) {
    let mut client = server.client();
    let (mut times, mut seen, mut cursor) = (Vec::new(), std::collections::HashSet::new(), String::new());
    loop {
        let began = Instant::now();
        let page = json(&client.call("GET", &format!("{PEOPLE}?sort=email&limit=200&fields=email{cursor}"), "", "", 200));
        times.push(began.elapsed().as_secs_f64());
        for row in page["data"].as_array().expect("rows") {
            assert!(seen.insert(row["email"].as_str().expect("an address").to_owned()), "{row} came twice");
        }
        if times.len() % 5 == 0 {
            let body = format!(r#"{{"name":"Comes","email":"row{}.new@example.org"}}"#, next());
            let made = json(&client.call("POST", PEOPLE, JSON, &body, 201));
            if times.len() % 10 == 0 {
                client.call("DELETE", &format!("{PEOPLE}/{}", made["id"].as_str().expect("an id")), "If-Match: *\r\n", "", 204);
            }
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    for row in 0..ROWS {
        assert!(seen.contains(&format!("row{row}@example.org")), "row {row} was lost");
    }
    let middle = |times: &[f64]| {
        let mut sorted = times.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    // The very last page may be short.
    let (first, last) = (middle(&times[..20]), middle(&times[times.len() - 21..times.len() - 1]));
    println!("{} pages, none lost, none twice; a last page takes {:.2} times a first", times.len(), last / first);
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The most memory that this process ever had.
fn peak_megabytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or(0) / 1_000
}
