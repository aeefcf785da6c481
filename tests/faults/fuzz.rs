//! Fuzzing that stays: texts that are nearly right, by a seed that is printed. Whatever comes in, nothing panics, nothing answers 5xx,
//! every answer is as the document says, and no case takes more memory or time than its kind may. The time of a request is long enough for a
//! database on a busy machine.

use crate::bounded::Bounds;
use crate::harness::TestApp;
use crate::on_both;
use crate::random::{ODD, Random};
use serde_json::{Value, json};
use steward::formats::{csv, oscal};
use steward::view::body;

const JSON: &[&str] = &[
    r#"{"code": "A", "name": "A name", "parent_id": null, "list": [1, -2.5, 1e3, true], "deep": {"a": {"b": ["ä", "\u0061"]}}}"#,
    r#"[{"op": "create", "collection": "teams/units", "body": {"code": "A"}}, null]"#,
];
const FILES: &[&str] = &["code,name,parent\r\nLAB,\"Labor, \"\"new\"\"\",ORG\r\n,\"\",\r\n", "id;name\n1;2\n", "a,b\n\"x\ny\",=1+1\n"];
const FILTERS: &[&str] = &[
    r#"code = "A" AND (name : "b" OR NOT state != null)"#,
    r#"unit_id.code = "ORG" AND created_at >= "2026-01-01T00:00:00Z""#,
    "test_period_days < 30 OR custom.x = true",
];

/// Texts for what needs no service: three of each.
fn parsers(cases: usize) {
    let (mut random, mut bounds) = (Random::new("parsers"), Bounds::new("parsers", 2, 2));
    for _ in 0..cases {
        // A mark of the byte order is taken off at the beginning, and text anywhere else.
        let text = random.near(FILES, ODD).replace('\u{feff}', "");
        bounds.within(&text, || {
            if let Ok(rows) = csv::parse(&text) {
                let mut written = String::new();
                for row in &rows {
                    csv::write_row(row.iter().map(|cell| if let csv::Cell::Text(text) = cell { Some(text.as_str()) } else { None }), &mut written);
                }
                assert_eq!(csv::parse(&written).unwrap(), rows, "{text:?}");
            }
        });
        let text = random.near(JSON, ODD);
        bounds.within(&text, || {
            if let Ok(value) = body::json(text.as_bytes()) {
                assert_eq!(body::json(value.to_string().as_bytes()).unwrap(), value, "{text:?}");
            }
        });
        let text = random.near(JSON, ODD);
        let mut bytes = text.clone().into_bytes();
        let at = random.next(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte = random.next(256) as u8;
        }
        bounds.within(&text, || drop(body::object(&bytes)));
    }
}

fn catalogs(cases: usize) {
    let (mut random, mut bounds) = (Random::new("OSCAL"), Bounds::new("OSCAL", 4, 2));
    let whole = include_str!("../fixtures/oscal/catalog.json");
    for _ in 0..cases {
        let text = random.near(&[whole], ODD);
        bounds.within(&text, || {
            if let Ok(Value::Object(catalog)) = body::json(text.as_bytes()) {
                let _ = oscal::parse(&Value::Object(catalog));
            }
        });
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Requests that are nearly right.
async fn requests(app: &TestApp, cases: usize) {
    let (mut random, mut bounds) = (Random::new("requests"), Bounds::new("requests", 8, 30));
    let control = json!({"code": "F", "name": "A", "kind": "detective", "test_period_days": 90});
    let made = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
    let page = app.get(&app.admin, "/api/v1/identity/roles?limit=1").await;
    let cursor = page.body["next_cursor"].as_str().unwrap().to_owned();
    let (patches, forms) = (
        [r#"{"name": "B", "description": null}"#, r#"{"test_period_days": 30, "kind": "preventive", "owner_id": null}"#],
        ["application/json", "application/merge-patch+json; charset=utf-8", "text/csv", "multipart/form-data; boundary=x", "application/x-ndjson"],
    );
    for _ in 0..cases {
        let path = match random.next(4) {
            0 => format!("governance/controls?filter={}", encoded(&random.near(FILTERS, ODD))),
            1 => format!("identity/roles?limit=1&cursor={}", encoded(&random.near(&[&cursor], ODD))),
            2 => format!("governance/controls?q={}&sort={}", encoded(&random.near(FILTERS, ODD)), encoded(&random.near(&["-code,name", "id"], ODD))),
            _ => format!(
                "governance/controls?{}",
                encoded(&random.near(&["code=A&fields=id,code", "expand=owner_id&facets=state"], ODD)).replace("%3D", "=").replace("%26", "&")
            ),
        };
        let case = bounds.begin(&path);
        let answer = app.get(&app.admin, &format!("/api/v1/{path}")).await;
        bounds.end(&case, &path);
        assert!(matches!(answer.status, 200 | 400), "{path}: {} {}", answer.status, answer.text);
        let patch = random.near(&patches, ODD);
        let (headers, address) = ([("Content-Type", "application/merge-patch+json"), ("If-Match", "*")], format!("/api/v1/governance/controls/{made}"));
        let case = bounds.begin(&patch);
        let answer = app.call(&app.admin, "PATCH", &address, &headers, Some(patch.clone())).await;
        bounds.end(&case, &patch);
        assert!(matches!(answer.status, 200 | 400 | 409 | 422), "{} {}", answer.status, answer.text);
        let form: String = random.near(&forms, &["/", ";", "=", "\"", "*", ","]).chars().filter(|letter| (' '..='~').contains(letter)).collect();
        let body = random.near(&[FILES[0], JSON[0], "{\"code\": \"A\", \"name\": \"A\"}\n"], ODD);
        let case = bounds.begin(&body);
        let import = "/api/v1/platform/imports?collection=teams/units&dry_run=true";
        let answer = app.call(&app.admin, "POST", import, &[("Content-Type", &form)], Some(body.clone())).await;
        bounds.end(&case, &body);
        assert!(matches!(answer.status, 200 | 400 | 415 | 422), "{form:?}: {} {}", answer.status, answer.text);
    }
}

/// Tokens that are nearly those of the administrator.
fn tokens(app: &TestApp, cases: usize) {
    let (mut random, mut bounds) = (Random::new("tokens"), Bounds::new("tokens", 1, 2));
    let token = app.admin.token.clone().unwrap();
    for _ in 0..cases {
        let forged = random.near(&[&token], &["ey", ".", "=", "-"]);
        if forged != token {
            let known = bounds.within(&forged, || app.served.keys.verify(&forged, app.clock.now()).is_some());
            assert!(!known, "{forged}");
        }
    }
}

#[test]
fn parsers_take_what_is_nearly_right() {
    parsers(20_000);
    catalogs(200);
}

#[test]
#[ignore = "takes minutes"]
fn parsers_take_a_million_texts_that_are_nearly_right() {
    parsers(350_000);
    catalogs(5_000);
}

on_both! {
    the_service_answers_what_is_nearly_right_as_its_document_says(app) {
        requests(app, 150).await;
        tokens(app, 500);
    }

    #[ignore = "takes minutes"]
    the_service_answers_tens_of_thousands_of_requests_that_are_nearly_right(app) {
        requests(app, 15_000).await;
        tokens(app, 20_000);
    }
}
