//! The service as a page in a browser meets it: other origins, compressed answers, what it has already.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;
use steward::http::{Rule, Rules};

const ORIGIN: &str = "https://app.example.org";

async fn preflight(app: &TestApp, path: &str, origin: &str) -> Answer {
    let asks = [("Origin", origin), ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", "authorization,if-match,content-type")];
    app.call(&Actor::nobody(), "OPTIONS", path, &asks, None).await
}

async fn opened(app: &TestApp) -> TestApp {
    app.for_pages_of(Rules::default(), &[ORIGIN]).await
}

const ANY_PATH: [&str; 6] =
    ["/api/v1/vendors/vendors", "/api/v1/auth/token", "/api/v1/auth/me", "/openapi.json", "/api/v1/platform/bulk", "/api/v1/nowhere/at-all"];

on_both! {
    a_page_of_a_listed_origin_may_ask_everywhere(app) {
        let open = opened(app).await;
        for path in ANY_PATH {
            let answer = preflight(&open, path, ORIGIN).await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, Some(ORIGIN)), "{path}");
            assert!(answer.header("access-control-allow-methods").is_some_and(|methods| methods.contains("PATCH")), "{path}");
            assert!(answer.header("access-control-allow-headers").is_some_and(|names| names.contains("if-match")), "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), None, "tokens are sent in a header");
        }
    }

    a_page_of_another_origin_is_refused_as_a_problem(app) {
        let open = opened(app).await;
        let refused = preflight(&open, "/api/v1/vendors/vendors", "https://elsewhere.example.org").await;
        assert_eq!((refused.status, refused.header("content-type")), (400, Some("application/problem+json")));
        let read = open.call(&open.admin, "GET", "/api/v1/vendors/vendors", &[("Origin", "https://elsewhere.example.org")], None).await;
        assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None));
    }

    no_page_may_ask_unless_its_origin_is_listed(app) {
        assert_eq!(preflight(app, "/api/v1/vendors/vendors", ORIGIN).await.status, 405);
        let read = app.call(&app.admin, "GET", "/api/v1/vendors/vendors", &[("Origin", ORIGIN)], None).await;
        assert_eq!(read.header("access-control-allow-origin"), None);
    }

    problems_can_be_read_by_a_page_too(app) {
        let open = opened(app).await;
        let from = [("Origin", ORIGIN)];
        let unknown = open.call(&open.admin, "GET", "/api/v1/vendors/vendors?nonsense=1", &from, None).await;
        let stranger = open.call(&Actor::nobody(), "GET", "/api/v1/vendors/vendors", &from, None).await;
        let nowhere = open.call(&open.admin, "GET", "/nowhere", &from, None).await;
        for (answer, status) in [(&unknown, 400), (&stranger, 401), (&nowhere, 404)] {
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (status, Some(ORIGIN)));
            let exposed = answer.header("access-control-expose-headers").unwrap_or_default().to_ascii_lowercase();
            for name in ["etag", "location", "link", "retry-after", "ratelimit", "ratelimit-policy", "x-request-id", "idempotency-replayed", "dry-run"] {
                assert!(exposed.split(", ").any(|exposed| exposed == name), "{name} in {exposed}");
            }
        }
    }

    a_preflight_is_not_counted_and_a_refusal_for_haste_is_readable(app) {
        let open = app.for_pages_of(Rules { auth: Rule::new(1, 60), ..Rules::default() }, &[ORIGIN]).await;
        let headers = [("Origin", ORIGIN), ("Access-Control-Request-Method", "POST")];
        for _ in 0..5 {
            assert_eq!(open.call_from("10.0.0.1", &Actor::nobody(), "OPTIONS", "/api/v1/auth/token", &headers, None).await.status, 200);
        }
        let ask = async || open.form_from("10.0.0.1", "/api/v1/auth/token", &[("Origin", ORIGIN)], "grant_type=password").await;
        assert_eq!(ask().await.status, 400);
        let hasty = ask().await;
        assert_eq!((hasty.status, hasty.header("access-control-allow-origin")), (429, Some(ORIGIN)));
    }

    answers_are_compressed_as_the_client_asks_and_their_tags_come_back(app) {
        let text = "A vendor of considerable length. ".repeat(100);
        let vendor = app.make("vendors/vendors", &json!({"code": "LONG", "name": "Long Ltd", "notes": text})).await;
        let at = format!("/api/v1/vendors/vendors/{}", vendor["id"].as_str().unwrap());
        let plain = app.get(&app.admin, &at).await;
        assert_eq!((plain.header("content-encoding"), plain.etag()), (None, "\"1\"".to_owned()));
        for coding in ["br", "gzip", "zstd"] {
            let packed = app.call(&app.admin, "GET", &at, &[("Accept-Encoding", coding)], None).await;
            assert_eq!((packed.header("content-encoding"), packed.etag()), (Some(coding), format!("\"1-{coding}\"")));
            assert_eq!(packed.body, plain.body);
            assert!(packed.sent * 4 < plain.sent, "{coding}: {} of {} bytes", packed.sent, plain.sent);
            let varies = packed.header("vary").unwrap_or_default().to_ascii_lowercase();
            assert!(varies.contains("accept-encoding") && varies.contains("authorization"), "{varies}");
            let again = app.call(&app.admin, "GET", &at, &[("Accept-Encoding", coding), ("If-None-Match", &packed.etag())], None).await;
            assert_eq!((again.status, again.sent, again.etag()), (304, 0, packed.etag()));
            let same = app.patch(&app.admin, &at, &packed.etag(), &json!({})).await;
            assert_eq!(same.status, 200, "{}", same.text);
        }
        let changed = app.patch(&app.admin, &at, "\"1-br\"", &json!({"name": "Longer Ltd"})).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let stale = app.call(&app.admin, "GET", &at, &[("Accept-Encoding", "br"), ("If-None-Match", "\"1-br\"")], None).await;
        assert_eq!((stale.status, stale.etag()), (200, "\"2-br\"".to_owned()));
        assert_eq!(app.patch(&app.admin, &at, "\"1-br\"", &json!({})).await.status, 412);
    }

    exports_are_compressed_while_they_are_streamed(app) {
        for number in 0..40 {
            app.make("vendors/vendors", &json!({"code": format!("V{number}"), "name": format!("Vendor {number}")})).await;
        }
        for form in ["text/csv", "application/x-ndjson"] {
            let plain = app.call(&app.admin, "GET", "/api/v1/vendors/vendors", &[("Accept", form)], None).await;
            let packed = app.call(&app.admin, "GET", "/api/v1/vendors/vendors", &[("Accept", form), ("Accept-Encoding", "gzip")], None).await;
            assert_eq!(packed.header("content-encoding"), Some("gzip"));
            assert_eq!(packed.text, plain.text);
            assert!(packed.sent * 2 < plain.sent);
        }
    }

    what_tells_a_secret_is_not_compressed(app) {
        let form = "grant_type=password&username=admin%40example.org&password=correct+horse+battery+staple";
        let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept-Encoding", "br")];
        let answer = app.call(&Actor::nobody(), "POST", "/api/v1/auth/token", &headers, Some(form.to_owned())).await;
        assert_eq!((answer.status, answer.header("content-encoding")), (200, None), "{}", answer.text);
    }

    a_coding_that_nobody_knows_is_refused_as_a_problem(app) {
        let answer = app.call(&app.admin, "GET", "/api/v1/vendors/vendors", &[("Accept-Encoding", "identity;q=0, rot13")], None).await;
        assert_eq!((answer.status, answer.header("content-type")), (406, Some("application/problem+json")));
    }

    documents_and_their_page_are_sent_once(app) {
        let paths =
            ["/openapi.json", "/openapi/vendors.json", "/openapi-3.0.json", "/openapi-3.0/vendors.json", "/docs/", "/docs/swagger-ui-bundle.js", "/docs/swagger-initializer.js", "/docs/lifecycles/vendors/contracts.svg"];
        for path in paths {
            let first = app.get(&Actor::nobody(), path).await;
            assert_eq!(first.status, 200, "{path}");
            let again = app.call(&Actor::nobody(), "GET", path, &[("If-None-Match", &first.etag())], None).await;
            assert_eq!((again.status, again.sent), (304, 0), "{path}");
            let packed = app.call(&Actor::nobody(), "GET", path, &[("Accept-Encoding", "gzip")], None).await;
            let again = app.call(&Actor::nobody(), "GET", path, &[("Accept-Encoding", "gzip"), ("If-None-Match", &packed.etag())], None).await;
            assert_eq!((again.status, again.etag()), (304, packed.etag()), "{path}");
            assert_eq!(app.call(&Actor::nobody(), "GET", path, &[("If-None-Match", "\"other\"")], None).await.status, 200, "{path}");
        }
    }

    a_page_that_the_client_has_is_not_sent_again(app) {
        let path = "/api/v1/vendors/vendors?limit=2&sort=code";
        let named = async |code: &str, name: &str| {
            let mut body = app.sample("vendors/vendors", code).await;
            body.insert("name".into(), name.into());
            app.make("vendors/vendors", &body.into()).await
        };
        named("A", "First").await;
        let first = app.get(&app.admin, path).await;
        let known = |tag: String| async move { app.call(&app.admin, "GET", path, &[("If-None-Match", &tag)], None).await };
        let again = known(first.etag()).await;
        assert_eq!((again.status, again.sent, again.etag()), (304, 0, first.etag()));
        named("B", "Second").await;
        let changed = known(first.etag()).await;
        assert_eq!((changed.status, changed.body["data"].as_array().unwrap().len()), (200, 2));
        assert_eq!(known(changed.etag()).await.status, 304);
        let other = app.call(&app.stranger().await, "GET", path, &[("If-None-Match", &changed.etag())], None).await;
        assert_eq!((other.status, other.body["data"].clone()), (200, json!([])), "a tag tells nobody what others see");
    }

    the_document_of_a_domain_comes_in_the_older_words_too(app) {
        let older = app.get(&Actor::nobody(), "/openapi-3.0/projects.json").await;
        assert_eq!((older.status, older.body["openapi"].as_str()), (200, Some("3.0.3")));
        let import = &older.body["paths"]["/api/v1/projects/work-items/import"]["post"];
        assert_eq!(import["requestBody"]["content"].as_object().unwrap().keys().collect::<Vec<_>>(), ["application/octet-stream"]);
        assert_eq!(import["responses"]["200"]["content"], import["responses"]["202"]["content"], "one type for all that succeeds");
        assert!(older.body["paths"].get("/api/v1/vendors/vendors").is_none());
        assert_eq!(app.get(&Actor::nobody(), "/openapi-3.0/nothing.json").await.status, 404);
    }

    head_is_answered_where_get_is(app) {
        let paths = [
            "/",
            "/docs",
            "/docs/",
            "/docs/swagger-ui.css",
            "/openapi.json",
            "/openapi/finance.json",
            "/livez",
            "/readyz",
            "/problems/conflict",
            "/.well-known/jwks.json",
            "/.well-known/oauth-authorization-server",
            "/api/v1/auth/me",
            "/api/v1/vendors/vendors",
            "/api/v1/platform/overview",
        ];
        for path in paths {
            let (get, head) = (app.get(&app.admin, path).await, app.call(&app.admin, "HEAD", path, &[], None).await);
            assert_eq!(head.status, get.status, "{path}");
            assert!(get.status < 400, "{path}");
        }
        let start = app.get(&Actor::nobody(), "/").await;
        assert_eq!((start.status, start.header("location")), (303, Some("/docs/")));
        let wrong = app.call(&Actor::nobody(), "DELETE", "/openapi.json", &[], None).await;
        assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET, HEAD")));
    }
}
