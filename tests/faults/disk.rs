//! A disk without room: what is answered, what readiness says, and that it goes on once there is room again.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::json;
use std::time::Duration;
use steward::database::{Connection, Statement};

/// Runs statements on the connection that writes.
async fn on_writer(app: &TestApp, statements: &'static [&'static str]) {
    let run = move |connection: &mut Connection| statements.iter().try_for_each(|sql| Ok(Statement::new(*sql).execute(connection).map(drop)?));
    app.served.store.by_itself(run).await.unwrap();
}

/// Lets every write of a unit find the disk full, as the database itself says it.
async fn fill(app: &TestApp) {
    if app.database_url.starts_with("sqlite") {
        on_writer(app, &["PRAGMA max_page_count = 1"]).await;
    } else {
        const FULL: &[&str] = &[
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER full_disk BEFORE INSERT ON units FOR EACH ROW EXECUTE FUNCTION full_disk()",
        ];
        on_writer(app, FULL).await;
    }
}

async fn make_room(app: &TestApp) {
    if app.database_url.starts_with("sqlite") {
        on_writer(app, &["PRAGMA max_page_count = 1073741823"]).await;
    } else {
        on_writer(app, &["DROP TRIGGER full_disk ON units"]).await;
    }
}

on_both! {
    a_full_disk_is_told_with_what_to_do_reading_goes_on_and_readiness_is_red(app) {
        let root = app.root_unit().await;
        let body = |number: usize| json!({"code": format!("U{number}"), "name": "x".repeat(200), "parent_id": root});
        assert_eq!(app.post(&app.admin, "/api/v1/teams/units", &body(0)).await.status, 201);
        fill(app).await;
        let mut refused = None;
        for number in 1..400 {
            let answer = app.post(&app.admin, "/api/v1/teams/units", &body(number)).await;
            if answer.status != 201 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("the disk is not full");
        assert_eq!(refused.status, 503, "{}", refused.text);
        assert!(refused.text.contains("make room") && refused.header("retry-after") == Some("30"), "{}", refused.text);
        assert_eq!(app.get(&app.admin, &format!("/api/v1/teams/units/{root}")).await.status, 200);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let ready = app.get(&app.admin, "/readyz").await;
        let failing: Vec<_> = ready.body["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == json!(false)).map(|check| check["name"].clone()).collect();
        assert_eq!((ready.status, failing), (503, vec![json!("disk")]), "{}", ready.text);
        make_room(app).await;
        assert_eq!(app.post(&app.admin, "/api/v1/teams/units", &body(1_000)).await.status, 201);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(app.get(&Actor::nobody(), "/readyz").await.body, json!({"status": "ready"}));
    }
}
