//! The page that begins a day: approvals, dates, conflicts and mentions that wait for the caller.

use crate::harness::{START, TestApp};
use crate::on_both;
use serde_json::{Value, json};

const HOME: &str = "/api/v1/platform/home";

async fn comment(app: &TestApp, subject: &str, text: &str, reply_to: Option<&str>, by: &crate::harness::Actor) -> String {
    let answer = app.post(by, "/api/v1/platform/comments", &json!({"subject_id": subject, "text": text, "reply_to_id": reply_to})).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.id()
}

on_both! {
    nothing_waits_for_a_stranger(app) {
        let home = app.get(&app.stranger().await, HOME).await;
        assert_eq!(home.status, 200, "{}", home.text);
        for part in ["approvals", "due", "conflicts", "mentions"] {
            assert_eq!((&home.body[part]["data"], &home.body[part]["total_count"]), (&json!([]), &json!(0)), "{part}");
        }
    }

    mentions_are_comments_by_others_that_name_the_caller_or_answer(app) {
        let vendor = app.make("vendors/vendors", &json!({"code": "A", "name": "A"})).await["id"].as_str().unwrap().to_owned();
        let second = app.second_admin().await;
        let first = comment(app, &vendor, "I wonder.", None, &app.admin).await;
        let named = comment(app, &vendor, "Ask @Admin@Example.org, please.", None, &second).await;
        let reply = comment(app, &vendor, "So do I.", Some(&first), &second).await;
        for text in ["Ask @admin@example.organ.", "Ask admin@example.org.", "Nothing."] {
            comment(app, &vendor, text, None, &second).await;
        }
        comment(app, &vendor, "I am @admin@example.org.", None, &app.admin).await;
        let found = app.get(&app.admin, HOME).await.body["mentions"].clone();
        let told: Vec<(Value, Value)> = found["data"].as_array().unwrap().iter().map(|each| (each["id"].clone(), each["reason"].clone())).collect();
        assert_eq!(told, [(json!(reply), json!("reply")), (json!(named), json!("mention"))]);
        assert_eq!(found["total_count"], json!(2));
    }

    dates_of_the_callers_person_come_overdue_first(app) {
        let me = app.person_of_admin().await;
        let day = |days: i64| (chrono::DateTime::parse_from_rfc3339(START).unwrap() + chrono::Duration::days(days)).format("%Y-%m-%d").to_string();
        let vendor = app.make("vendors/vendors", &json!({"code": "A", "name": "A"})).await["id"].clone();
        let mut body = app.sample("vendors/contracts", "1").await;
        body.insert("vendor_id".into(), vendor);
        let contract = app.make("vendors/contracts", &Value::Object(body)).await["id"].clone();
        for (title, due, person) in [("Late", day(-3), Some(&me)), ("Soon", day(5), Some(&me)), ("Far", day(60), Some(&me)), ("Theirs", day(5), None)] {
            let mut sample = app.sample("vendors/contract-obligations", title).await;
            for (name, value) in [("contract_id", contract.clone()), ("title", json!(title)), ("due_on", json!(due)), ("responsible_id", json!(person))] {
                sample.insert(name.into(), value);
            }
            let answer = app.post(&app.admin, "/api/v1/vendors/contract-obligations", &Value::Object(sample)).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        }
        let found = app.get(&app.admin, HOME).await.body["due"].clone();
        let titles: Vec<&str> = found["data"].as_array().unwrap().iter().map(|each| each["title"].as_str().unwrap()).collect();
        assert_eq!((titles, &found["overdue_count"]), (vec!["Late", "Soon"], &json!(1)), "{found}");
    }

    approvals_and_conflicts_are_those_of_their_own_lists(app) {
        let definition = crate::harness::definitions().get("vendors/requisitions").unwrap();
        let made = app.make_ready(definition, "1").await;
        let path = format!("/api/v1/vendors/requisitions/{}", made["id"].as_str().unwrap());
        let second = app.second_admin().await;
        assert_eq!(app.transition(&app.admin, &path, "submitted").await.status, 200);
        let pending = app.get(&second, "/api/v1/governance/approvals/pending").await.body;
        let home = app.get(&second, HOME).await.body["approvals"].clone();
        assert_eq!(home["total_count"], json!(1), "{home}");
        let ids = |list: &Value| list["data"].as_array().unwrap().iter().map(|each| each["id"].clone()).collect::<Vec<_>>();
        assert_eq!((ids(&home), &home["total_count"]), (ids(&pending), &pending["total_count"]));
    }
}
