//! Processes that are killed and databases whose connections are cut, under writers that keep a ledger of what they were told.

use crate::harness::postgres;
use crate::harness::process::{EMAIL, PASSWORD, Place, Running, agent};
use crate::on_each;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const CONTROLS: &str = "/api/v1/governance/controls";

/// What a writer was told of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// It was made.
    Made,
    /// Nothing was changed.
    Unchanged,
    /// Nobody knows, or the connection broke.
    Unknown,
}

type Ledger = Mutex<Vec<(String, Told)>>;

/// Makes a record, and what came of it.
fn make(address: &str, token: &str, code: &str) -> Told {
    let body = json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30});
    let request = agent().post(format!("http://{address}{CONTROLS}")).header("Authorization", format!("Bearer {token}"));
    let Ok(mut answer) = request.send_json(body) else { return Told::Unknown };
    let said: Value = answer.body_mut().read_json().unwrap_or(Value::Null);
    match answer.status().as_u16() {
        201 => Told::Made,
        503 if said["outcome"].is_null() => Told::Unchanged,
        503 => Told::Unknown,
        status => panic!("{status}: {said}"),
    }
}

/// Writes with some writers while something happens to the service.
fn under_load(running: &Running, token: &str, round: usize, ledger: &Ledger, happens: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let stop = &stop;
            scope.spawn(move || {
                for number in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let code = format!("K-{round}-{writer}-{number}");
                    let told = make(&running.address, token, &code);
                    ledger.lock().unwrap().push((code, told));
                }
            });
        }
        happens();
        stop.store(true, Ordering::Relaxed);
    });
}

/// How often each record is there.
fn kept(running: &Running, token: &str) -> HashMap<String, usize> {
    let request = agent().get(running.url(&format!("{CONTROLS}?fields=code"))).header("Authorization", format!("Bearer {token}")).header("Accept", "text/csv");
    let text = request.call().unwrap().body_mut().with_config().limit(64 << 20).read_to_string().unwrap();
    text.lines().fold(HashMap::new(), |mut counts, line| {
        *counts.entry(line.split(',').next_back().unwrap().to_owned()).or_default() += 1;
        counts
    })
}

/// Fails unless the ledger is true.
fn compare(ledger: Ledger, kept: &HashMap<String, usize>) {
    let ledger = ledger.into_inner().unwrap();
    let count = |told: Told| ledger.iter().filter(|(_, each)| *each == told).count();
    println!("{} made, {} unchanged, {} unknown", count(Told::Made), count(Told::Unchanged), count(Told::Unknown));
    assert!(count(Told::Made) > 10, "{ledger:?}");
    for (code, told) in &ledger {
        let there = kept.get(code).copied().unwrap_or_default();
        let holds = match told {
            Told::Made => there == 1,
            Told::Unchanged => there == 0,
            Told::Unknown => there <= 1,
        };
        assert!(holds, "{code} was told to be {told:?}, and is there {there} times");
    }
}

/// A pause that the seed decides, in milliseconds.
fn pause(seed: u64, round: usize, most: u64) -> Duration {
    let mixed = (seed ^ (round as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    Duration::from_millis(300 + (mixed >> 33) % most)
}

fn seed() -> u64 {
    let seed = std::env::var("STEWARD_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into());
    println!("STEWARD_TEST_SEED={seed}");
    seed
}

fn killed(place: &Place, rounds: usize) {
    let (seed, ledger) = (seed(), Ledger::default());
    for round in 0..rounds {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        under_load(&running, &token, round, &ledger, || {
            std::thread::sleep(pause(seed, round, 1_200));
            assert!(Command::new("kill").args(["-9", &running.child.id().to_string()]).status().unwrap().success());
        });
    }
    let running = Running::start(&place.url, true);
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    compare(ledger, &kept(&running, &token));
}

fn cut(place: &Place, rounds: usize) {
    let (seed, ledger) = (seed(), Ledger::default());
    let running = Running::start(&place.url, true);
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    for round in 0..rounds {
        under_load(&running, &token, round, &ledger, || {
            for cut in 0..3 {
                std::thread::sleep(pause(seed, 3 * round + cut, 300));
                postgres::let_go(&place.url);
            }
            std::thread::sleep(Duration::from_millis(300));
        });
    }
    assert_eq!(running.get(None, "/readyz").0, 200);
    compare(ledger, &kept(&running, &token));
}

on_each! {
    what_was_acknowledged_outlives_a_kill(place) {
        killed(place, 2);
    }
}

#[test]
fn what_is_told_of_a_write_is_true_when_connections_to_postgresql_are_cut() {
    if let Some(place) = Place::postgres() {
        cut(&place, 1);
    }
}

#[test]
#[ignore = "takes minutes"]
fn what_was_acknowledged_outlives_fifty_kills() {
    killed(&Place::sqlite(), 50);
    if let Some(place) = Place::postgres() {
        killed(&place, 50);
    }
}

#[test]
#[ignore = "takes minutes"]
fn what_is_told_of_a_write_is_true_over_a_hundred_and_fifty_cuts() {
    if let Some(place) = Place::postgres() {
        cut(&place, 50);
    }
}
