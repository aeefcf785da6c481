//! Long work: kept, followed, done once.

use crate::harness::{Actor, Answer, House};
use crate::on_both;
use serde_json::json;

async fn ask(house: &House, actor: &Actor, text: &str) -> Answer {
    let headers = [("Content-Type", "text/csv"), ("Prefer", "respond-async")];
    house.call(actor, "POST", "/api/v1/platform/imports?collection=teams/units", &headers, Some(text.to_owned())).await
}

async fn follow(house: &House, actor: &Actor, asked: &Answer) -> Answer {
    house.get(actor, asked.header("location").unwrap()).await
}

on_both! {
    a_call_that_is_to_be_done_later_is_kept_and_done_once(house) {
        let asked = ask(house, &house.admin, "code,name\r\nLAB,Laboratory\r\n").await;
        assert_eq!((asked.status, &asked.body["state"], &asked.body["kind"]), (202, &json!("queued"), &json!("import_records")), "{}", asked.text);
        assert_eq!(house.get(&house.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
        let (first, second) = futures_util::future::join(house.worker.work_off(), house.worker.work_off()).await;
        assert!(first.unwrap() + second.unwrap() >= 1);
        let done = follow(house, &house.admin, &asked).await;
        assert_eq!((&done.body["state"], &done.body["percent"]), (&json!("succeeded"), &json!(100)), "{}", done.text);
        assert_eq!(done.body["result"], json!({"created": 1, "updated": 0, "unchanged": 0}));
        assert_eq!(done.body["counts"], done.body["result"]);
        assert_eq!(house.get(&house.admin, "/api/v1/teams/units?code=LAB").await.body["data"].as_array().unwrap().len(), 1);
    }

    what_cannot_be_done_fails_with_its_problem_and_leaves_nothing(house) {
        let asked = ask(house, &house.admin, "code,name\r\nLAB,Laboratory\r\n,Nameless\r\n").await;
        house.worker.work_off().await.unwrap();
        let done = follow(house, &house.admin, &asked).await;
        assert_eq!((&done.body["state"], &done.body["problem"]["status"]), (&json!("failed"), &json!(422)), "{}", done.text);
        assert_eq!(house.get(&house.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
    }

    an_operation_belongs_to_who_asked_and_waits_until_it_is_cancelled(house) {
        let asker = house.actor("it_manager", None).await;
        let other = house.actor("team_lead", None).await;
        let asked = ask(house, &asker, "code,name\r\nLAB,Laboratory\r\n").await;
        let path = asked.header("location").unwrap().to_owned();
        assert_eq!((house.get(&other, &path).await.status, house.get(&asker, &path).await.status), (404, 200));
        let by_hand = house.transition(&asker, &path, "running").await;
        assert_eq!(by_hand.status, 409, "{}", by_hand.text);
        assert_eq!(house.transition(&asker, &path, "cancelled").await.status, 200);
        house.worker.work_off().await.unwrap();
        assert_eq!(house.get(&asker, &path).await.body["state"], json!("cancelled"));
        assert_eq!(house.get(&house.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
    }

    who_lost_a_permission_meanwhile_does_nothing_with_it(house) {
        let asker = house.actor("team_lead", None).await;
        let asked = ask(house, &asker, "code,name\r\nLAB,Laboratory\r\n").await;
        assert_eq!(asked.status, 202, "{}", asked.text);
        house.transition(&house.admin, &format!("/api/v1/identity/users/{}", asker.id.unwrap()), "disabled").await;
        house.worker.work_off().await.unwrap();
        assert_eq!(follow(house, &house.admin, &asked).await.body["state"], json!("failed"));
        assert_eq!(house.get(&house.admin, "/api/v1/teams/units?code=LAB").await.body["data"], json!([]));
    }

    answers_that_are_kept_for_a_day_are_forgotten_after_it(house) {
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", "once")];
        let body = json!({"code": "A", "name": "A"}).to_string();
        assert_eq!(house.call(&house.admin, "POST", "/api/v1/teams/units", &headers, Some(body)).await.status, 201);
        let kept = async || {
            house.served.store.database.read(|connection| Ok(steward::database::Statement::new("SELECT key FROM idempotency_keys").rows(connection, &[steward::database::Kind::Text])?.len())).await.unwrap()
        };
        house.worker.work_off().await.unwrap();
        assert_eq!(kept().await, 1);
        house.clock.set(house.clock.now().plus_seconds(25 * 3600));
        house.worker.work_off().await.unwrap();
        assert_eq!(kept().await, 0);
    }
}
