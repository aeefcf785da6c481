//! Fuzzing that stays: texts that are nearly right, by a seed that is printed. Whatever comes in, nothing panics, nothing answers 5xx,
//! and every answer is as the document says.

use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::formats::{csv, oscal};
use steward::view::body;

/// A generator that a seed decides (SplitMix64).
struct Random(u64);

impl Random {
    fn new(name: &str) -> Random {
        let seed = std::env::var("STEWARD_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_129);
        println!("{name}: STEWARD_TEST_SEED={seed}");
        Random(seed)
    }

    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as usize % below.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.next(from.len())]
    }

    /// One of some texts, changed in a few places.
    fn near(&mut self, seeds: &[&str], pieces: &[&str]) -> String {
        let mut letters: Vec<char> = self.pick(seeds).chars().collect();
        for _ in 0..self.next(6) {
            let at = self.next(letters.len() + 1);
            match self.next(6) {
                0 => drop(letters.drain(at..letters.len().min(at + 1 + self.next(8)))),
                1 => {
                    let piece = self.pick(pieces);
                    drop(letters.splice(at..at, piece.chars()));
                }
                2 => {
                    let other: Vec<char> = self.pick(seeds).chars().collect();
                    letters.extend(&other[self.next(other.len())..]);
                }
                3 => letters.truncate(at),
                4 => {
                    let again: Vec<char> = letters[at..letters.len().min(at + 12)].to_vec();
                    (0..self.next(40)).for_each(|_| drop(letters.splice(at..at, again.iter().copied())));
                }
                _ => letters.insert(at, char::from_u32(self.next(0x11_0000) as u32).unwrap_or('\u{fffd}')),
            }
        }
        letters.into_iter().collect()
    }
}

const ODD: &[&str] = &[
    "\"",
    "'",
    "\\",
    "\0",
    "\u{202e}",
    "\u{feff}",
    "ſ",
    "İ",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\r",
    "\n",
    "null",
    "-0",
    "1e400",
    "99999999999999999999",
    "𝕏",
    "%",
    "&",
    "=",
    "(",
    ")",
];
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

/// Texts for what needs no service.
fn pure(cases: usize) {
    let mut random = Random::new("parsers");
    for _ in 0..cases {
        // A mark of the byte order is taken off at the beginning, and text anywhere else.
        let text = random.near(FILES, ODD).replace('\u{feff}', "");
        if let Ok(rows) = csv::parse(&text) {
            let mut written = String::new();
            for row in &rows {
                csv::write_row(row.iter().map(|cell| if let csv::Cell::Text(text) = cell { Some(text.as_str()) } else { None }), &mut written);
            }
            assert_eq!(csv::parse(&written).unwrap(), rows, "{text:?}");
        }
        let text = random.near(JSON, ODD);
        if let Ok(value) = body::json(text.as_bytes()) {
            assert_eq!(body::json(value.to_string().as_bytes()).unwrap(), value, "{text:?}");
        }
        let mut bytes = random.near(JSON, ODD).into_bytes();
        let at = random.next(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte = random.next(256) as u8;
        }
        let _ = body::object(&bytes);
    }
}

fn catalogs(cases: usize) {
    let mut random = Random::new("OSCAL");
    let whole = include_str!("../fixtures/oscal/catalog.json");
    for _ in 0..cases {
        let text = random.near(&[whole], ODD);
        if let Ok(Value::Object(catalog)) = body::json(text.as_bytes()) {
            let _ = oscal::parse(&Value::Object(catalog));
        }
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Requests that are nearly right.
async fn requests(app: &TestApp, cases: usize) {
    let mut random = Random::new("requests");
    let control = json!({"code": "F", "name": "A", "kind": "detective", "test_period_days": 90});
    let made = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
    let page = app.get(&app.admin, "/api/v1/identity/roles?limit=1").await;
    let cursor = page.body["next_cursor"].as_str().unwrap().to_owned();
    let token = app.admin.token.clone().unwrap();
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
        let answer = app.get(&app.admin, &format!("/api/v1/{path}")).await;
        assert!(matches!(answer.status, 200 | 400), "{path}: {} {}", answer.status, answer.text);
        let patch = random.near(&patches, ODD);
        let answer = app
            .call(
                &app.admin,
                "PATCH",
                &format!("/api/v1/governance/controls/{made}"),
                &[("Content-Type", "application/merge-patch+json"), ("If-Match", "*")],
                Some(patch),
            )
            .await;
        assert!(matches!(answer.status, 200 | 400 | 409 | 422), "{} {}", answer.status, answer.text);
        let form: String = random.near(&forms, &["/", ";", "=", "\"", "*", ","]).chars().filter(|letter| (' '..='~').contains(letter)).collect();
        let body = random.near(&[FILES[0], JSON[0], "{\"code\": \"A\", \"name\": \"A\"}\n"], ODD);
        let answer = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=teams/units&dry_run=true", &[("Content-Type", &form)], Some(body)).await;
        assert!(matches!(answer.status, 200 | 400 | 415 | 422), "{form:?}: {} {}", answer.status, answer.text);
        let forged = random.near(&[&token], &["ey", ".", "=", "-"]);
        if forged != token {
            assert!(app.served.keys.verify(&forged, app.clock.now()).is_none(), "{forged}");
        }
    }
}

#[test]
fn parsers_take_what_is_nearly_right() {
    pure(20_000);
    catalogs(200);
}

#[test]
#[ignore = "takes minutes"]
fn parsers_take_a_million_texts_that_are_nearly_right() {
    pure(350_000);
    catalogs(5_000);
}

on_both! {
    the_service_answers_what_is_nearly_right_as_its_document_says(app) {
        requests(app, 150).await;
    }

    #[ignore = "takes minutes"]
    the_service_answers_tens_of_thousands_of_requests_that_are_nearly_right(app) {
        requests(app, 15_000).await;
    }
}
