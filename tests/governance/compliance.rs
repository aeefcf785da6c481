//! Compliance with a framework, worked by hand.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Makes a record as the administrator and returns its id.
async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("governance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// A framework of two sections: R1 to R3 weigh 3, 1 and 4; R4 to R6 weigh 12, 1 and 100.
struct Law {
    framework: String,
    requirements: HashMap<&'static str, String>,
    test: String,
}

impl Law {
    async fn write(app: &TestApp) -> Law {
        let framework = made(app, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let mut requirements = HashMap::new();
        for (section, parts) in [("S1", [("R1", 3), ("R2", 1), ("R3", 4)]), ("S2", [("R4", 12), ("R5", 1), ("R6", 100)])] {
            let group = made(app, "requirements", json!({"framework_id": framework, "code": section, "title": section, "assessable": false})).await;
            for (code, weight) in parts {
                let body = json!({"framework_id": framework, "parent_id": group, "code": code, "title": code, "weight": weight});
                requirements.insert(code, made(app, "requirements", body).await);
            }
        }
        let control = made(app, "controls", json!({"code": "C", "name": "C", "kind": "detective", "test_period_days": 365})).await;
        let test = made(app, "control-tests", json!({"control_id": control, "kind": "operating", "tested_on": "2026-03-01", "result": "passed"})).await;
        for requirement in requirements.values() {
            made(app, "control-requirements", json!({"control_id": control, "requirement_id": requirement, "extent": "full"})).await;
        }
        Law { framework, requirements, test }
    }

    /// An assessment in progress with its results.
    async fn assessed(&self, app: &TestApp, unit: &str, ends_on: &str, results: &[(&str, &str)]) -> String {
        let body = json!({
            "name": format!("To {ends_on}"), "framework_id": self.framework, "scope": "All of it.", "starts_on": "2026-01-01", "ends_on": ends_on,
            "conclusion": "Mixed.", "unit_id": unit
        });
        let id = made(app, "assessments", body).await;
        moved(app, &id, &["in_progress"]).await;
        for (code, result) in results {
            let shown = (*result == "compliant").then_some(&self.test);
            let body = json!({"assessment_id": id, "requirement_id": self.requirements[code], "result": result, "control_test_id": shown});
            made(app, "requirement-results", body).await;
        }
        id
    }

    async fn compliance(&self, app: &TestApp, actor: &Actor, query: &str) -> Value {
        let answer = app.get(actor, &format!("/api/v1/governance/frameworks/{}/compliance?{query}", self.framework)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body
    }
}

async fn moved(app: &TestApp, assessment: &str, states: &[&str]) {
    for state in states {
        let actor = if *state == "approved" { app.second_admin().await } else { app.admin.clone() };
        let answer = app.transition(&actor, &format!("/api/v1/governance/assessments/{assessment}"), state).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

/// The figure, and how many are compliant, partly, not, not applicable and not assessed.
fn figures(body: &Value) -> (Value, Vec<u64>) {
    let counts = ["compliant", "partly", "not", "not_applicable", "not_assessed"];
    (body["compliance"].clone(), counts.iter().map(|name| body[*name].as_u64().unwrap()).collect())
}

/// The figures of each unit by its id.
fn by_unit(body: &Value) -> HashMap<String, (Value, Vec<u64>)> {
    body["by_unit"].as_array().unwrap().iter().map(|each| (each["unit_id"].as_str().unwrap().to_owned(), figures(each))).collect()
}

/// What the first assessment finds; nobody looked at R5.
const FOUND: [(&str, &str); 5] = [("R1", "compliant"), ("R2", "compliant"), ("R3", "partly"), ("R4", "not"), ("R6", "not_applicable")];

on_both! {
    compliance_is_averaged_weighed_or_the_worst(app) {
        let law = Law::write(app).await;
        let nothing = law.compliance(app, &app.admin, "method=average").await;
        assert_eq!((figures(&nothing), &nothing["by_unit"]), ((Value::Null, vec![0, 0, 0, 0, 6]), &json!([])));
        let id = law.assessed(app, &app.root_unit().await, "2026-03-31", &FOUND).await;
        assert_eq!(law.compliance(app, &app.admin, "method=average").await["compliance"], Value::Null, "it is not approved");
        let counts = vec![2, 1, 1, 1, 1];
        let early = law.compliance(app, &app.admin, &format!("method=average&assessment_id={id}")).await;
        assert_eq!((figures(&early), &early["assessment_id"]), ((json!(0.625), counts.clone()), &json!(id)), "unless one asks for it");
        moved(app, &id, &["in_review", "approved"]).await;

        // What does not apply leaves both sums, whatever it weighs; what nobody judged is counted apart.
        // By hand: (1 + 1 + 0.5 + 0) / 4; (3 + 1 + 4 · 0.5 + 0) / (3 + 1 + 4 + 12) = 6 / 20; the least is 0.
        for (method, whole, first) in [("average", json!(0.625), json!(0.833333)), ("weighted", json!(0.3), json!(0.75)), ("worst", json!(0), json!(0.5))] {
            let told = law.compliance(app, &app.admin, &format!("method={method}")).await;
            assert_eq!(figures(&told), (whole, counts.clone()), "{method}: {told}");
            let sections = told["by_section"].as_array().unwrap();
            assert_eq!(sections.iter().map(|section| section["code"].clone()).collect::<Value>(), json!(["S1", "S2"]));
            // (1 + 1 + 0.5) / 3, (3 + 1 + 2) / 8, 0.5; and of the second section only R4 was judged.
            assert_eq!(figures(&sections[0]), (first, vec![2, 1, 0, 0, 0]), "{method}");
            assert_eq!(figures(&sections[1]), (json!(0), vec![0, 0, 1, 1, 1]), "{method}");
        }
        for query in ["", "method=", "method=best", "method=average&assessment_id=x"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/governance/frameworks/{}/compliance?{query}", law.framework)).await.status, 400, "{query}");
        }
    }

    the_latest_result_counts_in_all_and_that_of_the_unit_in_the_unit(app) {
        let (law, root) = (Law::write(app).await, app.root_unit().await);
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let first = law.assessed(app, &ours, "2026-03-31", &FOUND).await;
        let second = law.assessed(app, &theirs, "2026-05-31", &[("R3", "compliant"), ("R5", "partly"), ("R2", "not_assessed")]).await;
        for id in [&first, &second] {
            moved(app, id, &["in_review", "approved"]).await;
        }
        moved(app, &second, &["closed"]).await;
        let told = law.compliance(app, &app.admin, "method=average").await;
        // R2 was left unjudged by the latest: R1 1, R3 1, R4 0, R5 0.5.
        assert_eq!(figures(&told), (json!(0.625), vec![2, 1, 1, 1, 1]), "{told}");
        let weighted = law.compliance(app, &app.admin, "method=weighted").await;
        // (3 + 4 + 0 + 0.5) / (3 + 4 + 12 + 1) = 7.5 / 20.
        assert_eq!(weighted["compliance"], json!(0.375));
        let units = by_unit(&weighted);
        assert_eq!(units.len(), 2);
        assert_eq!(units[&ours], (json!(0.3), vec![2, 1, 1, 1, 1]));
        // (4 · 1 + 1 · 0.5) / 5.
        assert_eq!(units[&theirs], (json!(0.9), vec![1, 1, 0, 0, 4]));
        let one = law.compliance(app, &app.admin, &format!("method=average&assessment_id={second}")).await;
        assert_eq!((figures(&one), by_unit(&one).len()), ((json!(0.75), vec![1, 1, 0, 0, 4]), 1));

        // Who works in one unit sees what was found there.
        let officer = app.actor("compliance_officer", Some(&ours)).await;
        let seen = law.compliance(app, &officer, "method=average").await;
        assert_eq!((figures(&seen), by_unit(&seen).into_keys().collect::<Vec<_>>()), ((json!(0.625), vec![2, 1, 1, 1, 1]), vec![ours.clone()]), "{seen}");
        let path = format!("/api/v1/governance/frameworks/{}/compliance?method=average", law.framework);
        assert_eq!(app.get(&officer, &format!("{path}&assessment_id={second}")).await.status, 400, "it is not of theirs to see");
        let nowhere = app.unit("NOWHERE", &root).await;
        let blind = law.compliance(app, &app.actor("compliance_officer", Some(&nowhere)).await, "method=average").await;
        assert_eq!(figures(&blind), (Value::Null, vec![0, 0, 0, 0, 6]));
        assert_eq!(app.get(&app.actor("member", None).await, &path).await.status, 404);
    }
}
