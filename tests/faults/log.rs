//! A log that cannot be written: nobody reads it, or nobody reads on.

use crate::harness::process::{EMAIL, PASSWORD, Place, Running};
use serde_json::json;

const SETTINGS: [(&str, &str); 3] = [("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD), ("STEWARD_LOG", "info")];

fn serves_on(running: &Running) {
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    for number in 0..600 {
        assert_eq!(running.get(None, "/livez").0, 200, "request {number}");
    }
    let control = json!({"code": "LOGGED", "name": "A control", "kind": "preventive", "test_period_days": 30});
    assert_eq!(running.send(&token, "POST", "/api/v1/governance/controls", &control).0, 201);
    assert_eq!(running.get(Some(&token), "/readyz").0, 200);
}

#[test]
fn a_log_that_is_closed_stops_nothing() {
    let place = Place::sqlite();
    let mut running = Running::start_with(&place.url, &SETTINGS);
    drop(running.child.stderr.take());
    serves_on(&running);
    running.ask_to_stop();
    assert_eq!(running.end(), Some(0));
}

#[test]
fn a_log_that_nobody_reads_on_stops_nothing() {
    let place = Place::sqlite();
    let running = Running::start_with(&place.url, &SETTINGS);
    serves_on(&running);
}
