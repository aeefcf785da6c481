//! Losses in money: a run, its result, the portfolio, what treatments save, and the register.

use super::{assessed, control, euros, made, moved, position, published, risk, scenario};
use crate::harness::TestApp;
use crate::on_both;
use serde_json::{Value, json};

async fn run(app: &TestApp, id: &str) -> Value {
    let path = format!("/api/v1/security/risk-quantifications/{id}");
    let ran = app.post(&app.admin, &format!("{path}/run"), &json!({})).await;
    assert_eq!((ran.status, &ran.body["state"]), (200, &json!("fresh")), "{}", ran.text);
    result(app, id).await
}

async fn result(app: &TestApp, id: &str) -> Value {
    let answer = app.get(&app.admin, &format!("/api/v1/security/risk-quantifications/{id}/result")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

fn amount(money: &Value) -> f64 {
    money["amount"].as_str().unwrap().parse().unwrap()
}

on_both! {
    a_run_has_the_mean_of_the_closed_form_and_the_same_bytes_for_the_same_seed(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        let interval = json!({"low": euros("10000.00"), "high": euros("100000.00")});
        let body = json!({"risk_id": id, "name": "Now", "frequency": 1.5, "loss_interval": interval, "trials": 5000, "seed": 7});
        let quantification = made(app, "security/risk-quantifications", body).await;
        let unrun = result(app, &quantification).await;
        assert_eq!((&unrun["mean"], &unrun["stale"], unrun["reason"].is_string()), (&Value::Null, &Value::Null, true));
        let first = run(app, &quantification).await;
        // σ = ln 10/3.28971 = 0.699938, μ = ln 10,000 + 1.64485σ; 1.5 · exp(μ + σ²/2) = 1.5 · 40,400.
        let (mean, deviation) = (amount(&first["mean"]), amount(&first["standard_deviation"]));
        assert!((mean - 60_600.0).abs() < 3.0 * deviation / 5000f64.sqrt(), "{mean}");
        assert_eq!((&first["trials"], &first["seed"], &first["stale"], first["exceedance"].as_array().unwrap().len()), (&json!(5000), &json!(7), &json!(false), 100));
        let rising = ["p50", "p90", "p95", "p99", "expected_shortfall_99"].map(|name| amount(&first[name]));
        assert!(rising.windows(2).all(|pair| pair[0] <= pair[1]), "{rising:?}");
        assert_eq!(run(app, &quantification).await["exceedance"], first["exceedance"]);
        let kept = app.get(&app.admin, &format!("/api/v1/security/risk-quantifications/{quantification}")).await.body["run_result"].clone();
        assert_eq!((&kept["mean"], &kept["exceedance"]), (&first["mean"], &first["exceedance"]), "what was drawn is kept");

        let path = format!("/api/v1/security/risk-quantifications/{quantification}");
        let renamed = app.patch(&app.admin, &path, "*", &json!({"name": "Later"})).await.body;
        assert_eq!(renamed["state"], json!("fresh"), "a name is no input");
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"seed": 8})).await.body["state"], json!("stale"));
        let old = result(app, &quantification).await;
        assert_eq!((&old["stale"], &old["seed"], &old["mean"]), (&json!(true), &json!(7), &first["mean"]), "it is still the result of what was run");
        let anew = run(app, &quantification).await;
        assert_eq!((&anew["stale"], &anew["seed"]), (&json!(false), &json!(8)));
        assert_ne!(anew["mean"], first["mean"]);
    }

    the_loss_follows_the_scenarios_and_is_stale_when_a_control_test_fails(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        let pert = json!({"min": euros("1000.00"), "mode": euros("2000.00"), "max": euros("9000.00")});
        let quantification = made(app, "security/risk-quantifications", json!({"risk_id": id, "name": "Now", "loss_pert": pert, "trials": 1000})).await;
        let refused = app.post(&app.admin, &format!("/api/v1/security/risk-quantifications/{quantification}/run"), &json!({})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/frequency scenarios".to_owned()]), "there are no scenarios");
        let filter = control(app, "FILTER", Some(0.5), &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "By mail", 4.0, &[(&filter, "both")]).await;
        let first = run(app, &quantification).await;
        // 4 · 0.5 a year; (1,000 + 4 · 2,000 + 9,000)/6 = 3,000, half of it left.
        assert_eq!((&first["frequency"], &first["expected_annual_loss"]), (&json!(2), &euros("3000.00")));
        made(app, "governance/control-tests", json!({"control_id": filter, "kind": "operating", "tested_on": "2026-06-14", "result": "failed"})).await;
        assert_eq!(result(app, &quantification).await["stale"], json!(true));
        let position = position(app, &app.admin, &id).await;
        assert_eq!(position["expected_annual_loss"], euros("12000.00"), "the risk itself moves at once");
    }

    a_portfolio_is_the_sum_of_its_risks_and_the_register_is_sorted_by_them(app) {
        let matrix = published(app, "RM").await;
        let pert = |most: &str| json!({"min": euros("0.00"), "mode": euros("1000.00"), "max": euros(most)});
        for (code, often, most, category) in [("R1", 1.0, "2000.00", "security"), ("R2", 3.0, "8000.00", "security"), ("R3", 5.0, "2000.00", "privacy")] {
            let body = json!({"code": code, "title": code, "category": category, "risk_matrix_id": matrix, "event": "It happens."});
            let id = made(app, "security/risks", body).await;
            let body = json!({"risk_id": id, "name": "Now", "frequency": often, "loss_pert": pert(most), "trials": 1000});
            super::run(app, &made(app, "security/risk-quantifications", body).await).await;
        }
        let bare = risk(app, "R4", &matrix, None).await;
        assessed(app, &bare, "current", 3, 3).await;
        let portfolio = async |query: &str| app.get(&app.admin, &format!("/api/v1/security/portfolio-loss?currency=EUR&trials=4000{query}")).await.body;
        let all = portfolio("").await;
        // (0 + 4,000 + 2,000)/6 = 1,000; (0 + 4,000 + 8,000)/6 = 2,000: 1 · 1,000 + 3 · 2,000 + 5 · 1,000.
        assert_eq!((&all["expected_annual_loss"], &all["quantified"], &all["not_quantified"], &all["independent"]), (&euros("12000.00"), &json!(3), &json!(1), &json!(true)));
        assert!((amount(&all["mean"]) - 12_000.0).abs() < 3.0 * amount(&all["standard_deviation"]) / 4000f64.sqrt(), "{}", all["mean"]);
        assert_eq!(all["risks"][0]["risk"]["title"], json!("R2"));
        assert_eq!(portfolio("").await, all, "the same seed");
        assert_eq!(portfolio("&category=privacy").await["expected_annual_loss"], euros("5000.00"));

        let codes = async |query: &str| {
            let answer = app.get(&app.admin, &format!("/api/v1/security{query}")).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.body["data"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(codes("/top-risks?limit=3").await, ["R2", "R3", "R1"]);
        assert_eq!(codes("/risk-register?sort=loss").await, ["R1", "R3", "R2", "R4"], "what is unknown comes last");
        assert_eq!(codes("/risk-register?sort=-level").await[0], "R4");
        assert_eq!(codes("/risk-register?min_level=3").await, ["R4"]);
        assert_eq!(codes("/risk-register?category=privacy").await, ["R3"]);
        assert_eq!(codes("/risk-register?state=identified").await.len(), 4);
        let wrong = app.get(&app.admin, "/api/v1/security/risk-register?state=x").await;
        assert!(wrong.status == 400 && wrong.text.contains("Expected one of identified, analysed"), "{}", wrong.text);
        let wrong = app.get(&app.admin, "/api/v1/security/risk-register?limit=many").await;
        assert!(wrong.status == 400 && wrong.text.contains("Expected a whole number from 1 to 200."), "{}", wrong.text);
    }

    a_loss_in_another_currency_counts_at_the_rate_of_today_or_is_left_out_with_the_reason(app) {
        let matrix = published(app, "RM").await;
        for (code, currency) in [("R1", "EUR"), ("R2", "USD"), ("R3", "GBP")] {
            let money = |amount: &str| json!({"amount": amount, "currency": currency});
            let id = risk(app, code, &matrix, None).await;
            let pert = json!({"min": money("0.00"), "mode": money("1000.00"), "max": money("2000.00")});
            let body = json!({"risk_id": id, "name": "Now", "frequency": 1.0, "loss_pert": pert, "trials": 1000});
            super::run(app, &made(app, "security/risk-quantifications", body).await).await;
        }
        let rate = json!({"kind": "spot", "from_currency": "USD", "to_currency": "EUR", "rate": "0.9", "valid_on": "2026-06-01", "source": "ECB"});
        made(app, "finance/exchange-rates", rate).await;
        let all = app.get(&app.admin, "/api/v1/security/portfolio-loss?currency=EUR&trials=4000").await.body;
        // 1,000 euros and 1,000 dollars at 0.9.
        assert_eq!((&all["expected_annual_loss"], &all["quantified"], &all["not_quantified"]), (&euros("1900.00"), &json!(2), &json!(1)), "{all}");
        assert_eq!((&all["risks"][1]["risk"]["title"], &all["risks"][1]["expected_annual_loss"]), (&json!("Risk R2"), &euros("900.00")));
        let out = &all["left_out"][0];
        assert!(out["risk"]["title"] == "Risk R3" && out["reason"].as_str().is_some_and(|reason| reason.contains("no exchange rate of today to EUR")), "{out}");
    }

    two_runs_say_what_a_treatment_saves_and_its_useful_life_spreads_the_cost(app) {
        let matrix = published(app, "RM").await;
        let (id, other) = (risk(app, "R1", &matrix, None).await, risk(app, "R2", &matrix, None).await);
        let quantified = async |risk: &str, frequency: f64| {
            let body = json!({"risk_id": risk, "name": format!("{frequency} a year"), "stage": "current", "frequency": frequency,
                "loss_interval": {"low": euros("1000.00"), "high": euros("10000.00")}, "trials": 10_000, "seed": 7});
            made(app, "security/risk-quantifications", body).await
        };
        let (before, after, foreign) = (quantified(&id, 4.0).await, quantified(&id, 1.0).await, quantified(&other, 1.0).await);
        let body = |before: &str, after: Value| json!({"risk_id": id, "name": "Second factor", "kind": "modify", "cost": euros("10000.00"),
            "useful_life_years": 5, "expected_reduction": euros("1.00"), "quantification_before_id": before, "quantification_after_id": after});
        let refused = async |body: Value| app.post(&app.admin, "/api/v1/security/treatments", &body).await;
        let alone = refused(body(&before, Value::Null)).await;
        assert_eq!((alone.status, &alone.body["errors"][0]["pointer"]), (422, &json!("/quantification_after_id")));
        assert_eq!(refused(body(&before, json!(before))).await.status, 422);
        let of_another = refused(body(&before, json!(foreign))).await;
        assert!([409, 422].contains(&of_another.status) && of_another.text.contains("quantification_after_id"), "{}", of_another.text);
        made(app, "security/treatments", body(&before, json!(after))).await;
        let first = async || app.get(&app.admin, "/api/v1/security/treatments/ranking").await.body["data"][0].clone();
        let told = first().await;
        assert_eq!((&told["reduction_basis"], &told["expected_reduction"]["amount"], &told["years"]), (&json!("estimated"), &json!("1.00"), &json!(5)));
        let (with_all, with_less) = (run(app, &before).await, run(app, &after).await);
        let told = first().await;
        let saved = amount(&with_all["mean"]) - amount(&with_less["mean"]);
        assert!((amount(&told["expected_reduction"]) - saved).abs() < 0.005 && told["reduction_basis"] == "quantified", "{told}");
        assert_eq!(told["cost_per_year"]["amount"], "2000.00");
    }

    treatments_are_ranked_by_what_they_save_for_their_cost(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        let treatment = async |name: &str, cost: Option<&str>, annual: Option<&str>, saved: Option<&str>| {
            let body = json!({"risk_id": id, "name": name, "kind": "modify", "cost": cost.map(euros), "annual_cost": annual.map(euros), "expected_reduction": saved.map(euros)});
            made(app, "security/treatments", body).await
        };
        treatment("Unknown", Some("10.00"), None, None).await;
        treatment("Training", Some("9000.00"), Some("1000.00"), Some("6000.00")).await;
        // ENISA 2012: 60,000 saved for 25,000 a year is a ROSI of 140 %.
        treatment("Antivirus", None, Some("25000.00"), Some("60000.00")).await;
        let ranking = app.get(&app.admin, "/api/v1/security/treatments/ranking").await.body;
        let column = |name: &str| ranking["data"].as_array().unwrap().iter().map(|row| row[name].clone()).collect::<Vec<_>>();
        assert_eq!(column("reduction_per_cost"), [json!(2.4), json!(1.5), Value::Null]);
        assert_eq!(column("rosi_percent"), [json!(140), json!(50), Value::Null]);
        assert_eq!(ranking["data"][0]["treatment"]["title"], json!("Antivirus"));
        assert_eq!(column("reduction_basis"), [json!("estimated"), json!("estimated"), Value::Null]);
        moved(app, &app.admin, "security/risks", &id, "analysed").await;
    }
}
