//! Work that is finished is done to 100 percent. Today is Monday, 15 June 2026.

use super::{alter, project, walk, work};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn change(app: &TestApp, item: &str, body: Value) -> Answer {
    app.patch(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "*", &body).await
}

async fn progress(app: &TestApp, item: &str) -> Value {
    app.get(&app.admin, &format!("/api/v1/projects/work-items/{item}")).await.body["progress_percent"].clone()
}

async fn record(app: &TestApp, item: &str, on: &str, percent: u32) -> Answer {
    let body = json!({"work_item_id": item, "recorded_on": on, "progress_percent": percent});
    app.post(&app.admin, "/api/v1/projects/progress-records", &body).await
}

/// The records of an item: day and percent.
async fn records(app: &TestApp, item: &str) -> Vec<(String, Value)> {
    let page = app.get(&app.admin, &format!("/api/v1/projects/progress-records?work_item_id={item}&sort=recorded_on")).await.body;
    page["data"].as_array().unwrap().iter().map(|each| (each["recorded_on"].as_str().unwrap().to_owned(), each["progress_percent"].clone())).collect()
}

on_both! {
    work_that_is_done_is_done_to_100_percent_until_it_is_reopened(app) {
        let project = project(app, "P").await;
        let item = work(app, &project, "1", None, json!({"progress_percent": 10})).await;
        walk(app, "work-items", &item, &["ready", "in_progress"]).await;
        alter(app, "work-items", &item, json!({"progress_percent": 40})).await;
        walk(app, "work-items", &item, &["done"]).await;
        assert_eq!(progress(app, &item).await, json!(100));
        assert_eq!(records(app, &item).await, [("2026-06-15".to_owned(), json!(100))]);
        let less = change(app, &item, json!({"progress_percent": 10})).await;
        assert_eq!((less.status, less.broken()), (409, vec!["/progress_percent finished".to_owned()]), "{}", less.text);
        let less = record(app, &item, "2026-06-15", 60).await;
        assert_eq!((less.status, less.broken()), (409, vec!["/progress_percent finished".to_owned()]), "{}", less.text);
        // How far it was before it was finished may still be told.
        assert_eq!(record(app, &item, "2026-06-10", 30).await.status, 201);
        assert_eq!(progress(app, &item).await, json!(100));
        walk(app, "work-items", &item, &["in_progress"]).await;
        assert_eq!(progress(app, &item).await, json!(40), "what was told last");
        assert_eq!(records(app, &item).await, [("2026-06-10".to_owned(), json!(30)), ("2026-06-15".to_owned(), json!(40))]);
        assert_eq!(record(app, &item, "2026-06-15", 60).await.status, 201);
        assert_eq!(progress(app, &item).await, json!(60));
    }

    work_with_steps_is_done_once_all_of_them_are(app) {
        let project = project(app, "P").await;
        let steps = |measured: bool| json!([{"name": "Laid", "weight_percent": 60, "done": true}, {"name": "Measured", "weight_percent": 40, "done": measured}]);
        let item = work(app, &project, "1", None, json!({"progress_method": "weighted", "steps": steps(false)})).await;
        walk(app, "work-items", &item, &["ready", "in_progress"]).await;
        let refused = app.transition(&app.admin, &format!("/api/v1/projects/work-items/{item}"), "done").await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/steps steps".to_owned()]), "{}", refused.text);
        assert!(refused.text.contains("Steps that are not done: Measured."), "{}", refused.text);
        alter(app, "work-items", &item, json!({"steps": steps(true)})).await;
        walk(app, "work-items", &item, &["done"]).await;
        assert_eq!(change(app, &item, json!({"steps": steps(false)})).await.broken(), ["/steps finished"]);
    }

    work_that_has_ended_is_done_to_100_percent_in_any_state(app) {
        let project = project(app, "P").await;
        let item = work(app, &project, "1", None, json!({"progress_percent": 30})).await;
        alter(app, "work-items", &item, json!({"actual_ends_on": "2026-06-11"})).await;
        assert_eq!(progress(app, &item).await, json!(100));
        assert_eq!(change(app, &item, json!({"progress_percent": 50})).await.broken(), ["/progress_percent finished"]);
        assert_eq!(record(app, &item, "2026-06-12", 50).await.broken(), ["/progress_percent finished"]);
        // It had not ended after all.
        alter(app, "work-items", &item, json!({"actual_ends_on": null})).await;
        assert_eq!(progress(app, &item).await, json!(30));
        let made = work(app, &project, "2", None, json!({"actual_ends_on": "2026-06-11"})).await;
        assert_eq!((progress(app, &made).await, records(app, &made).await), (json!(100), vec![("2026-06-11".to_owned(), json!(100))]));
    }
}
