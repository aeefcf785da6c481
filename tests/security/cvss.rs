//! CVSS vectors are scored here: by each version's specification, and the severity of an advisory follows.

use super::made;
use crate::on_both;
use serde_json::{Value, json};

on_both! {
    a_vector_of_each_version_is_scored_with_all_metrics_that_it_has(app) {
        let score = async |vector: &str| {
            let answer = app.post(&app.admin, "/api/v1/security/cvss/score", &json!({"vector": vector})).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            ["version", "base_score", "temporal_score", "environmental_score", "score", "severity"].map(|name| answer.body[name].clone())
        };
        // CVE-2002-0392 in the guide to version 2; the severity is that of NVD.
        assert_eq!(score("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H").await.map(|each| each.to_string()), ["\"2.0\"", "7.8", "6.4", "9.2", "9.2", "\"high\""]);
        // Heartbleed in the examples of FIRST: 7.5, with temporal metrics 7.0; in 4.0 8.7 with its threat metric.
        assert_eq!(score("CVSS:3.1/RC:C/RL:O/E:F/A:N/I:N/C:H/S:U/UI:N/PR:N/AC:L/AV:N").await, [json!("3.1"), json!(7.5), json!(7), Value::Null, json!(7), json!("high")]);
        assert_eq!(score("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H").await, [json!("3.0"), json!(9.8), Value::Null, Value::Null, json!(9.8), json!("critical")]);
        assert_eq!(score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A").await, [json!("4.0"), json!(8.7), json!(8.7), Value::Null, json!(8.7), json!("high")]);
        // CVE-2026-31431: with the workaround in place nothing is left of 8.5.
        assert_eq!(score("CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A/MVC:N/MVI:N/MVA:N").await, [json!("4.0"), json!(8.5), json!(8.5), json!(0), json!(0), json!("none")]);
        for vector in ["CVSS:3.1/AV:ZZ/hello", "CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "CVSS:5.0/AV:N"] {
            let refused = app.post(&app.admin, "/api/v1/security/cvss/score", &json!({"vector": vector})).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/vector format".to_owned()]), "{vector}");
        }
    }

    the_severity_of_an_advisory_is_that_of_its_newest_vector(app) {
        let body = json!({"code": "CVE-1", "title": "A weakness", "severity": "low", "cvss2_vector": "AV:N/AC:L/Au:N/C:C/I:C/A:C"});
        let id = made(app, "security/advisories", body).await;
        let path = format!("/api/v1/security/advisories/{id}");
        assert_eq!(app.get(&app.admin, &path).await.body["severity"], json!("high"));
        // CVE-2020-3549 in the examples of FIRST: 5.2 with its threat metric.
        let newer = json!({"cvss4_vector": "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U"});
        assert_eq!(app.patch(&app.admin, &path, "*", &newer).await.body["severity"], json!("medium"));
        let refused = app.patch(&app.admin, &path, "*", &json!({"cvss3_vector": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"})).await;
        assert_eq!(refused.broken(), ["/cvss3_vector format"]);
    }
}
