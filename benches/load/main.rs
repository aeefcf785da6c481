//! What the service costs: `cargo bench --bench load`, on both databases, as ratios within one run.
//!
//! The service is a process of its own. Each call goes to it, then to a bare handler that sends the same bytes, and its work once more to
//! the bare driver, in turns; the share says how near the service comes to the two of them. Before that, rows go in, after it they come out
//! again, and the last page of the list is compared with the first. A share that is a fifth below the one in `ratios.json` fails the bench.
//!
//! `-- --rows 1000000` for another number of rows (compared with nothing), `--only sqlite` or `--only postgres`, `--peer` for FastAPI and
//! SQLAlchemy beside it, `--record` to commit the ratios of this run.
#![allow(missing_docs, reason = "a program")]

mod client;
mod driver;
mod measure;
mod operation;
mod peer;
#[path = "../../tests/harness/postgres.rs"]
mod postgres;
mod report;
mod server;

use client::Client;
use driver::Driver;
use measure::Rate;
use operation::{JSON, Known, Operation, PEOPLE, next};
use peer::Peer;
use report::Row;
use serde_json::Value;
use server::Server;
use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often each of the parts has its turn; in turns, so that a slow moment hits them all.
const ROUNDS: u32 = 3;
/// How many rows there are, unless it is said: for these the ratios are committed.
const USUAL_ROWS: usize = 100_000;
/// How many rows go in with one import.
const FILE: usize = 100_000;

/// What the command says.
struct Options {
    rows: usize,
    only: Option<String>,
    peer: bool,
    record: bool,
}

fn main() {
    let options = options();
    let wanted = |name: &str| options.only.as_deref().is_none_or(|only| only == name);
    let mut regressions = Vec::new();
    if wanted("sqlite") {
        let folder = tempfile::tempdir().expect("a folder");
        regressions.extend(on("SQLite", &format!("sqlite://{}", folder.path().join("load.db").display()), &options));
    }
    if wanted("postgres")
        && let Some(url) = postgres::fresh_database(None)
    {
        regressions.extend(on("PostgreSQL", &url, &options));
        postgres::drop_database(&url);
    }
    for regression in &regressions {
        eprintln!("slower than before: {regression}");
    }
    std::process::exit(i32::from(!regressions.is_empty()));
}

fn options() -> Options {
    let words: Vec<String> = std::env::args().collect();
    let after = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
    let has = |name: &str| words.iter().any(|word| word == name);
    let rows = after("--rows").map_or(USUAL_ROWS, |rows| rows.parse().expect("--rows takes a number"));
    Options { rows, only: after("--only"), peer: has("--peer"), record: has("--record") }
}

/// Measures on one database; what is slower than before.
fn on(name: &str, url: &str, options: &Options) -> Vec<String> {
    let server = Server::start(url);
    println!("\n{name}: ready {} ms after the start with a new database, {} MB", server.ready_after.as_millis(), server.megabytes().0);
    fill(&server, options.rows);
    drop(server);
    let server = Server::start(url);
    println!("ready {} ms after the start with these rows, {} MB\n", server.ready_after.as_millis(), server.megabytes().0);
    let people = some_people(&server, options.rows);
    let peer = (options.peer && name == "PostgreSQL").then(|| Peer::start(url));
    let rows: Vec<Row> = operation::all(&people, name == "PostgreSQL").iter().map(|operation| compare(&server, peer.as_ref(), operation, &people)).collect();
    report::print(&rows);
    println!();
    pages(&server, options.rows);
    export(&server);
    documents(&server);
    let (now, most) = server.megabytes();
    println!("memory after all of this: {now} MB, {most} MB at most with what the system can read again");
    if options.record {
        report::record(name, &rows);
    }
    if options.rows == USUAL_ROWS { report::regressions(name, &rows) } else { Vec::new() }
}

/// Imports the rows and says what that took, and how long another write waited meanwhile.
fn fill(server: &Server, rows: usize) {
    let began = Instant::now();
    let (imported, longest) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| write_beside(server, &imported, &longest));
        import(server, rows);
        imported.store(true, Ordering::Relaxed);
    });
    let seconds = began.elapsed().as_secs_f64();
    let (now, most) = server.megabytes();
    println!(
        "import: {rows} rows in {seconds:.1} s, {:.0} rows/s, another write waited {} ms at most; then {now} MB, {most} MB at most",
        rows as f64 / seconds,
        longest.load(Ordering::Relaxed)
    );
}

/// Writes now and then until the rows are in, and keeps the longest time that a write waited, or was refused after.
fn write_beside(server: &Server, imported: &AtomicBool, longest: &AtomicU64) {
    let mut client = server.client();
    while !imported.load(Ordering::Relaxed) {
        let began = Instant::now();
        let body = format!(r#"{{"name":"Beside","email":"beside{}@example.org"}}"#, next());
        let _ = client.answered("POST", PEOPLE, JSON, &body);
        longest.fetch_max(began.elapsed().as_millis() as u64, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Imports the rows.
fn import(server: &Server, rows: usize) {
    for start in (0..rows).step_by(FILE) {
        let mut csv = String::from("name,email,location\r\n");
        for row in start..rows.min(start + FILE) {
            write!(csv, "Person {row} Unique{row:05},row{row}@example.org,Place {}\r\n", row % 1_000).expect("text");
        }
        let mut client = server.client();
        let headers = "Content-Type: text/csv\r\nPrefer: respond-async\r\n";
        let answer = client.call("POST", "/api/v1/platform/imports?collection=teams/people", headers, &csv, 202);
        let operation = json(&answer)["id"].as_str().expect("an id").to_owned();
        loop {
            let state = json(&client.call("GET", &format!("/api/v1/platform/operations/{operation}"), "", "", 200));
            match state["state"].as_str() {
                Some("queued" | "running") => std::thread::sleep(Duration::from_millis(50)),
                Some("succeeded") => break,
                _ => panic!("{state}"),
            }
        }
    }
}

/// Exports them and says what that took.
fn export(server: &Server) {
    let began = Instant::now();
    let bytes = server.client().call("GET", PEOPLE, "Accept: application/x-ndjson\r\n", "", 200).len();
    println!("export: {} MB in {:.1} s", bytes / 1_000_000, began.elapsed().as_secs_f64());
}

/// Asks for the document of the API and says what that took.
fn documents(server: &Server) {
    let began = Instant::now();
    let bytes = server.client().call("GET", "/openapi.json", "", "", 200).len();
    println!("document: {:.1} MB in {:.2} s when first asked for", bytes as f64 / 1e6, began.elapsed().as_secs_f64());
}

/// Ids and e-mail addresses of people spread over the table.
fn some_people(server: &Server, rows: usize) -> Vec<Known> {
    let mut client = server.client();
    let person = |row: usize| {
        let email = format!("row{}@example.org", row * rows / 200);
        let page = json(&client.call("GET", &format!("{PEOPLE}?email={email}"), "", "", 200));
        (page["data"][0]["id"].as_str().expect("an id").to_owned(), email)
    };
    (0..200).map(person).collect()
}

/// Measures one operation beside its parts.
fn compare(server: &Server, peer: Option<&Peer>, operation: &Operation, people: &[Known]) -> Row {
    server.send_as(&operation.page);
    let no_clock = || 0.0;
    let peers = peer.zip(operation.peer);
    let (mut served, mut sent, mut driven, mut of_peer) = (Rate::default(), Rate::default(), Rate::default(), Rate::default());
    for _ in 0..ROUNDS {
        served.turn(operation.clients, || server.cpu_seconds(), || server.client(), &|client: &mut Client| (operation.call)(client, people));
        sent.turn(operation.clients, no_clock, || server.bare(), &|client: &mut Client| drop(client.call("GET", "/", "", "", 200)));
        if let Some(drive) = operation.drive {
            driven.turn(operation.drivers, no_clock, || Driver::open(&server.url), &|driver: &mut Driver| drive(driver, people));
        }
        if let Some((peer, call)) = peers {
            of_peer.turn(operation.clients, no_clock, || peer.client(), &|client: &mut Client| call(client, people));
        }
    }
    Row {
        work: operation.work,
        per_second: served.per_second(),
        cpu_milliseconds: served.cpu_milliseconds(),
        times: (served.milliseconds_of(0.5), served.milliseconds_of(0.99)),
        megabytes: server.megabytes().0,
        bare: sent.per_second(),
        driver: operation.drive.map(|_| driven.per_second()),
        peer: peers.map(|_| of_peer.per_second()),
    }
}

/// Walks the list from the first page to the last while rows come and go; none that stayed is lost or repeated.
fn pages(server: &Server, rows: usize) {
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
    for row in 0..rows {
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
