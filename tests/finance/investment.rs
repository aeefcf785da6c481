//! What investment cases are worth.

use super::{made, try_to_make};
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_case_is_worth_what_the_textbook_says(app) {
        let euros = |amounts: &[i64]| -> Vec<Value> { amounts.iter().map(|amount| json!({"amount": format!("{amount}.00"), "currency": "EUR"})).collect() };
        let case = made(app, "investment-cases", json!({
            "code": "IC-S", "name": "Project S", "currency": "EUR", "period": "year", "discount_rate_percent": 10,
            "cash_flows": euros(&[-1000, 500, 400, 300, 100]),
            "costs": euros(&[1000, 0, 0, 0, 0]), "benefits": euros(&[0, 500, 400, 300, 100]),
        })).await;
        let worth = app.get(&app.admin, &format!("/api/v1/finance/investment-cases/{case}/appraisal")).await.body;
        // Project S of Brigham and Ehrhardt, Financial Management, "The Basics of Capital Budgeting": NPV $78.82, IRR 14.5 %, payback
        // 2.33 years, discounted payback 2.95 years. By hand: (1300 − 1000) ÷ 1000.
        assert_eq!(worth["net_present_value"], json!({"amount": "78.82", "currency": "EUR"}));
        let near = |name: &str, expected: f64| assert!((worth[name].as_f64().unwrap() - expected).abs() < 0.01, "{name}: {}", worth[name]);
        near("internal_rate_of_return_percent", 14.49);
        near("payback_periods", 2.33);
        near("discounted_payback_periods", 2.95);
        near("return_on_investment_percent", 30.0);
    }

    payback_is_counted_from_the_first_outlay(app) {
        let euros = |amounts: &[i64]| -> Vec<Value> { amounts.iter().map(|amount| json!({"amount": format!("{amount}.00"), "currency": "EUR"})).collect() };
        // Nothing flows in period 0; −100, −50, +50: two and a half periods.
        let case = made(app, "investment-cases", json!({"code": "IC-L", "name": "Late", "currency": "EUR", "discount_rate_percent": 0, "cash_flows": euros(&[0, -100, 50, 100])})).await;
        let worth = app.get(&app.admin, &format!("/api/v1/finance/investment-cases/{case}/appraisal")).await.body;
        assert_eq!((&worth["payback_periods"], &worth["discounted_payback_periods"]), (&json!(2.5), &json!(2.5)), "{worth}");
    }

    cash_flows_are_benefits_less_costs(app) {
        let euros = |amounts: &[i64]| -> Vec<Value> { amounts.iter().map(|amount| json!({"amount": format!("{amount}.00"), "currency": "EUR"})).collect() };
        let body = json!({"code": "IC-X", "name": "X", "currency": "EUR", "discount_rate_percent": 0, "cash_flows": euros(&[-100, 50]), "costs": euros(&[100, 10]), "benefits": euros(&[0, 50])});
        assert_eq!(try_to_make(app, "investment-cases", body).await.broken(), ["/cash_flows sum"], "50 less 10");
    }

    a_double_root_is_one_rate_and_a_discount_rate_is_at_least_minus_99(app) {
        let euros = |amounts: &[i64]| -> Vec<Value> { amounts.iter().map(|amount| json!({"amount": format!("{amount}.00"), "currency": "EUR"})).collect() };
        let body = |code: &str, rate: f64| json!({"code": code, "name": code, "currency": "EUR", "discount_rate_percent": rate, "cash_flows": euros(&[-100, 220, -121])});
        // −100 · (1 − 1.1 ÷ (1 + r))² is 0 at 10 % alone.
        let case = made(app, "investment-cases", body("IC-D", 10.0)).await;
        let worth = app.get(&app.admin, &format!("/api/v1/finance/investment-cases/{case}/appraisal")).await.body;
        let rate = worth["internal_rate_of_return_percent"].as_f64().unwrap_or_else(|| panic!("{worth}"));
        assert!((rate - 10.0).abs() < 1e-6, "{worth}");
        assert_eq!((&worth["reason"], &worth["net_present_value"]["amount"]), (&Value::Null, &json!("0.00")));
        assert_eq!(try_to_make(app, "investment-cases", body("IC-L", -99.0)).await.status, 201);
        assert_eq!(try_to_make(app, "investment-cases", body("IC-X", -99.5)).await.status, 422);
    }
}
