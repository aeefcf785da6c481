//! What a risk, a treatment and a control rest on: a known level, a valid test, an exception in force.

use super::{assessed, control, euros, excepted, made, moved, place, position, published, risk, scenario};
use crate::on_both;
use serde_json::json;

on_both! {
    a_risk_is_monitored_and_closed_on_no_way_while_its_level_is_unknown_or_above_the_appetite(app) {
        let matrix = published(app, "RM").await;
        let appetite = json!({"name": "Least", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01"});
        made(app, "security/risk-appetites", appetite).await;
        let id = risk(app, "R1", &matrix, None).await;
        let path = format!("/api/v1/security/risks/{id}");
        let named = json!({"next_review_on": "2026-12-01", "closure_reason": "It is over."});
        assert_eq!(app.patch(&app.admin, &path, "*", &named).await.status, 200);
        moved(app, &app.admin, "security/risks", &id, "analysed").await;
        assert_eq!(app.transition(&app.admin, &path, "monitored").await.broken(), [" not_assessed"]);
        assessed(app, &id, "current", 3, 3).await;
        assert_eq!(app.transition(&app.admin, &path, "monitored").await.broken(), [" appetite"]);
        moved(app, &app.admin, "security/risks", &id, "treating").await;
        assert_eq!(app.transition(&app.admin, &path, "monitored").await.broken(), [" appetite"], "nor after a treatment that treats nothing");
        assessed(app, &id, "current", 1, 1).await;
        moved(app, &app.admin, "security/risks", &id, "monitored").await;
        assessed(app, &id, "current", 3, 3).await;
        assert_eq!(app.transition(&app.admin, &path, "closed").await.broken(), [" appetite"]);
    }

    a_control_that_is_not_operating_lowers_no_risk(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let control = control(app, "C", Some(0.9), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 2.0, &[(&control, "likelihood")]).await;
        // 2 · 0.1 a year is possible; the middle of the losses stays major: medium.
        assert_eq!(place(&position(app, &app.admin, &id).await, "current"), json!([2, 2, 2, true]));
        moved(app, &app.admin, "governance/controls", &control, "degraded").await;
        let told = position(app, &app.admin, &id).await;
        assert_eq!((&told["current_frequency"], place(&told, "current")), (&json!(2), json!([3, 2, 3, true])), "{told}");
    }

    a_control_operates_by_its_operating_tests_and_a_failed_one_degrades_it(app) {
        let body = json!({"code": "C", "name": "C", "kind": "preventive", "test_period_days": 90});
        let id = made(app, "governance/controls", body).await;
        moved(app, &app.admin, "governance/controls", &id, "implemented").await;
        let test = async |kind: &str, on: &str, result: &str| {
            made(app, "governance/control-tests", json!({"control_id": id, "kind": kind, "tested_on": on, "result": result})).await
        };
        let path = format!("/api/v1/governance/controls/{id}");
        test("operating", "2026-06-01", "failed").await;
        test("design", "2026-06-02", "passed").await;
        assert_eq!(app.transition(&app.admin, &path, "operating").await.broken(), [" valid_test"]);
        test("operating", "2026-06-03", "passed").await;
        moved(app, &app.admin, "governance/controls", &id, "operating").await;
        let state = async || app.get(&app.admin, &path).await.body["state"].clone();
        test("operating", "2026-05-01", "failed").await;
        assert_eq!(state().await, json!("operating"), "an older test that is recorded late changes nothing");
        test("operating", "2026-06-10", "failed").await;
        assert_eq!(state().await, json!("degraded"));
    }

    a_test_that_found_deviations_has_not_passed(app) {
        let id = made(app, "governance/controls", json!({"code": "C", "name": "C", "kind": "preventive", "test_period_days": 90})).await;
        let body = json!({"control_id": id, "kind": "operating", "tested_on": "2026-06-01", "result": "passed", "sample_size": 25, "deviations": 25});
        assert_eq!(app.post(&app.admin, "/api/v1/governance/control-tests", &body).await.broken(), ["/result deviations"]);
    }

    a_treatment_is_verified_by_a_valid_test_of_an_operating_control_after_it_was_implemented(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        let control = control(app, "C", Some(0.9), &[("2026-06-01", "passed")]).await;
        let treatment = made(app, "security/treatments", json!({"risk_id": id, "name": "Filter", "kind": "modify", "control_id": control, "cost": euros("1.00")})).await;
        for state in ["in_progress", "implemented"] {
            moved(app, &app.admin, "security/treatments", &treatment, state).await;
        }
        let (second, path) = (app.second_admin().await, format!("/api/v1/security/treatments/{treatment}"));
        assert_eq!(app.transition(&second, &path, "verified").await.broken(), ["/control_id test"], "that test was before");
        made(app, "governance/control-tests", json!({"control_id": control, "kind": "operating", "tested_on": "2026-06-15", "result": "passed"})).await;
        moved(app, &app.admin, "governance/controls", &control, "degraded").await;
        assert_eq!(app.transition(&second, &path, "verified").await.broken(), ["/control_id test"], "and it does not operate");
        moved(app, &app.admin, "governance/controls", &control, "operating").await;
        assert_eq!(app.transition(&second, &path, "verified").await.status, 200);
    }

    a_risk_is_retained_by_its_owner_and_the_treatment_is_open_again_when_the_exception_ends(app) {
        let matrix = published(app, "RM").await;
        made(app, "security/risk-appetites", json!({"name": "Least", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01"})).await;
        let id = risk(app, "R1", &matrix, None).await;
        assessed(app, &id, "current", 2, 2).await;
        let treatment = made(app, "security/treatments", json!({"risk_id": id, "name": "Bear it", "kind": "retain"})).await;
        moved(app, &app.admin, "security/treatments", &treatment, "in_progress").await;
        let path = format!("/api/v1/security/treatments/{treatment}");
        assert_eq!(app.transition(&app.admin, &path, "implemented").await.broken(), [" owner"]);
        let owner = json!({"owner_id": app.person_of_admin().await});
        assert_eq!(app.patch(&app.admin, &format!("/api/v1/security/risks/{id}"), "*", &owner).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "implemented").await.broken(), [" appetite"]);
        let exception = json!({"title": "Until July", "kind": "risk_acceptance", "subject_id": id, "level": "moderate", "justification": "It goes.",
            "starts_on": "2026-06-01", "expires_on": "2026-07-31"});
        let exception = excepted(app, exception).await;
        moved(app, &app.admin, "governance/exceptions", &exception, "active").await;
        moved(app, &app.admin, "security/treatments", &treatment, "implemented").await;
        assert_eq!(app.get(&app.admin, &path).await.body["accepted_on"], json!("2026-06-15"));
        moved(app, &app.second_admin().await, "security/treatments", &treatment, "verified").await;
        moved(app, &app.admin, "governance/exceptions", &exception, "revoked").await;
        assert_eq!(app.get(&app.admin, &path).await.body["state"], json!("in_progress"));
    }

    an_opportunity_has_an_appetite_and_treatments_of_its_own(app) {
        let matrix = published(app, "RM").await;
        let threats = json!({"name": "Threats", "risk_matrix_id": matrix, "max_level": 3, "max_expected_annual_loss": euros("1.00"), "starts_on": "2026-01-01"});
        made(app, "security/risk-appetites", threats).await;
        let chances = json!({"name": "Chances", "kind": "opportunity", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01"});
        made(app, "security/risk-appetites", chances.clone()).await;
        let mut lossy = chances;
        lossy["starts_on"] = json!("2027-01-01");
        lossy["max_expected_annual_loss"] = euros("1.00");
        assert_eq!(app.post(&app.admin, "/api/v1/security/risk-appetites", &lossy).await.broken(), ["/max_expected_annual_loss kind"]);

        let id = risk(app, "R1", &matrix, None).await;
        let path = format!("/api/v1/security/risks/{id}");
        let chance = json!({"kind": "opportunity", "next_review_on": "2026-12-01"});
        assert_eq!(app.patch(&app.admin, &path, "*", &chance).await.status, 200);
        assessed(app, &id, "current", 3, 3).await;
        let told = async || {
            let told = position(app, &app.admin, &id).await;
            (told["appetite"]["name"].clone(), told["breached"].clone())
        };
        assert_eq!(told().await, (json!("Chances"), json!(true)), "it is great, and nobody pursues it");
        moved(app, &app.admin, "security/risks", &id, "analysed").await;
        moved(app, &app.admin, "security/risks", &id, "treating").await;
        assert_eq!(app.transition(&app.admin, &path, "monitored").await.broken(), [" appetite"]);

        let treatment = json!({"risk_id": id, "name": "Sell it", "kind": "modify"});
        assert_eq!(app.post(&app.admin, "/api/v1/security/treatments", &treatment).await.broken(), ["/kind kind"]);
        let saving = json!({"risk_id": id, "name": "Sell it", "kind": "exploit", "expected_reduction": euros("1.00")});
        assert_eq!(app.post(&app.admin, "/api/v1/security/treatments", &saving).await.broken(), ["/expected_reduction kind"]);
        let treatment = made(app, "security/treatments", json!({"risk_id": id, "name": "Sell it", "kind": "exploit"})).await;
        let back = app.patch(&app.admin, &path, "*", &json!({"kind": "threat"})).await;
        assert_eq!(back.broken(), ["/kind treated"]);
        let threat = risk(app, "R2", &matrix, None).await;
        let misplaced = json!({"risk_id": threat, "name": "Sell it", "kind": "enhance"});
        assert_eq!(app.post(&app.admin, "/api/v1/security/treatments", &misplaced).await.broken(), ["/kind kind"]);

        for state in ["in_progress", "implemented"] {
            moved(app, &app.admin, "security/treatments", &treatment, state).await;
        }
        assert_eq!(told().await.1, json!(false), "it is pursued");
        let register = app.get(&app.admin, "/api/v1/security/risk-register?min_level=3").await;
        assert_eq!(register.body["data"][0]["breached"], json!(false), "{}", register.body);
        moved(app, &app.admin, "security/risks", &id, "monitored").await;
        let (second, path) = (app.second_admin().await, format!("/api/v1/security/treatments/{treatment}"));
        assert_eq!(app.transition(&second, &path, "verified").await.broken(), ["/evidence_file_id required"]);
        let file = app.upload("text/plain", "Orders of May.").await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"evidence_file_id": file["id"]})).await.status, 200);
        assert_eq!(app.transition(&second, &path, "verified").await.status, 200);
    }
}
