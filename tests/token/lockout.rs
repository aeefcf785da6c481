//! Who guesses passwords waits, and nobody else does.

use super::{PASSWORD, error, log_in_from, login_form, retry_after, user};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use steward::access::lockout::{self, Attempt, Verdict};
use steward::access::password::compared;
use steward::database::{SqlType, Statement, statements_run};
use steward::http::{Proxies, Rules};

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";
const WRONG: &str = "not the password at all";

/// Wrong passwords for an account from an address.
async fn fail(app: &TestApp, peer: &str, email: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(error(&log_in_from(app, peer, email, WRONG).await), (400, "invalid_grant".into()));
    }
}

async fn status(app: &TestApp, peer: &str, email: &str) -> u16 {
    log_in_from(app, peer, email, PASSWORD).await.status
}

/// What a refusal says, without what is every request's own.
fn said(answer: &Answer) -> (u16, serde_json::Value, Vec<(String, String)>) {
    let mut body = answer.body.clone();
    body.as_object_mut().unwrap().remove("instance");
    let mut headers: Vec<(String, String)> =
        answer.headers.iter().filter(|(name, _)| *name != "x-request-id").map(|(name, value)| (name.clone(), value.clone())).collect();
    headers.sort();
    (answer.status, body, headers)
}

on_both! {
    who_guesses_waits_longer_each_time_even_with_the_right_password(app) {
        let (_, email) = user(app).await;
        fail(app, HERE, &email, 10).await;
        let refused = log_in_from(app, HERE, &email, PASSWORD).await;
        assert!((30..=31).contains(&retry_after(&refused)), "{}", refused.text);
        assert!(refused.header("ratelimit").is_some_and(|told| told.starts_with("\"login\";r=0;")));
        app.wait(retry_after(&refused));
        fail(app, HERE, &email, 1).await;
        assert!((60..=61).contains(&retry_after(&log_in_from(app, HERE, &email, PASSWORD).await)));
        app.wait(61);
        assert_eq!(status(app, HERE, &email).await, 200);
        fail(app, HERE, &email, 9).await;
        assert_eq!(status(app, HERE, &email).await, 200, "a login that succeeds forgives what failed before it");
    }

    who_is_attacked_logs_in_from_elsewhere(app) {
        let (_, email) = user(app).await;
        fail(app, HERE, &email, 10).await;
        assert_eq!((status(app, HERE, &email).await, status(app, ELSEWHERE, &email).await), (429, 200));
    }

    an_attack_from_many_addresses_leaves_the_door_open_where_the_account_is_at_home(app) {
        let (_, email) = user(app).await;
        assert_eq!(status(app, HERE, &email).await, 200);
        for at in 0..50 {
            fail(app, &format!("203.0.113.{at}"), &email, 1).await;
        }
        assert_eq!(status(app, ELSEWHERE, &email).await, 429, "no address that it never logged in from guesses on");
        assert_eq!(status(app, HERE, &email).await, 200, "it logs in as ever where it has before");
        app.wait(600);
        assert_eq!(status(app, ELSEWHERE, &email).await, 200, "and soon from anywhere");
        app.wait(91 * 24 * 3600);
        for at in 0..50 {
            fail(app, &format!("203.0.113.{at}"), &email, 1).await;
        }
        assert_eq!(status(app, HERE, &email).await, 429, "where nobody has logged in for ninety days, it is not at home");
    }

    who_tries_many_accounts_from_one_address_waits_and_its_neighbours_do_not(app) {
        let ((_, neighbour), (_, other)) = (user(app).await, user(app).await);
        assert_eq!(status(app, HERE, &neighbour).await, 200);
        for at in 0..100 {
            fail(app, HERE, &format!("somebody-{at}@example.org"), 1).await;
        }
        assert_eq!(status(app, HERE, &other).await, 429, "whatever the account");
        assert_eq!(status(app, HERE, &neighbour).await, 200, "who has logged in there before is not held up");
        assert_eq!(status(app, ELSEWHERE, &other).await, 200);
    }

    an_account_that_does_not_exist_is_locked_like_one_that_does(app) {
        let ((_, known), unknown) = (user(app).await, "nobody@example.org");
        fail(app, HERE, &known, 10).await;
        fail(app, HERE, unknown, 10).await;
        let (known, unknown) = (log_in_from(app, HERE, &known, PASSWORD).await, log_in_from(app, HERE, unknown, PASSWORD).await);
        assert_eq!(retry_after(&known), retry_after(&unknown));
        assert_eq!(said(&known), said(&unknown));
    }

    no_other_spelling_and_no_other_header_or_field_begins_to_count_anew(app) {
        let (_, email) = user(app).await;
        fail(app, HERE, &email, 10).await;
        let wide: String = email.chars().map(|letter| if letter.is_ascii_lowercase() { char::from_u32(letter as u32 + 0xfee0).unwrap() } else { letter }).collect();
        for spelling in [email.to_uppercase(), format!("  {email} "), wide] {
            assert_eq!(status(app, HERE, &spelling).await, 429, "{spelling}");
        }
        let form = login_form(&email, PASSWORD);
        for more in ["&email=other%40example.org", "&client_id=other", "&scope=other", "&login=other"] {
            assert_eq!(app.form_from(HERE, "/api/v1/auth/token", &[], &format!("{form}{more}")).await.status, 429, "{more}");
        }
        for header in [("X-Forwarded-For", ELSEWHERE), ("Forwarded", "for=198.51.100.7"), ("X-Real-IP", ELSEWHERE), ("User-Agent", "other")] {
            assert_eq!(app.form_from(HERE, "/api/v1/auth/token", &[header], &form).await.status, 429, "{header:?}");
        }
    }

    what_is_counted_here_counts_for_every_replica(app) {
        let (_, email) = user(app).await;
        fail(app, HERE, &email, 10).await;
        let other = app.limited(Rules::default(), Proxies::default()).await;
        assert_eq!(status(&other, HERE, &email).await, 429);
    }

    guesses_that_are_made_all_at_once_gain_nothing(app) {
        let now = app.clock.now();
        let attempt = Attempt::new("ada@example.org", HERE);
        let guess = move |connection: &mut _| {
            assert_eq!(attempt.judge(connection, now)?, Verdict::Open(true), "it is let through to the password");
            for _ in 0..10 {
                attempt.failed(connection, now)?;
            }
            // The right one was among them, and comes too late.
            Ok(attempt.settle(connection, now).map_err(|error| error.into_problem().kind.status()))
        };
        assert_eq!(app.served.store.by_itself(guess).await.unwrap(), Err(429));
    }

    what_was_counted_is_kept_under_digests_and_not_for_ever(app) {
        let (_, email) = user(app).await;
        assert_eq!(status(app, ELSEWHERE, &email).await, 200);
        fail(app, HERE, &email, 2).await;
        let rows = async || {
            let all = "SELECT key FROM login_failures UNION ALL SELECT pair FROM login_addresses";
            let keys = app.served.store.unauthenticated(move |connection| Ok(Statement::new(all).rows(connection, &[SqlType::Text])?)).await.unwrap();
            keys.iter().map(|row| row[0].as_text().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let kept = rows().await;
        // The administrator of the app has logged in too.
        assert_eq!(kept.len(), 5);
        assert!(kept.iter().all(|key| key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())), "{kept:?}");
        let forget = async |seconds: i64| {
            let at = app.clock.now().plus_seconds(seconds);
            app.served.store.by_itself(move |connection| lockout::forget(connection, at)).await.unwrap()
        };
        assert_eq!((forget(61).await, forget(24 * 3600).await, forget(91 * 24 * 3600).await), (1, 2, 2), "the address, then the account, then where it is at home");
        assert!(rows().await.is_empty());
    }

    a_refusal_costs_the_same_whoever_it_is_refused_to(app) {
        let (_, email) = user(app).await;
        let (disabled, off) = user(app).await;
        assert_eq!(app.transition(&app.admin, &format!("/api/v1/identity/users/{disabled}"), "disabled").await.status, 200);
        let cost = async |email: &str| {
            let (hashes, statements) = (compared(), statements_run());
            fail(app, HERE, email, 1).await;
            (compared() - hashes, statements_run() - statements)
        };
        let of_a_known_one = cost(&email).await;
        assert_eq!(of_a_known_one.0, 1);
        for other in ["nobody@example.org", &off, "no address", &"long".repeat(2000)] {
            assert_eq!(cost(other).await, of_a_known_one, "{other:.20}");
        }
    }
}
