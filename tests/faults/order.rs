//! Writes that meet: of one record, and of many records in different orders.

use crate::harness::TestApp;
use crate::on_both;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use steward::database::Statement;

/// How many deadlocks the database has met; SQLite knows none.
async fn deadlocks(app: &TestApp) -> i64 {
    if app.database_url.starts_with("sqlite") {
        return 0;
    }
    // The server tells its figures a second later.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let count = app.served.store.database.read(|connection| {
        let query = Statement::new("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        Ok(query.load::<diesel::sql_types::BigInt, i64>(connection)?)
    });
    count.await.unwrap()[0]
}

fn control(code: &str) -> Value {
    json!({"code": code, "name": code, "kind": "detective", "test_period_days": 90})
}

on_both! {
    a_record_that_is_changed_moved_and_deleted_at_once_meets_no_deadlock(app) {
        for round in 0..15 {
            let made = app.make("governance/controls", &control(&format!("C{round}"))).await;
            let path = format!("/api/v1/governance/controls/{}", made["id"].as_str().unwrap());
            let patch = async |name: &'static str| app.patch(&app.admin, &path, "*", &json!({ "name": name })).await;
            let (names, moved, deleted) = tokio::join!(
                join_all(["One", "Two", "Three", "Four"].map(patch)),
                app.transition(&app.admin, &path, "implemented"),
                app.delete(&app.admin, &path, "*"),
            );
            for answer in names.iter().chain([&moved, &deleted]) {
                assert!(matches!(answer.status, 200 | 204 | 404 | 409 | 412), "{} {}", answer.status, answer.text);
            }
        }
        assert_eq!(deadlocks(app).await, 0);
    }

    a_part_that_is_changed_while_its_parent_is_deleted_meets_no_deadlock(app) {
        for round in 0..10 {
            let requisition = app.make("vendors/requisitions", &json!({"code": format!("R{round}"), "name": "Shelves"})).await;
            let id = requisition["id"].as_str().unwrap();
            let line = json!({"requisition_id": id, "line_number": 1, "description": "A line", "kind": "hardware", "quantity": "1", "unit_of_measure": "piece"});
            let line = app.post(&app.admin, "/api/v1/vendors/requisition-lines", &line).await;
            assert_eq!(line.status, 201, "{}", line.text);
            let path = format!("/api/v1/vendors/requisition-lines/{}", line.id());
            let above = format!("/api/v1/vendors/requisitions/{id}");
            let patch = async |number: usize| app.patch(&app.admin, &path, "*", &json!({"description": format!("Line {number}")})).await;
            let (changed, deleted) = tokio::join!(join_all((0..4).map(patch)), app.delete(&app.admin, &above, "*"));
            for answer in changed.iter().chain([&deleted]) {
                assert!(matches!(answer.status, 200 | 204 | 404 | 409 | 412), "{} {}", answer.status, answer.text);
            }
        }
        assert_eq!(deadlocks(app).await, 0);
    }

    bulks_with_the_same_codes_and_records_in_other_orders_wait_for_one_another(app) {
        let codes: Vec<String> = (0..20).map(|number| format!("B{number}")).collect();
        let rotated = |by: usize| -> Vec<Value> {
            let mut codes = codes.clone();
            codes.rotate_left(by);
            codes.iter().map(|code| json!({"op": "create", "collection": "governance/controls", "body": control(code)})).collect()
        };
        let bulk = |operations: Vec<Value>| async move { app.post(&app.admin, "/api/v1/platform/bulk", &json!({"operations": operations})).await };
        let answers = join_all((0..6).map(|by| bulk(rotated(by * 3)))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{}", answers[0].text);
        let made = app.get(&app.admin, "/api/v1/governance/controls?limit=200").await.body["data"].as_array().unwrap().clone();
        assert_eq!(made.len(), codes.len());
        let changes = |by: usize| -> Vec<Value> {
            let mut made = made.clone();
            made.rotate_left(by);
            made.iter().map(|each| json!({"op": "update", "collection": "governance/controls", "id": each["id"], "if_match": "*", "body": {"name": format!("By {by}")}})).collect()
        };
        let answers = join_all((0..6).map(|by| bulk(changes(by * 3)))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        assert_eq!(deadlocks(app).await, 0);
    }
}
