//! The running binary: how it starts, what it says, how it stops, and what it keeps when it is killed.

use crate::harness::process::{EMAIL, PASSWORD, Place, Running, agent, binary, refusal};
use crate::on_each;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn control(code: &str) -> Value {
    json!({"code": code, "name": "A control", "kind": "preventive", "test_period_days": 30})
}

#[test]
fn the_first_document_that_is_sent_is_as_small_as_all_that_follow() {
    let place = Place::sqlite();
    let running = Running::start(&place.url, true);
    for (coding, most) in [("br", 430_000), ("zstd", 430_000), ("gzip", 640_000)] {
        let sizes = [(); 2].map(|()| {
            let patient = ureq::Agent::new_with_config(ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(90))).build());
            let mut answer = patient.get(running.url("/openapi.json")).header("Accept-Encoding", coding).call().unwrap();
            assert_eq!(answer.headers().get("content-encoding").map(|coding| coding.to_str().unwrap()), Some(coding));
            let mut packed = Vec::new();
            answer.body_mut().as_reader().read_to_end(&mut packed).unwrap();
            packed.len()
        });
        assert!(sizes[0] == sizes[1] && sizes[0] < most, "{coding}: {sizes:?}");
    }
}

on_each! {
    a_new_house_takes_the_first_administrator_that_it_is_given(place) {
        let running = Running::start(&place.url, true);
        assert!(running.said.contains(&format!("The first administrator is {EMAIL}.")), "{}", running.said);
        assert!(!running.said.contains(PASSWORD), "a password that was given is not repeated");
        assert!(!running.said.contains("postgres://"), "the address of the database may hold a password");
        assert!(running.log_in(EMAIL, PASSWORD).is_some());
        assert_eq!(running.get(None, "/livez"), (200, json!({"status": "live"})));
        assert_eq!(running.get(None, "/readyz"), (200, json!({"status": "ready"})));
        assert_eq!(running.get(None, "/api/v1/teams/units").0, 401);
        assert_eq!(running.get(None, "/openapi.json").0, 200);
    }

    a_reason_in_any_script_is_kept_and_one_in_another_coding_is_refused(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let send = |code: &str, reason: &[u8]| {
            let request = ureq::http::Request::builder().method("POST").uri(running.url("/api/v1/governance/controls")).header("Authorization", format!("Bearer {token}"));
            let reason = ureq::http::HeaderValue::from_bytes(reason).unwrap();
            let request = request.header("Content-Type", "application/json").header("Change-Reason", reason).body(control(code).to_string()).unwrap();
            let mut answer = agent().run(request).unwrap();
            (answer.status().as_u16(), answer.body_mut().read_json::<Value>().unwrap())
        };
        let (status, made) = send("UTF8", "Prüfung für 東京 ✓".as_bytes());
        assert_eq!(status, 201, "{made}");
        let history = running.get(Some(&token), &format!("/api/v1/platform/resources/{}/history", made["id"].as_str().unwrap())).1;
        assert_eq!(history["data"][0]["reason"], json!("Prüfung für 東京 ✓"));
        let (status, refused) = send("LATIN1", b"Pr\xfcfung");
        assert!(status == 400 && refused["detail"].as_str().is_some_and(|detail| detail.starts_with("Change-Reason is not UTF-8.")), "{refused}");
    }

    a_password_that_it_makes_is_printed_once_and_what_it_holds_outlives_a_restart(place) {
        let running = Running::start(&place.url, false);
        let words: Vec<&str> = running.said.split("The first administrator is ").nth(1).unwrap().split_whitespace().collect();
        let (email, password) = (words[0].to_owned(), words[4].to_owned());
        assert!(running.said.contains("it is not shown again") && password.len() >= 20, "{}", running.said);
        let token = running.log_in(&email, &password).unwrap();
        let made = agent().post(running.url("/api/v1/governance/controls")).header("Authorization", format!("Bearer {token}")).send_json(control("KEPT")).unwrap();
        assert_eq!(made.status().as_u16(), 201);
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0));

        let again = Running::start(&place.url, false);
        assert!(again.said.contains("The database already holds an organisation") && !again.said.contains("password"), "{}", again.said);
        assert_eq!(again.get(Some(&token), "/api/v1/governance/controls?code=KEPT").1["data"].as_array().map(Vec::len), Some(1), "tokens outlive a restart");
        let token = again.log_in(&email, &password).unwrap();
        assert_eq!(again.get(Some(&token), "/api/v1/governance/controls?code=KEPT").1["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(again.get(Some(&token), "/api/v1/teams/units").1["data"].as_array().map(Vec::len), Some(1), "a house is furnished once");
    }

    the_role_employee_is_nobodys_without_a_grant_where_it_is_switched_off(place) {
        let first = [("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD)];
        for (implied, expected) in [("true", 200), ("false", 404)] {
            let running = Running::start_with(&place.url, &[&first[..], &[("STEWARD_IMPLY_EMPLOYEE", implied)]].concat());
            let admin = running.log_in(EMAIL, PASSWORD).unwrap();
            let make = |path: &str, body: Value| -> Value {
                let mut answer = agent().post(running.url(path)).header("Authorization", format!("Bearer {admin}")).send_json(body).unwrap();
                assert_eq!(answer.status().as_u16(), 201);
                answer.body_mut().read_json().unwrap()
            };
            let person = make("/api/v1/teams/people", json!({"name": "Ann", "email": format!("{implied}@people.example.org")}))["id"].as_str().unwrap().to_owned();
            let account = format!("{implied}@example.org");
            make("/api/v1/identity/users", json!({"email": account, "name": "Ann", "password": PASSWORD, "person_id": person}));
            let token = running.log_in(&account, PASSWORD).unwrap();
            let (status, own) = running.get(Some(&token), &format!("/api/v1/teams/people/{person}"));
            assert_eq!(status, expected, "{own}");
            running.ask_to_stop();
            assert_eq!(running.end(), Some(0));
        }
    }

    work_that_was_accepted_is_done_once_after_a_kill(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let bearer = format!("Bearer {token}");
        let rows: String = (0..2_000).map(|row| format!("KILL-{row},A control,preventive,30\r\n")).collect();
        let mut accepted = agent()
            .post(running.url("/api/v1/platform/imports?collection=governance/controls"))
            .header("Authorization", &bearer)
            .header("Content-Type", "text/csv")
            .header("Prefer", "respond-async")
            .send(format!("code,name,kind,test_period_days\r\n{rows}"))
            .unwrap();
        assert_eq!(accepted.status().as_u16(), 202);
        let operation: Value = accepted.body_mut().read_json().unwrap();
        running.kill();

        let again = Running::start(&place.url, true);
        let path = format!("/api/v1/platform/operations/{}", operation["id"].as_str().unwrap());
        let since = Instant::now();
        let done = loop {
            let (status, now) = again.get(Some(&token), &path);
            assert_eq!(status, 200, "{now}");
            if now["state"] == "succeeded" {
                break now;
            }
            assert!(matches!(now["state"].as_str(), Some("queued" | "running")), "{now}");
            assert!(since.elapsed() < Duration::from_secs(90), "{now}");
            std::thread::sleep(Duration::from_millis(200));
        };
        assert_eq!(done["result"]["created"], json!(2_000), "{done}");
        assert_eq!(again.get(Some(&token), "/api/v1/governance/controls?limit=1&include_total=true").1["total_count"], json!(2_000));
    }

    what_was_acknowledged_is_there_after_a_kill(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let (acknowledged, stop) = (Arc::new(Mutex::new(Vec::<String>::new())), Arc::new(AtomicBool::new(false)));
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (url, token, acknowledged, stop) = (running.url("/api/v1/governance/controls"), token.clone(), acknowledged.clone(), stop.clone());
                std::thread::spawn(move || {
                    let agent = agent();
                    for number in 0.. {
                        let sent = agent.post(&url).header("Authorization", format!("Bearer {token}")).send_json(control(&format!("K-{writer}-{number}")));
                        match sent {
                            Ok(mut answer) if answer.status().is_success() => {
                                // The status has been read: it is acknowledged, even if the body is cut off.
                                let id = answer.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned();
                                acknowledged.lock().unwrap().push(id);
                                let _ = answer.body_mut().read_to_string();
                            }
                            Ok(answer) => panic!("{}", answer.status()),
                            Err(_) => return,
                        }
                        if stop.load(Ordering::Relaxed) {
                            return;
                        }
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_secs(1));
        running.kill();
        stop.store(true, Ordering::Relaxed);
        for writer in writers {
            writer.join().unwrap();
        }
        let acknowledged = acknowledged.lock().unwrap().clone();
        assert!(acknowledged.len() > 20, "only {} were written", acknowledged.len());

        let again = Running::start(&place.url, true);
        let token = again.log_in(EMAIL, PASSWORD).unwrap();
        let mut kept = std::collections::HashSet::new();
        let mut next = "/api/v1/governance/controls?limit=200".to_owned();
        loop {
            let (status, page) = again.get(Some(&token), &next);
            assert_eq!(status, 200, "{page}");
            kept.extend(page["data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(cursor) => next = format!("/api/v1/governance/controls?limit=200&cursor={cursor}"),
                None => break,
            }
        }
        let lost: Vec<&String> = acknowledged.iter().filter(|id| !kept.contains(*id)).collect();
        assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());
        assert!(kept.len() <= acknowledged.len() + 4, "each writer had one under way at most");
    }

    of_fifty_refreshes_one_wins_and_a_token_that_was_used_stays_used_after_a_kill(place) {
        let running = Running::start(&place.url, true);
        let log_in = || running.form("/api/v1/auth/token", &[("grant_type", "password"), ("username", EMAIL), ("password", PASSWORD)]).1;
        let token = |body: &Value, name: &str| body[name].as_str().unwrap().to_owned();
        let first = token(&log_in(), "refresh_token");
        let answers: Vec<(u16, Value)> = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..50).map(|_| scope.spawn(|| running.refresh(&first))).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        let winners: Vec<&Value> = answers.iter().filter(|(status, _)| *status == 200).map(|(_, body)| body).collect();
        assert_eq!(winners.len(), 1);
        assert!(answers.iter().all(|(status, body)| *status == 200 || (*status, &body["error"]) == (400, &json!("invalid_grant"))), "{answers:?}");
        let (heir, access) = (token(winners[0], "refresh_token"), token(winners[0], "access_token"));
        assert_eq!(running.get(Some(&access), "/api/v1/auth/me").0, 401, "the login has ended for all");
        let used = log_in();
        let (status, next) = running.refresh(&token(&used, "refresh_token"));
        assert_eq!(status, 200);
        running.kill();

        let again = Running::start(&place.url, true);
        assert_eq!((again.refresh(&heir).0, again.get(Some(&access), "/api/v1/auth/me").0), (400, 401));
        assert_eq!(again.get(Some(&token(&next, "access_token")), "/api/v1/auth/me").0, 200);
        assert_eq!(again.refresh(&token(&used, "refresh_token")).0, 400);
        assert_eq!(again.refresh(&token(&next, "refresh_token")).0, 400, "its reuse was seen by whoever started anew");
        assert_eq!(again.get(Some(&token(&next, "access_token")), "/api/v1/auth/me").0, 401);
    }

    a_command_rotates_the_keys_of_a_house_that_serves(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let stop = AtomicBool::new(false);
        let (said, published, calls) = std::thread::scope(|scope| {
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    scope.spawn(|| {
                        let mut calls = 0;
                        while !stop.load(Ordering::Relaxed) {
                            assert_eq!(running.get(Some(&token), "/api/v1/auth/me").0, 200);
                            calls += 1;
                        }
                        calls
                    })
                })
                .collect();
            let output = binary(&place.url).args(["keys", "rotate"]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            std::thread::sleep(Duration::from_millis(1_100));
            let (_, published) = running.get(None, "/.well-known/jwks.json");
            stop.store(true, Ordering::Relaxed);
            let calls: usize = callers.into_iter().map(|caller| caller.join().unwrap()).sum();
            (String::from_utf8(output.stdout).unwrap(), published, calls)
        });
        assert!(calls > 100, "{calls}");
        let kid = said.split_whitespace().nth(3).unwrap();
        let kids: Vec<&Value> = published["keys"].as_array().unwrap().iter().map(|key| &key["kid"]).collect();
        assert!(kids.len() == 2 && kids[1] == kid, "{said}{published}");
        let output = binary(&place.url).args(["keys", "rotate", "--compromised"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::thread::sleep(Duration::from_millis(2_600));
        assert_eq!(running.get(Some(&token), "/api/v1/auth/me").0, 401, "a token of a key that was compromised");
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        assert_eq!(running.get(Some(&token), "/api/v1/auth/me").0, 200);
        running.ask_to_stop();
        assert_eq!(running.end(), Some(0), "the command has left the database as it was");
    }

    a_password_is_reset_by_command_beside_a_running_house(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let output = binary(&place.url).args(["user", "reset-password", &EMAIL.to_uppercase()]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let made_up = said.split(" is ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
        assert_eq!(running.log_in(EMAIL, PASSWORD), None);
        assert!(running.log_in(EMAIL, made_up).is_some(), "{said}");
        std::thread::sleep(Duration::from_millis(600));
        assert_eq!(running.get(Some(&token), "/api/v1/auth/me").0, 401, "who was logged in is not any more");
        let output = binary(&place.url).args(["user", "reset-password", "nobody@example.org"]).output().unwrap();
        assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("No user has that e-mail address"));
    }

    asked_to_stop_it_finishes_what_is_under_way(place) {
        let running = Running::start(&place.url, true);
        let token = running.log_in(EMAIL, PASSWORD).unwrap();
        let body = control("LAST").to_string();
        let (first, rest) = body.split_at(20);
        let mut slow = TcpStream::connect(&running.address).unwrap();
        slow.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let head = format!("POST /api/v1/governance/controls HTTP/1.1\r\nHost: steward\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{first}", body.len());
        slow.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        running.ask_to_stop();
        std::thread::sleep(Duration::from_millis(100));
        let (status, problem) = running.get(None, "/readyz");
        assert_eq!((status, &problem["status"]), (503, &json!(503)), "whoever sends requests here is told to look elsewhere");
        assert_eq!(running.get(None, "/livez").0, 200);
        std::thread::sleep(Duration::from_millis(400));
        assert!(TcpStream::connect(&running.address).is_err(), "the door is closed");
        slow.write_all(rest.as_bytes()).unwrap();
        let mut answer = String::new();
        slow.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert_eq!(running.end(), Some(0));
    }
}

/// A collector of traces that keeps what it is sent.
fn collector() -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = kept.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut sent, mut piece) = (Vec::new(), [0; 4_096]);
            let body = loop {
                let length = stream.read(&mut piece).unwrap_or_default();
                sent.extend_from_slice(&piece[..length]);
                let text = String::from_utf8_lossy(&sent).into_owned();
                let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
                let size = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
                if length == 0 || size.is_some_and(|size| body.len() >= size) {
                    assert!(head.starts_with("POST /v1/traces ") || head.is_empty(), "{head}");
                    break body.to_owned();
                }
            };
            keep.lock().unwrap().extend(serde_json::from_str::<Value>(&body).ok());
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    (address, kept)
}

#[test]
fn a_request_is_a_trace_of_its_route_and_its_database_under_the_callers_own() {
    let (place, (address, kept)) = (Place::sqlite(), collector());
    let running = Running::start_with(&place.url, &[("STEWARD_ADMIN_EMAIL", EMAIL), ("STEWARD_ADMIN_PASSWORD", PASSWORD), ("STEWARD_TRACES", &address)]);
    let token = running.log_in(EMAIL, PASSWORD).unwrap();
    let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let made = agent()
        .post(running.url("/api/v1/governance/controls"))
        .header("Authorization", format!("Bearer {token}"))
        .header("traceparent", format!("00-{trace}-{parent}-01"))
        .send_json(control("TRACED"))
        .unwrap();
    assert_eq!(made.status().as_u16(), 201);
    running.ask_to_stop();
    assert_eq!(running.end(), Some(0), "what has ended is sent before");
    let sent = kept.lock().unwrap().clone();
    let spans: Vec<Value> = sent.iter().flat_map(|each| each["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().cloned().unwrap_or_default()).collect();
    let named = |name: &str| spans.iter().find(|span| span["name"] == name && span["traceId"] == trace).unwrap_or_else(|| panic!("no {name} in {spans:?}"));
    let request = named("request");
    assert_eq!(request["parentSpanId"], json!(parent));
    let attributes = request["attributes"].to_string();
    assert!(attributes.contains("\"http.route\"") && attributes.contains("/api/v1/governance/controls") && attributes.contains("201"), "{attributes}");
    assert_eq!(named("database write")["parentSpanId"], request["spanId"]);
    assert!(!json!(sent).to_string().contains(PASSWORD) && !json!(sent).to_string().contains(&token), "no secret is sent");
}

#[test]
fn a_second_process_on_the_same_sqlite_file_is_refused_until_the_first_has_gone() {
    let place = Place::sqlite();
    let first = Running::start(&place.url, true);
    let said = refusal(&place.url);
    assert!(said.contains("is in use by another Steward process. Stop that one first."), "{said}");
    assert_eq!(first.get(None, "/readyz").0, 200);
    first.kill();
    Running::start(&place.url, true);
}

#[test]
fn a_limit_or_a_proxy_that_cannot_be_read_is_refused_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("steward.db").display());
    for (flag, value, example) in [
        ("--limit-auth", "ten", "600/60"),
        ("--limit-bulk", "5/0", "600/60"),
        ("--trusted-proxies", "proxy", "10.0.0.0/8"),
        ("--proxy-header", "x-real-ip", "x-forwarded-for"),
    ] {
        let output = binary(&url).args(["serve", flag, value]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(flag) && said.contains(example), "{said}");
    }
}

#[test]
fn keys_are_rotated_only_of_a_database_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.db");
    let output = binary(&format!("sqlite://{}", file.display())).args(["keys", "rotate"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("There is no database at") && !file.exists(), "{said}");
}

#[test]
fn two_processes_share_one_postgresql_database() {
    let Some(place) = Place::postgres() else { return };
    let (first, second) = std::thread::scope(|scope| {
        let (first, second) = (scope.spawn(|| Running::start(&place.url, true)), scope.spawn(|| Running::start(&place.url, true)));
        (first.join().unwrap(), second.join().unwrap())
    });
    let furnished = [&first, &second].iter().filter(|running| running.said.contains("The first administrator is")).count();
    assert_eq!(furnished, 1, "{}{}", first.said, second.said);
    let token = first.log_in(EMAIL, PASSWORD).unwrap();
    assert_eq!(second.get(Some(&token), "/api/v1/auth/me").0, 200, "what one signs, the other knows");
    assert!(second.log_in(EMAIL, PASSWORD).is_some());
    assert_eq!(first.form("/api/v1/auth/revoke", &[("token", &token)]).0, 200);
    let since = Instant::now();
    while second.get(Some(&token), "/api/v1/auth/me").0 != 401 {
        assert!(since.elapsed() < Duration::from_secs(1), "a token that was revoked is good for more than a second");
    }
}

#[test]
fn a_database_that_it_cannot_serve_is_refused_in_a_sentence() {
    let said = refusal("mysql://root@localhost/steward");
    assert!(said.contains("is neither sqlite://PATH nor postgres://USER@HOST/NAME"), "{said}");
    let said = refusal("postgres://steward:secret-word@127.0.0.1:1/steward");
    assert!(said.contains("The PostgreSQL database cannot be reached") && !said.contains("secret-word"), "{said}");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("steward.db"), "this is no database, and long enough to be taken for one").unwrap();
    let said = refusal(&format!("sqlite://{}", folder.path().join("steward.db").display()));
    assert!(said.starts_with("steward: ") && !said.contains("panicked"), "{said}");
}

#[cfg(not(feature = "postgres-tls"))]
#[test]
fn tls_to_postgresql_is_refused_by_a_binary_without_it() {
    for mode in ["require", "verify-ca", "verify-full"] {
        let said = refusal(&format!("postgres://steward@127.0.0.1:1/steward?sslmode={mode}"));
        assert!(said.contains("Build it with `--features postgres-tls`, or remove sslmode from the URL."), "{said}");
    }
}

#[test]
fn an_address_in_use_is_refused_in_a_sentence() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::sqlite();
    let output = binary(&place.url).env("STEWARD_LISTEN", taken.local_addr().unwrap().to_string()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("cannot be listened on"), "{said}");
}
