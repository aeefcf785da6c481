//! Access rights and their reviews: nobody decides on a right of their own, and whoever leaves keeps none unnoticed.

use super::{made, moved};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    nobody_decides_on_a_right_of_their_own(app) {
        let service = app.sample("infrastructure/services", "s").await;
        let service = made(app, "infrastructure/services", service.into()).await;
        let (mine, other) = (app.person_of_admin().await, app.person_of_second().await);
        let right = async |person: &str| made(app, "security/access-rights", json!({"person_id": person, "service_id": service, "entitlement": "Reader", "granted_on": "2026-01-05"})).await;
        let (of_me, of_other) = (right(&mine).await, right(&other).await);
        let review = made(app, "security/access-reviews", json!({"name": "Orders", "service_id": service, "due_on": "2026-06-30"})).await;
        let path = format!("/api/v1/security/access-reviews/{review}");
        let decide = |right: &str| json!({"access_right_id": right, "outcome": "kept"});
        let refused = app.patch(&app.admin, &path, "*", &json!({"decisions": [decide(&of_other), decide(&of_me)]})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/decisions/1 own_right".to_owned()]), "{}", refused.text);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"decisions": [decide(&of_other)]})).await.status, 200);
        // The other one decides on what is mine, and I may still write what the review is called.
        let second = app.second_admin().await;
        assert_eq!(app.patch(&second, &path, "*", &json!({"decisions": [decide(&of_other), decide(&of_me)]})).await.status, 200);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"name": "Orders, June"})).await.status, 200);
        let refused = app.patch(&second, &path, "*", &json!({"reviewer_id": mine})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/decisions/1 own_right".to_owned()]), "the reviewer is who decides");
    }

    what_somebody_who_left_may_still_do_is_told_until_it_is_taken_away(app) {
        let service = app.sample("infrastructure/services", "s").await;
        let service = made(app, "infrastructure/services", service.into()).await;
        let person = made(app, "teams/people", json!({"name": "Mira", "email": "mira@example.org"})).await;
        moved(app, &app.admin, "teams/people", &person, "active").await;
        let body = json!({"person_id": person, "service_id": service, "entitlement": "Reader", "granted_on": "2026-01-05"});
        let right = made(app, "security/access-rights", body.clone()).await;
        let open = async || app.get(&app.admin, "/api/v1/platform/conflicts?rule=security.access_rights:leaver&state=open").await.body["data"].clone();
        assert_eq!(open().await, json!([]));
        moved(app, &app.admin, "teams/people", &person, "left").await;
        assert_eq!(open().await[0]["subject_id"], json!(right));
        moved(app, &app.admin, "security/access-rights", &right, "revoked").await;
        assert_eq!(open().await, Value::Array(Vec::new()));
        let path = format!("/api/v1/security/access-rights/{right}");
        assert_eq!(app.get(&app.admin, &path).await.body["revoked_on"], json!("2026-06-15"));
    }

    a_right_from_before_its_holder_left_is_recorded_and_told_of_and_a_later_one_is_not_given(app) {
        let service = app.sample("infrastructure/services", "s").await;
        let service = made(app, "infrastructure/services", service.into()).await;
        let person = made(app, "teams/people", json!({"name": "Mira", "email": "mira@example.org", "ends_on": "2026-05-31"})).await;
        moved(app, &app.admin, "teams/people", &person, "active").await;
        moved(app, &app.admin, "teams/people", &person, "left").await;
        let body = |on: &str| json!({"person_id": person, "service_id": service, "entitlement": "Reader", "granted_on": on});
        let refused = app.post(&app.admin, "/api/v1/security/access-rights", &body("2026-06-01")).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/person_id left".to_owned()]), "{}", refused.text);
        // A directory is imported as it is, whoever has left meanwhile.
        let path = "/api/v1/platform/imports?collection=security/access-rights";
        let imported = app.call(&app.admin, "POST", path, &[("Content-Type", "application/x-ndjson")], Some(body("2026-01-05").to_string())).await;
        assert_eq!((imported.status, &imported.body["created"]), (200, &json!(1)), "{}", imported.text);
        let told = app.get(&app.admin, "/api/v1/platform/conflicts?rule=security.access_rights:leaver&state=open").await.body["data"].clone();
        assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    }

    who_holds_a_right_in_a_service_does_not_complete_the_review_that_decides_on_it(app) {
        let service = made(app, "infrastructure/services", json!({"code": "ORDERS", "name": "Orders", "kind": "business"})).await;
        let body = json!({"person_id": app.person_of_admin().await, "service_id": service, "entitlement": "Reader", "granted_on": "2026-01-05"});
        let right = made(app, "security/access-rights", body).await;
        let review = made(app, "security/access-reviews", json!({"name": "Orders", "service_id": service, "due_on": "2026-06-30"})).await;
        let (second, path) = (app.second_admin().await, format!("/api/v1/security/access-reviews/{review}"));
        moved(app, &app.admin, "security/access-reviews", &review, "in_progress").await;
        let kept = json!({"decisions": [{"access_right_id": right, "outcome": "kept"}]});
        assert_eq!(app.patch(&second, &path, "*", &kept).await.status, 200);
        let refused = app.transition(&app.admin, &path, "completed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/decisions/0 own_right".to_owned()]), "{}", refused.text);
        moved(app, &second, "security/access-reviews", &review, "completed").await;
    }

    a_service_is_reviewed_again_after_the_interval_of_its_last_review(app) {
        let service = async |code: &str| made(app, "infrastructure/services", json!({"code": code, "name": code, "kind": "business"})).await;
        let (orders, wiki) = (service("ORDERS").await, service("WIKI").await);
        let mira = made(app, "teams/people", json!({"name": "Mira", "email": "mira@example.org"})).await;
        let mut rights = Vec::new();
        for service in [&orders, &wiki] {
            let body = json!({"person_id": mira, "service_id": service, "entitlement": "Reader", "granted_on": "2026-01-05"});
            rights.push(made(app, "security/access-rights", body).await);
        }
        let review = json!({"name": "Orders", "service_id": orders, "due_on": "2026-06-30",
            "decisions": [{"access_right_id": rights[0], "outcome": "kept"}]});
        let review = made(app, "security/access-reviews", review).await;
        let status = async || {
            let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
            let told = app.get(&admin, "/api/v1/security/access-status").await.body;
            let rows = told["services"].as_array().unwrap().iter();
            let names = ["title", "last_reviewed_on", "next_review_on", "overdue", "never_reviewed"];
            let rows: Vec<Value> = rows.map(|row| names.map(|name| row[name].clone()).into_iter().collect()).collect();
            (rows, told["services_never_reviewed"].clone(), told["services_overdue"].clone())
        };
        let never = json!(["WIKI", null, null, null, true]);
        assert_eq!(status().await, (vec![never.clone(), json!(["ORDERS", null, null, null, false])], json!(1), json!(0)), "a review of orders is planned");
        for state in ["in_progress", "completed"] {
            moved(app, &app.admin, "security/access-reviews", &review, state).await;
        }
        assert_eq!(status().await.0[1], json!(["ORDERS", "2026-06-15", null, null, false]), "nobody said when again");
        let interval = app.patch(&app.admin, &format!("/api/v1/security/access-reviews/{review}"), "*", &json!({"review_interval_months": 6})).await;
        assert_eq!(interval.status, 200, "{}", interval.text);
        assert_eq!(status().await.0[1], json!(["ORDERS", "2026-06-15", "2026-12-15", false, false]));
        let dates = app.get(&app.admin, "/api/v1/platform/calendar?from=2026-12-01&to=2026-12-31").await.body;
        let of_review = |date: &&Value| date["label"] == "Next review due";
        assert_eq!(dates["data"].as_array().and_then(|dates| dates.iter().find(of_review)).map(|date| date["on"].clone()), Some(json!("2026-12-15")), "{dates}");
        app.clock.set(steward::resource::value::Instant::parse("2026-12-16T09:00:00Z").unwrap());
        assert_eq!(status().await, (vec![never, json!(["ORDERS", "2026-06-15", "2026-12-15", true, false])], json!(1), json!(1)));
    }
}
