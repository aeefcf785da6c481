//! Compliance with a framework, worked by hand.

use crate::harness::{Actor, House};
use crate::on_both;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Makes a record as the administrator and returns its id.
async fn made(house: &House, collection: &str, body: Value) -> String {
    house.make(&format!("governance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

/// A framework of two sections: R1 to R3 weigh 3, 1 and 4; R4 to R6 weigh 12, 1 and 100.
struct Law {
    framework: String,
    requirements: HashMap<&'static str, String>,
    test: String,
}

impl Law {
    async fn write(house: &House) -> Law {
        let framework = made(house, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let mut requirements = HashMap::new();
        for (section, parts) in [("S1", [("R1", 3), ("R2", 1), ("R3", 4)]), ("S2", [("R4", 12), ("R5", 1), ("R6", 100)])] {
            let group = made(house, "requirements", json!({"framework_id": framework, "code": section, "title": section, "assessable": false})).await;
            for (code, weight) in parts {
                let body = json!({"framework_id": framework, "parent_id": group, "code": code, "title": code, "weight": weight});
                requirements.insert(code, made(house, "requirements", body).await);
            }
        }
        let control = made(house, "controls", json!({"code": "C", "name": "C", "kind": "detective", "test_period_days": 365})).await;
        let test = made(house, "control-tests", json!({"control_id": control, "kind": "operating", "tested_on": "2026-03-01", "result": "passed"})).await;
        Law { framework, requirements, test }
    }

    /// An assessment in progress with its results.
    async fn assessed(&self, house: &House, unit: &str, ends_on: &str, results: &[(&str, &str)]) -> String {
        let body = json!({
            "name": format!("To {ends_on}"), "framework_id": self.framework, "scope": "All of it.", "starts_on": "2026-01-01", "ends_on": ends_on,
            "conclusion": "Mixed.", "unit_id": unit
        });
        let id = made(house, "assessments", body).await;
        moved(house, &id, &["in_progress"]).await;
        for (code, result) in results {
            let shown = (*result == "compliant").then_some(&self.test);
            let body = json!({"assessment_id": id, "requirement_id": self.requirements[code], "result": result, "control_test_id": shown});
            made(house, "requirement-results", body).await;
        }
        id
    }

    async fn compliance(&self, house: &House, actor: &Actor, query: &str) -> Value {
        let answer = house.get(actor, &format!("/api/v1/governance/frameworks/{}/compliance?{query}", self.framework)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body
    }
}

async fn moved(house: &House, assessment: &str, states: &[&str]) {
    for state in states {
        let actor = if *state == "approved" { house.second_admin().await } else { house.admin.clone() };
        let answer = house.transition(&actor, &format!("/api/v1/governance/assessments/{assessment}"), state).await;
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
    compliance_is_averaged_weighed_or_the_worst(house) {
        let law = Law::write(house).await;
        let nothing = law.compliance(house, &house.admin, "method=average").await;
        assert_eq!((figures(&nothing), &nothing["by_unit"]), ((Value::Null, vec![0, 0, 0, 0, 6]), &json!([])));
        let id = law.assessed(house, &house.root_unit().await, "2026-03-31", &FOUND).await;
        assert_eq!(law.compliance(house, &house.admin, "method=average").await["compliance"], Value::Null, "it is not approved");
        let counts = vec![2, 1, 1, 1, 1];
        let early = law.compliance(house, &house.admin, &format!("method=average&assessment_id={id}")).await;
        assert_eq!((figures(&early), &early["assessment_id"]), ((json!(0.625), counts.clone()), &json!(id)), "unless one asks for it");
        moved(house, &id, &["in_review", "approved"]).await;

        // What does not apply leaves both sums, whatever it weighs; what nobody judged is counted apart.
        // By hand: (1 + 1 + 0.5 + 0) / 4; (3 + 1 + 4 · 0.5 + 0) / (3 + 1 + 4 + 12) = 6 / 20; the least is 0.
        for (method, whole, first) in [("average", json!(0.625), json!(0.833333)), ("weighted", json!(0.3), json!(0.75)), ("worst", json!(0), json!(0.5))] {
            let told = law.compliance(house, &house.admin, &format!("method={method}")).await;
            assert_eq!(figures(&told), (whole, counts.clone()), "{method}: {told}");
            let sections = told["by_section"].as_array().unwrap();
            assert_eq!(sections.iter().map(|section| section["code"].clone()).collect::<Value>(), json!(["S1", "S2"]));
            // (1 + 1 + 0.5) / 3, (3 + 1 + 2) / 8, 0.5; and of the second section only R4 was judged.
            assert_eq!(figures(&sections[0]), (first, vec![2, 1, 0, 0, 0]), "{method}");
            assert_eq!(figures(&sections[1]), (json!(0), vec![0, 0, 1, 1, 1]), "{method}");
        }
        for query in ["", "method=", "method=best", "method=average&assessment_id=x"] {
            assert_eq!(house.get(&house.admin, &format!("/api/v1/governance/frameworks/{}/compliance?{query}", law.framework)).await.status, 400, "{query}");
        }
    }

    the_latest_result_counts_in_all_and_that_of_the_unit_in_the_unit(house) {
        let (law, root) = (Law::write(house).await, house.root_unit().await);
        let (ours, theirs) = (house.unit("OURS", &root).await, house.unit("THEIRS", &root).await);
        let first = law.assessed(house, &ours, "2026-03-31", &FOUND).await;
        let second = law.assessed(house, &theirs, "2026-05-31", &[("R3", "compliant"), ("R5", "partly"), ("R2", "not_assessed")]).await;
        for id in [&first, &second] {
            moved(house, id, &["in_review", "approved"]).await;
        }
        moved(house, &second, &["closed"]).await;
        let told = law.compliance(house, &house.admin, "method=average").await;
        // R2 was left unjudged by the latest: R1 1, R3 1, R4 0, R5 0.5.
        assert_eq!(figures(&told), (json!(0.625), vec![2, 1, 1, 1, 1]), "{told}");
        let weighted = law.compliance(house, &house.admin, "method=weighted").await;
        // (3 + 4 + 0 + 0.5) / (3 + 4 + 12 + 1) = 7.5 / 20.
        assert_eq!(weighted["compliance"], json!(0.375));
        let units = by_unit(&weighted);
        assert_eq!(units.len(), 2);
        assert_eq!(units[&ours], (json!(0.3), vec![2, 1, 1, 1, 1]));
        // (4 · 1 + 1 · 0.5) / 5.
        assert_eq!(units[&theirs], (json!(0.9), vec![1, 1, 0, 0, 4]));
        let one = law.compliance(house, &house.admin, &format!("method=average&assessment_id={second}")).await;
        assert_eq!((figures(&one), by_unit(&one).len()), ((json!(0.75), vec![1, 1, 0, 0, 4]), 1));

        // Who works in one unit sees what was found there.
        let officer = house.actor("compliance_officer", Some(&ours)).await;
        let seen = law.compliance(house, &officer, "method=average").await;
        assert_eq!((figures(&seen), by_unit(&seen).into_keys().collect::<Vec<_>>()), ((json!(0.625), vec![2, 1, 1, 1, 1]), vec![ours.clone()]), "{seen}");
        let path = format!("/api/v1/governance/frameworks/{}/compliance?method=average", law.framework);
        assert_eq!(house.get(&officer, &format!("{path}&assessment_id={second}")).await.status, 400, "it is not of theirs to see");
        let nowhere = house.unit("NOWHERE", &root).await;
        let blind = law.compliance(house, &house.actor("compliance_officer", Some(&nowhere)).await, "method=average").await;
        assert_eq!(figures(&blind), (Value::Null, vec![0, 0, 0, 0, 6]));
        assert_eq!(house.get(&house.actor("member", None).await, &path).await.status, 404);
    }
}
