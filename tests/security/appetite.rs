//! Risks held against the appetite: what is not known is not within, and a monitored risk that leaves it is told of. Today is Monday, 15 June
//! 2026.

use super::{assessed, control, euros, made, moved, position, published, risk, run, scenario};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn appetite(app: &TestApp, matrix: &str, level: u32, loss: Option<&str>) -> String {
    let body = json!({"name": "General", "risk_matrix_id": matrix, "max_level": level, "max_expected_annual_loss": loss.map(euros), "starts_on": "2026-01-01"});
    made(app, "security/risk-appetites", body).await
}

/// A risk that is analysed and at the least level; its id and address.
async fn analysed(app: &TestApp, matrix: &str) -> (String, String) {
    let id = risk(app, "R1", matrix, None).await;
    let path = format!("/api/v1/security/risks/{id}");
    assert_eq!(app.patch(&app.admin, &path, "*", &json!({"next_review_on": "2026-12-01"})).await.status, 200);
    moved(app, &app.admin, "security/risks", &id, "analysed").await;
    assessed(app, &id, "current", 1, 1).await;
    (id, path)
}

/// The mean of these is 1,500 a year in the currency.
async fn quantified(app: &TestApp, risk: &str, currency: &str) -> String {
    let money = |amount: &str| json!({"amount": amount, "currency": currency});
    let pert = json!({"min": money("1000.00"), "mode": money("2000.00"), "max": money("9000.00")});
    made(app, "security/risk-quantifications", json!({"risk_id": risk, "name": currency, "frequency": 0.5, "loss_pert": pert, "trials": 1000})).await
}

async fn conflicts(app: &TestApp) -> Vec<Value> {
    let page = app.get(&app.admin, "/api/v1/platform/conflicts?rule=security.risks:appetite&state=open").await.body;
    page["data"].as_array().unwrap().iter().map(|conflict| conflict["subject_id"].clone()).collect()
}

on_both! {
    a_loss_that_the_appetite_limits_must_be_known_before_a_risk_is_monitored(app) {
        let matrix = published(app, "RM").await;
        appetite(app, &matrix, 3, Some("1400.00")).await;
        let (id, path) = analysed(app, &matrix).await;
        let refused = async || {
            let refused = app.transition(&app.admin, &path, "monitored").await;
            assert_eq!((refused.status, refused.broken()), (409, vec![" appetite".to_owned()]), "{}", refused.text);
            refused.text
        };
        assert!(refused().await.contains("Quantify its current stage"), "no loss is known");
        let dollars = quantified(app, &id, "USD").await;
        run(app, &dollars).await;
        assert_eq!(position(app, &app.admin, &id).await["breached"], Value::Null);
        assert!(refused().await.contains("exchange rate"), "1,500 dollars are not held against euros");
        let rate = json!({"kind": "spot", "from_currency": "USD", "to_currency": "EUR", "rate": "0.9", "valid_on": "2026-06-01", "source": "ECB"});
        let rate = app.post(&app.admin, "/api/v1/finance/exchange-rates", &rate).await;
        assert_eq!(rate.status, 201, "{}", rate.text);
        // 1,500 dollars are 1,350 euros.
        assert_eq!(position(app, &app.admin, &id).await["breached"], json!(false));
        moved(app, &app.admin, "security/risk-quantifications", &dollars, "stale").await;
        assert!(refused().await.contains("not known"), "what is stale may have become more");
        run(app, &quantified(app, &id, "EUR").await).await;
        let told = position(app, &app.admin, &id).await;
        assert_eq!((&told["expected_annual_loss"], &told["breached"]), (&euros("1500.00"), &json!(true)));
        assert!(refused().await.contains("1500.00 EUR is above the 1400.00 EUR"));
    }

    a_quantification_is_fresh_by_a_run_alone(app) {
        let id = risk(app, "R1", &published(app, "RM").await, None).await;
        let quantification = quantified(app, &id, "EUR").await;
        let path = format!("/api/v1/security/risk-quantifications/{quantification}");
        assert_eq!(app.get(&app.admin, &path).await.body["state"], json!("stale"));
        assert_eq!(app.transition(&app.admin, &path, "fresh").await.status, 409);
        assert_eq!(position(app, &app.admin, &id).await["expected_annual_loss"], Value::Null);
        run(app, &quantification).await;
        assert_eq!(position(app, &app.admin, &id).await["expected_annual_loss"], euros("1500.00"));
    }

    a_monitored_risk_that_leaves_the_appetite_raises_a_conflict_until_it_is_within_again(app) {
        let matrix = published(app, "RM").await;
        let general = appetite(app, &matrix, 2, None).await;
        let id = risk(app, "R1", &matrix, None).await;
        let path = format!("/api/v1/security/risks/{id}");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"next_review_on": "2026-12-01"})).await.status, 200);
        assessed(app, &id, "inherent", 3, 2).await;
        let filter = control(app, "FILTER", Some(0.9), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 2.0, &[(&filter, "likelihood")]).await;
        moved(app, &app.admin, "security/risks", &id, "analysed").await;
        moved(app, &app.admin, "security/risks", &id, "monitored").await;
        assert_eq!(conflicts(app).await, Vec::<Value>::new());
        let test = async |result: &str| {
            made(app, "governance/control-tests", json!({"control_id": filter, "kind": "operating", "tested_on": "2026-06-15", "result": result})).await;
        };
        test("failed").await;
        assert_eq!(conflicts(app).await, [json!(id)], "twice a year is high");
        test("passed").await;
        moved(app, &app.admin, "governance/controls", &filter, "operating").await;
        assert_eq!(conflicts(app).await, Vec::<Value>::new());
        let stricter = app.patch(&app.admin, &format!("/api/v1/security/risk-appetites/{general}"), "*", &json!({"max_level": 1})).await;
        assert_eq!(stricter.status, 200, "{}", stricter.text);
        assert_eq!(conflicts(app).await, [json!(id)], "the appetite has shrunk");
        moved(app, &app.admin, "security/risks", &id, "analysed").await;
        assert_eq!(conflicts(app).await, Vec::<Value>::new(), "it is looked at");
    }

    a_monitored_risk_moves_into_no_category_whose_appetite_it_is_above(app) {
        let matrix = published(app, "RM").await;
        appetite(app, &matrix, 3, None).await;
        let strict = json!({"name": "Privacy", "category": "privacy", "risk_matrix_id": matrix, "max_level": 1, "starts_on": "2026-01-01"});
        made(app, "security/risk-appetites", strict).await;
        let (id, path) = analysed(app, &matrix).await;
        assessed(app, &id, "current", 2, 2).await;
        moved(app, &app.admin, "security/risks", &id, "monitored").await;
        let refused = app.patch(&app.admin, &path, "*", &json!({"category": "privacy"})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" appetite".to_owned()]), "{}", refused.text);
        assert_eq!(app.get(&app.admin, &path).await.body["category"], json!("security"));
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"category": "people"})).await.status, 200);
    }

    the_next_review_of_a_monitored_risk_lies_ahead(app) {
        let matrix = published(app, "RM").await;
        let (id, path) = analysed(app, &matrix).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"next_review_on": "2026-06-01"})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "monitored").await.broken(), ["/next_review_on past"]);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"review_interval_months": 6})).await.status, 200);
        moved(app, &app.admin, "security/risks", &id, "monitored").await;
        assert_eq!(app.get(&app.admin, &path).await.body["next_review_on"], json!("2026-12-15"));
    }

    a_treatment_keeps_its_option_once_it_is_implemented_and_retaining_is_verified_as_accepted(app) {
        let matrix = published(app, "RM").await;
        let (id, _) = analysed(app, &matrix).await;
        let treatment = made(app, "security/treatments", json!({"risk_id": id, "name": "Stop it", "kind": "avoid", "activity_ended_on": "2026-06-01"})).await;
        let path = format!("/api/v1/security/treatments/{treatment}");
        for state in ["in_progress", "implemented"] {
            moved(app, &app.admin, "security/treatments", &treatment, state).await;
        }
        let refused = app.patch(&app.admin, &path, "*", &json!({"kind": "retain"})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/kind immutable".to_owned()]), "{}", refused.text);
        moved(app, &app.admin, "security/treatments", &treatment, "in_progress").await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"kind": "retain"})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &path, "implemented").await.broken(), [" owner"], "who retains it accepts it");
    }

    a_target_counts_the_controls_that_treatments_plan_by_their_design(app) {
        let id = risk(app, "R1", &published(app, "RM").await, None).await;
        let filter = control(app, "FILTER", Some(0.75), &[]).await;
        scenario(app, &id, "By mail", 4.0, &[(&filter, "likelihood")]).await;
        let pert = json!({"min": euros("1000.00"), "mode": euros("2000.00"), "max": euros("9000.00")});
        let quantification = async |stage: &str| {
            let body = json!({"risk_id": id, "name": stage, "stage": stage, "loss_pert": pert, "trials": 1000});
            made(app, "security/risk-quantifications", body).await
        };
        let (current, target) = (quantification("current").await, quantification("target").await);
        assert_eq!(run(app, &current).await["run_inputs"]["frequency"], json!(4), "an untested control is worth nothing");
        let refused = app.post(&app.admin, &format!("/api/v1/security/risk-quantifications/{target}/run"), &json!({})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/frequency scenarios".to_owned()]), "nothing is planned: {}", refused.text);
        let treatment = made(app, "security/treatments", json!({"risk_id": id, "name": "Filter", "kind": "modify", "control_id": filter})).await;
        assert_eq!(run(app, &target).await["run_inputs"]["frequency"], json!(1), "4 · (1 − 0.75)");
        moved(app, &app.admin, "security/treatments", &treatment, "abandoned").await;
        let path = format!("/api/v1/security/risk-quantifications/{target}");
        assert_eq!(app.get(&app.admin, &path).await.body["state"], json!("stale"), "nobody plans it any more");
    }

    an_assessment_is_confirmed_by_a_published_matrix_that_begins_at_nothing(app) {
        let draft = made(app, "security/risk-matrices", crate::security::matrix("DRAFT")).await;
        let id = risk(app, "R1", &draft, None).await;
        let assessment = json!({"risk_id": id, "stage": "inherent", "likelihood": 1, "impact": 1, "assessed_on": "2026-06-01"});
        let assessment = made(app, "security/risk-assessments", assessment).await;
        let path = format!("/api/v1/security/risk-assessments/{assessment}");
        assert_eq!(app.transition(&app.admin, &path, "confirmed").await.broken(), ["/risk_matrix_id state"]);
        let matrix = format!("/api/v1/security/risk-matrices/{draft}");
        let mut levels = crate::security::matrix("DRAFT")["likelihood_levels"].clone();
        levels[0]["frequency_min"] = json!(0.01);
        assert_eq!(app.patch(&app.admin, &matrix, "*", &json!({"likelihood_levels": levels})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &matrix, "published").await.broken(), ["/likelihood_levels/0 incomplete"]);
        levels[0]["frequency_min"] = json!(0);
        assert_eq!(app.patch(&app.admin, &matrix, "*", &json!({"likelihood_levels": levels})).await.status, 200);
        moved(app, &app.admin, "security/risk-matrices", &draft, "published").await;
        moved(app, &app.admin, "security/risk-assessments", &assessment, "confirmed").await;
    }

    the_loss_of_a_process_does_not_fall_across_an_entry_without_one(app) {
        let entry = |hours: u32, loss: Option<&str>| json!({"after_seconds": hours * 3600, "impact": 2, "loss": loss.map(euros)});
        let body = json!({"code": "BP", "name": "Orders", "impact_over_time": [entry(1, Some("500.00")), entry(2, None), entry(3, Some("400.00"))]});
        assert_eq!(app.post(&app.admin, "/api/v1/security/business-processes", &body).await.broken(), ["/impact_over_time/2/loss monotone"]);
    }
}
