//! Sealed offers: nobody reads a price before the event has closed, and none comes in after its deadline.

use super::{alter, euros, go, made, merge, prospect, read, refused, told, try_to_make, walk};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

/// Five minutes after every test begins.
const DEADLINE: &str = "2026-06-15T09:05:00Z";

async fn event(app: &TestApp, code: &str, kind: &str, more: Value) -> String {
    let mut body = json!({"code": code, "name": code, "kind": kind, "description": "Storage for five years.", "deadline_at": DEADLINE});
    merge(&mut body, more);
    let id = made(app, "sourcing-events", body).await;
    made(app, "criteria", json!({"sourcing_event_id": id, "name": "Price", "kind": "price", "weight": 100})).await;
    id
}

async fn offer(app: &TestApp, event: &str, vendor: &str, reference: &str) -> String {
    let body = json!({
        "sourcing_event_id": event, "vendor_id": vendor, "reference": reference, "received_at": "2026-06-15T08:30:00Z",
        "sealed_price": euros("164517.31"), "sealed_life_cycle": {"opex": [euros("12034.56")], "exit_cost": euros("8076.54")},
    });
    made(app, "offers", body).await
}

/// Everything that an actor is told about the offers and their lines.
async fn everything(app: &TestApp, actor: &Actor, offer: &str, line: &str) -> String {
    let mut text = String::new();
    for path in [
        format!("vendors/offers/{offer}"),
        format!("vendors/offers/{offer}/transitions"),
        "vendors/offers".into(),
        "vendors/offers?expand=vendor_id".into(),
        format!("vendors/offer-lines/{line}"),
        "vendors/offer-lines?expand=offer_id".into(),
        format!("platform/resources/{offer}"),
        format!("platform/resources/{offer}/history"),
        format!("platform/resources/{line}/history"),
        format!("platform/resources/{offer}/diff?from=1&to=2"),
        format!("vendors/offers/{offer}?as_of=2026-06-15T09:00:00Z"),
        "vendors/offers?q=164517".into(),
    ] {
        text += &app.get(actor, &format!("/api/v1/{path}")).await.text;
    }
    for form in ["application/x-ndjson", "text/csv"] {
        text += &app.call(actor, "GET", "/api/v1/vendors/offers", &[("Accept", form)], None).await.text;
        text += &app.call(actor, "GET", "/api/v1/vendors/offer-lines", &[("Accept", form)], None).await.text;
    }
    text
}

const PRICES: [&str; 4] = ["164517", "12034", "8076", "17923"];

on_both! {
    nobody_reads_a_sealed_price_before_the_event_has_closed_and_all_who_may_do_when_it_is_opened(app) {
        let (event, vendor) = (event(app, "RFP", "rfp", json!({})).await, prospect(app, "V").await);
        let openly = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": "Open", "price": euros("1.00")});
        assert_eq!(told(&try_to_make(app, "offers", openly).await), refused(409, "/price sealed"));
        let openly = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": "Open", "life_cycle": {"exit_cost": euros("1.00")}});
        assert_eq!(told(&try_to_make(app, "offers", openly).await), refused(409, "/life_cycle sealed"));
        let offer = offer(app, &event, &vendor, "DH-1").await;
        let of_line = |price: &str| {
            let mut body = json!({"offer_id": offer, "line_number": 1, "description": "Shelf", "quantity": "2", "unit_of_measure": "piece"});
            body[price] = euros("17923.77");
            body
        };
        assert_eq!(told(&try_to_make(app, "offer-lines", of_line("unit_price")).await), refused(409, "/unit_price sealed"));
        let line = made(app, "offer-lines", of_line("sealed_unit_price")).await;
        walk(app, "sourcing-events", &event, &["published", "open"]).await;
        walk(app, "offers", &offer, &["submitted"]).await;

        let (auditor, manager) = (app.actor("auditor", None).await, app.actor("vendor_manager", None).await);
        for actor in [&app.admin, &auditor, &manager] {
            let text = everything(app, actor, &offer, &line).await;
            assert!(!PRICES.iter().any(|price| text.contains(price)), "{text}");
        }
        let sealed = read(app, "offers", &offer).await;
        assert_eq!((&sealed["price"], &sealed["life_cycle"], sealed.get("sealed_price")), (&Value::Null, &Value::Null, None));
        for query in ["sealed_price=1", "sort=sealed_price", "fields=sealed_price", "filter=sealed_price%20%3E%200", "filter=sealed_price.amount%20%3E%200"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/vendors/offers?{query}")).await.status, 400, "{query}");
        }
        assert_eq!(told(&go(app, "offers", &offer, "opened").await), refused(409, "/sourcing_event_id state"));
        assert_eq!(told(&go(app, "sourcing-events", &event, "closed").await), refused(409, "/deadline_at not_yet"));
        assert_eq!(told(&alter(app, "sourcing-events", &event, json!({"deadline_at": "2026-06-15T08:59:00Z"})).await), refused(409, "/deadline_at published"));
        assert_eq!(told(&alter(app, "sourcing-events", &event, json!({"sealed": false})).await), refused(409, "/sealed published"));
        assert_eq!(told(&alter(app, "sourcing-events", &event, json!({"kind": "rfq"})).await), refused(409, "/kind published"));
        assert_eq!(told(&alter(app, "offers", &offer, json!({"sealed_price": euros("1.00")})).await), refused(409, "/sealed_price immutable"));
        assert_eq!(told(&alter(app, "offer-lines", &line, json!({"sealed_unit_price": euros("1.00")})).await), refused(409, "/offer_id parent_state"));

        app.clock.set(Instant::parse(DEADLINE).unwrap());
        walk(app, "sourcing-events", &event, &["closed"]).await;
        let text = everything(app, &app.admin, &offer, &line).await;
        assert!(!PRICES.iter().any(|price| text.contains(price)), "closed is not opened: {text}");
        walk(app, "offers", &offer, &["opened"]).await;
        let opened = read(app, "offers", &offer).await;
        assert_eq!((&opened["price"], &opened["life_cycle"]["exit_cost"]), (&euros("164517.31"), &euros("8076.54")));
        assert_eq!(read(app, "offer-lines", &line).await["unit_price"]["amount"], json!("17923.77"));
        assert_eq!(app.get(&auditor, &format!("/api/v1/vendors/offers/{offer}")).await.body["price"], euros("164517.31"));
        let planner = app.actor("project_manager", None).await;
        let text = everything(app, &planner, &offer, &line).await;
        assert!(text.contains("DH-1") && !PRICES.iter().any(|price| text.contains(price)), "prices are restricted: {text}");
        assert_eq!(told(&alter(app, "offers", &offer, json!({"price": euros("1.00")})).await), refused(409, "/price immutable"));
        assert_eq!(told(&alter(app, "offer-lines", &line, json!({"unit_price": euros("1.00")})).await), refused(409, "/offer_id submitted"));
    }

    a_seal_is_not_broken_by_moving_an_offer_to_an_event_that_has_none(app) {
        let vendor = prospect(app, "V").await;
        let (sealed, open) = (event(app, "RFP", "rfp", json!({})).await, event(app, "RFQ", "rfq", json!({})).await);
        let secret = offer(app, &sealed, &vendor, "DH-1").await;
        let plain = made(app, "offers", json!({"sourcing_event_id": open, "vendor_id": vendor, "reference": "DH-2"})).await;
        let line = json!({"offer_id": secret, "line_number": 1, "description": "Shelf", "quantity": "2", "unit_of_measure": "piece", "sealed_unit_price": euros("17923.77")});
        let line = made(app, "offer-lines", line).await;
        assert_eq!(told(&alter(app, "offers", &secret, json!({"sourcing_event_id": open})).await), refused(422, "/sourcing_event_id fixed"));
        assert_eq!(told(&alter(app, "offer-lines", &line, json!({"offer_id": plain})).await), refused(422, "/offer_id fixed"));
    }

    a_quotation_is_open_and_any_event_can_be_said_to_be_sealed_or_not(app) {
        let vendor = prospect(app, "V").await;
        for (code, kind, sealed, expected) in
            [("A", "rfi", Value::Null, 201), ("B", "rfq", Value::Null, 201), ("C", "tender", Value::Null, 409), ("D", "rfq", json!(true), 409), ("E", "rfp", json!(false), 201)]
        {
            let event = event(app, code, kind, json!({"sealed": sealed})).await;
            let body = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": code, "price": euros("1.00")});
            assert_eq!(try_to_make(app, "offers", body).await.status, expected, "{code}");
        }
    }

    an_offer_that_comes_after_the_deadline_is_refused(app) {
        let (event, vendor) = (event(app, "RFP", "rfp", json!({})).await, prospect(app, "V").await);
        let [early, exact, late, slow] = [
            offer(app, &event, &vendor, "early").await,
            offer(app, &event, &vendor, "exact").await,
            offer(app, &event, &vendor, "late").await,
            offer(app, &event, &vendor, "slow").await,
        ];
        assert_eq!(told(&go(app, "offers", &early, "submitted").await), refused(409, "/sourcing_event_id state"), "it is not open yet");
        walk(app, "sourcing-events", &event, &["published", "open"]).await;
        walk(app, "offers", &early, &["submitted"]).await;
        assert_eq!(alter(app, "offers", &exact, json!({"received_at": DEADLINE})).await.status, 200);
        walk(app, "offers", &exact, &["submitted"]).await;
        assert_eq!(alter(app, "sourcing-events", &event, json!({"deadline_at": "2026-06-15T09:06:00Z"})).await.status, 200, "it can be put off before it has passed");
        app.clock.set(Instant::parse("2026-06-15T09:06:01Z").unwrap());
        assert_eq!(alter(app, "offers", &late, json!({"received_at": "2026-06-15T09:06:01Z"})).await.status, 200);
        assert_eq!(told(&go(app, "offers", &late, "submitted").await), refused(409, "/received_at late"));
        // An offer that came in time but was not submitted is late as well.
        assert_eq!(told(&go(app, "offers", &slow, "submitted").await), refused(409, "/received_at late"));
        // Passed is passed, for all vendors alike, by whatever way.
        for later in ["2026-06-15T10:00:00Z", "2026-06-15T09:05:30Z"] {
            assert_eq!(told(&alter(app, "sourcing-events", &event, json!({"deadline_at": later})).await), refused(409, "/deadline_at passed"));
        }
        let operations = json!([{"op": "update", "collection": "vendors/sourcing-events", "id": event, "if_match": "*", "body": {"deadline_at": "2026-06-15T10:00:00Z"}}]);
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk", &json!({"atomic": false, "operations": operations})).await;
        assert_eq!(bulk.body["results"][0]["status"], json!(409), "{}", bulk.text);
        walk(app, "sourcing-events", &event, &["closed"]).await;
        assert_eq!(told(&alter(app, "sourcing-events", &event, json!({"deadline_at": "2026-06-16T09:00:00Z"})).await), refused(409, "/deadline_at passed"));
        assert_eq!(go(app, "sourcing-events", &event, "evaluating").await.status, 409, "all that came in are opened first");
        for offer in [&early, &exact] {
            walk(app, "offers", offer, &["opened"]).await;
        }
        walk(app, "sourcing-events", &event, &["evaluating"]).await;
    }

    a_right_guess_of_a_sealed_price_is_answered_as_a_wrong_one(app) {
        let (event, vendor) = (event(app, "RFP", "rfp", json!({})).await, prospect(app, "V").await);
        let offer = offer(app, &event, &vendor, "DH-1").await;
        let line = json!({"offer_id": offer, "line_number": 1, "description": "Shelf", "quantity": "2", "unit_of_measure": "piece", "sealed_unit_price": euros("17923.77")});
        let line = made(app, "offer-lines", line).await;
        let cost = |exit: &str| json!({"opex": [euros("12034.56")], "exit_cost": euros(exit)});
        let guesses = [
            (format!("vendors/offers/{offer}"), "sealed_price", euros("164517.31"), euros("164517.32")),
            (format!("vendors/offers/{offer}"), "sealed_life_cycle", cost("8076.54"), cost("8076.55")),
            (format!("vendors/offer-lines/{line}"), "sealed_unit_price", euros("17923.77"), euros("17923.78")),
        ];
        let alike = async || {
            for (path, field, right, wrong) in &guesses {
                let guess = async |value: &Value| {
                    let answer = app.patch(&app.admin, &format!("/api/v1/{path}?dry_run=true"), "*", &json!({*field: value})).await;
                    let (mut body, tag) = (answer.body.clone(), answer.header("ETag").map(str::to_owned));
                    body["instance"] = Value::Null;
                    (answer.status, body, tag)
                };
                let (right, wrong) = (guess(right).await, guess(wrong).await);
                assert_eq!(right, wrong, "{field}");
            }
        };
        alike().await;
        walk(app, "sourcing-events", &event, &["published", "open"]).await;
        walk(app, "offers", &offer, &["submitted"]).await;
        alike().await;
        // In bulk, too.
        let guess = |price: &str| json!({"op": "update", "collection": "vendors/offers", "id": offer, "if_match": "*", "body": {"sealed_price": euros(price)}});
        let body = json!({"atomic": false, "operations": [guess("164517.31"), guess("164517.32")]});
        let bulk = app.post(&app.admin, "/api/v1/platform/bulk?dry_run=true", &body).await;
        assert_eq!((&bulk.body["results"][0]["status"], &bulk.body["results"][1]["status"]), (&json!(409), &json!(409)), "{}", bulk.text);
    }

    what_a_vendor_writes_into_a_sealed_event_is_sealed_until_it_is_opened(app) {
        let (event, vendor) = (event(app, "RFP", "rfp", json!({})).await, prospect(app, "V").await);
        let manager = app.actor("vendor_manager", None).await;
        let file = app.call(&manager, "POST", "/api/v1/platform/files?name=offer.pdf", &[("Content-Type", "application/pdf")], Some("Zanzibar costs 164517.".into())).await.id();
        let body = json!({
            "sourcing_event_id": event, "vendor_id": vendor, "reference": "DH-1", "received_at": "2026-06-15T08:30:00Z",
            "sealed_price": euros("164517.31"), "summary": "Zanzibar in two rooms.", "file_id": file,
        });
        let made = app.post(&manager, "/api/v1/vendors/offers", &body).await;
        assert_eq!((made.status, &made.body["summary"], &made.body["file_id"]), (201, &Value::Null, &Value::Null), "{}", made.text);
        let (offer, planner) = (made.id(), app.actor("project_manager", None).await);
        walk(app, "sourcing-events", &event, &["published", "open"]).await;
        walk(app, "offers", &offer, &["submitted"]).await;
        let sees = async |there: bool| {
            for path in [format!("vendors/offers/{offer}"), "vendors/offers?q=zanzibar".into(), format!("platform/resources/{offer}/history")] {
                let seen = app.get(&planner, &format!("/api/v1/{path}")).await;
                assert_eq!(seen.text.contains("Zanzibar"), there, "{path}: {}", seen.text);
            }
            let content = app.get(&planner, &format!("/api/v1/platform/files/{file}/content")).await;
            assert_eq!(content.status, if there { 200 } else { 404 });
            // The permission for all files breaks no seal.
            for (method, path, body) in [("GET", "content", None), ("POST", "link", Some("{}".to_owned()))] {
                let answer = app.call(&app.admin, method, &format!("/api/v1/platform/files/{file}/{path}"), &[("Content-Type", "application/json")], body).await;
                assert_eq!(answer.status, if there { 200 } else { 403 }, "{path}: {}", answer.text);
            }
            assert_eq!(app.get(&manager, &format!("/api/v1/platform/files/{file}/content")).await.status, 200, "it is the manager's own");
        };
        sees(false).await;
        for (collection, body) in [("comments", json!({"subject_id": offer, "text": "Zanzibar"})), ("attachments", json!({"subject_id": offer, "file_id": file, "title": "Zanzibar"}))] {
            let hung = app.post(&manager, &format!("/api/v1/platform/{collection}"), &body).await;
            assert_eq!(told(&hung), refused(409, "/subject_id sealed"), "{collection}: what is said of it would be read");
        }
        for (subject, target, field) in [(&offer, &vendor, "subject_id"), (&vendor, &offer, "target_id")] {
            let link = json!({"subject_id": subject, "target_id": target, "kind": "relates_to", "note": "Zanzibar"});
            let hung = app.post(&app.admin, "/api/v1/platform/links", &link).await;
            assert_eq!((hung.status, hung.broken()), (409, vec![format!("/{field} sealed")]), "{}", hung.text);
        }
        app.clock.set(Instant::parse(DEADLINE).unwrap());
        walk(app, "sourcing-events", &event, &["closed"]).await;
        walk(app, "offers", &offer, &["opened"]).await;
        sees(true).await;
    }

    an_offer_does_not_come_back_without_its_sealed_price(app) {
        let (event, vendor) = (event(app, "RFP", "rfp", json!({})).await, prospect(app, "V").await);
        let offer = offer(app, &event, &vendor, "DH-1").await;
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/vendors/offers/{offer}"), "*").await.status, 204);
        let restored = app.post(&app.admin, &format!("/api/v1/platform/resources/{offer}/restore"), &json!({})).await;
        assert_eq!(told(&restored), refused(409, "/sealed_price sealed"), "{}", restored.text);
    }
}
