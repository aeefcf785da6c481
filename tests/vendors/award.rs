//! Awards: to whom, and with which reason.

use super::{alter, euros, go, made, prospect, qualified, read, refused, second, told, try_to_make, walk};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

/// An event that waits for its award, and an offer of a vendor on its shortlist.
async fn shortlisted(app: &TestApp, code: &str, vendor: &str) -> (String, String) {
    let event = json!({"code": code, "name": code, "kind": "rfq", "description": "Storage.", "deadline_at": "2026-06-15T09:00:00Z"});
    let event = made(app, "sourcing-events", event).await;
    made(app, "criteria", json!({"sourcing_event_id": event, "name": "Price", "kind": "price", "weight": 100})).await;
    walk(app, "sourcing-events", &event, &["published", "open"]).await;
    let offer = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": code, "received_at": "2026-06-15T08:00:00Z", "price": euros("100.00")});
    let offer = made(app, "offers", offer).await;
    walk(app, "offers", &offer, &["submitted"]).await;
    walk(app, "sourcing-events", &event, &["closed"]).await;
    walk(app, "offers", &offer, &["opened", "qualified", "evaluated", "shortlisted"]).await;
    walk(app, "sourcing-events", &event, &["evaluating", "award_pending"]).await;
    (event, offer)
}

async fn proposed(app: &TestApp, offer: &str) -> String {
    let award = made(app, "awards", json!({"offer_id": offer})).await;
    walk(app, "awards", &award, &["proposed"]).await;
    award
}

on_both! {
    an_order_for_an_award_is_sent_once_it_is_approved_and_its_standstill_has_passed(app) {
        let vendor = qualified(app, "V").await;
        let (_, offer) = shortlisted(app, "RFQ", &vendor).await;
        let award = made(app, "awards", json!({"offer_id": offer, "standstill_until_on": "2026-06-25"})).await;
        let order = json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR", "award_id": award});
        let order = made(app, "purchase-orders", order).await;
        made(app, "purchase-order-lines", json!({"purchase_order_id": order, "position": 1, "title": "Shelf", "quantity": "1", "unit": "piece", "unit_price": euros("1.00")})).await;
        walk(app, "purchase-orders", &order, &["submitted", "approved"]).await;
        assert_eq!(told(&go(app, "purchase-orders", &order, "sent").await), (409, vec!["/award_id standstill".into(), "/award_id state".into()]));
        walk(app, "awards", &award, &["proposed", "approved"]).await;
        assert_eq!(told(&go(app, "purchase-orders", &order, "sent").await), refused(409, "/award_id standstill"));
        app.wait(10 * 86_400);
        app.worker.work_off().await.unwrap();
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let send = async || app.transition(&admin, &format!("/api/v1/vendors/purchase-orders/{order}"), "sent").await;
        assert_eq!(told(&send().await), refused(409, "/award_id standstill"), "the last day is still a day");
        app.wait(86_400);
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let sent = app.transition(&admin, &format!("/api/v1/vendors/purchase-orders/{order}"), "sent").await;
        assert_eq!(sent.status, 200, "{}", sent.text);
    }

    no_more_is_ordered_for_an_award_than_its_price(app) {
        let vendor = qualified(app, "V").await;
        let (_, offer) = shortlisted(app, "RFQ", &vendor).await;
        let award = proposed(app, &offer).await;
        walk(app, "awards", &award, &["approved"]).await;
        let ready = async |code: &str, price: &str| {
            let order = json!({"code": code, "title": code, "vendor_id": vendor, "currency": "EUR", "award_id": award});
            let order = made(app, "purchase-orders", order).await;
            made(app, "purchase-order-lines", json!({"purchase_order_id": order, "position": 1, "title": "Shelf", "quantity": "1", "unit": "piece", "unit_price": euros(price)})).await;
            order
        };
        let [dear, first, second, rest] = [ready("A", "100.01").await, ready("B", "60.00").await, ready("C", "60.00").await, ready("D", "40.00").await];
        assert_eq!(told(&go(app, "purchase-orders", &dear, "submitted").await), refused(409, "/award_id award_price"));
        walk(app, "purchase-orders", &first, &["submitted"]).await;
        let beyond = go(app, "purchase-orders", &second, "submitted").await;
        assert_eq!(told(&beyond), refused(409, "/award_id award_price"));
        assert!(beyond.text.contains("40.00 EUR of the awarded price of 100.00 EUR is left"), "{}", beyond.text);
        walk(app, "purchase-orders", &rest, &["submitted", "approved"]).await;
        walk(app, "purchase-orders", &rest, &["cancelled"]).await;
        walk(app, "purchase-orders", &first, &["cancelled"]).await;
        walk(app, "purchase-orders", &second, &["submitted", "approved"]).await;
    }

    an_award_is_approved_by_another_and_makes_its_offer_and_event_awarded(app) {
        let vendor = qualified(app, "V").await;
        let (event, offer) = shortlisted(app, "RFQ", &vendor).await;
        for (collection, id) in [("offers", &offer), ("sourcing-events", &event)] {
            assert_eq!(go(app, collection, id, "awarded").await.status, 409, "only an award does that");
        }
        let typed = json!({"offer_id": offer, "rank": 2, "price": euros("1.00"), "decided_on": "2026-06-01"});
        let known = ["/rank", "/price", "/decided_on"].map(|field| format!("{field} server_field"));
        assert_eq!(told(&try_to_make(app, "awards", typed).await), (422, known.to_vec()), "rank, price and day follow");
        let award = proposed(app, &offer).await;
        let seen = read(app, "awards", &award).await;
        assert_eq!((&seen["vendor_id"], &seen["sourcing_event_id"]), (&json!(vendor), &json!(event)));
        assert_eq!((&seen["rank"], &seen["price"], &seen["decided_on"]), (&json!(1), &euros("100.00"), &json!(null)));
        assert_eq!(told(&go(app, "awards", &award, "approved").await), refused(409, " four_eyes"));
        assert_eq!(told(&alter(app, "awards", &award, json!({"reason": "Faster."})).await), refused(409, "/reason immutable"));
        walk(app, "awards", &award, &["approved"]).await;
        assert_eq!(read(app, "awards", &award).await["decided_on"], json!("2026-06-15"));
        assert_eq!(read(app, "offers", &offer).await["state"], json!("awarded"));
        assert_eq!(read(app, "sourcing-events", &event).await["state"], json!("awarded"));
    }

    only_a_qualified_vendor_is_awarded_anything(app) {
        let vendor = prospect(app, "V").await;
        let (_, offer) = shortlisted(app, "RFQ", &vendor).await;
        let award = proposed(app, &offer).await;
        assert_eq!(told(&second(app, "awards", &award, "approved").await), refused(409, "/vendor_id state"));
        walk(app, "vendors", &vendor, &["onboarding"]).await;
        assert_eq!(told(&second(app, "awards", &award, "approved").await), refused(409, "/vendor_id state"));
        walk(app, "vendors", &vendor, &["qualified"]).await;
        walk(app, "awards", &award, &["approved"]).await;
        assert_eq!(read(app, "offers", &offer).await["state"], json!("awarded"));
    }

    an_expired_qualification_blocks_an_award_and_an_order_until_it_is_renewed(app) {
        let vendor = qualified(app, "V").await;
        let qualification = async |name: &str, expires: Value, states: &[&str]| {
            let id = made(app, "qualifications", json!({"vendor_id": vendor, "kind": "certificate", "name": name, "expires_on": expires})).await;
            walk(app, "qualifications", &id, states).await;
            id
        };
        let (_, offer) = shortlisted(app, "RFQ", &vendor).await;
        let award = proposed(app, &offer).await;
        let order = made(app, "purchase-orders", json!({"code": "PO", "title": "PO", "vendor_id": vendor, "currency": "EUR"})).await;
        made(app, "purchase-order-lines", json!({"purchase_order_id": order, "position": 1, "title": "Shelf", "quantity": "1", "unit": "piece", "unit_price": euros("1.00")})).await;
        let [may_award, may_order] = ["awards", "purchase-orders"];
        let blocked = async || {
            let path = |collection: &str, id: &str, to: &str| (format!("/api/v1/vendors/{collection}/{id}/transitions?dry_run=true"), json!({"to": to}).to_string());
            let mut found = Vec::new();
            for (collection, id, to) in [(may_award, &award, "approved"), (may_order, &order, "submitted")] {
                let (path, body) = path(collection, id, to);
                let headers = [("Content-Type", "application/json"), ("If-Match", "*")];
                found.push(told(&app.call(&app.second_admin().await, "POST", &path, &headers, Some(body)).await));
            }
            found
        };
        let (free, out) = ((200, Vec::new()), refused(409, "/vendor_id qualification"));
        // Today is the last day of this one: it holds.
        qualification("ISO 9001", json!("2026-06-15"), &["valid"]).await;
        // What was never valid does not block.
        qualification("SOC 2", json!("2020-01-01"), &[]).await;
        assert_eq!(blocked().await, [free.clone(), free.clone()]);
        // The day counts, whether or not somebody has moved it on.
        let old = qualification("ISO 27001", json!("2026-06-14"), &["valid"]).await;
        assert_eq!(blocked().await, [out.clone(), out.clone()]);
        walk(app, "qualifications", &old, &["expired"]).await;
        assert_eq!(blocked().await, [out.clone(), out.clone()]);
        let new = qualification("ISO 27001", json!("2029-06-14"), &[]).await;
        assert_eq!(blocked().await, [out.clone(), out.clone()], "a renewal counts once it is valid");
        walk(app, "qualifications", &new, &["valid"]).await;
        assert_eq!(blocked().await, [free.clone(), free]);
        walk(app, "qualifications", &new, &["revoked"]).await;
        assert_eq!(blocked().await, [out.clone(), out]);
    }

    the_rank_follows_from_points_and_prices_and_the_losers_lose(app) {
        let [one, two, three] = [qualified(app, "V").await, qualified(app, "W").await, qualified(app, "X").await];
        let event = json!({"code": "RFQ", "name": "RFQ", "kind": "rfq", "description": "Storage.", "deadline_at": "2026-06-15T09:00:00Z", "currency": "EUR"});
        let event = made(app, "sourcing-events", event).await;
        made(app, "criteria", json!({"sourcing_event_id": event, "name": "Price", "kind": "price", "weight": 60})).await;
        let support = json!({"sourcing_event_id": event, "name": "Support", "kind": "scored", "weight": 40, "max_points": 10, "min_points": 5});
        let support = made(app, "criteria", support).await;
        let certified = made(app, "criteria", json!({"sourcing_event_id": event, "name": "Certified", "kind": "knock_out"})).await;
        walk(app, "sourcing-events", &event, &["published", "open"]).await;
        app.person_of_admin().await;
        let offer = async |vendor: &str, price: &str, points: f64| {
            let body = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": "O", "received_at": "2026-06-15T08:00:00Z", "price": euros(price)});
            let id = made(app, "offers", body).await;
            walk(app, "offers", &id, &["submitted"]).await;
            made(app, "offer-scores", json!({"offer_id": id, "criterion_id": support, "interests_declared_on": "2026-06-14", "points": points})).await;
            id
        };
        let dollars = json!({"sourcing_event_id": event, "vendor_id": one, "reference": "O", "price": {"amount": "1.00", "currency": "USD"}});
        assert_eq!(told(&try_to_make(app, "offers", dollars).await), refused(409, "/price currency"));
        let [cheap, dear, weak] = [offer(&one, "100.00", 5.0).await, offer(&two, "125.00", 10.0).await, offer(&three, "50.00", 1.0).await];
        walk(app, "sourcing-events", &event, &["closed"]).await;
        for id in [&cheap, &dear, &weak] {
            walk(app, "offers", id, &["opened"]).await;
            assert!(go(app, "offers", id, "qualified").await.broken().contains(&" not_scored".to_owned()), "nobody knows whether it is certified");
            made(app, "offer-scores", json!({"offer_id": id, "criterion_id": certified, "interests_declared_on": "2026-06-14", "passed": true})).await;
        }
        assert_eq!(told(&go(app, "offers", &weak, "qualified").await), refused(409, " min_points"));
        for id in [&cheap, &dear] {
            walk(app, "offers", id, &["qualified", "evaluated", "shortlisted"]).await;
        }
        walk(app, "sourcing-events", &event, &["evaluating", "award_pending"]).await;
        // By hand: 0.6 × 1 + 0.4 × 0.5 = 0.80; 0.6 × 0.8 + 0.4 × 1 = 0.88.
        let [second_best, best] = [made(app, "awards", json!({"offer_id": cheap})).await, made(app, "awards", json!({"offer_id": dear})).await];
        assert_eq!((read(app, "awards", &second_best).await["rank"].clone(), read(app, "awards", &best).await["rank"].clone()), (json!(2), json!(1)));
        assert_eq!(told(&go(app, "awards", &second_best, "proposed").await), refused(409, "/reason required"));
        // What was negotiated last counts.
        let round = made(app, "negotiation-rounds", json!({"offer_id": dear, "round_number": 1, "held_on": "2026-06-15", "price": euros("120.00")})).await;
        walk(app, "negotiation-rounds", &round, &["held"]).await;
        walk(app, "awards", &best, &["proposed"]).await;
        assert_eq!(read(app, "awards", &best).await["price"], euros("120.00"));
        walk(app, "awards", &best, &["approved"]).await;
        assert_eq!((read(app, "offers", &dear).await["state"].clone(), read(app, "offers", &cheap).await["state"].clone()), (json!("awarded"), json!("lost")));
    }
}
