//! Exceptions: they count by their days, are approved anew when they are extended, and open again what they covered.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use crate::security::{assessed, made, moved, published, risk};
use serde_json::{Value, json};
use std::sync::Arc;
use steward::access::Session;
use steward::resource::value::Instant;
use steward::store::{IfMatch, Origin, Writer};

/// A draft of an exception.
async fn draft(app: &TestApp, kind: &str, subject: &str, starts_on: &str, expires_on: &str, extends: Option<&str>) -> String {
    draft_at(app, "moderate", kind, subject, (starts_on, expires_on), extends).await
}

async fn draft_at(app: &TestApp, level: &str, kind: &str, subject: &str, (starts_on, expires_on): (&str, &str), extends: Option<&str>) -> String {
    let body = json!({"title": "Until it is mended", "kind": kind, "subject_id": subject, "level": level, "justification": "There is no other way yet.",
        "starts_on": starts_on, "expires_on": expires_on, "extends_id": extends});
    made(app, "governance/exceptions", body).await
}

/// An exception that is approved and that nobody has marked as active.
async fn approved(app: &TestApp, kind: &str, subject: &str, starts_on: &str, expires_on: &str, extends: Option<&str>) -> String {
    approved_at(app, "moderate", kind, subject, (starts_on, expires_on), extends).await
}

async fn approved_at(app: &TestApp, level: &str, kind: &str, subject: &str, days: (&str, &str), extends: Option<&str>) -> String {
    let id = draft_at(app, level, kind, subject, days, extends).await;
    moved(app, &app.admin, "governance/exceptions", &id, "submitted").await;
    moved(app, &app.second_admin().await, "governance/exceptions", &id, "approved").await;
    id
}

/// The same, asked for and approved on an earlier day: as the service itself, since no login is older than the app.
async fn approved_on(app: &TestApp, day: &str, kind: &str, subject: &str, (starts_on, expires_on): (&str, &str)) -> String {
    let now = app.clock.now();
    app.clock.set(Instant::parse(&format!("{day}T09:00:00Z")).unwrap());
    let body = json!({"title": "Until it is mended", "kind": kind, "subject_id": subject, "level": "moderate", "justification": "There is no other way yet.",
        "starts_on": starts_on, "expires_on": expires_on});
    let write = move |writer: &mut Writer<'_>| {
        let exceptions = writer.store.definitions.get("governance/exceptions").unwrap();
        let id = writer.create(exceptions, body.as_object().unwrap().clone())?.meta.id;
        for to in ["submitted", "approved"] {
            writer.transition(exceptions, id, &IfMatch::Any, to)?;
        }
        Ok(id.to_string())
    };
    let id = app.served.store.write(&Arc::new(Session::system()), &Origin::system(), write).await.unwrap();
    app.clock.set(now);
    id
}

/// Goes on to a day, and logs the administrators in again.
async fn on(app: &TestApp, day: &str) -> Actor {
    app.clock.set(Instant::parse(&format!("{day}T09:00:00Z")).unwrap());
    app.log_in_as(&app.admin.id.unwrap().to_string())
}

async fn go(app: &TestApp, actor: &Actor, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(actor, &format!("/api/v1/{collection}/{id}"), to).await
}

async fn read(app: &TestApp, actor: &Actor, path: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/{path}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// A risk at the level above the least, where only the least is accepted.
async fn excessive(app: &TestApp, code: &str, matrix: &str) -> String {
    let id = risk(app, code, matrix, None).await;
    assessed(app, &id, "inherent", 3, 3).await;
    assessed(app, &id, "current", 2, 2).await;
    let path = format!("/api/v1/security/risks/{id}");
    assert_eq!(app.patch(&app.admin, &path, "*", &json!({"next_review_on": "2026-12-01"})).await.status, 200);
    moved(app, &app.admin, "security/risks", &id, "analysed").await;
    id
}

async fn modest(app: &TestApp, matrix: &str) {
    let body = json!({"name": "Least", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01"});
    made(app, "security/risk-appetites", body).await;
}

on_both! {
    an_exception_counts_from_its_first_through_its_last_day_whatever_its_state_says(app) {
        let matrix = published(app, "M").await;
        modest(app, &matrix).await;
        let [first, second] = [excessive(app, "R1", &matrix).await, excessive(app, "R2", &matrix).await];
        assert_eq!(go(app, &app.admin, "security/risks", &first, "monitored").await.broken(), [" appetite"]);
        let draft = draft(app, "risk_acceptance", &first, "2026-06-01", "2026-06-20", None).await;
        assert_eq!(go(app, &app.admin, "security/risks", &first, "monitored").await.broken(), [" appetite"], "a draft allows nothing");
        moved(app, &app.admin, "governance/exceptions", &draft, "submitted").await;
        moved(app, &app.second_admin().await, "governance/exceptions", &draft, "approved").await;
        assert_eq!(go(app, &app.admin, "security/risks", &first, "monitored").await.status, 200, "its first day has come, marked as active or not");
        assert_eq!(go(app, &app.admin, "security/risks", &second, "monitored").await.broken(), [" appetite"], "it covers the other one");
        // Two more, for the second risk: one that begins later, one that ends first.
        approved(app, "risk_acceptance", &second, "2026-06-22", "2026-06-30", None).await;
        let early = approved(app, "risk_acceptance", &second, "2026-06-16", "2026-06-20", None).await;
        assert_eq!(go(app, &app.admin, "security/risks", &second, "monitored").await.broken(), [" appetite"], "its first day has not come");
        let admin = on(app, "2026-06-20").await;
        moved(app, &admin, "governance/exceptions", &early, "active").await;
        assert_eq!(app.call(&admin, "POST", &format!("/api/v1/security/risks/{second}/transitions?dry_run=true"), &[("Content-Type", "application/json"), ("If-Match", "*")], Some(json!({"to": "monitored"}).to_string())).await.status, 200);
        // The app stood still over the last day: the state still says active, and nothing rests on it.
        let admin = on(app, "2026-06-21").await;
        assert_eq!(read(app, &admin, &format!("governance/exceptions/{early}")).await["state"], json!("active"));
        assert_eq!(go(app, &admin, "security/risks", &second, "monitored").await.broken(), [" appetite"]);
        moved(app, &admin, "governance/exceptions", &early, "expired").await;
        assert_eq!(go(app, &admin, "security/risks", &second, "monitored").await.broken(), [" appetite"]);
        let admin = on(app, "2026-06-22").await;
        assert_eq!(go(app, &admin, "security/risks", &second, "monitored").await.status, 200, "the one that begins later");
    }

    a_risk_is_looked_at_again_when_no_exception_covers_it_any_more(app) {
        let matrix = published(app, "M").await;
        modest(app, &matrix).await;
        let id = excessive(app, "R1", &matrix).await;
        let first = approved(app, "risk_acceptance", &id, "2026-06-01", "2026-06-20", None).await;
        moved(app, &app.admin, "governance/exceptions", &first, "active").await;
        moved(app, &app.admin, "security/risks", &id, "monitored").await;
        assert_eq!(go(app, &app.admin, "governance/exceptions", &first, "expired").await.broken(), ["/expires_on not_yet"]);
        let second = approved(app, "risk_acceptance", &id, "2026-06-15", "2026-07-10", Some(&first)).await;
        let admin = on(app, "2026-06-21").await;
        moved(app, &admin, "governance/exceptions", &first, "expired").await;
        assert_eq!(read(app, &admin, &format!("security/risks/{id}")).await["state"], json!("monitored"), "the extension covers it");
        let admin = on(app, "2026-07-11").await;
        moved(app, &admin, "governance/exceptions", &second, "active").await;
        moved(app, &admin, "governance/exceptions", &second, "expired").await;
        let now = read(app, &admin, &format!("security/risks/{id}")).await;
        assert_eq!((&now["state"], &now["next_review_on"]), (&json!("analysed"), &json!("2026-07-11")));
    }

    an_extension_is_another_exception_that_is_approved_anew(app) {
        let matrix = published(app, "M").await;
        let subject = risk(app, "R", &matrix, None).await;
        let first = approved_on(app, "2026-05-20", "risk_acceptance", &subject, ("2026-03-01", "2026-05-31")).await;
        let path = format!("/api/v1/governance/exceptions/{first}");
        let longer = app.patch(&app.admin, &path, "*", &json!({"expires_on": "2026-07-31"})).await;
        assert_eq!((longer.status, longer.broken()), (409, vec!["/expires_on immutable".to_owned()]));
        let body = |more: Value| {
            let mut body = json!({"title": "Longer", "kind": "risk_acceptance", "subject_id": subject, "level": "moderate", "justification": "It is late.",
                "starts_on": "2026-06-01", "expires_on": "2026-07-31", "extends_id": first});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let make = async |more: Value| app.post(&app.admin, "/api/v1/governance/exceptions", &body(more)).await;
        assert_eq!(make(json!({"starts_on": "2026-05-01", "expires_on": "2026-05-31"})).await.broken(), ["/expires_on extension"]);
        assert_eq!(make(json!({"kind": "policy_waiver"})).await.broken(), ["/extends_id disagrees"]);
        assert_eq!(make(json!({"kind": "budget_overrun", "extends_id": null})).await.broken(), ["/kind subject"], "a risk is no budget");
        let unfinished = draft(app, "risk_acceptance", &subject, "2026-03-01", "2026-05-31", None).await;
        let of_a_draft = make(json!({"extends_id": unfinished})).await;
        assert_eq!(go(app, &app.admin, "governance/exceptions", &of_a_draft.id(), "submitted").await.broken(), ["/extends_id state"]);
        let second = make(json!({})).await.id();
        moved(app, &app.admin, "governance/exceptions", &second, "submitted").await;
        assert_eq!(go(app, &app.admin, "governance/exceptions", &second, "approved").await.broken(), [" four_eyes"]);
        moved(app, &app.second_admin().await, "governance/exceptions", &second, "approved").await;
        let debt = read(app, &app.admin, "governance/exceptions/debt").await;
        // 15 June is 15 days after 31 May; a moderate level weighs 2. The first is counted with what extends it.
        let told = &debt["exceptions"][0];
        assert_eq!((debt["exceptions"].as_array().unwrap().len(), &told["exception_id"]), (1, &json!(second)), "{debt}");
        assert_eq!(["first_expiry_on", "extensions", "days_past_first_expiry", "weighted_days", "in_force", "overdue"].map(|name| told[name].clone()),
            [json!("2026-05-31"), json!(1), json!(15), json!(30), json!(true), json!(false)]);
        assert_eq!(["exceptions", "extended", "past_first_expiry", "mean_age_days"].map(|name| debt["total"][name].clone()), [json!(1), json!(1), json!(1), json!(106)]);
        assert_eq!((&debt["by_unit"][0]["debt"], &debt["by_unit"][0]["unit_id"]), (&debt["total"], &json!(app.root_unit().await)));
        assert_eq!(read(app, &app.admin, "governance/exceptions/debt?as_of=2026-08-01").await["total"]["overdue"], json!(1));
        assert_eq!(app.get(&app.admin, "/api/v1/governance/exceptions/debt?as_of=soon").await.status, 400);
        assert_eq!(app.get(&app.stranger().await, "/api/v1/governance/exceptions/debt").await.status, 404);
    }

    the_clock_of_a_vulnerability_starts_again_when_its_exception_ends(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let body = json!({"title": "Hole", "subject_id": server, "severity": "high", "detected_on": "2026-01-10", "decision_reason": "It is switched off in July."});
        let hole = made(app, "security/vulnerabilities", body).await;
        let exception = approved_at(app, "high", "overdue_vulnerability", &hole, ("2026-06-01", "2026-06-20"), None).await;
        moved(app, &app.admin, "governance/exceptions", &exception, "active").await;
        for state in ["triaged", "accepted"] {
            moved(app, &app.admin, "security/vulnerabilities", &hole, state).await;
        }
        let figures = async |actor: &Actor| {
            let page = read(app, actor, "security/vulnerabilities?figures=true").await;
            ["due_on", "overdue"].map(|name| page["data"][0]["figures"][name].clone())
        };
        assert_eq!(figures(&app.admin).await, [json!("2026-02-09"), Value::Null], "30 days after 10 January, and accepted");
        // Nobody has moved it on: it counts as open again all the same, from the day after the exception.
        let admin = on(app, "2026-06-25").await;
        assert_eq!(figures(&admin).await, [json!("2026-07-21"), json!(false)]);
        moved(app, &admin, "governance/exceptions", &exception, "expired").await;
        assert_eq!(read(app, &admin, &format!("security/vulnerabilities/{hole}")).await["state"], json!("reopened"));
        assert_eq!(figures(&admin).await, [json!("2026-07-25"), json!(false)], "30 days after it was reopened");
        let admin = on(app, "2026-07-26").await;
        assert_eq!(figures(&admin).await, [json!("2026-07-25"), json!(true)]);
    }

    a_gap_that_no_exception_covers_any_more_is_found_once(app) {
        let control = made(app, "governance/controls", json!({"code": "C", "name": "Mail gateway", "kind": "preventive", "test_period_days": 30})).await;
        let [one, two] = [
            approved_on(app, "2026-06-02", "control_gap", &control, ("2026-06-01", "2026-06-14")).await,
            approved(app, "control_gap", &control, "2026-06-01", "2026-06-20", None).await,
        ];
        for id in [&one, &two] {
            moved(app, &app.admin, "governance/exceptions", id, "active").await;
        }
        let findings = async || read(app, &app.admin, "governance/findings").await["data"].as_array().unwrap().clone();
        moved(app, &app.admin, "governance/exceptions", &one, "expired").await;
        assert_eq!(findings().await, Vec::<Value>::new(), "the other one covers it");
        moved(app, &app.admin, "governance/exceptions", &two, "revoked").await;
        let found = findings().await;
        assert_eq!(found.len(), 1);
        assert_eq!(["title", "kind", "source_id", "due_on", "state"].map(|name| found[0][name].clone()),
            [json!("Not covered any more: Mail gateway"), json!("observation"), json!(two), json!("2026-07-15"), json!("open")]);
    }

    a_change_in_a_freeze_is_made_with_an_exception_that_covers_its_days(app) {
        made(app, "infrastructure/freeze-periods", json!({"name": "Closing", "starts_at": "2026-07-01T00:00:00Z", "ends_at": "2026-07-03T00:00:00Z"})).await;
        let body = json!({"title": "Change", "kind": "normal", "risk": "low", "impact": "low", "starts_at": "2026-07-01T19:00:00Z", "ends_at": "2026-07-02T01:00:00Z"});
        let change = made(app, "infrastructure/changes", body).await;
        for state in ["submitted", "assessed"] {
            moved(app, &app.admin, "infrastructure/changes", &change, state).await;
        }
        moved(app, &app.second_admin().await, "infrastructure/changes", &change, "approved").await;
        let schedule = async || go(app, &app.admin, "infrastructure/changes", &change, "scheduled").await;
        assert_eq!(schedule().await.broken(), ["/starts_at freeze"]);
        approved(app, "change_freeze", &change, "2026-06-01", "2026-07-01", None).await;
        assert_eq!(schedule().await.broken(), ["/starts_at freeze"], "it ends before the change does");
        approved(app, "change_freeze", &change, "2026-07-01", "2026-07-02", None).await;
        assert_eq!(schedule().await.status, 200);
    }

    a_vendor_without_a_qualification_is_ordered_from_under_a_waiver_alone(app) {
        let vendor = made(app, "vendors/vendors", json!({"code": "V", "name": "V"})).await;
        let qualification = made(app, "vendors/qualifications", json!({"vendor_id": vendor, "kind": "certificate", "name": "ISO 27001", "issued_on": "2025-01-01", "expires_on": "2026-06-30"})).await;
        for state in ["onboarding", "qualified"] {
            moved(app, &app.admin, "vendors/vendors", &vendor, state).await;
        }
        for actor in [app.second_admin().await] {
            moved(app, &actor, "vendors/qualifications", &qualification, "valid").await;
        }
        let order = made(app, "vendors/purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR"})).await;
        let line = json!({"purchase_order_id": order, "position": 1, "title": "Server", "quantity": "1", "unit": "piece", "unit_price": {"amount": "1.00", "currency": "EUR"}});
        made(app, "vendors/purchase-order-lines", line).await;
        approved(app, "vendor_waiver", &vendor, "2026-06-01", "2026-07-10", None).await;
        let admin = on(app, "2026-07-11").await;
        assert_eq!(go(app, &admin, "vendors/purchase-orders", &order, "submitted").await.broken(), ["/vendor_id qualification"]);
        let admin = on(app, "2026-07-10").await;
        assert_eq!(go(app, &admin, "vendors/purchase-orders", &order, "submitted").await.status, 200);
    }

    what_an_exception_must_be_holds_in_bulk_in_imports_and_when_it_is_restored(app) {
        let control = made(app, "governance/controls", json!({"code": "C", "name": "Mail gateway", "kind": "preventive", "test_period_days": 30})).await;
        let body = |expires_on: &str, extends: Option<&str>| json!({"title": "Until it is mended", "kind": "control_gap", "subject_id": control, "level": "moderate",
            "justification": "There is no other way yet.", "starts_on": "2026-06-01", "expires_on": expires_on, "extends_id": extends});
        let bulk = async |operation: Value| app.post(&app.admin, "/api/v1/platform/bulk", &json!({"operations": [operation]})).await.body["results"][0]["status"].clone();
        let import = async |row: &Value| {
            let path = "/api/v1/platform/imports?collection=governance/exceptions";
            let answer = app.call(&app.admin, "POST", path, &[("Content-Type", "application/x-ndjson")], Some(row.to_string())).await;
            (answer.status, answer.body["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
        };
        // 180 days after 1 June is 28 November.
        for (expires_on, status, told) in [("2026-11-29", 422, "too_long"), ("2026-11-28", 200, "")] {
            assert_eq!(import(&body(expires_on, None)).await, (status, told.to_owned()));
            let create = json!({"op": "create", "collection": "governance/exceptions", "body": body(expires_on, None)});
            assert_eq!(bulk(create).await, json!(if status == 200 { 201 } else { 422 }));
        }
        let mut decided = body("2026-06-30", None);
        decided["state"] = json!("approved");
        assert_eq!(import(&decided).await, (422, "server_field".to_owned()), "nothing is imported as approved");
        // Who asks does not approve, and what was approved stays as it was, and stays.
        let first = draft(app, "control_gap", &control, "2026-06-01", "2026-06-30", None).await;
        moved(app, &app.admin, "governance/exceptions", &first, "submitted").await;
        let step = |op: &str, body: Value| json!({"op": op, "collection": "governance/exceptions", "id": first, "if_match": "*", "body": body});
        assert_eq!(bulk(step("transition", json!({"to": "approved"}))).await, json!(409));
        moved(app, &app.second_admin().await, "governance/exceptions", &first, "approved").await;
        let mut longer = read(app, &app.admin, &format!("governance/exceptions/{first}")).await;
        assert_eq!(import(&longer).await, (200, String::new()), "as it is");
        longer["expires_on"] = json!("2026-07-31");
        assert_eq!(import(&longer).await, (422, "immutable".to_owned()));
        assert_eq!(bulk(step("update", json!({"expires_on": "2026-07-31"}))).await, json!(409));
        assert_eq!(bulk(json!({"op": "delete", "collection": "governance/exceptions", "id": first, "if_match": "*"})).await, json!(409));
        // An extension that was deleted comes back only if it still ends later than what it extends.
        let base = draft(app, "control_gap", &control, "2026-06-01", "2026-06-30", None).await;
        let more = made(app, "governance/exceptions", body("2026-07-31", Some(&base))).await;
        let restore = async || app.post(&app.admin, &format!("/api/v1/platform/resources/{more}/restore"), &json!({})).await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/governance/exceptions/{more}"), "*").await.status, 204);
        let later = async |day: &str| app.patch(&app.admin, &format!("/api/v1/governance/exceptions/{base}"), "*", &json!({"expires_on": day})).await.status;
        assert_eq!(later("2026-07-31").await, 200);
        assert_eq!(restore().await.broken(), ["/expires_on extension"]);
        assert_eq!((later("2026-07-30").await, restore().await.status), (200, 200));
    }

    an_exception_that_has_lapsed_is_neither_asked_for_nor_approved(app) {
        let control = made(app, "governance/controls", json!({"code": "C", "name": "Mail gateway", "kind": "preventive", "test_period_days": 30})).await;
        let lapsed = draft(app, "control_gap", &control, "2026-05-01", "2026-06-14", None).await;
        assert_eq!(go(app, &app.admin, "governance/exceptions", &lapsed, "submitted").await.broken(), ["/expires_on past"]);
    }

    a_rejected_exception_is_written_anew_and_one_that_is_to_begin_later_is_revoked_without_a_word_of_a_gap(app) {
        let control = made(app, "governance/controls", json!({"code": "C", "name": "Mail gateway", "kind": "preventive", "test_period_days": 30})).await;
        let asked = draft(app, "control_gap", &control, "2026-07-01", "2026-07-31", None).await;
        moved(app, &app.admin, "governance/exceptions", &asked, "submitted").await;
        moved(app, &app.second_admin().await, "governance/exceptions", &asked, "rejected").await;
        let path = format!("/api/v1/governance/exceptions/{asked}");
        let better = json!({"compensating_controls": "Every mail is looked at by hand."});
        assert_eq!(app.patch(&app.admin, &path, "*", &better).await.status, 409, "what was rejected stays as it was");
        moved(app, &app.admin, "governance/exceptions", &asked, "draft").await;
        assert_eq!(app.patch(&app.admin, &path, "*", &better).await.status, 200);
        moved(app, &app.admin, "governance/exceptions", &asked, "submitted").await;
        moved(app, &app.second_admin().await, "governance/exceptions", &asked, "approved").await;
        moved(app, &app.admin, "governance/exceptions", &asked, "revoked").await;
        assert_eq!(read(app, &app.admin, "governance/findings").await["data"], json!([]), "it has covered nothing yet");
        let now = approved(app, "control_gap", &control, "2026-06-01", "2026-07-31", None).await;
        moved(app, &app.admin, "governance/exceptions", &now, "revoked").await;
        assert_eq!(read(app, &app.admin, "governance/findings").await["data"].as_array().map(Vec::len), Some(1));
    }

    an_exception_is_at_no_lower_level_than_what_it_covers(app) {
        let server = made(app, "infrastructure/virtual-machines", json!({"name": "order"})).await;
        let hole = made(app, "security/vulnerabilities", json!({"title": "Hole", "subject_id": server, "severity": "high", "detected_on": "2026-06-10"})).await;
        let low = draft(app, "overdue_vulnerability", &hole, "2026-06-01", "2026-06-30", None).await;
        assert_eq!(go(app, &app.admin, "governance/exceptions", &low, "submitted").await.broken(), ["/level level"]);
        let raised = app.patch(&app.admin, &format!("/api/v1/governance/exceptions/{low}"), "*", &json!({"level": "high"})).await;
        assert_eq!(raised.status, 200, "{}", raised.text);
        moved(app, &app.admin, "governance/exceptions", &low, "submitted").await;
    }

    who_asks_for_an_exception_does_not_approve_it_whoever_wrote_and_submitted_it(app) {
        let control = made(app, "governance/controls", json!({"code": "C", "name": "Mail gateway", "kind": "preventive", "test_period_days": 30})).await;
        let (writer, submitter) = (app.actor("administrator", None).await, app.actor("administrator", None).await);
        let mut body = json!({"title": "Until it is mended", "kind": "control_gap", "subject_id": control, "level": "moderate", "justification": "No other way.",
            "starts_on": "2026-06-01", "expires_on": "2026-06-30"});
        body["requester_id"] = app.person_of_second().await.into();
        let id = app.post(&writer, "/api/v1/governance/exceptions", &body).await.id();
        moved(app, &submitter, "governance/exceptions", &id, "submitted").await;
        for involved in [&writer, &submitter, &app.second_admin().await] {
            assert_eq!(go(app, involved, "governance/exceptions", &id, "approved").await.broken(), [" four_eyes"]);
        }
        moved(app, &app.admin, "governance/exceptions", &id, "approved").await;
    }
}
