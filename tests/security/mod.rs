//! Security: where risks lie, what tested controls leave of them, and what is above the appetite.

use crate::harness::{Actor, TestApp};
use crate::on_both;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use steward::access::Session;
use steward::resource::Id;
use steward::resource::value::Instant;
use steward::store::{IfMatch, Origin, Writer};

mod access;
mod access_grant;
mod access_story;
mod advisory;
mod appetite;
mod cvss;
mod edge;
mod evidence;
mod fact;
mod figure;
mod incident_notice;
mod incident_story;
mod indicator;
mod judgement;
mod loss;
mod out_of_sight;
mod policy_review;
mod policy_story;
mod recovery;
mod recovery_gap;
mod recovery_story;
mod remediation;
mod residual;
mod retained;
mod risk_story;
mod scan;
mod severity;
pub mod story;

/// Makes a record as the administrator and returns its id.
pub async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(collection, &body).await["id"].as_str().unwrap().to_owned()
}

pub async fn moved(app: &TestApp, actor: &Actor, collection: &str, id: &str, to: &str) {
    let answer = app.transition(actor, &format!("/api/v1/{collection}/{id}"), to).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

/// Runs a quantification.
pub async fn run(app: &TestApp, id: &str) -> Value {
    let ran = app.post(&app.admin, &format!("/api/v1/security/risk-quantifications/{id}/run"), &json!({})).await;
    assert_eq!((ran.status, &ran.body["state"]), (200, &json!("fresh")), "{}", ran.text);
    ran.body
}

/// SHA-256 of a text, in hexadecimal digits.
fn sha256_of(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// Three by three: low 1, medium 2, high 3. Rare is below 0.1 a year, frequent 1 and above; minor below 10,000, severe 100,000 and above.
pub fn matrix(code: &str) -> Value {
    let often = |name: &str, min: f64, max: Option<f64>| json!({"name": name, "frequency_min": min, "frequency_max": max});
    let much = |name: &str, min: &str, max: Option<&str>| json!({"name": name, "loss_min": euros(min), "loss_max": max.map(euros)});
    json!({
        "code": code, "name": code,
        "likelihood_levels": [often("rare", 0.0, Some(0.1)), often("possible", 0.1, Some(1.0)), often("frequent", 1.0, None)],
        "impact_levels": [much("minor", "0", Some("10000")), much("major", "10000", Some("100000")), much("severe", "100000", None)],
        "risk_levels": [{"name": "low", "color": "#2ecc71"}, {"name": "medium"}, {"name": "high", "color": "#c0392b"}],
        "grid": [[1, 1, 2], [1, 2, 3], [2, 3, 3]]
    })
}

/// A published matrix.
pub async fn published(app: &TestApp, code: &str) -> String {
    let id = made(app, "security/risk-matrices", matrix(code)).await;
    moved(app, &app.admin, "security/risk-matrices", &id, "published").await;
    id
}

pub async fn risk(app: &TestApp, code: &str, matrix: &str, unit: Option<&str>) -> String {
    let mut body = json!({"code": code, "title": format!("Risk {code}"), "category": "security", "risk_matrix_id": matrix, "event": "It happens."});
    if let Some(unit) = unit {
        body["unit_id"] = unit.into();
    }
    made(app, "security/risks", body).await
}

/// A confirmed assessment; the second administrator confirms.
pub async fn assessed(app: &TestApp, risk: &str, stage: &str, likelihood: u32, impact: u32) -> String {
    let reason = (stage == "current").then_some("The controls work worse than their tests say.");
    let body = json!({"risk_id": risk, "stage": stage, "likelihood": likelihood, "impact": impact, "assessed_on": "2026-06-01", "override_reason": reason});
    let id = made(app, "security/risk-assessments", body).await;
    moved(app, &app.second_admin().await, "security/risk-assessments", &id, "confirmed").await;
    id
}

/// An exception that was asked for and that the second administrator has approved.
async fn excepted(app: &TestApp, body: Value) -> String {
    let id = made(app, "governance/exceptions", body).await;
    moved(app, &app.admin, "governance/exceptions", &id, "submitted").await;
    moved(app, &app.second_admin().await, "governance/exceptions", &id, "approved").await;
    id
}

/// A control of a design, with a period of 90 days and its operating tests.
async fn control(app: &TestApp, code: &str, design: Option<f64>, tests: &[(&str, &str)]) -> String {
    let body = json!({"code": code, "name": code, "kind": "preventive", "test_period_days": 90, "design_effectiveness": design});
    let id = made(app, "governance/controls", body).await;
    moved(app, &app.admin, "governance/controls", &id, "implemented").await;
    let (control, tests) = (id.clone(), tests.iter().map(|(on, result)| ((*on).to_owned(), (*result).to_owned())).collect::<Vec<_>>());
    // Each test on its day, and in operation once one has passed: as the service itself, whose login does not age.
    let now = app.clock.now();
    for (tested_on, result) in tests {
        app.clock.set(Instant::parse(&format!("{tested_on}T12:00:00Z")).unwrap());
        let control = control.clone();
        let write = move |writer: &mut Writer<'_>| {
            let (controls, tests) =
                (writer.store.definitions.get("governance/controls").unwrap(), writer.store.definitions.get("governance/control-tests").unwrap());
            let body = json!({"control_id": control, "kind": "operating", "tested_on": tested_on, "result": result});
            writer.create(tests, body.as_object().unwrap().clone())?;
            let id = Id::parse(&control).unwrap();
            let state = writer.reader().get(controls, id)?.meta.state;
            if result == "passed" && state.as_deref() != Some("operating") {
                writer.transition(controls, id, &IfMatch::Any, "operating")?;
            }
            Ok(())
        };
        app.served.store.write(&Arc::new(Session::system()), &Origin::system(), write).await.unwrap();
    }
    app.clock.set(now);
    id
}

async fn scenario(app: &TestApp, risk: &str, name: &str, frequency: f64, controls: &[(&str, &str)]) {
    let controls: Vec<Value> = controls.iter().map(|(id, acts_on)| json!({"control_id": id, "acts_on": acts_on})).collect();
    made(app, "security/risk-scenarios", json!({"risk_id": risk, "name": name, "inherent_frequency": frequency, "controls": controls})).await;
}

async fn position(app: &TestApp, actor: &Actor, risk: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/security/risks/{risk}/position")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// Likelihood, impact, level and whether they are computed.
fn place(position: &Value, stage: &str) -> Value {
    let placed = &position[stage];
    if placed.is_null() { Value::Null } else { json!([placed["likelihood"], placed["impact"], placed["level"], placed["computed"]]) }
}

async fn heat(app: &TestApp, actor: &Actor, query: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/security/heat-map{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

/// The cells with something in them, as likelihood, impact, level and codes; and what has no place.
fn drawn(map: &Value) -> (Value, Value) {
    let codes = |risks: &Value| risks.as_array().unwrap().iter().map(|risk| risk["code"].clone()).collect::<Vec<Value>>();
    let cells = map["cells"].as_array().unwrap().iter().filter(|cell| cell["count"] != json!(0));
    let cells = cells.map(|cell| json!([cell["likelihood"], cell["impact"], cell["level"], codes(&cell["risks"])])).collect();
    (cells, codes(&map["not_assessed"]).into())
}

/// A risk whose first scenario has three controls and whose second has none.
async fn ransomware(app: &TestApp, matrix: &str) -> String {
    let id = risk(app, "R1", matrix, None).await;
    // 31 January is 135 days before 15 June: one and a half periods. The later inconclusive test counts as none.
    let fading = control(app, "FADING", Some(0.8), &[("2026-01-31", "passed"), ("2026-06-14", "inconclusive")]).await;
    let fresh = control(app, "FRESH", Some(0.5), &[("2025-01-01", "failed"), ("2026-06-01", "passed")]).await;
    let failed = control(app, "FAILED", Some(0.9), &[("2026-06-01", "passed"), ("2026-06-02", "failed")]).await;
    scenario(app, &id, "By mail", 2.0, &[(&fading, "likelihood"), (&fresh, "both"), (&failed, "impact")]).await;
    scenario(app, &id, "By a vendor", 0.2, &[]).await;
    id
}

on_both! {
    what_is_left_of_a_risk_is_what_tested_controls_leave(app) {
        let id = ransomware(app, &published(app, "RM").await).await;
        let unplaced = position(app, &app.admin, &id).await;
        assert_eq!(["inherent", "current", "target", "appetite", "breached"].map(|name| unplaced[name].clone()), [(); 5].map(|()| Value::Null));
        assessed(app, &id, "inherent", 3, 2).await;
        assessed(app, &id, "target", 1, 2).await;
        let told = position(app, &app.admin, &id).await;
        let controls = told["scenarios"][0]["controls"].as_array().unwrap();
        let column = |name: &str| controls.iter().map(|control| control[name].clone()).collect::<Value>();
        // clamp(2 − 135/90, 0, 1) = 0.5 and 0.8 · 1 · 0.5 = 0.4; 0.5 · 1 · 1; what failed last is worth nothing.
        assert_eq!((column("freshness"), column("operating"), column("effectiveness")), (json!([0.5, 1, 1]), json!([1, 1, 0]), json!([0.4, 0.5, 0])), "{told}");
        assert_eq!(column("tested_on"), json!(["2026-01-31", "2026-06-01", "2026-06-02"]));
        // 2 · 0.6 · 0.5 = 0.6 a year with 1 − 0.5 of the loss; 0.2 with all of it.
        let scenario = |at: usize| ["inherent_frequency", "current_frequency", "loss_factor"].map(|name| told["scenarios"][at][name].clone());
        assert_eq!((scenario(0), scenario(1)), ([json!(2), json!(0.6), json!(0.5)], [json!(0.2), json!(0.2), json!(1)]));
        // 0.8 a year in all; (0.6 · 0.5 + 0.2 · 1) / 0.8 of the loss.
        assert_eq!(["inherent_frequency", "current_frequency", "loss_factor"].map(|name| told[name].clone()), [json!(2.2), json!(0.8), json!(0.625)]);
        // 0.8 a year is possible (2); √(10,000 · 100,000) · 0.625 = 19,764 is still major (2): medium.
        assert_eq!((place(&told, "inherent"), place(&told, "current"), place(&told, "target")), (json!([3, 2, 3, false]), json!([2, 2, 2, true]), json!([1, 2, 1, false])));
        assert_eq!((&told["current"]["level_name"], &told["inherent"]["color"]), (&json!("medium"), &json!("#c0392b")));

        // Half a year later no test proves anything any more.
        app.clock.set(Instant::parse("2026-12-15T09:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        let later = position(app, &admin, &id).await;
        assert_eq!((&later["current_frequency"], &later["loss_factor"], place(&later, "current")), (&json!(2.2), &json!(1), json!([3, 2, 3, true])));
    }

    what_is_unknown_stays_unknown_and_what_is_retired_is_worth_nothing(app) {
        let matrix = published(app, "RM").await;
        let id = risk(app, "R1", &matrix, None).await;
        assessed(app, &id, "inherent", 3, 3).await;
        assert_eq!(position(app, &app.admin, &id).await["current_frequency"], Value::Null, "there are no scenarios");
        let vague = control(app, "VAGUE", None, &[("2026-06-01", "passed")]).await;
        scenario(app, &id, "Somehow", 4.0, &[(&vague, "likelihood")]).await;
        let told = position(app, &app.admin, &id).await;
        assert_eq!((&told["current_frequency"], &told["current"], &told["scenarios"][0]["loss_factor"]), (&Value::Null, &Value::Null, &json!(1)), "nobody said how well it is designed");
        moved(app, &app.admin, "governance/controls", &vague, "retired").await;
        let told = position(app, &app.admin, &id).await;
        assert_eq!((&told["current_frequency"], place(&told, "current")), (&json!(4), json!([3, 3, 3, true])), "{told}");
    }

    a_risk_is_held_against_the_nearest_appetite_in_force(app) {
        let (matrix, root) = (published(app, "RM").await, app.root_unit().await);
        let id = ransomware(app, &matrix).await;
        assessed(app, &id, "inherent", 3, 2).await;
        let appetite = async |name: &str, category: Option<&str>, level: u32, loss: Option<&str>, starts: &str, ends: Option<&str>| {
            let body = json!({"name": name, "category": category, "risk_matrix_id": matrix, "max_level": level, "max_expected_annual_loss": loss.map(euros), "starts_on": starts, "ends_on": ends, "unit_id": root});
            made(app, "security/risk-appetites", body).await
        };
        let told = async || {
            let told = position(app, &app.admin, &id).await;
            (told["appetite"]["name"].clone(), told["breached"].clone())
        };
        appetite("Over", None, 3, None, "2025-01-01", Some("2026-06-14")).await;
        assert_eq!(told().await, (Value::Null, Value::Null), "it ended yesterday");
        appetite("General", None, 1, None, "2026-06-15", None).await;
        assert_eq!(told().await, (json!("General"), json!(true)), "medium is above low");
        appetite("Privacy", Some("privacy"), 3, None, "2026-01-01", None).await;
        assert_eq!(told().await.0, json!("General"), "that is another category");
        appetite("Security", Some("security"), 2, Some("1000.00"), "2026-01-01", None).await;
        assert_eq!(told().await, (json!("Security"), Value::Null), "medium is not above medium, and the loss is limited and not known");
        // (1000 + 4 · 2000 + 9000) / 6 = 3000 for one, half a one a year.
        let pert = json!({"min": euros("1000.00"), "mode": euros("2000.00"), "max": euros("9000.00")});
        let quantified = json!({"risk_id": id, "name": "Now", "frequency": 0.5, "loss_pert": pert});
        let first = made(app, "security/risk-quantifications", quantified).await;
        assert_eq!(told().await.1, Value::Null, "nor is it before the first run");
        run(app, &first).await;
        let now = position(app, &app.admin, &id).await;
        assert_eq!((&now["expected_annual_loss"], &now["breached"]), (&euros("1500.00"), &json!(true)), "{now}");
        moved(app, &app.admin, "security/risk-quantifications", &first, "stale").await;
        assert_eq!(told().await.1, Value::Null, "a stale one says nothing, and the loss may be above");

        // A unit below has its own.
        let below = app.unit("BELOW", &root).await;
        let theirs = risk(app, "R9", &matrix, Some(&below)).await;
        assessed(app, &theirs, "current", 3, 3).await;
        assert_eq!(position(app, &app.admin, &theirs).await["breached"], json!(true), "that of the unit above holds");
        let own = json!({"name": "Bold", "risk_matrix_id": matrix, "max_level": 3, "starts_on": "2026-01-01", "unit_id": below});
        made(app, "security/risk-appetites", own).await;
        let told = position(app, &app.admin, &theirs).await;
        assert_eq!((&told["appetite"]["name"], &told["breached"]), (&json!("Bold"), &json!(false)), "{told}");
        let other = published(app, "OTHER").await;
        let elsewhere = risk(app, "R10", &other, Some(&below)).await;
        assessed(app, &elsewhere, "current", 3, 3).await;
        assert_eq!(position(app, &app.admin, &elsewhere).await["breached"], Value::Null, "levels of two matrices are not compared");
    }

    a_heat_map_has_each_risk_in_its_cell_at_each_stage(app) {
        let matrix = published(app, "RM").await;
        let (first, second) = (ransomware(app, &matrix).await, risk(app, "R2", &matrix, None).await);
        let third = risk(app, "R3", &matrix, None).await;
        let gone = json!({"code": "R4", "title": "Gone", "category": "people", "risk_matrix_id": matrix, "event": "It happened.", "closure_reason": "It is over.", "next_review_on": "2026-12-01"});
        let gone = made(app, "security/risks", gone).await;
        assessed(app, &gone, "inherent", 3, 3).await;
        assessed(app, &gone, "current", 1, 1).await;
        for state in ["analysed", "monitored", "closed"] {
            moved(app, &app.admin, "security/risks", &gone, state).await;
        }
        let inherent = assessed(app, &first, "inherent", 3, 2).await;
        assessed(app, &second, "target", 1, 1).await;
        let proposed = json!({"risk_id": third, "stage": "inherent", "likelihood": 2, "impact": 2, "assessed_on": "2026-06-01"});
        made(app, "security/risk-assessments", proposed).await;

        let map = heat(app, &app.admin, "?stage=inherent").await;
        assert_eq!(drawn(&map), (json!([[3, 2, 3, ["R1"]]]), json!(["R2", "R3"])), "{map}");
        assert_eq!((map["cells"].as_array().unwrap().len(), &map["risk_matrix_id"]), (9, &json!(matrix)));
        let full = map["cells"].as_array().unwrap().iter().find(|cell| cell["count"] == json!(1)).unwrap();
        assert_eq!((&full["level_name"], &full["color"], &full["risks"][0]["assessment_id"]), (&json!("high"), &json!("#c0392b"), &json!(inherent)));
        let map = heat(app, &app.admin, "?stage=current").await;
        assert_eq!(drawn(&map), (json!([[2, 2, 2, ["R1"]]]), json!(["R2", "R3"])));
        assert_eq!(drawn(&heat(app, &app.admin, "?stage=target").await), (json!([[1, 1, 1, ["R2"]]]), json!(["R1", "R3"])));
        // Who judges the current one otherwise, with a second person, outweighs what is computed; the latest of them counts.
        assessed(app, &first, "current", 3, 3).await;
        assessed(app, &third, "current", 3, 3).await;
        assert_eq!(drawn(&heat(app, &app.admin, "?stage=current").await), (json!([[3, 3, 3, ["R1", "R3"]]]), json!(["R2"])));

        let other = published(app, "OTHER").await;
        assert_eq!(drawn(&heat(app, &app.admin, &format!("?stage=current&risk_matrix_id={other}")).await), (json!([]), json!([])));
        for (query, status) in [("", 400), ("?stage=tomorrow", 400), ("?stage=current&risk_matrix_id=x", 400), ("?stage=current&risk_matrix_id=0190b3a0-0000-7000-8000-000000000000", 400)] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/security/heat-map{query}")).await.status, status, "{query}");
        }
    }

    a_heat_map_and_a_position_are_of_what_the_caller_may_see(app) {
        let (matrix, root) = (published(app, "RM").await, app.root_unit().await);
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let (mine, other) = (risk(app, "MINE", &matrix, Some(&ours)).await, risk(app, "OTHER", &matrix, Some(&theirs)).await);
        for id in [&mine, &other] {
            assessed(app, id, "inherent", 3, 3).await;
        }
        let fresh = control(app, "FRESH", Some(0.5), &[("2026-06-01", "passed")]).await;
        scenario(app, &mine, "Somehow", 4.0, &[(&fresh, "likelihood")]).await;
        let officer = app.actor("security_officer", Some(&ours)).await;
        let map = heat(app, &officer, "?stage=inherent").await;
        assert_eq!((drawn(&map), &map["partial"]), ((json!([[3, 3, 3, ["MINE"]]]), json!([])), &json!(true)), "another risk lies in it");
        assert_eq!(heat(app, &app.admin, "?stage=inherent").await["partial"], json!(false));
        assert_eq!(app.get(&officer, &format!("/api/v1/security/risks/{other}/position")).await.status, 404);
        // The control stands in the unit above, which the officer does not see: what it leaves is unknown.
        let told = position(app, &officer, &mine).await;
        assert_eq!((&told["current_frequency"], &told["scenarios"][0]["controls"], &told["partial"]), (&Value::Null, &json!([]), &json!(true)), "{told}");
        assert_eq!(position(app, &app.admin, &mine).await["current_frequency"], json!(2));
        assert_eq!(app.get(&app.stranger().await, "/api/v1/security/heat-map?stage=inherent").await.status, 404);
    }
}
