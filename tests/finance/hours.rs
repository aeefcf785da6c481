//! People's hours: what they cost, and that nobody is relied on for more than there is.

use super::*;
use crate::on_both;

async fn person(app: &TestApp, weekly_hours: u32) -> String {
    let body = json!({"name": "Ann", "email": format!("{}@people.example.org", steward::resource::Id::new()), "weekly_hours": weekly_hours});
    app.make("teams/people", &body).await["id"].as_str().unwrap().to_owned()
}

fn allocation(person: &str, percent: f64) -> Value {
    json!({"person_id": person, "starts_on": "2026-07-01", "ends_on": "2026-09-30", "percent": percent, "kind": "hard"})
}

on_both! {
    nobody_is_relied_on_for_more_than_a_tenth_above_their_time(app) {
        let ann = person(app, 40).await;
        let first = made(app, "allocations", allocation(&ann, 60.0)).await;
        walk(app, "allocations", &first, &["confirmed"]).await;
        let confirm = async |body: Value| go(app, "allocations", &made(app, "allocations", body).await, "confirmed").await;
        // 60 + 50.1 is more than 110.
        let over = confirm(allocation(&ann, 50.1)).await;
        assert_eq!((over.status, over.broken()), (409, vec!["/percent capacity".to_owned()]), "{}", over.text);
        // 20.4 of 40 hours are 51 %.
        let mut hours = allocation(&ann, 0.0);
        (hours["percent"], hours["weekly_hours"]) = (Value::Null, json!(20.4));
        assert_eq!(confirm(hours.clone()).await.broken(), ["/percent capacity"]);
        // Neither what is soft, nor before or after, nor somebody else's.
        let mut soft = allocation(&ann, 100.0);
        soft["kind"] = "soft".into();
        assert_eq!(confirm(soft).await.status, 200);
        for (starts, ends, status) in [("2026-06-01", "2026-06-30", 200), ("2026-10-01", "2026-10-31", 200), ("2026-09-30", "2026-09-30", 409)] {
            let mut body = allocation(&ann, 100.0);
            (body["starts_on"], body["ends_on"]) = (starts.into(), ends.into());
            assert_eq!(confirm(body).await.status, status, "{starts}");
        }
        assert_eq!(confirm(allocation(&person(app, 40).await, 100.0)).await.status, 200);
        // 20 hours are 50 %, and make 110 together.
        hours["weekly_hours"] = json!(20);
        assert_eq!(confirm(hours).await.status, 200);
        walk(app, "allocations", &first, &["released"]).await;
        assert_eq!(confirm(allocation(&ann, 60.0)).await.status, 200, "what is released is free");
        for (percent, hours) in [(Value::Null, Value::Null), (json!(10), json!(4))] {
            let mut body = allocation(&ann, 0.0);
            (body["percent"], body["weekly_hours"]) = (percent, hours);
            assert_eq!(try_to_make(app, "allocations", body).await.broken(), ["/weekly_hours one_of"]);
        }
    }

    more_than_there_is_needs_a_right_and_a_reason(app) {
        let ann = person(app, 40).await;
        let mut body = allocation(&ann, 60.0);
        walk(app, "allocations", &made(app, "allocations", body.clone()).await, &["confirmed"]).await;
        body["override_reason"] = "The fabric is handed over.".into();
        let path = at("allocations", &made(app, "allocations", body).await);
        let rights = ["finance.allocations:read", "finance.allocations:confirm"];
        let planner = holder(app, "planner", &rights).await;
        assert_eq!(app.transition(&planner, &path, "confirmed").await.broken(), ["/percent capacity"]);
        let overrider = holder(app, "overrider", &[&rights[..], &["finance.allocations:override_capacity"]].concat()).await;
        assert_eq!(app.transition(&overrider, &path, "confirmed").await.status, 200);
        let silent = at("allocations", &made(app, "allocations", allocation(&ann, 1.0)).await);
        assert_eq!(app.transition(&overrider, &silent, "confirmed").await.broken(), ["/percent capacity"], "without a reason");
    }

    a_confirmed_allocation_is_released_and_not_deleted(app) {
        let ann = person(app, 40).await;
        let [first, second] = [made(app, "allocations", allocation(&ann, 60.0)).await, made(app, "allocations", allocation(&ann, 60.0)).await];
        walk(app, "allocations", &first, &["confirmed"]).await;
        assert_eq!(app.delete(&app.admin, &at("allocations", &first), "*").await.broken(), [" not_deletable"]);
        walk(app, "allocations", &first, &["released"]).await;
        walk(app, "allocations", &second, &["confirmed"]).await;
    }

    of_twelve_allocations_that_race_for_a_person_no_more_pass_than_there_is_time(app) {
        let ann = person(app, 40).await;
        let mut ids = Vec::new();
        for _ in 0..12 {
            ids.push(made(app, "allocations", allocation(&ann, 30.0)).await);
        }
        let answers = futures_util::future::join_all(ids.iter().map(|id| go(app, "allocations", id, "confirmed"))).await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (3, 9), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    }

    rates_of_a_person_do_not_overlap_however_many_come_at_once(app) {
        let ann = person(app, 40).await;
        let rate = |starts: &str, ends: Value| json!({"subject_id": ann, "hourly_rate": {"amount": "87.125", "currency": "EUR"}, "starts_on": starts, "ends_on": ends});
        let answers = futures_util::future::join_all((0..12).map(|_| try_to_make(app, "labor-rates", rate("2026-01-01", json!("2026-12-31"))))).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 11));
        for (starts, ends, status) in [("2026-12-31", Value::Null, 409), ("2025-01-01", json!("2026-01-01"), 409), ("2026-05-01", json!("2026-05-01"), 409), ("2027-01-01", Value::Null, 201), ("2025-01-01", json!("2025-12-31"), 201)] {
            let answer = try_to_make(app, "labor-rates", rate(starts, ends)).await;
            assert_eq!(answer.status, status, "{starts}: {}", answer.text);
        }
        let other = json!({"subject_id": person(app, 40).await, "hourly_rate": {"amount": "90", "currency": "EUR"}, "starts_on": "2026-01-01"});
        assert_eq!(try_to_make(app, "labor-rates", other).await.status, 201);
    }

    nobody_is_relied_on_while_absent_or_without_a_contract(app) {
        let ann = person(app, 40).await;
        let leave = app.make("teams/absences", &json!({"person_id": ann, "starts_on": "2026-08-01", "ends_on": "2026-08-31"})).await;
        let path = format!("/api/v1/teams/absences/{}", leave["id"].as_str().unwrap());
        let first = made(app, "allocations", allocation(&ann, 100.0)).await;
        assert_eq!(app.transition(&app.second_admin().await, &path, "approved").await.status, 200);
        assert_eq!(go(app, "allocations", &first, "confirmed").await.broken(), ["/starts_on capacity"]);
        let gone = json!({"name": "Bob", "email": "bob@people.example.org", "starts_on": "2026-02-01", "ends_on": "2026-08-15"});
        let gone = app.make("teams/people", &gone).await["id"].as_str().unwrap().to_owned();
        let late = made(app, "allocations", allocation(&gone, 100.0)).await;
        assert_eq!(go(app, "allocations", &late, "confirmed").await.broken(), ["/ends_on capacity"]);
        let mut within = allocation(&gone, 100.0);
        within["ends_on"] = "2026-08-15".into();
        walk(app, "allocations", &made(app, "allocations", within).await, &["confirmed"]).await;
    }
}
