//! What nobody can recover, what proves a recovery and what does not, and what is required of it. Today is Monday, 15 June 2026.

use super::{made, moved};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn service(app: &TestApp, code: &str) -> String {
    made(app, "infrastructure/services", json!({"code": code, "name": code, "kind": "business"})).await
}

/// A plan that promises to bring something back, with one step; not approved yet.
async fn draft(app: &TestApp, code: &str, subject: &str, rpo: Option<i64>) -> String {
    let scope = json!([{"subject_id": subject, "rto_seconds": null, "rpo_seconds": rpo}]);
    let plan = made(app, "security/recovery-plans", json!({"code": code, "name": code, "trigger": "It is out.", "scope": scope})).await;
    made(app, "security/recovery-steps", json!({"recovery_plan_id": plan, "number": 1, "name": "A step", "duration_seconds": 3600, "subject_id": subject}))
        .await;
    plan
}

async fn active(app: &TestApp, code: &str, subject: &str, rpo: Option<i64>) -> String {
    let plan = draft(app, code, subject, rpo).await;
    moved(app, &app.second_admin().await, "security/recovery-plans", &plan, "approved").await;
    moved(app, &app.admin, "security/recovery-plans", &plan, "active").await;
    plan
}

async fn process(app: &TestApp, code: &str, rto: i64, needs: &[&str]) -> String {
    let needs: Vec<Value> = needs.iter().map(|need| json!({"subject_id": need})).collect();
    made(app, "security/business-processes", json!({"code": code, "name": code, "rto_seconds": rto, "rpo_seconds": 3600, "depends_on": needs})).await
}

async fn test(app: &TestApp, plan: &str, kind: &str) -> String {
    let body =
        json!({"recovery_plan_id": plan, "name": kind, "kind": kind, "planned_on": "2026-06-15", "tested_on": "2026-06-15", "conclusion": "It is back."});
    made(app, "security/recovery-tests", body).await
}

async fn result(app: &TestApp, source: &str, subject: &str, rto: i64, rpo: Option<i64>) -> crate::harness::Answer {
    let body = json!({"source_id": source, "subject_id": subject, "measured_rto_seconds": rto, "measured_rpo_seconds": rpo});
    app.post(&app.admin, "/api/v1/security/recovery-results", &body).await
}

async fn recovery(app: &TestApp, process: &str) -> Value {
    app.get(&app.admin, &format!("/api/v1/security/business-processes/{process}/recovery")).await.body
}

on_both! {
    what_no_plan_recovers_leaves_open_when_a_process_is_back(app) {
        let (orders, wiki) = (service(app, "ORDERS").await, service(app, "WIKI").await);
        active(app, "P", &orders, None).await;
        let process = process(app, "BP", 7200, &[&orders, &wiki]).await;
        let told = recovery(app, &process).await;
        let rto = ["effective_seconds", "at_least_seconds", "gap_seconds", "reason"].map(|name| told["rto"][name].clone());
        assert_eq!(rto, [Value::Null, json!(3600), Value::Null, json!("No approved or active plan recovers WIKI.")], "{told}");
        assert_eq!(told["rpo"]["reason"], json!("There is no backup of ORDERS, WIKI."));
        let ready = app.get(&app.admin, "/api/v1/security/recovery-readiness").await.body;
        assert_eq!((&ready["data"][0]["title"], &ready["uncovered"], &ready["partial"]), (&json!("WIKI"), &json!(1), &json!(false)), "{ready}");
        active(app, "Q", &wiki, None).await;
        assert_eq!(recovery(app, &process).await["rto"]["effective_seconds"], json!(3600));
    }

    the_strictest_of_all_processes_above_says_what_is_required(app) {
        let orders = service(app, "ORDERS").await;
        let lower = process(app, "P", 7200, &[&orders]).await;
        process(app, "P2", 600, &[&lower]).await;
        let told = recovery(app, &lower).await;
        assert_eq!((&told["needs"][0]["rto"]["required_seconds"], &told["rto"]["required_seconds"]), (&json!(600), &json!(600)), "{told}");
        let ready = app.get(&app.admin, "/api/v1/security/recovery-readiness").await.body;
        assert_eq!(ready["data"][0]["rto"]["required_seconds"], json!(600));
    }

    only_a_test_that_carries_out_an_approved_plan_proves_something(app) {
        let (orders, wiki) = (service(app, "ORDERS").await, service(app, "WIKI").await);
        let business = process(app, "BP", 7200, &[&orders]).await;
        let plan = draft(app, "P", &orders, None).await;
        let first = test(app, &plan, "tabletop").await;
        let path = format!("/api/v1/security/recovery-tests/{first}");
        assert_eq!(app.transition(&app.admin, &path, "in_progress").await.broken(), ["/recovery_plan_id state"], "a draft is not tested");
        moved(app, &app.second_admin().await, "security/recovery-plans", &plan, "approved").await;
        assert_eq!(result(app, &first, &wiki, 60, None).await.broken(), ["/subject_id outside_scope"]);
        let close = async |id: &str| {
            for state in ["in_progress", "completed", "closed"] {
                moved(app, &app.admin, "security/recovery-tests", id, state).await;
            }
        };
        assert_eq!(result(app, &first, &orders, 60, None).await.status, 201);
        close(&first).await;
        assert_eq!(recovery(app, &business).await["rto"]["proven"], json!(false), "nothing was carried out");
        let second = test(app, &plan, "full").await;
        assert_eq!(result(app, &second, &orders, 60, Some(60)).await.status, 201);
        close(&second).await;
        assert_eq!(recovery(app, &business).await["rto"]["proven"], json!(true));
    }

    what_is_promised_or_required_is_measured_and_a_miss_of_either_is_found(app) {
        let orders = service(app, "ORDERS").await;
        let plan = active(app, "P", &orders, Some(3600)).await;
        let run = test(app, &plan, "full").await;
        let made = result(app, &run, &orders, 72_000, None).await;
        assert_eq!(made.status, 201, "{}", made.text);
        for state in ["in_progress", "completed"] {
            moved(app, &app.admin, "security/recovery-tests", &run, state).await;
        }
        let path = format!("/api/v1/security/recovery-tests/{run}");
        let refused = app.transition(&app.admin, &path, "closed").await;
        assert!(refused.broken() == [" unmeasured"] && refused.text.contains("ORDERS"), "{}", refused.text);
        let measured = app.patch(&app.admin, &format!("/api/v1/security/recovery-results/{}", made.id()), "*", &json!({"measured_rpo_seconds": 60})).await;
        assert_eq!(measured.status, 200, "{}", measured.text);
        // The plan names no time; the process that needs it wants an hour, and it took 20.
        process(app, "BP", 3600, &[&orders]).await;
        moved(app, &app.admin, "security/recovery-tests", &run, "closed").await;
        let findings = app.get(&app.admin, "/api/v1/governance/findings").await.body;
        assert_eq!(findings["data"].as_array().map(Vec::len), Some(1), "{findings}");
    }

    the_results_of_an_activation_agree_with_its_times(app) {
        let orders = service(app, "ORDERS").await;
        let plan = active(app, "P", &orders, None).await;
        let body = json!({"recovery_plan_id": plan, "title": "Power was out", "disrupted_at": "2026-06-10T08:00:00Z", "activated_at": "2026-06-10T09:00:00Z",
            "recovered_at": "2026-06-10T12:00:00Z", "conclusion": "The plan held."});
        let activation = made(app, "security/recovery-activations", body).await;
        assert_eq!(result(app, &activation, &orders, 60, None).await.broken(), ["/measured_rto_seconds times"], "the plan was activated after an hour");
        assert_eq!(result(app, &activation, &orders, 90_000, None).await.broken(), ["/measured_rto_seconds times"]);
        let early = result(app, &activation, &orders, 7200, None).await;
        assert_eq!(early.status, 201, "{}", early.text);
        moved(app, &app.admin, "security/recovery-activations", &activation, "completed").await;
        let path = format!("/api/v1/security/recovery-activations/{activation}");
        assert_eq!(app.transition(&app.admin, &path, "closed").await.broken(), ["/recovered_at times"], "all was back after four hours");
        let right = app.patch(&app.admin, &format!("/api/v1/security/recovery-results/{}", early.id()), "*", &json!({"measured_rto_seconds": 14_400})).await;
        assert_eq!(right.status, 200, "{}", right.text);
        moved(app, &app.admin, "security/recovery-activations", &activation, "closed").await;
    }

    a_promise_is_not_walked_round_by_an_empty_step_beside_the_work(app) {
        let orders = service(app, "ORDERS").await;
        let scope = json!([{"subject_id": orders, "rto_seconds": 600, "rpo_seconds": null}]);
        let plan = made(app, "security/recovery-plans", json!({"code": "P", "name": "P", "trigger": "It is out.", "scope": scope})).await;
        for (number, seconds, subject) in [(1, 7200, Value::Null), (2, 0, json!(orders))] {
            let step = json!({"recovery_plan_id": plan, "number": number, "name": "A step", "duration_seconds": seconds, "subject_id": subject});
            made(app, "security/recovery-steps", step).await;
        }
        let path = format!("/api/v1/security/recovery-plans/{plan}");
        assert_eq!(app.transition(&app.second_admin().await, &path, "approved").await.broken(), ["/scope/0/rto_seconds promise"]);
    }

    a_plan_for_a_service_and_what_it_requires_is_carried_out_once(app) {
        let (orders, database) = (service(app, "ORDERS").await, service(app, "DATABASE").await);
        made(app, "infrastructure/dependencies", json!({"from_id": orders, "to_id": database, "kind": "requires"})).await;
        let scope = json!([{"subject_id": orders, "rto_seconds": 4200, "rpo_seconds": null}, {"subject_id": database, "rto_seconds": 3600, "rpo_seconds": null}]);
        let plan = made(app, "security/recovery-plans", json!({"code": "P", "name": "P", "trigger": "It is out.", "scope": scope})).await;
        for (number, seconds, subject, before) in [(1, 3600, &database, json!([])), (2, 600, &orders, json!([1]))] {
            let step = json!({"recovery_plan_id": plan, "number": number, "name": "A step", "duration_seconds": seconds, "subject_id": subject, "depends_on": before});
            made(app, "security/recovery-steps", step).await;
        }
        moved(app, &app.second_admin().await, "security/recovery-plans", &plan, "approved").await;
        let process = process(app, "BP", 4200, &[&orders]).await;
        let told = recovery(app, &process).await;
        assert_eq!((&told["rto"]["effective_seconds"], &told["rto"]["gap_seconds"]), (&json!(4200), &json!(0)), "{told}");
        let steps = told["critical_path"].as_array().unwrap().iter().map(|step| (step["title"].clone(), step["seconds"].clone())).collect::<Vec<_>>();
        assert_eq!(steps, [(json!("DATABASE"), json!(3600)), (json!("ORDERS"), json!(600))]);
        let ready = app.get(&app.admin, "/api/v1/security/recovery-readiness").await.body;
        assert_eq!((&ready["rto_missed"], &ready["needed"]), (&json!(0), &json!(2)), "{ready}");
    }

    people_and_processes_below_a_process_leave_its_recovery_provable(app) {
        let orders = service(app, "ORDERS").await;
        let plan = active(app, "P", &orders, None).await;
        let lower = process(app, "LOWER", 7200, &[&orders]).await;
        let upper = process(app, "UPPER", 7200, &[&app.person_of_admin().await, &lower]).await;
        assert_eq!(recovery(app, &upper).await["rto"]["proven"], json!(false));
        let run = test(app, &plan, "full").await;
        assert_eq!(result(app, &run, &orders, 60, Some(60)).await.status, 201);
        for state in ["in_progress", "completed", "closed"] {
            moved(app, &app.admin, "security/recovery-tests", &run, state).await;
        }
        let told = recovery(app, &upper).await;
        assert_eq!((&told["rto"]["proven"], &told["rto"]["measured_seconds"], &told["needs"][1]["rto"]["proven"]), (&json!(true), &json!(60), &json!(true)), "{told}");
        let person = &told["needs"][0]["rto"];
        assert_eq!((&person["effective_seconds"], &person["proven"]), (&Value::Null, &json!(false)));
        assert!(person["reason"].as_str().is_some_and(|reason| reason.starts_with("A plan recovers services")), "{person}");
    }

    a_plan_that_is_retired_proves_nothing_any_more(app) {
        let orders = service(app, "ORDERS").await;
        let (plan, business) = (active(app, "P", &orders, None).await, process(app, "BP", 7200, &[&orders]).await);
        let run = test(app, &plan, "full").await;
        assert_eq!(result(app, &run, &orders, 60, Some(60)).await.status, 201);
        for state in ["in_progress", "completed", "closed"] {
            moved(app, &app.admin, "security/recovery-tests", &run, state).await;
        }
        assert_eq!(recovery(app, &business).await["rto"]["proven"], json!(true));
        moved(app, &app.admin, "security/recovery-plans", &plan, "retired").await;
        let told = recovery(app, &business).await;
        assert_eq!((&told["rto"]["proven"], &told["rto"]["measured_seconds"], &told["rto"]["effective_seconds"]), (&json!(false), &Value::Null, &Value::Null), "{told}");
    }
}
