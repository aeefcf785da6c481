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
}
