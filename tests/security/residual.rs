//! The residual risk moves with the tests of its controls and never by a client, and what is retained above the appetite rests on an exception.

use super::{assessed, control, made, moved, place, position, published, risk, scenario};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};
use steward::resource::value::Instant;

async fn tested(app: &TestApp, control: &str, on: &str, result: &str) {
    made(app, "governance/control-tests", json!({"control_id": control, "kind": "operating", "tested_on": on, "result": result})).await;
}

on_both! {
    residual_moves_when_a_control_test_passes_fails_or_grows_old(app) {
        let id = risk(app, "R1", &published(app, "RM").await, None).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let filter = control(app, "FILTER", Some(0.9), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 2.0, &[(&filter, "likelihood")]).await;
        // 2 · (1 − 0.9) = 0.2 a year is possible, and major: medium.
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([2, 2, 2, true]));
        tested(app, &filter, "2026-06-14", "failed").await;
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([3, 2, 3, true]), "2 a year are frequent: high");
        tested(app, &filter, "2026-06-15", "passed").await;
        moved(app, &app.admin, "governance/controls", &filter, "operating").await;
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([2, 2, 2, true]));
        // 28 October is 135 days later: 2 − 135/90 = 0.5, so that 2 · (1 − 0.45) = 1.1 a year are frequent.
        app.clock.set(Instant::parse("2026-10-28T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let old = position(app, &admin, &id).await;
        assert_eq!((&old["current_frequency"], place(&old, "current")), (&json!(1.1), json!([3, 2, 3, true])));
    }

    no_client_writes_a_level(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let filter = control(app, "FILTER", Some(0.9), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 2.0, &[(&filter, "likelihood")]).await;
        let path = format!("/api/v1/security/risks/{id}");
        for field in ["level", "current_level", "residual_level", "current", "breached"] {
            assert_eq!(app.patch(&app.admin, &path, "*", &json!({field: 1})).await.status, 422, "{field}");
            let mut body = json!({"code": "R2", "title": "R2", "category": "security", "risk_matrix_id": matrix});
            body[field] = json!(1);
            assert_eq!(app.post(&app.admin, "/api/v1/security/risks", &body).await.status, 422, "{field}");
            let bulk = json!({"operations": [{"op": "update", "collection": "security/risks", "id": id, "if_match": "*", "body": {field: 1}}]});
            assert_eq!(app.post(&app.admin, "/api/v1/platform/bulk", &bulk).await.body["results"][0]["status"], json!(422), "{field}");
            let import = app.call(&app.admin, "POST", "/api/v1/platform/imports?collection=security/risks", &[("Content-Type", "application/x-ndjson")], Some(body.to_string())).await;
            assert_eq!(import.status, 422, "{field}: {}", import.text);
        }
        // To judge it otherwise takes a reason and a second person; until then nothing moves.
        let mut otherwise = json!({"risk_id": id, "stage": "current", "likelihood": 1, "impact": 1, "assessed_on": "2026-06-01"});
        assert_eq!(app.post(&app.admin, "/api/v1/security/risk-assessments", &otherwise).await.broken(), ["/override_reason required"]);
        otherwise["override_reason"] = json!("The service is off.");
        let judged = made(app, "security/risk-assessments", otherwise).await;
        let refused = app.transition(&app.admin, &format!("/api/v1/security/risk-assessments/{judged}"), "confirmed").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" four_eyes".to_owned()]), "{}", refused.text);
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([2, 2, 2, true]));
    }

    what_is_retained_above_the_appetite_is_open_again_when_its_exception_has_lapsed(app) {
        let matrix = published(app, "RM").await;
        made(app, "security/risk-appetites", json!({"name": "Least", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01"})).await;
        let id = risk(app, "R1", &matrix, None).await;
        assessed(app, &id, "current", 2, 2).await;
        let owner = json!({"owner_id": app.person_of_admin().await, "next_review_on": "2026-12-01"});
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/security/risks/{id}"), "*", &owner).await.status, 200);
        let treatment = made(app, "security/treatments", json!({"risk_id": id, "name": "Bear it", "kind": "retain"})).await;
        moved(app, &app.admin, "security/treatments", &treatment, "in_progress").await;
        let path = format!("/api/v1/security/treatments/{treatment}");
        assert_eq!(app.transition(&app.admin, &path, "implemented").await.broken(), [" appetite"]);
        let exception = json!({"title": "Until the 20th", "kind": "risk_acceptance", "subject_id": id, "level": "moderate", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-06-20"});
        let exception = made(app, "governance/exceptions", exception).await;
        moved(app, &app.admin, "governance/exceptions", &exception, "submitted").await;
        assert_eq!(app.transition(&app.admin, &path, "implemented").await.broken(), [" appetite"], "what was asked for is not in force");
        let second = app.second_admin().await;
        moved(app, &second, "governance/exceptions", &exception, "approved").await;
        moved(app, &app.admin, "security/treatments", &treatment, "implemented").await;
        moved(app, &second, "security/treatments", &treatment, "verified").await;
        for state in ["analysed", "monitored"] {
            moved(app, &app.admin, "security/risks", &id, state).await;
        }
        app.worker.work_off().await.unwrap();
        let states = async |day: &str| {
            app.clock.set(Instant::parse(&format!("{day}T09:00:00Z")).unwrap());
            app.worker.work_off().await.unwrap();
            let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
            let mut found = Vec::new();
            for path in [&path, &format!("/api/v1/security/risks/{id}"), &format!("/api/v1/governance/exceptions/{exception}")] {
                found.push(app.get(&admin, path).await.body["state"].as_str().unwrap().to_owned());
            }
            found
        };
        assert_eq!(states("2026-06-20").await, ["verified", "monitored", "active"], "its last day");
        assert_eq!(states("2026-06-21").await, ["in_progress", "analysed", "expired"]);
    }

    the_state_of_a_quantification_says_whether_an_input_of_its_run_has_changed(app) {
        let id = risk(app, "R1", &published(app, "RM").await, None).await;
        let money = |amount: &str| json!({"amount": amount, "currency": "EUR"});
        let pert = json!({"min": money("1000.00"), "mode": money("2000.00"), "max": money("9000.00")});
        let quantification = made(app, "security/risk-quantifications", json!({"risk_id": id, "name": "Now", "loss_pert": pert, "trials": 1000})).await;
        let filter = control(app, "FILTER", Some(0.5), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 4.0, &[(&filter, "both")]).await;
        let path = format!("/api/v1/security/risk-quantifications/{quantification}");
        let run = async || {
            let ran = app.post(&app.admin, &format!("{path}/run"), &json!({})).await;
            assert_eq!(ran.status, 200, "{}", ran.text);
            (ran.body["state"].clone(), ran.body["fades_on"].clone())
        };
        let states = async || {
            let (record, result) = (app.get(&app.admin, &path).await.body, app.get(&app.admin, &format!("{path}/result")).await.body);
            (record["state"].clone(), result["stale"].clone())
        };
        let stale = || (json!("stale"), json!(true));
        // The test is due 90 days after 1 June, on 30 August, and fades from the day after.
        assert_eq!(run().await, (json!("fresh"), json!("2026-08-31")));
        assert_eq!(states().await, (json!("fresh"), json!(false)));
        tested(app, &filter, "2026-06-14", "failed").await;
        assert_eq!(states().await, stale(), "a test failed");
        assert_eq!(position(app, &app.admin, &id).await["expected_annual_loss"], money("12000.00"), "what the scenarios come to counts at once");
        assert_eq!(run().await, (json!("fresh"), Value::Null), "what is worth nothing does not fade");
        let other = made(app, "security/risk-scenarios", json!({"risk_id": id, "name": "By post", "inherent_frequency": 1, "controls": []})).await;
        assert_eq!(states().await, stale(), "a scenario came");
        run().await;
        let scenario = format!("/api/v1/security/risk-scenarios/{other}");
        assert_eq!(app.patch(&app.admin, &scenario, "*", &json!({"rationale": "A guess."})).await.status, 200);
        assert_eq!(states().await, (json!("fresh"), json!(false)), "what a frequency rests on is no input");
        assert_eq!(app.patch(&app.admin, &scenario, "*", &json!({"inherent_frequency": 2})).await.status, 200);
        assert_eq!(states().await, stale(), "it happens more often");
        run().await;
        assert_eq!(app.delete(&app.admin, &scenario, "*").await.status, 204);
        assert_eq!(states().await, stale(), "it went");
        run().await;
        assert_eq!(app.post(&app.admin, &format!("/api/v1/platform/resources/{other}/restore"), &json!({})).await.status, 200);
        assert_eq!(states().await, stale(), "it came back");
        tested(app, &filter, "2026-06-15", "passed").await;
        run().await;
        moved(app, &app.admin, "governance/controls", &filter, "operating").await;
        assert_eq!(states().await, stale(), "the control operates again");
        assert_eq!(run().await, (json!("fresh"), json!("2026-09-14")));
        app.clock.set(Instant::parse("2026-09-14T09:00:00Z").unwrap());
        app.worker.work_off().await.unwrap();
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(app.get(&admin, &path).await.body["state"], json!("stale"), "the test grew old");
    }
}
