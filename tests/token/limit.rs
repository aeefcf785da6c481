//! Who asks too often is told when to come again, and whose request it is nobody makes up.

use super::{FORM, PASSWORD, holder, log_in, log_in_from, login_form, retry_after, user};
use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;
use steward::http::{Header, Proxies, Rule, Rules};

const HERE: &str = "192.0.2.1";
const ELSEWHERE: &str = "198.51.100.7";
const PROXY: &str = "10.1.2.3";

fn behind(header: Header) -> Proxies {
    Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], header }
}

fn of_address(requests: u32, seconds: u32) -> Rules {
    Rules { auth: Rule::new(requests, seconds), ..Rules::default() }
}

fn told(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

async fn me(app: &TestApp, peer: &str, headers: &[(&str, &str)]) -> u16 {
    app.call_from(peer, &app.admin, "GET", "/api/v1/auth/me", headers, None).await.status
}

on_both! {
    an_address_is_limited_at_the_doors_of_auth_unless_the_settings_say_otherwise(app) {
        let (_, email) = user(app).await;
        let answer = log_in_from(app, HERE, &email, PASSWORD).await;
        assert_eq!((answer.status, told(&answer)), (200, (Some("\"auth\";q=600;w=60"), Some("\"auth\";r=599;t=1"))));
        let controls = app.get_from(HERE, &app.admin, "/api/v1/governance/controls").await;
        assert_eq!((controls.status, told(&controls)), (200, (None, None)), "nothing else is limited");
        let free = app.limited(Rules { auth: "0".parse().unwrap(), ..Rules::default() }, Proxies::default()).await;
        assert_eq!(told(&log_in_from(&free, HERE, &email, PASSWORD).await), (None, None));
    }

    who_asks_too_often_is_told_when_to_come_again(app) {
        let limited = app.limited(of_address(3, 30), Proxies::default()).await;
        let paths = [("GET", "/api/v1/auth/me"), ("POST", "/api/v1/auth/revoke"), ("POST", "/api/v1/auth/token")];
        for (method, path) in paths {
            let answer = limited.call_from(HERE, &app.admin, method, path, &[("Content-Type", FORM)], (method == "POST").then(String::new)).await;
            assert!(answer.status != 429 && answer.header("ratelimit").is_some(), "{path}: {}", answer.text);
        }
        for (method, path) in [paths[0], paths[1], paths[2], ("POST", "/api/v1/auth/introspect"), ("POST", "/api/v1/auth/password")] {
            let answer = limited.call_from(HERE, &app.admin, method, path, &[("Content-Type", FORM)], (method == "POST").then(String::new)).await;
            assert_eq!((retry_after(&answer), told(&answer)), (10, (Some("\"auth\";q=3;w=30"), Some("\"auth\";r=0;t=10"))), "{path}");
            let word = answer.body["error"].as_str();
            assert_eq!(word, (!path.ends_with("/me") && !path.ends_with("/password")).then_some("temporarily_unavailable"), "{path}");
            assert_eq!(answer.body["title"], "Too many requests");
            assert!(answer.header("x-request-id").is_some());
        }
        assert_eq!(me(&limited, ELSEWHERE, &[]).await, 200, "another address is not touched");
        limited.wait(10);
        assert_eq!((me(&limited, HERE, &[]).await, me(&limited, HERE, &[]).await), (200, 429), "one more has come back");
    }

    an_address_is_limited_however_it_writes_the_path(app) {
        let (limited, (_, email)) = (app.limited(of_address(2, 60), Proxies::default()).await, user(app).await);
        let log_in = async |path: &str| limited.form_from(HERE, path, &[], &login_form(&email, PASSWORD)).await;
        for path in ["/api/v1/%61uth/token", "/%61pi/v1/au%74h/t%6Fken"] {
            let answer = log_in(path).await;
            assert!(answer.status == 200 && told(&answer).1.is_some(), "{path}: {}", answer.text);
        }
        assert_eq!(retry_after(&log_in("/api/v1/%61uth/token").await), 30);
        assert_eq!(retry_after(&log_in("/api/v1/auth/token").await), 30);
    }

    a_principal_is_limited_whatever_token_and_address_it_comes_with(app) {
        let rules = Rules { principal: Rule::new(4, 60), ..Rules::default() };
        let (limited, (id, email)) = (app.limited(rules, Proxies::default()).await, user(app).await);
        let (first, second) = (holder(&log_in(app, &email, PASSWORD).await), holder(&log_in(app, &email, PASSWORD).await));
        let path = "/api/v1/governance/controls";
        for (peer, actor) in [(HERE, &first), (ELSEWHERE, &second), (HERE, &second)] {
            assert_eq!(limited.get_from(peer, actor, path).await.status, 200);
        }
        let last = limited.get(&app.log_in_as(&id), path).await;
        assert_eq!((last.status, told(&last)), (200, (Some("\"principal\";q=4;w=60"), Some("\"principal\";r=0;t=60"))));
        assert_eq!(retry_after(&limited.get(&first, path).await), 15);
        assert_eq!(retry_after(&limited.get_from(ELSEWHERE, &second, path).await), 15);
        assert_eq!(limited.get(&limited.admin, path).await.status, 200, "nobody else is");
    }

    each_kind_of_work_has_a_limit_of_its_own(app) {
        let rules = Rules { read: Rule::new(2, 60), write: Rule::new(1, 60), bulk: Rule::new(1, 60), ..Rules::default() };
        let (limited, path) = (app.limited(rules, Proxies::default()).await, "/api/v1/governance/controls");
        let read = async || limited.get(&limited.admin, path).await;
        let write = async |code: &str| limited.post(&limited.admin, path, &json!({"code": code, "name": code, "kind": "preventive", "test_period_days": 30})).await;
        let bulk = async || limited.post(&limited.admin, "/api/v1/platform/bulk", &json!({"operations": [{"op": "delete", "collection": "governance/controls", "id": steward::resource::Id::new().to_string(), "if_match": "*"}]})).await;
        let export = async || limited.call(&limited.admin, "GET", path, &[("Accept", "text/csv")], None).await;
        assert_eq!((read().await.status, read().await.status, retry_after(&read().await)), (200, 200, 30));
        assert_eq!((write("A").await.status, retry_after(&write("B").await)), (201, 60));
        assert_eq!((bulk().await.status, retry_after(&bulk().await), retry_after(&export().await)), (200, 60, 60));
    }

    whose_request_it_is_only_proxies_that_are_trusted_say(app) {
        let alone = app.limited(of_address(1, 60), Proxies::default()).await;
        assert_eq!(me(&alone, HERE, &[("X-Forwarded-For", "203.0.113.1")]).await, 200);
        assert_eq!(me(&alone, HERE, &[("X-Forwarded-For", "203.0.113.2")]).await, 429, "without proxies nobody is believed");
        let limited = app.limited(of_address(1, 60), behind(Header::XForwardedFor)).await;
        let through = async |said: &str| me(&limited, PROXY, &[("X-Forwarded-For", said)]).await;
        assert_eq!((through("203.0.113.1").await, through("203.0.113.2").await), (200, 200), "two clients behind one proxy");
        assert_eq!(through("203.0.113.1").await, 429);
        assert_eq!(through("9.9.9.9, 203.0.113.1").await, 429, "what the client wrote before the proxy did counts for nothing");
        assert_eq!(me(&limited, PROXY, &[("X-Forwarded-For", "203.0.113.1"), ("Forwarded", "for=9.9.9.9")]).await, 429, "nor does the other header");
        assert_eq!(me(&limited, HERE, &[("X-Forwarded-For", "203.0.113.3")]).await, 200);
        assert_eq!(me(&limited, HERE, &[("X-Forwarded-For", "203.0.113.4")]).await, 429, "who is no proxy is not believed");
        let other = app.limited(of_address(1, 60), behind(Header::Forwarded)).await;
        let forwarded = async |said: &str| me(&other, PROXY, &[("Forwarded", said)]).await;
        assert_eq!((forwarded("for=203.0.113.1").await, forwarded("for=203.0.113.1").await, forwarded("for=203.0.113.2").await), (200, 429, 200));
    }

    a_network_of_ipv6_is_one_address(app) {
        let limited = app.limited(of_address(1, 60), Proxies::default()).await;
        assert_eq!((me(&limited, "2001:db8:1:2::1", &[]).await, me(&limited, "2001:db8:1:2:ffff::9", &[]).await), (200, 429));
        assert_eq!(me(&limited, "2001:db8:1:3::1", &[]).await, 200);
        assert_eq!((me(&limited, "::ffff:192.0.2.77", &[]).await, me(&limited, "192.0.2.77", &[]).await), (200, 429), "IPv4 is IPv4 however it is written");
    }

    failed_logins_are_counted_of_the_client_and_not_of_the_proxy(app) {
        let (limited, (_, email)) = (app.limited(Rules::default(), behind(Header::XForwardedFor)).await, user(app).await);
        let through = async |said: &str, password: &str| {
            limited.form_from(PROXY, "/api/v1/auth/token", &[("X-Forwarded-For", said)], &login_form(&email, password)).await.status
        };
        for _ in 0..10 {
            assert_eq!(through("203.0.113.1", "not the password").await, 400);
        }
        assert_eq!((through("203.0.113.1", PASSWORD).await, through("203.0.113.2", PASSWORD).await), (429, 200));
    }

    a_refused_request_does_nothing(app) {
        let limited = app.limited(of_address(1, 60), Proxies::default()).await;
        let (_, email) = user(app).await;
        assert_eq!(log_in_from(&limited, HERE, "nobody@example.org", PASSWORD).await.status, 400);
        let hashes = steward::access::password::compared();
        assert_eq!(log_in_from(&limited, HERE, &email, PASSWORD).await.status, 429);
        assert_eq!(steward::access::password::compared(), hashes, "no password is looked at");
        let nobody = limited.call_from(HERE, &Actor::nobody(), "GET", "/api/v1/auth/me", &[], None).await;
        assert_eq!(nobody.status, 429, "nor is asked who it is");
    }
}
