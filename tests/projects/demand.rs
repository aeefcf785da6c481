//! Demands: what to do first.

use super::made;
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_demand_shows_its_weighted_shortest_job_first_once_all_four_are_judged(app) {
        for (code, size) in [("D-1", json!(4)), ("D-2", json!(3)), ("D-3", Value::Null)] {
            let body = json!({"code": code, "name": code, "business_value": 8, "time_criticality": 5, "risk_reduction": 3, "size": size});
            made(app, "demands", body).await;
        }
        let list = app.get(&app.admin, "/api/v1/projects/demands?figures=true&sort=code").await;
        let wsjf: Vec<&Value> = list.body["data"].as_array().unwrap().iter().map(|demand| &demand["figures"]["wsjf"]).collect();
        // (8 + 5 + 3) / 4 and / 3.
        assert_eq!(wsjf, [&json!(4), &json!(5.333333), &Value::Null], "{}", list.text);
    }

    an_approved_demand_stays_as_it_was_judged(app) {
        let judged = json!({"code": "D", "name": "D", "business_value": 8, "time_criticality": 5, "risk_reduction": 3, "size": 4});
        let path = format!("/api/v1/projects/demands/{}", made(app, "demands", judged).await);
        for state in ["screened", "qualified"] {
            assert_eq!(app.transition(&app.admin, &path, state).await.status, 200, "{state}");
        }
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"size": 5})).await.status, 200);
        assert_eq!(app.transition(&app.second_admin().await, &path, "approved").await.status, 200);
        for (field, value) in [("size", json!(1)), ("business_value", json!(100)), ("name", json!("Another"))] {
            assert_eq!(app.patch(&app.admin, &path, "*", &json!({field: value})).await.broken(), [format!("/{field} immutable")]);
        }
        let portfolio = app.sample("projects/portfolios", "p").await;
        let portfolio = made(app, "portfolios", portfolio.into()).await;
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"portfolio_id": portfolio})).await.status, 200);
    }
}
