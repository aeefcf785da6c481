//! Clients that read slowly, that connect too often, and that log in all at once.

use crate::harness::process::{EMAIL, PASSWORD, Place, Running};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const FIRST: [(&str, &str); 2] = [("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD)];

/// The memory that a process has, in MiB.
fn memory(running: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}

/// The memory that a process has and had at most, where the system tells it.
pub fn memory_told(running: &Running) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmRSS:") || line.starts_with("VmHWM:")).collect::<Vec<_>>().join(", ")
}

#[test]
#[cfg(target_os = "linux")]
fn clients_that_ask_for_the_document_and_read_nothing_take_little_and_keep_nobody_waiting() {
    let place = Place::sqlite();
    let running = Running::start_with(&place.url, &FIRST);
    for coding in ["identity", "br", "zstd", "gzip"] {
        let patient = ureq::Agent::new_with_config(ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(90))).build());
        let mut whole = patient.get(running.url("/openapi.json")).header("Accept-Encoding", coding).call().unwrap();
        assert_eq!(whole.status().as_u16(), 200);
        let length = whole.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap().len();
        assert!(length > 100_000, "{coding}: {length}");
    }
    // The other documents are compressed meanwhile.
    std::thread::sleep(Duration::from_secs(2));
    let before = memory(&running);
    let sockets: Vec<TcpStream> = (0..150)
        .map(|_| {
            let mut socket = TcpStream::connect(&running.address).unwrap();
            socket.write_all(b"GET /openapi.json HTTP/1.1\r\nHost: steward\r\n\r\n").unwrap();
            socket
        })
        .collect();
    std::thread::sleep(Duration::from_secs(2));
    let after = memory(&running);
    assert!(after < before + 100, "{} sockets took it from {before} to {after} MiB", sockets.len());
    assert!(running.log_in(EMAIL, PASSWORD).is_some());
}

#[test]
fn an_address_has_so_many_connections_at_once_and_the_others_are_closed() {
    let place = Place::sqlite();
    let settings = [FIRST[0], FIRST[1], ("STEWARD_CONNECTIONS_PER_ADDRESS", "5")];
    let running = Running::start_with(&place.url, &settings);
    let open = || {
        let mut socket = TcpStream::connect(&running.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let _ = socket.write_all(b"GET /livez HTTP/1.1\r\nHost: steward\r\n\r\n");
        let mut first = [0; 12];
        let answered = socket.read_exact(&mut first).is_ok() && &first == b"HTTP/1.1 200";
        (socket, answered)
    };
    let kept: Vec<(TcpStream, bool)> = (0..8).map(|_| open()).collect();
    assert_eq!(kept.iter().filter(|(_, answered)| *answered).count(), 5);
    drop(kept);
    std::thread::sleep(Duration::from_millis(500));
    assert!(open().1, "who has gone makes room");
}

#[test]
#[cfg(target_os = "linux")]
fn many_logins_at_once_take_no_more_memory_than_the_threads_that_hash() {
    let place = Place::sqlite();
    let settings = [FIRST[0], FIRST[1], ("STEWARD_HASHES_AT_ONCE", "2")];
    let running = Running::start_with(&place.url, &settings);
    assert!(running.log_in(EMAIL, PASSWORD).is_some());
    let before = memory(&running);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| (0..4).for_each(|_| assert!(running.log_in(EMAIL, PASSWORD).is_some())));
        }
    });
    let after = memory(&running);
    assert!(after < before + 2 * 19 + 40, "from {before} to {after} MiB");
}
