//! The rights in a service are reviewed by who answers for it: who plans, who decides and who reads are different people. Today is Monday,
//! 15 June 2026.

use super::made;
use super::story::{creates, moves};
use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn rights(app: &TestApp, actor: &Actor) -> Vec<Value> {
    let page = app.get(actor, "/api/v1/security/access-rights?limit=50&sort=entitlement").await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.body["data"].as_array().unwrap().iter().map(|right| right["entitlement"].clone()).collect()
}

async fn status(app: &TestApp, actor: &Actor) -> Value {
    let answer = app.get(actor, "/api/v1/security/access-status").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    who_answers_for_a_service_decides_on_the_rights_in_it_and_on_no_others(app) {
        let [officer, reviewer, other, auditor] =
            [app.actor("security_officer", None).await, app.actor("employee", None).await, app.actor("employee", None).await, app.actor("auditor", None).await];
        let (of_reviewer, of_other) = (app.person_of(reviewer.id.unwrap()).await, app.person_of(other.id.unwrap()).await);
        let leaver = made(app, "teams/people", json!({"name": "Mira", "email": "mira@example.org"})).await;
        moves(app, &app.admin, &format!("/api/v1/teams/people/{leaver}"), &["active"]).await;
        let [orders, wiki] = [("ORDERS", "Orders"), ("WIKI", "Wiki")].map(|(code, name)| json!({"code": code, "name": name, "kind": "business"}));
        let (orders, wiki) = (made(app, "infrastructure/services", orders).await, made(app, "infrastructure/services", wiki).await);
        let right = async |person: &str, service: &str, entitlement: &str, privileged: bool| {
            let expires = privileged.then_some("2026-12-31");
            let body = json!({"person_id": person, "service_id": service, "entitlement": entitlement, "privileged": privileged, "granted_on": "2026-01-05", "expires_on": expires});
            creates(app, &officer, "security/access-rights", &body).await
        };
        let (reader, root) = (right(&of_other, &orders, "Reader", false).await, right(&leaver, &orders, "Root", true).await);
        right(&of_other, &wiki, "Writer", false).await;
        assert_eq!((rights(app, &reviewer).await, rights(app, &other).await), (Vec::new(), vec![json!("Reader"), json!("Writer")]), "of others one sees none");

        let review = json!({"name": "Orders, June", "service_id": orders, "reviewer_id": of_reviewer, "due_on": "2026-06-10"});
        let review = creates(app, &officer, "security/access-reviews", &review).await;
        let path = format!("/api/v1/security/access-reviews/{review}");
        assert_eq!(app.get(&other, &path).await.status, 404);
        assert_eq!(rights(app, &reviewer).await, [json!("Reader"), json!("Root")], "those that are to be reviewed, and no others");
        let told = status(app, &auditor).await;
        let due = |told: &Value| ["rights", "undecided", "days_left"].map(|name| told["reviews_due"][0][name].clone());
        assert_eq!((due(&told), &told["reviews_overdue"], &told["leavers_with_access"]), ([json!(2), json!(2), json!(-5)], &json!(1), &json!(0)), "{told}");

        moves(app, &reviewer, &path, &["in_progress"]).await;
        let decide = |decisions: Value| json!({"decisions": decisions});
        let kept = json!({"access_right_id": reader, "outcome": "kept"});
        assert_eq!(app.patch(&reviewer, &path, "*", &decide(json!([kept]))).await.status, 200);
        assert_eq!(app.transition(&reviewer, &path, "completed").await.broken(), ["/decisions undecided"]);
        assert_eq!(due(&status(app, &auditor).await)[1], json!(1));
        // She has left meanwhile, and her right is told of until the review takes it away.
        moves(app, &app.admin, &format!("/api/v1/teams/people/{leaver}"), &["left"]).await;
        let told = status(app, &auditor).await;
        assert_eq!((&told["leavers_with_access"], &told["held_by_leavers"][0]["access_right"]["title"]), (&json!(1), &json!("Root")), "{told}");
        let both = json!([kept, {"access_right_id": root, "outcome": "revoked", "reason": "She has left."}]);
        assert_eq!(app.patch(&reviewer, &path, "*", &decide(both)).await.status, 200);
        moves(app, &reviewer, &path, &["completed"]).await;
        assert_eq!(app.get(&officer, &format!("/api/v1/security/access-rights/{root}")).await.body["revoked_on"], json!("2026-06-15"));
        let told = status(app, &auditor).await;
        assert_eq!(["rights", "privileged", "leavers_with_access", "reviews_overdue"].map(|name| told[name].clone()), [json!(2), json!(0), json!(0), json!(0)], "{told}");
        assert_eq!(rights(app, &reviewer).await, Vec::<Value>::new(), "the review is over");
        assert_eq!(app.get(&app.stranger().await, "/api/v1/security/access-status").await.status, 404);
    }
}
