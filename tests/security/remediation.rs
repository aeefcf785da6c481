//! How vulnerabilities were remediated, and how old those are that are open, worked by hand.

use super::{excepted, made, moved};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn hole(app: &TestApp, server: &str, title: &str, severity: Option<&str>, detected_on: &str) -> String {
    let body = json!({"title": title, "subject_id": server, "severity": severity, "detected_on": detected_on, "decision_reason": "Looked at.", "justification": "code_not_reachable"});
    made(app, "security/vulnerabilities", body).await
}

async fn through(app: &TestApp, actor: &Actor, id: &str, states: &[&str]) {
    for state in states {
        moved(app, actor, "security/vulnerabilities", id, state).await;
    }
}

async fn on(app: &TestApp, day: &str) -> Actor {
    app.clock.set(Instant::parse(&format!("{day}T09:00:00Z")).unwrap());
    app.log_in_as(&app.admin.id.unwrap().to_string())
}

async fn told(app: &TestApp, actor: &Actor, query: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/security/vulnerabilities/{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// Due, attained, excused, percent; fixed, mean days; recurred, percent.
fn figures(of: &Value) -> Value {
    ["due", "attained", "excused", "attainment_percent", "fixed", "mean_days_to_remediate", "recurred", "recurrence_percent"]
        .map(|name| of[name].clone())
        .into()
}

const FIXED: [&str; 3] = ["triaged", "in_remediation", "fixed"];

on_both! {
    remediation_is_told_by_severity_and_month(app) {
        assert_eq!(app.get(&app.stranger().await, "/api/v1/security/vulnerabilities/remediation").await.status, 404);
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        // Fixed on 15 June: due on the 16th, and on the 9th.
        let again = hole(app, &server, "again", Some("critical"), "2026-06-01").await;
        let late = hole(app, &server, "late", Some("high"), "2026-05-10").await;
        for id in [&again, &late] {
            through(app, &app.admin, id, &FIXED).await;
        }
        let none = hole(app, &server, "none", Some("high"), "2026-06-10").await;
        through(app, &app.admin, &none, &["triaged", "false_positive"]).await;
        // Open: due on 30 May, on 30 June, never, and on 1 July, which an exception covers.
        hole(app, &server, "medium", Some("medium"), "2026-03-01").await;
        hole(app, &server, "low", Some("low"), "2026-01-01").await;
        hole(app, &server, "unknown", None, "2026-06-01").await;
        let excused = hole(app, &server, "excused", Some("high"), "2026-06-01").await;
        let exception = json!({"title": "Until July", "kind": "overdue_vulnerability", "subject_id": excused, "level": "high", "justification": "It goes.",
            "starts_on": "2026-06-15", "expires_on": "2026-07-05"});
        excepted(app, exception).await;

        let admin = on(app, "2026-07-20").await;
        through(app, &admin, &again, &["reopened"]).await;
        let body = told(app, &admin, "remediation?from=2026-05-01").await;
        // Of 16, 9 and 30 June and 30 May one was attained; 14 and 36 days to fix; one of two came back.
        assert_eq!(figures(&body["total"]), json!([4, 1, 1, 25, 2, 25, 1, 50]), "{body}");
        let by_severity: Vec<Value> = body["by_severity"].as_array().unwrap().iter().map(|row| json!([row["severity"], figures(row)])).collect();
        let expected = [
            json!(["critical", [1, 1, 0, 100, 1, 14, 1, 100]]),
            json!(["high", [1, 0, 1, 0, 1, 36, 0, 0]]),
            json!(["medium", [1, 0, 0, 0, 0, null, 0, null]]),
            json!(["low", [1, 0, 0, 0, 0, null, 0, null]]),
            json!([null, [0, 0, 0, null, 0, null, 0, null]]),
        ];
        assert_eq!(by_severity, expected);
        let by_month: Vec<Value> = body["by_month"].as_array().unwrap().iter().map(|row| json!([row["from"], row["to"], figures(row)])).collect();
        let expected = [
            json!(["2026-05-01", "2026-06-01", [1, 0, 0, 0, 0, null, 0, null]]),
            json!(["2026-06-01", "2026-07-01", [3, 1, 0, 33.333333, 2, 25, 1, 50]]),
            json!(["2026-07-01", "2026-07-21", [0, 0, 1, null, 0, null, 0, null]]),
        ];
        assert_eq!(by_month, expected);
        assert_eq!(figures(&told(app, &admin, "remediation?from=2026-05-01&severity=critical").await["total"]), json!([1, 1, 0, 100, 1, 14, 1, 100]));
        // A month ago 30 June had not passed, and nothing had come back.
        assert_eq!(figures(&told(app, &admin, "remediation?from=2026-05-01&as_of=2026-06-20").await["total"]), json!([3, 1, 0, 33.333333, 2, 25, 0, 0]));
        assert_eq!(figures(&told(app, &admin, "remediation?from=2026-01-01&to=2026-02-01").await["total"]), json!([0, 0, 0, null, 0, null, 0, null]));
        for wrong in ["from=2026-07-01&to=2026-07-01", "from=2020-01-01&to=2026-07-01", "from=soon"] {
            assert_eq!(app.get(&admin, &format!("/api/v1/security/vulnerabilities/remediation?{wrong}")).await.status, 400, "{wrong}");
        }
        // The second round of what came back has a due day of its own: 15 days after 20 July.
        let admin = on(app, "2026-08-10").await;
        assert_eq!(figures(&told(app, &admin, "remediation?from=2026-08-01").await["total"]), json!([1, 0, 0, 0, 0, null, 0, null]));
    }

    open_vulnerabilities_stand_in_bands_of_their_age(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let nothing = told(app, &app.admin, "ageing").await;
        assert_eq!((&nothing["open"], &nothing["mean_age_days"], &nothing["bands"][4]["open"]), (&json!(0), &Value::Null, &json!(0)));
        let again = hole(app, &server, "again", Some("critical"), "2026-06-01").await;
        through(app, &app.admin, &again, &FIXED).await;
        hole(app, &server, "medium", Some("medium"), "2026-03-01").await;
        hole(app, &server, "low", Some("low"), "2026-01-01").await;
        let none = hole(app, &server, "none", None, "2026-06-01").await;
        through(app, &app.admin, &none, &["triaged", "not_affected"]).await;
        let admin = on(app, "2026-07-20").await;
        through(app, &admin, &again, &["reopened"]).await;
        let body = told(app, &admin, "ageing").await;
        // 0 days since it came back; 141 since 1 March, due on 30 May; 200 since 1 January, due on 30 June.
        assert_eq!(["open", "overdue", "mean_age_days"].map(|name| body[name].clone()), [json!(3), json!(2), json!(113.666667)], "{body}");
        let bands: Vec<Value> = body["bands"].as_array().unwrap().iter().map(|band| json!([band["from_days"], band["to_days"], band["open"]])).collect();
        assert_eq!(bands, [json!([0, 30, 1]), json!([31, 60, 0]), json!([61, 90, 0]), json!([91, 180, 1]), json!([181, null, 1])]);
        let low = &body["bands"][4]["by_severity"][3];
        assert_eq!(["severity", "open", "overdue", "oldest_age_days"].map(|name| low[name].clone()), [json!("low"), json!(1), json!(1), json!(200)]);
        // As it was on 10 June: all four of them, 9, 101, 160 and 9 days old.
        let past = told(app, &admin, "ageing?as_of=2026-06-10").await;
        assert_eq!(["open", "overdue", "mean_age_days"].map(|name| past[name].clone()), [json!(4), json!(1), json!(69.75)], "{past}");
    }

    the_days_of_a_round_are_those_of_the_organisation(app) {
        let settings = app.get(&app.admin, "/api/v1/platform/settings").await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/platform/settings/{settings}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"time_zone": "Pacific/Honolulu"})).await.status, 200);
        // It is the 15th by UTC, and eleven in the evening of the 14th in Honolulu.
        let admin = app.admin.clone();
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let id = hole(app, &server, "quick", Some("critical"), "2026-06-14").await;
        through(app, &admin, &id, &FIXED).await;
        let body = told(app, &admin, "remediation?from=2026-06-01").await;
        assert_eq!(["fixed", "mean_days_to_remediate"].map(|name| body["total"][name].clone()), [json!(1), json!(0)], "{body}");
        through(app, &admin, &id, &["reopened"]).await;
        let figures = app.get(&admin, "/api/v1/security/vulnerabilities?figures=true").await.body["data"][0]["figures"].clone();
        assert_eq!(figures["due_on"], json!("2026-06-29"), "fifteen days from the 14th");
    }

    a_past_day_has_the_severities_of_that_day(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let own = hole(app, &server, "own", Some("low"), "2026-06-01").await;
        let advisory = made(app, "security/advisories", json!({"code": "A-1", "title": "Hole", "severity": "low"})).await;
        made(app, "security/vulnerabilities", json!({"title": "Hole", "subject_id": server, "advisory_id": advisory, "detected_on": "2026-06-01"})).await;
        let admin = on(app, "2026-07-20").await;
        for path in [format!("vulnerabilities/{own}"), format!("advisories/{advisory}")] {
            assert_eq!(app.patch(&admin, &format!("/api/v1/security/{path}"), "*", &json!({"severity": "critical"})).await.status, 200);
        }
        let open = async |query: &str| {
            let body = told(app, &admin, query).await;
            let of = |severity: &str| body["by_severity"].as_array().unwrap().iter().find(|each| each["severity"] == severity).unwrap()["open"].clone();
            [of("low"), of("critical"), body["overdue"].clone()]
        };
        assert_eq!(open("ageing").await, [json!(0), json!(2), json!(2)]);
        assert_eq!(open("ageing?as_of=2026-06-30").await, [json!(2), json!(0), json!(0)], "both were low then");
        assert_eq!(open("ageing?as_of=2026-06-10").await, [json!(2), json!(0), json!(0)], "as they were recorded first");
    }
}
