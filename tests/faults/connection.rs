//! The way to PostgreSQL: an answer that is lost, and a server that says nothing any more.

use crate::harness::{Actor, TestApp};
use crate::proxy::Proxy;
use futures_util::future::join_all;
use serde_json::json;
use std::time::{Duration, Instant};

/// The service behind a proxy, and the way around it.
async fn behind_a_proxy() -> Option<(TestApp, TestApp, Proxy)> {
    let direct = TestApp::on_postgres().await?;
    let proxy = Proxy::before(&direct.database_url);
    let app = direct.replica_at(proxy.url(&direct.database_url)).await;
    Some((direct, app, proxy))
}

#[actix_web::test]
async fn a_commit_whose_answer_is_lost_is_told_as_unknown_with_where_to_look_and_how_to_try_again() {
    let Some((direct, app, proxy)) = behind_a_proxy().await else { return };
    let root = app.root_unit().await;
    for round in 0..3 {
        let body = json!({"code": format!("LOST-{round}"), "name": "Lost", "parent_id": root}).to_string();
        let headers = [("Content-Type", "application/json"), ("Idempotency-Key", &*format!("key-{round}"))];
        proxy.lose_next_commit();
        let answer = app.call(&app.admin, "POST", "/api/v1/teams/units", &headers, Some(body.clone())).await;
        assert_eq!((answer.status, &answer.body["outcome"]), (503, &json!("unknown")), "{}", answer.text);
        assert!(!answer.text.contains("Nothing was changed") && answer.text.contains("Idempotency-Key"), "{}", answer.text);
        let place = answer.body["location"].as_str().unwrap();
        let since = Instant::now();
        while direct.get(&direct.admin, place).await.status != 200 {
            assert!(since.elapsed() < Duration::from_secs(10), "the server got the commit, and it is not there");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let again = app.call(&app.admin, "POST", "/api/v1/teams/units", &headers, Some(body)).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")), "{}", again.text);
        assert!(place.ends_with(&again.id()));
    }
    direct.drop_database();
}

#[actix_web::test]
async fn a_server_that_hangs_leaves_no_request_unanswered_and_readiness_says_so() {
    let Some((direct, app, proxy)) = behind_a_proxy().await else { return };
    assert_eq!(app.get(&app.admin, "/readyz").await.status, 200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    proxy.hold();
    let since = Instant::now();
    let path = format!("/api/v1/identity/users/{}", app.admin.id.unwrap());
    let reads = join_all((0..40).map(|_| app.get(&app.admin, &path)));
    let nobody = Actor::nobody();
    let (answers, public, told) = tokio::join!(reads, app.get(&nobody, "/readyz"), app.get(&app.admin, "/readyz"));
    assert!(answers.iter().all(|answer| answer.status == 503 && answer.header("retry-after").is_some()));
    assert!(since.elapsed() < Duration::from_secs(30), "{:?}", since.elapsed());
    assert_eq!(public.status, 503);
    assert!(public.body["checks"].is_null(), "{}", public.text);
    let failing: Vec<&str> =
        told.body["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == json!(false)).map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(failing, ["database"], "{}", told.text);
    proxy.pass();
    let since = Instant::now();
    while app.get(&app.admin, &path).await.status != 200 || app.get(&nobody, "/readyz").await.status != 200 {
        assert!(since.elapsed() < Duration::from_secs(30), "it does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    direct.drop_database();
}
