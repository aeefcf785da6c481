//! Long work: kept, followed, done once.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use serde_json::json;

async fn ask(app: &TestApp, actor: &Actor, text: &str) -> Answer {
    let headers = [("Content-Type", "text/csv"), ("Prefer", "respond-async")];
    app.call(actor, "POST", "/api/v1/platform/imports?collection=teams/units", &headers, Some(text.to_owned())).await
}

async fn follow(app: &TestApp, actor: &Actor, asked: &Answer) -> Answer {
    app.get(actor, asked.header("location").unwrap()).await
}

on_both! {
    a_call_that_is_to_be_done_later_is_kept_and_done_once(app) {
        let asked = ask(app, &app.admin, "code,name\r\nLAB,Laboratory\r\n").await;
        assert_eq!((asked.status, &asked.body["state"], &asked.body["kind"]), (202, &json!("queued"), &json!("import_records")), "{}", asked.text);
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
        let (first, second) = futures_util::future::join(app.worker.work_off(), app.worker.work_off()).await;
        assert!(first.unwrap() + second.unwrap() >= 1);
        let done = follow(app, &app.admin, &asked).await;
        assert_eq!((&done.body["state"], &done.body["percent"]), (&json!("succeeded"), &json!(100)), "{}", done.text);
        assert_eq!(done.body["result"], json!({"created": 1, "updated": 0, "unchanged": 0}));
        assert_eq!(done.body["counts"], done.body["result"]);
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=LAB").await.body["data"].as_array().unwrap().len(), 1);
    }

    what_cannot_be_done_fails_with_its_problem_and_leaves_nothing(app) {
        let asked = ask(app, &app.admin, "code,name\r\nLAB,Laboratory\r\n,Nameless\r\n").await;
        app.worker.work_off().await.unwrap();
        let done = follow(app, &app.admin, &asked).await;
        assert_eq!((&done.body["state"], &done.body["problem"]["status"]), (&json!("failed"), &json!(422)), "{}", done.text);
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
    }

    an_operation_belongs_to_who_asked_and_waits_until_it_is_cancelled(app) {
        let asker = app.actor("it_manager", None).await;
        let other = app.actor("team_lead", None).await;
        let asked = ask(app, &asker, "code,name\r\nLAB,Laboratory\r\n").await;
        let path = asked.header("location").unwrap().to_owned();
        assert_eq!((app.get(&other, &path).await.status, app.get(&asker, &path).await.status), (404, 200));
        let by_hand = app.transition(&asker, &path, "running").await;
        assert_eq!(by_hand.status, 409, "{}", by_hand.text);
        assert_eq!(app.transition(&asker, &path, "cancelled").await.status, 200);
        app.worker.work_off().await.unwrap();
        assert_eq!(app.get(&asker, &path).await.body["state"], json!("cancelled"));
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
    }

    who_lost_a_permission_meanwhile_does_nothing_with_it(app) {
        let asker = app.actor("team_lead", None).await;
        let asked = ask(app, &asker, "code,name\r\nLAB,Laboratory\r\n").await;
        assert_eq!(asked.status, 202, "{}", asked.text);
        app.transition(&app.admin, &format!("/api/v1/identity/users/{}", asker.id.unwrap()), "disabled").await;
        app.worker.work_off().await.unwrap();
        assert_eq!(follow(app, &app.admin, &asked).await.body["state"], json!("failed"));
        assert_eq!(app.get(&app.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
    }

    answers_that_are_kept_for_a_day_are_forgotten_after_it(app) {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "once")];
        let body = json!({"code": "A", "name": "A"}).to_string();
        assert_eq!(app.call(&app.admin, "POST", "/api/v1/teams/units", &headers, Some(body)).await.status, 201);
        let kept = async || {
            app.served.store.database.read(|connection| Ok(steward::database::Statement::new("SELECT key FROM idempotency_keys").rows(connection, &[steward::database::SqlType::Text])?.len())).await.unwrap()
        };
        app.worker.work_off().await.unwrap();
        assert_eq!(kept().await, 1);
        app.clock.set(app.clock.now().plus_seconds(25 * 3600));
        app.worker.work_off().await.unwrap();
        assert_eq!(kept().await, 0);
    }
}
