//! Criteria: their weights, and what evaluators give by them.

use super::{alter, count, euros, go, made, merge, prospect, qualified, refused, told, try_to_make, walk};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn event(app: &TestApp, code: &str) -> String {
    made(app, "sourcing-events", json!({"code": code, "name": code, "kind": "rfq", "description": "Storage.", "deadline_at": "2026-06-30T12:00:00Z"})).await
}

fn criterion(event: &str, name: &str, kind: &str, weight: Option<f64>, parent: Option<&str>) -> Value {
    json!({"sourcing_event_id": event, "name": name, "kind": kind, "weight": weight, "parent_id": parent})
}

on_both! {
    the_weights_of_each_level_are_a_hundred_before_an_event_is_published(app) {
        let event = event(app, "RFQ").await;
        assert_eq!(told(&go(app, "sourcing-events", &event, "published").await), refused(409, " parts"));
        made(app, "criteria", criterion(&event, "Price", "price", Some(40.0), None)).await;
        let quality = made(app, "criteria", criterion(&event, "Quality", "scored", Some(50.0), None)).await;
        made(app, "criteria", criterion(&event, "Certified", "knock_out", None, None)).await;
        let short = go(app, "sourcing-events", &event, "published").await;
        assert_eq!(told(&short), (409, vec![" weights".to_owned(), " max_points".to_owned()]));
        assert!(short.text.contains("at the top are 90 together"), "{}", short.text);
        assert_eq!(alter(app, "criteria", &quality, json!({"weight": 60})).await.status, 200);
        let support = made(app, "criteria", criterion(&event, "Support", "scored", Some(33.3), Some(&quality))).await;
        let speed = made(app, "criteria", criterion(&event, "Speed", "scored", Some(66.6), Some(&quality))).await;
        let below = go(app, "sourcing-events", &event, "published").await;
        assert_eq!(told(&below), (409, vec![" weights".to_owned(), " max_points".to_owned(), " max_points".to_owned()]), "what is scored has a most");
        for id in [&support, &speed] {
            assert_eq!(alter(app, "criteria", id, json!({"max_points": 10})).await.status, 200);
        }
        assert!(below.text.contains("under Quality"), "{}", below.text);
        assert_eq!(alter(app, "criteria", &speed, json!({"weight": 66.7})).await.status, 200);
        walk(app, "sourcing-events", &event, &["published"]).await;
        // From now on they are as they were published.
        let frozen = refused(409, "/sourcing_event_id parent_state");
        assert_eq!(told(&alter(app, "criteria", &speed, json!({"weight": 66.6})).await), frozen);
        assert_eq!(told(&try_to_make(app, "criteria", criterion(&event, "Late", "knock_out", None, None)).await), frozen);
        assert_eq!(told(&app.delete(&app.admin, &format!("/api/v1/vendors/criteria/{speed}"), "*").await), frozen);
    }

    a_criterion_has_a_weight_unless_it_knocks_out_and_only_scored_ones_have_others_below(app) {
        let [one, other] = [event(app, "ONE").await, event(app, "OTHER").await];
        assert_eq!(told(&try_to_make(app, "criteria", criterion(&one, "Certified", "knock_out", Some(10.0), None)).await), refused(422, "/weight kind"));
        assert_eq!(told(&try_to_make(app, "criteria", criterion(&one, "Price", "price", None, None)).await), refused(422, "/weight kind"));
        let price = made(app, "criteria", criterion(&one, "Price", "price", Some(100.0), None)).await;
        assert_eq!(told(&try_to_make(app, "criteria", criterion(&one, "Below", "scored", Some(100.0), Some(&price))).await), refused(409, "/parent_id kind"));
        let foreign = made(app, "criteria", criterion(&other, "Quality", "scored", Some(100.0), None)).await;
        assert_eq!(told(&try_to_make(app, "criteria", criterion(&one, "Below", "scored", Some(100.0), Some(&foreign))).await), refused(409, "/parent_id disagrees"));
    }

    an_evaluator_scores_each_criterion_of_an_offer_once(app) {
        let (event, vendor) = (event(app, "RFQ").await, prospect(app, "V").await);
        let mut body = criterion(&event, "Support", "scored", Some(60.0), None);
        body["max_points"] = json!(10);
        let support = made(app, "criteria", body).await;
        let price = made(app, "criteria", criterion(&event, "Price", "price", Some(40.0), None)).await;
        let certified = made(app, "criteria", criterion(&event, "Certified", "knock_out", None, None)).await;
        let offer = made(app, "offers", json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": "O-1", "price": euros("100.00")})).await;
        let second = made(app, "offers", json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": "O-2"})).await;
        let (ann, ben) = (app.admin.clone(), app.second_admin().await);
        let (own, _) = (app.person_of_admin().await, app.person_of_second().await);
        let score = async |offer: &str, criterion: &str, actor: &Actor, judged: Value| {
            let mut body = json!({"offer_id": offer, "criterion_id": criterion, "interests_declared_on": "2026-06-14"});
            merge(&mut body, judged);
            app.post(actor, "/api/v1/vendors/offer-scores", &body).await
        };
        let first = score(&offer, &support, &ann, json!({"points": 8})).await;
        assert_eq!((first.status, &first.body["sourcing_event_id"]), (201, &json!(event)), "{}", first.text);
        assert_eq!(first.body["evaluator_id"], json!(own), "the evaluator is the caller");
        assert_eq!(told(&score(&offer, &certified, &ben, json!({"passed": true, "evaluator_id": own})).await), refused(422, "/evaluator_id server_field"));
        let at = format!("/api/v1/vendors/offer-scores/{}", first.id());
        assert_eq!(app.patch(&ben, &at, "*", &json!({"points": 1})).await.broken(), ["/evaluator_id other"], "nobody changes what another found");
        assert_eq!(app.delete(&ben, &at, "*").await.broken(), ["/evaluator_id other"]);
        assert_eq!(app.patch(&ann, &at, "*", &json!({"points": 7})).await.status, 200);
        let again = score(&offer, &support, &ann, json!({"points": 9})).await;
        assert_eq!((again.status, again.broken().iter().all(|each| each.ends_with(" duplicate"))), (409, true), "{}", again.text);
        for (offer, criterion, actor) in [(&offer, &support, &ben), (&second, &support, &ann)] {
            assert_eq!(score(offer, criterion, actor, json!({"points": 0})).await.status, 201);
        }
        assert_eq!(told(&score(&second, &support, &ben, json!({"points": 10.5})).await), refused(409, "/points criterion"));
        assert_eq!(told(&score(&offer, &price, &ann, json!({"points": 5})).await), refused(409, "/criterion_id criterion"));
        assert_eq!(told(&score(&offer, &certified, &ann, json!({"points": 5})).await), refused(409, "/passed criterion"));
        assert_eq!(score(&offer, &certified, &ann, json!({"passed": true})).await.status, 201);
        assert_eq!(told(&score(&offer, &certified, &ben, json!({"passed": true, "points": 1})).await), refused(422, "/points one_of"));
        let undeclared = json!({"offer_id": second, "criterion_id": certified, "passed": true});
        assert_eq!(told(&try_to_make(app, "offer-scores", undeclared).await), refused(422, "/interests_declared_on required"));
        let racing = futures_util::future::join_all((0..12).map(|_| score(&second, &support, &ben, json!({"points": 5})))).await;
        assert_eq!((count(&racing, 201), count(&racing, 409)), (1, 11));
    }

    an_abnormally_low_price_is_explained_before_the_offer_wins(app) {
        let event = event(app, "LOW").await;
        made(app, "criteria", criterion(&event, "Price", "price", Some(100.0), None)).await;
        walk(app, "sourcing-events", &event, &["published", "open"]).await;
        let mut offers = Vec::new();
        for (code, price) in [("V1", "500.00"), ("V2", "1000.00"), ("V3", "1100.00")] {
            let vendor = qualified(app, code).await;
            let offer = json!({"sourcing_event_id": event, "vendor_id": vendor, "reference": code, "received_at": "2026-06-15T08:00:00Z", "price": euros(price)});
            let offer = made(app, "offers", offer).await;
            walk(app, "offers", &offer, &["submitted"]).await;
            offers.push(offer);
        }
        app.clock.set(steward::resource::value::Instant::parse("2026-06-30T12:00:01Z").unwrap());
        // Tokens have aged.
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let go = async |collection: &str, id: &str, to: &str| app.transition(&admin, &format!("/api/v1/vendors/{collection}/{id}"), to).await;
        let status = async |id: &str| app.get(&admin, &format!("/api/v1/vendors/offers/{id}")).await.body["price_explanation"]["status"].clone();
        assert_eq!(go("sourcing-events", &event, "closed").await.status, 200);
        for offer in &offers {
            for to in ["opened", "qualified"] {
                assert_eq!(go("offers", offer, to).await.status, 200);
            }
        }
        assert_eq!(status(&offers[0]).await, json!("none"), "nobody has compared it yet");
        assert_eq!(go("sourcing-events", &event, "evaluating").await.status, 200);
        assert_eq!([status(&offers[0]).await, status(&offers[1]).await, status(&offers[2]).await], ["requested", "none", "none"]);
        for offer in &offers {
            assert_eq!(go("offers", offer, "evaluated").await.status, 200);
        }
        assert_eq!(told(&go("offers", &offers[0], "shortlisted").await), refused(409, "/price_explanation price_explanation"));
        let explain = async |status: &str| {
            let body = json!({"price_explanation": {"status": status, "text": "Last year's model."}});
            app.patch(&admin, &format!("/api/v1/vendors/offers/{}", offers[0]), "*", &body).await.status
        };
        // To call it not needed does not help: the award asks again.
        assert_eq!(explain("none").await, 200);
        assert_eq!(go("offers", &offers[0], "shortlisted").await.status, 200);
        assert_eq!(go("sourcing-events", &event, "award_pending").await.status, 200);
        let award = app.post(&admin, "/api/v1/vendors/awards", &json!({"offer_id": offers[0]})).await.id();
        assert_eq!(told(&go("awards", &award, "proposed").await), refused(409, "/offer_id price_explanation"));
        assert_eq!(explain("rejected").await, 200);
        assert_eq!(told(&go("awards", &award, "proposed").await), refused(409, "/offer_id price_explanation"));
        assert_eq!(explain("accepted").await, 200);
        assert_eq!(go("awards", &award, "proposed").await.status, 200);
    }
}
