//! Hostile clients beside ordinary ones: who reads slowly, filters slowly, imports without end and guesses passwords keeps nobody else
//! waiting, and takes a bounded amount of memory.

use crate::harness::process::{EMAIL, PASSWORD, Place, Running, agent};
use crate::on_each;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How many, for how long.
struct Scale {
    hostile: usize,
    ordinary: usize,
    lasts: Duration,
}

/// What slowed down who means harm: each kind with what it was answered, and how often.
type Met = BTreeMap<(usize, u16), usize>;

/// One of the four kinds of harm, again and again; the statuses that it met.
fn harm(running: &Running, token: &str, kind: usize, until: Instant) -> Met {
    let mut met = Met::new();
    let bearer = format!("Bearer {token}");
    let slow = (0..16).map(|number| format!("name:\"{number}\" OR code:\"{number}\"")).collect::<Vec<_>>().join(" OR ");
    let file = format!("code\n{}", "A\n".repeat(150_000));
    while Instant::now() < until {
        let answer = match kind % 4 {
            0 => {
                if let Ok(mut socket) = TcpStream::connect(&running.address) {
                    let _ = socket.write_all(b"GET /openapi.json HTTP/1.1\r\nHost: steward\r\n\r\n");
                    std::thread::sleep(Duration::from_secs(1));
                }
                continue;
            }
            1 => {
                let query =
                    agent().get(running.url("/api/v1/governance/controls")).query("filter", &slow).query("include_total", "true").query("sort", "-updated_at");
                query.header("Authorization", &bearer).call()
            }
            2 => {
                let import = agent().post(running.url("/api/v1/platform/imports?collection=teams/units"));
                import.header("Authorization", &bearer).header("Content-Type", "text/csv").send(&file)
            }
            _ => agent().post(running.url("/api/v1/auth/token")).send_form([("grant_type", "password"), ("username", EMAIL), ("password", "a guess")]),
        };
        // Who is left or refused on the way has got what they deserve.
        if let Ok(answer) = answer {
            *met.entry((kind % 4, answer.status().as_u16())).or_default() += 1;
        }
    }
    met
}

/// Reads and writes as anybody would; how long each read took.
fn work(running: &Running, token: &str, number: usize, until: Instant) -> Vec<Duration> {
    let mut took = Vec::new();
    for round in 0.. {
        if Instant::now() >= until {
            break;
        }
        let since = Instant::now();
        assert_eq!(running.get(Some(token), "/api/v1/auth/me").0, 200);
        took.push(since.elapsed());
        let control = json!({"code": format!("W-{number}-{round}"), "name": "A control", "kind": "preventive", "test_period_days": 30});
        let (status, said) = running.send(token, "POST", "/api/v1/governance/controls", &control);
        assert!(matches!(status, 201 | 503), "{status}: {said}");
        std::thread::sleep(Duration::from_millis(20));
    }
    took
}

/// The token of another administrator, who means harm.
fn hostile(running: &Running, token: &str) -> String {
    let email = "mallory@example.org";
    let (status, user) = running.send(token, "POST", "/api/v1/identity/users", &json!({"email": email, "name": "Mallory", "password": PASSWORD}));
    assert_eq!(status, 201, "{user}");
    let (_, roles) = running.get(Some(token), "/api/v1/identity/roles?code=administrator");
    let (status, grant) =
        running.send(token, "POST", "/api/v1/identity/grants", &json!({"principal_id": user["id"], "role_id": roles["data"][0]["id"], "unit_id": null}));
    assert_eq!(status, 201, "{grant}");
    running.log_in(email, PASSWORD).unwrap()
}

fn besieged(place: &Place, scale: &Scale) {
    let running = Running::start(&place.url, true);
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    let harmful = hostile(&running, &token);
    let until = Instant::now() + scale.lasts;
    let (met, took) = (Mutex::new(Met::new()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for kind in 0..scale.hostile {
            let (running, token, met) = (&running, &harmful, &met);
            scope.spawn(move || {
                let statuses = harm(running, token, kind, until);
                let mut met = met.lock().unwrap();
                statuses.into_iter().for_each(|(what, count)| *met.entry(what).or_default() += count);
            });
        }
        for number in 0..scale.ordinary {
            let (running, token, took) = (&running, &token, &took);
            scope.spawn(move || {
                let times = work(running, token, number, until);
                took.lock().unwrap().extend(times);
            });
        }
    });
    let (met, mut took) = (met.into_inner().unwrap(), took.into_inner().unwrap());
    took.sort_unstable();
    let middle = took[took.len() / 2];
    println!("{} reads beside {} hostile answers: {middle:?} at the median, {:?} at p99", took.len(), met.values().sum::<usize>(), took[took.len() * 99 / 100]);
    println!("of those, by kind of harm (0 reads slowly, 1 filters, 2 imports, 3 guesses) and status: {met:?}");
    println!("{}", crate::client::memory_told(&running));
    let broken: Vec<&u16> = met.keys().map(|(_, status)| status).filter(|status| **status >= 500 && **status != 503).collect();
    assert!(broken.is_empty(), "{broken:?}");
    assert!(!met.is_empty() && !took.is_empty());
    let since = Instant::now();
    while running.get(None, "/readyz").0 != 200 {
        assert!(since.elapsed() < Duration::from_secs(30), "it does not come back");
        std::thread::sleep(Duration::from_millis(100));
    }
    if scale.hostile > 100 {
        std::thread::sleep(Duration::from_secs(30));
        println!("half a minute later: {}", crate::client::memory_told(&running));
    }
}

on_each! {
    hostile_clients_stop_nobody_else(place) {
        besieged(place, &Scale { hostile: 8, ordinary: 2, lasts: Duration::from_secs(4) });
    }
}

#[test]
#[ignore = "takes ten minutes"]
fn two_hundred_hostile_clients_stop_nobody_else() {
    let scale = Scale { hostile: 200, ordinary: 16, lasts: Duration::from_secs(300) };
    besieged(&Place::sqlite(), &scale);
    if let Some(place) = Place::postgres() {
        besieged(&place, &scale);
    }
}
