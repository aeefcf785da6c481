//! Bodies that mean harm: files of too many rows, of nothing but faults, and objects of too many members.

use crate::harness::{Answer, TestApp};
use crate::on_both;
use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use std::fmt::Write;

async fn import(app: &TestApp, query: &str, text: String) -> Answer {
    app.call(&app.admin, "POST", &format!("/api/v1/platform/imports?{query}"), &[("Content-Type", "text/csv")], Some(text)).await
}

fn file(header: &str, rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).fold(format!("{header}\n"), |mut text, number| {
        let _ = writeln!(text, "{}", row(number));
        text
    })
}

on_both! {
    a_file_of_too_many_rows_is_refused_and_one_of_faults_is_not_read_to_its_end(app) {
        let long = import(app, "collection=teams/units", file("code", 200_001, |_| "A".into())).await;
        assert_eq!(long.status, 413, "{}", long.text);
        for text in [file("code,name", 50_000, |_| "a code,Name".into()), file("code,name", 50_000, |_| "A".into())] {
            let broken = import(app, "collection=teams/units", text).await;
            assert_eq!((broken.status, broken.body["errors"].as_array().map(Vec::len)), (422, Some(1_000)), "{}", broken.text);
            assert!(broken.body["count"].as_u64() >= Some(1_000) && broken.body["detail"].as_str().unwrap().contains("read to row"), "{}", broken.body["detail"]);
        }
        let partial = import(app, "collection=teams/units&partial=true", file("code,name", 1_500, |number| if number == 1_400 { "GOOD,Good".into() } else { "A".into() })).await;
        assert_eq!((&partial.body["created"], &partial.body["count"]), (&json!(1), &json!(1_499)));
        assert_eq!(partial.body["errors"].as_array().unwrap().len(), 1_000);
    }

    the_same_file_imported_many_times_at_once_is_imported_once(app) {
        let text = file("code,name", 15, |number| format!("U{number},Unit {number}"));
        let answers = join_all((0..8).map(|_| import(app, "collection=teams/units", text.clone()))).await;
        let created: u64 = answers.iter().map(|answer| answer.body["created"].as_u64().unwrap_or_else(|| panic!("{}", answer.text))).sum();
        assert_eq!(created, 15);
        assert!(answers.iter().all(|answer| answer.status == 200));
    }

    an_object_of_many_unknown_members_is_answered_with_a_thousand_of_them_and_the_count(app) {
        let members: Map<String, Value> = (0..30_000).map(|number| (format!("m{number}"), json!(1))).collect();
        let answer = app.post(&app.admin, "/api/v1/teams/units", &members.into()).await;
        assert_eq!((answer.status, answer.body["errors"].as_array().map(Vec::len)), (422, Some(1_000)));
        assert!(answer.body["count"].as_u64() >= Some(30_000) && answer.text.len() < 200_000, "{}", answer.text.len());
    }

    what_two_readers_could_read_in_two_ways_is_refused(app) {
        let headers = [("Content-Type", "application/json")];
        let twice = app.call(&app.admin, "POST", "/api/v1/teams/units", &headers, Some(r#"{"code": "A", "name": "A", "name": "B"}"#.into())).await;
        assert_eq!(twice.status, 400, "{}", twice.text);
        let vendor = json!({"name": "V", "website": "https://Ï"});
        let answer = app.post(&app.admin, "/api/v1/vendors/vendors", &vendor).await;
        assert!(answer.broken().contains(&"/website format".to_owned()), "{}", answer.text);
        let long = "x".repeat(1_001);
        for path in ["platform/search?q=", "governance/controls?q="] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/{path}{long}")).await.status, 400);
        }
        let posted = app.post(&app.admin, "/api/v1/platform/overview", &json!({})).await;
        assert_eq!((posted.status, posted.header("allow")), (405, Some("GET, HEAD")), "{}", posted.text);
    }

    what_hangs_on_a_record_is_asked_by_its_id(app) {
        let control = json!({"code": "HUNG", "name": "A", "kind": "detective", "test_period_days": 90});
        let id = app.make("governance/controls", &control).await["id"].as_str().unwrap().to_owned();
        let other = app.root_unit().await;
        let file = app.upload("text/plain", "hello").await;
        app.make("platform/tags", &json!({"subject_id": id, "label": "one"})).await;
        app.make("platform/comments", &json!({"subject_id": id, "text": "Said."})).await;
        app.make("platform/links", &json!({"subject_id": other, "target_id": id, "kind": "relates_to"})).await;
        app.make("platform/attachments", &json!({"subject_id": id, "file_id": file["id"], "title": "Hello"})).await;
        let stranger = app.stranger().await;
        for (name, member, value) in [("tags", "label", "one"), ("comments", "text", "Said."), ("links", "kind", "relates_to"), ("attachments", "title", "Hello")] {
            let path = format!("/api/v1/platform/resources/{id}/{name}");
            let answer = app.get(&app.admin, &path).await;
            assert_eq!((answer.status, &answer.body["data"][0][member], answer.body["data"].as_array().map(Vec::len)), (200, &json!(value), Some(1)), "{}", answer.text);
            assert_eq!(app.get(&stranger, &path).await.status, 404);
        }
        assert_eq!(app.get(&app.admin, &format!("/api/v1/platform/resources/{}/tags", steward::resource::Id::new())).await.status, 404);
    }

    a_clock_that_is_set_back_locks_nobody_out_for_longer_and_lets_everybody_log_in(app) {
        let form = |password: &str| format!("grant_type=password&username=admin%40example.org&password={password}");
        for _ in 0..20 {
            app.form_from("192.0.2.9", "/api/v1/auth/token", &[], &form("wrong+one")).await;
        }
        assert_eq!(app.form_from("192.0.2.9", "/api/v1/auth/token", &[], &form("wrong+one")).await.status, 429);
        // Before the lock-out, and before the first key was made.
        app.wait(-2 * 3600);
        let answer = app.form_from("192.0.2.9", "/api/v1/auth/token", &[], &form("correct+horse+battery+staple")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let token = answer.body["access_token"].as_str().map(str::to_owned);
        assert_eq!(app.get(&crate::harness::Actor { id: None, token }, "/api/v1/auth/me").await.status, 200);
    }
}
