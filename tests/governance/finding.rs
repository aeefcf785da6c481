//! Findings and corrective actions: when a finding is closed, by whom, and what opens it again.

use crate::harness::{Actor, Answer, TestApp};
use crate::on_both;
use crate::security::{made, moved};
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn finding(app: &TestApp, more: Value) -> String {
    let mut body = json!({"title": "Rights are taken away late", "kind": "minor", "description": "Three of 25.", "found_on": "2026-05-01", "due_on": "2026-06-30",
        "correction": "They were closed.", "root_cause": "Nobody tells.", "action_decision": "required"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "governance/findings", body).await
}

async fn action(app: &TestApp, finding: &str, title: &str, more: Value) -> String {
    let mut body = json!({"finding_id": finding, "title": title, "completed_on": "2026-06-10", "verification": "Ten were drawn."});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "governance/corrective-actions", body).await
}

async fn go(app: &TestApp, actor: &Actor, collection: &str, id: &str, to: &str) -> Answer {
    app.transition(actor, &format!("/api/v1/governance/{collection}/{id}"), to).await
}

async fn walk(app: &TestApp, collection: &str, id: &str, states: &[&str]) {
    for state in states {
        moved(app, &app.admin, &format!("governance/{collection}"), id, state).await;
    }
}

async fn read(app: &TestApp, path: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/governance/{path}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

const TO_VERIFICATION: &[&str] = &["acknowledged", "action_planned", "in_remediation", "ready_for_verification"];

on_both! {
    a_nonconformity_is_closed_by_somebody_else_once_it_is_put_right_for_good(app) {
        let second = app.second_admin().await;
        let id = finding(app, json!({"correction": null, "root_cause": null, "action_decision": null})).await;
        walk(app, "findings", &id, &["acknowledged"]).await;
        let early = go(app, &second, "findings", &id, "closed").await;
        assert_eq!((early.status, early.broken()), (409, ["/kind nonconformity", "/correction required", "/root_cause required", "/action_decision required"].map(str::to_owned).to_vec()));
        let path = format!("/api/v1/governance/findings/{id}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"correction": "Closed.", "root_cause": "Nobody tells.", "action_decision": "required"})).await.status, 200);
        walk(app, "findings", &id, &TO_VERIFICATION[1..]).await;
        assert_eq!(go(app, &app.admin, "findings", &id, "closed").await.broken(), ["/action_decision corrective_action", " four_eyes"]);
        let mend = action(app, &id, "Tell", json!({})).await;
        assert_eq!(go(app, &second, "findings", &id, "closed").await.broken(), [" in_use", "/action_decision corrective_action"].iter().rev().map(|each| (*each).to_owned()).collect::<Vec<_>>());
        walk(app, "corrective-actions", &mend, &["in_progress", "done"]).await;
        assert_eq!(read(app, &format!("corrective-actions/{mend}")).await["verify_on"], json!("2026-09-08"), "90 days after it was done");
        assert_eq!(go(app, &second, "findings", &id, "closed").await.status, 200);
        // Closed is closed: nothing is added, and what shows how it came to that is kept.
        let late = app.post(&app.admin, "/api/v1/governance/corrective-actions", &json!({"finding_id": id, "title": "More"})).await;
        assert_eq!((late.status, late.broken()), (409, vec!["/finding_id closed".to_owned()]));
        let gone = app.delete(&app.admin, &format!("/api/v1/governance/corrective-actions/{mend}"), "*").await;
        assert_eq!((gone.status, gone.broken()), (409, vec![" not_deletable".to_owned()]));
    }

    an_action_that_does_not_work_opens_the_finding_again(app) {
        let second = app.second_admin().await;
        let id = finding(app, json!({})).await;
        let mend = action(app, &id, "Tell", json!({})).await;
        walk(app, "corrective-actions", &mend, &["in_progress", "done"]).await;
        walk(app, "findings", &id, TO_VERIFICATION).await;
        assert_eq!(go(app, &second, "findings", &id, "closed").await.status, 200);
        assert_eq!(go(app, &app.admin, "corrective-actions", &mend, "ineffective").await.broken(), [" four_eyes"]);
        assert_eq!(go(app, &second, "corrective-actions", &mend, "ineffective").await.status, 200);
        assert_eq!(read(app, &format!("findings/{id}")).await["state"], json!("in_remediation"));
        walk(app, "findings", &id, &["ready_for_verification"]).await;
        let refused = go(app, &second, "findings", &id, "closed").await;
        assert_eq!(refused.broken(), [" ineffective", "/action_decision corrective_action"], "{}", refused.text);
        let better = action(app, &id, "Take them into the list", json!({})).await;
        walk(app, "corrective-actions", &better, &["in_progress", "done"]).await;
        assert_eq!(go(app, &second, "corrective-actions", &better, "verified").await.status, 200);
        assert_eq!(go(app, &second, "findings", &id, "closed").await.status, 200);
    }

    an_action_is_judged_when_its_day_has_come_and_not_by_who_did_it(app) {
        let second = app.second_admin().await;
        let id = finding(app, json!({})).await;
        let mend = action(app, &id, "Tell", json!({"verify_on": "2026-06-20", "assignee_id": app.person_of_second().await})).await;
        walk(app, "corrective-actions", &mend, &["in_progress", "done"]).await;
        assert_eq!(go(app, &second, "corrective-actions", &mend, "verified").await.broken(), ["/assignee_id assignee"]);
        walk(app, "findings", &id, TO_VERIFICATION).await;
        app.clock.set(Instant::parse("2026-06-20T09:00:00Z").unwrap());
        let second = app.log_in_as(&second.id.unwrap().to_string());
        assert_eq!(go(app, &second, "findings", &id, "closed").await.broken(), [" effectiveness"]);
    }

    findings_and_actions_are_counted_in_all_and_by_unit(app) {
        let second = app.second_admin().await;
        let unit = app.unit("SALES", &app.root_unit().await).await;
        let first = finding(app, json!({"due_on": "2026-06-10"})).await;
        let again = finding(app, json!({"repeats_id": first, "unit_id": unit, "kind": "observation", "due_on": "2026-07-10"})).await;
        action(app, &first, "Late", json!({"due_on": "2026-06-01"})).await;
        let [works, fails] = [action(app, &again, "Works", json!({})).await, action(app, &first, "Fails", json!({})).await];
        for (id, to) in [(&works, "verified"), (&fails, "ineffective")] {
            walk(app, "corrective-actions", id, &["in_progress", "done"]).await;
            assert_eq!(go(app, &second, "corrective-actions", id, to).await.status, 200);
        }
        let told = read(app, "findings/standing").await;
        assert_eq!(["findings", "open", "open_nonconformities", "overdue", "repeated", "repeat_percent", "actions", "overdue_actions", "effectiveness_percent"].map(|name| told["total"][name].clone()),
            [json!(2), json!(2), json!(1), json!(1), json!(1), json!(50), json!(3), json!(1), json!(50)], "{told}");
        let overdue: Vec<Value> = told["overdue"].as_array().unwrap().iter().map(|item| json!([item["kind"], item["days"]])).collect();
        assert_eq!(overdue, [json!(["action", 14]), json!(["finding", 5])]);
        let of_sales = told["by_unit"].as_array().unwrap().iter().find(|each| each["unit_id"] == json!(unit)).unwrap();
        assert_eq!((&of_sales["name"], &of_sales["standing"]["findings"], &of_sales["standing"]["effectiveness_percent"]), (&json!("SALES"), &json!(1), &json!(100)));
        let officer = app.actor("compliance_officer", Some(&unit)).await;
        let seen = app.get(&officer, "/api/v1/governance/findings/standing").await;
        assert_eq!((seen.status, &seen.body["total"]["findings"]), (200, &json!(1)), "{}", seen.text);
    }

    somebody_answers_for_each_record_and_the_matrix_says_where_nobody_does(app) {
        let [one, two] = [made(app, "governance/controls", json!({"code": "A", "name": "A", "kind": "preventive", "test_period_days": 30})).await,
            made(app, "governance/controls", json!({"code": "B", "name": "B", "kind": "preventive", "test_period_days": 30})).await];
        let ann = made(app, "teams/people", json!({"name": "Ann", "email": "ann@example.org"})).await;
        let bob = made(app, "teams/people", json!({"name": "Bob", "email": "bob@example.org"})).await;
        let give = async |subject: &str, holder: &str, role: &str| app.post(&app.admin, "/api/v1/governance/responsibilities", &json!({"subject_id": subject, "holder_id": holder, "role": role})).await;
        let answers = give(&one, &ann, "accountable").await;
        assert_eq!((answers.status, give(&one, &ann, "responsible").await.status, give(&two, &ann, "informed").await.status), (201, 201, 201));
        assert_eq!(give(&one, &bob, "accountable").await.broken(), ["/role accountable"]);
        let both = futures_util::future::join(give(&two, &ann, "accountable"), give(&two, &bob, "accountable")).await;
        assert_eq!([both.0.status, both.1.status].iter().filter(|status| **status == 201).count(), 1);
        let matrix = read(app, "responsibilities/matrix").await;
        assert_eq!((&matrix["subjects"], &matrix["with_gaps"]), (&json!(2), &json!(1)), "{matrix}");
        assert_eq!((&matrix["data"][0]["subject_id"], &matrix["data"][0]["gaps"]), (&json!(two), &json!(["nobody_responsible"])));
        let of_one = read(app, &format!("responsibilities/matrix?subject_id={one}")).await;
        assert_eq!((&of_one["data"][0]["gaps"], &of_one["data"][0]["holders"][0]["name"]), (&json!([]), &json!("Ann")));
        // That somebody leaves is a fact: it is heard, and told until another person answers.
        app.patch(&app.admin, &format!("/api/v1/teams/people/{ann}"), "*", &json!({"leaving_reason": "Moved away.", "ends_on": "2026-06-14"})).await;
        moved(app, &app.admin, "teams/people", &ann, "left").await;
        let open = async || app.get(&app.admin, &format!("/api/v1/platform/conflicts?state=open&subject_id={}", answers.id())).await.body["data"].as_array().unwrap().clone();
        let told = open().await;
        assert_eq!((told.len(), &told[0]["rule"]), (1, &json!("governance.responsibilities:left")));
        assert_eq!(app.delete(&app.admin, &format!("/api/v1/governance/responsibilities/{}", answers.id()), "*").await.status, 204, "a conflict goes with its subject");
        assert_eq!(open().await, Vec::<Value>::new());
        assert_eq!(give(&one, &bob, "accountable").await.status, 201);
    }
}
