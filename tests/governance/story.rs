//! A compliance officer imports a framework, links controls to it, and an auditor reads what is covered.

use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

fn small_catalog() -> Value {
    serde_json::from_str(include_str!("../fixtures/oscal/catalog.json")).unwrap()
}

async fn import(app: &TestApp, actor: &crate::harness::Actor, catalog: &Value) -> Answer {
    app.post(actor, "/api/v1/governance/frameworks/import?format=oscal", catalog).await
}

async fn coverage(app: &TestApp, actor: &crate::harness::Actor, framework: &str) -> Value {
    let answer = app.get(actor, &format!("/api/v1/governance/frameworks/{framework}/coverage")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body
}

on_both! {
    an_officer_imports_a_framework_and_an_auditor_reads_coverage(app) {
        let officer = app.actor("compliance_officer", None).await;
        let auditor = app.actor("auditor", None).await;
        let first = import(app, &officer, &small_catalog()).await;
        assert_eq!(first.status, 201, "{}", first.text);
        let framework = first.body["framework_id"].as_str().unwrap().to_owned();
        assert_eq!(first.header("location"), Some(format!("/api/v1/governance/frameworks/{framework}").as_str()));
        let again = import(app, &officer, &small_catalog()).await;
        assert_eq!((again.status, &again.body["created"], &again.body["updated"]), (200, &json!(0), &json!(0)));

        let before = coverage(app, &auditor, &framework).await;
        assert_eq!(before["met"], json!(0));
        assert_eq!(before["not_assessed"], before["assessable"]);

        let requirements = app.get(&auditor, &format!("/api/v1/governance/requirements?framework_id={framework}&assessable=true")).await;
        let in_a_group = requirements.body["data"].as_array().unwrap().iter().find(|each| each["parent_id"].is_string()).unwrap();
        let requirement = in_a_group["id"].clone();
        let control = app.post(&officer, "/api/v1/governance/controls", &json!({"code": "C-1", "name": "A control", "kind": "preventive", "test_period_days": 30})).await;
        assert_eq!(control.status, 201, "{}", control.text);
        let path = format!("/api/v1/governance/controls/{}", control.id());
        let link = json!({"control_id": control.id(), "requirement_id": requirement, "extent": "full"});
        assert_eq!(app.post(&officer, "/api/v1/governance/control-requirements", &link).await.status, 201);
        assert_eq!(app.transition(&officer, &path, "implemented").await.status, 200);
        let early = app.transition(&officer, &path, "operating").await;
        assert_eq!((early.status, early.broken()), (409, vec![" valid_test".to_owned()]));

        let test = json!({"control_id": control.id(), "kind": "operating", "tested_on": "2026-06-01", "result": "passed"});
        assert_eq!(app.post(&officer, "/api/v1/governance/control-tests", &test).await.status, 201);
        assert_eq!(app.transition(&officer, &path, "operating").await.status, 200);
        let after = coverage(app, &auditor, &framework).await;
        assert_eq!(after["met"], json!(1));
        let assessable = after["assessable"].as_f64().unwrap();
        assert_eq!(after["coverage_percent"], json!((100.0 / assessable * 1e6).round() / 1e6));
        assert_eq!(after["by_section"].as_array().unwrap().iter().map(|section| section["met"].as_u64().unwrap()).sum::<u64>(), 1);

        let refused = app.post(&auditor, "/api/v1/governance/controls", &json!({"code": "C-2", "name": "A control", "kind": "preventive", "test_period_days": 30})).await;
        assert_eq!(refused.status, 403);
        let member = app.stranger().await;
        assert_eq!(app.get(&member, &path).await.status, 404);
        assert_eq!(app.get(&member, "/api/v1/governance/controls").await.body["data"], json!([]));
        assert_eq!(app.get(&crate::harness::Actor::nobody(), &path).await.status, 401);
    }
}

/// A published catalog of the sample data, or nothing, loudly.
fn published(file: &str) -> Option<Value> {
    let Ok(folder) = std::env::var("STEWARD_SAMPLE_DATA") else {
        eprintln!("SKIPPED: STEWARD_SAMPLE_DATA is unset, so {file} is not imported");
        return None;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("oscal").join(file)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

on_both! {
    the_moderate_baseline_of_nist_has_287_assessable_requirements_in_18_groups(app) {
        for (file, assessable, groups) in [("NIST_SP-800-53_rev5_MODERATE-baseline-resolved-profile_catalog-min.json", 287, 18), ("NIST_SP-800-53_rev5_LOW-baseline-resolved-profile_catalog-min.json", 149, 18)] {
            let Some(catalog) = published(file) else { return };
            let first = import(app, &app.admin, &catalog).await;
            assert_eq!(first.status, 201, "{}", first.text);
            let framework = first.body["framework_id"].as_str().unwrap().to_owned();
            let again = import(app, &app.admin, &catalog).await;
            assert_eq!((again.status, &again.body["unchanged"]), (200, &first.body["created"]));
            let covered = coverage(app, &app.admin, &framework).await;
            assert_eq!((&covered["assessable"], &covered["coverage_percent"]), (&json!(assessable), &json!(0)));
            let sections = covered["by_section"].as_array().unwrap();
            assert_eq!(sections.len(), groups);
            assert_eq!(sections.iter().map(|section| section["assessable"].as_u64().unwrap()).sum::<u64>(), assessable);
        }
    }

    a_published_framework_stays_as_it_is(app) {
        let framework = import(app, &app.admin, &small_catalog()).await.body["framework_id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/governance/frameworks/{framework}");
        assert_eq!(app.transition(&app.admin, &path, "published").await.status, 200);
        assert_eq!(import(app, &app.admin, &small_catalog()).await.status, 200);
        let mut changed = small_catalog();
        changed["catalog"]["groups"][0]["title"] = json!("Another title");
        let refused = import(app, &app.admin, &changed).await;
        assert_eq!(refused.status, 409, "{}", refused.text);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"publisher": "Somebody else"})).await.broken(), ["/publisher immutable"]);
        let new = json!({"framework_id": framework, "code": "NEW", "title": "New"});
        assert_eq!(app.post(&app.admin, "/api/v1/governance/requirements", &new).await.broken(), ["/framework_id parent_state"]);
        let requirement = app.get(&app.admin, &format!("/api/v1/governance/requirements?framework_id={framework}&limit=1")).await.body["data"][0]["id"].as_str().unwrap().to_owned();
        let part = format!("/api/v1/governance/requirements/{requirement}");
        assert_eq!(app.patch(&app.admin, &part, "*", &json!({"title": "Changed"})).await.status, 409);
        assert_eq!(app.delete(&app.admin, &part, "*").await.status, 409);
    }

    a_broken_document_is_refused_with_pointers_and_leaves_nothing(app) {
        let mut broken = small_catalog();
        broken["catalog"]["metadata"]["version"] = json!(7);
        broken["catalog"]["groups"][0].as_object_mut().unwrap().remove("title");
        let refused = import(app, &app.admin, &broken).await;
        assert_eq!(refused.status, 422);
        let named = refused.broken();
        assert!(named.contains(&"/catalog/metadata/version type".to_owned()) && named.contains(&"/catalog/groups/0/title required".to_owned()), "{named:?}");
        assert_eq!(app.get(&app.admin, "/api/v1/governance/frameworks?include_total=true").await.body["total_count"], json!(0));
        for query in ["", "?format=pdf", "?format=oscal&format=oscal"] {
            assert_eq!(app.post(&app.admin, &format!("/api/v1/governance/frameworks/import{query}"), &small_catalog()).await.status, 400, "{query}");
        }
    }

    coverage_moves_with_links_tests_and_statements(app) {
        let framework = app.make("governance/frameworks", &json!({"name": "F", "version": "1"})).await["id"].as_str().unwrap().to_owned();
        let group = app.make("governance/requirements", &json!({"framework_id": framework, "code": "G", "title": "Group", "assessable": false})).await;
        let mut requirements = Vec::new();
        for code in ["R1", "R2", "R3", "R4"] {
            let body = json!({"framework_id": framework, "parent_id": group["id"], "code": code, "title": code});
            requirements.push(app.make("governance/requirements", &body).await["id"].clone());
        }
        let control = async |code: &str, requirement: &Value, extent: &str, tests: &[(&str, &str, &str)]| {
            let made = app.make("governance/controls", &json!({"code": code, "name": code, "kind": "detective", "test_period_days": 30})).await;
            app.make("governance/control-requirements", &json!({"control_id": made["id"], "requirement_id": requirement, "extent": extent})).await;
            let path = format!("/api/v1/governance/controls/{}", made["id"].as_str().unwrap());
            app.make("governance/control-tests", &json!({"control_id": made["id"], "kind": "operating", "tested_on": "2026-06-14", "result": "passed"})).await;
            assert_eq!(app.transition(&app.admin, &path, "implemented").await.status, 200);
            assert_eq!(app.transition(&app.admin, &path, "operating").await.status, 200);
            for (kind, tested_on, result) in tests {
                app.make("governance/control-tests", &json!({"control_id": made["id"], "kind": kind, "tested_on": tested_on, "result": result})).await;
            }
        };
        control("C1", &requirements[0], "full", &[("operating", "2026-06-15", "inconclusive"), ("design", "2026-06-15", "failed")]).await;
        control("C2", &requirements[1], "partial", &[]).await;
        control("C3", &requirements[2], "full", &[("operating", "2026-06-15", "failed")]).await;
        app.make("governance/applicability-statements", &json!({"requirement_id": requirements[3], "applicable": false, "reason": "We have none."})).await;
        let now = coverage(app, &app.admin, &framework).await;
        let figures = |body: &Value| ["assessable", "met", "partly_met", "not_met", "not_applicable", "not_assessed"].map(|name| body[name].as_u64().unwrap());
        assert_eq!(figures(&now), [4, 1, 1, 1, 1, 0]);
        assert_eq!(now["coverage_percent"], json!(33.333333));
        assert_eq!((now["by_section"].as_array().unwrap().len(), &now["by_section"][0]["code"], figures(&now["by_section"][0])), (1, &json!("G"), figures(&now)));
        app.make("governance/frameworks", &json!({"name": "Empty", "version": "1"})).await;
        let list = app.get(&app.admin, "/api/v1/governance/frameworks?figures=true&fields=name&sort=name").await;
        let (empty, full) = (&list.body["data"][0], &list.body["data"][1]);
        assert_eq!((figures(&empty["figures"]), &empty["figures"]["coverage_percent"]), ([0; 6], &json!(null)), "{}", list.text);
        assert_eq!((&full["name"], figures(&full["figures"]), &full["figures"]["coverage_percent"]), (&json!("F"), figures(&now), &json!(33.333333)));
        let one = app.get(&app.admin, &format!("/api/v1/governance/frameworks/{framework}?figures=true")).await;
        assert_eq!((&one.body["figures"], one.header("etag")), (&full["figures"], None));
        // The tests of 14 June are valid through 14 July.
        app.clock.set(steward::resource::value::Instant::parse("2026-07-15T00:00:00Z").unwrap());
        let admin = app.log_in_as(&app.admin.id.unwrap().to_string());
        assert_eq!(figures(&coverage(app, &admin, &framework).await), [4, 0, 0, 1, 1, 2]);
        let reason_missing = json!({"requirement_id": requirements[0], "applicable": false});
        assert_eq!(app.post(&admin, "/api/v1/governance/applicability-statements", &reason_missing).await.broken(), ["/reason required"]);
    }

    what_does_not_apply_to_a_unit_shrinks_the_coverage_of_that_unit_alone(app) {
        let framework = app.make("governance/frameworks", &json!({"name": "F", "version": "1"})).await["id"].as_str().unwrap().to_owned();
        let mut requirements = Vec::new();
        for code in ["R1", "R2", "R3"] {
            let body = json!({"framework_id": framework, "code": code, "title": code, "assessable": true});
            requirements.push(app.make("governance/requirements", &body).await["id"].as_str().unwrap().to_owned());
        }
        let root = app.root_unit().await;
        let lab = app.unit("LAB", &root).await;
        let bench = app.unit("BENCH", &lab).await;
        let states = async |unit: &str, requirement: usize, applicable: bool| {
            let body = json!({"requirement_id": requirements[requirement], "unit_id": unit, "applicable": applicable, "reason": "We have none."});
            app.make("governance/applicability-statements", &body).await;
        };
        let left_out = async |query: &str| {
            let answer = app.get(&app.admin, &format!("/api/v1/governance/frameworks/{framework}/coverage{query}")).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.body["not_applicable"].as_u64().unwrap()
        };
        states(&lab, 0, false).await;
        states(&lab, 1, false).await;
        assert_eq!((left_out("").await, left_out(&format!("?unit_id={root}")).await), (0, 0), "what a laboratory has not, the organisation may have");
        assert_eq!((left_out(&format!("?unit_id={lab}")).await, left_out(&format!("?unit_id={bench}")).await), (2, 2), "what holds for a unit holds below it");
        states(&bench, 1, true).await;
        assert_eq!(left_out(&format!("?unit_id={bench}")).await, 1, "the nearest statement decides");
        states(&root, 2, false).await;
        assert_eq!((left_out("").await, left_out(&format!("?unit_id={lab}")).await), (1, 3));
        let list = app.get(&app.admin, "/api/v1/governance/frameworks?figures=true").await;
        assert_eq!(list.body["data"][0]["figures"]["not_applicable"], json!(1), "{}", list.text);
        let unknown = app.get(&app.admin, &format!("/api/v1/governance/frameworks/{framework}/coverage?unit_id={framework}")).await;
        assert_eq!(unknown.status, 404);
    }

    figures_are_asked_for_where_there_are_some_and_of_today(app) {
        for query in ["governance/controls?figures=true", "governance/frameworks?figures=yes", "governance/frameworks?figures=true&as_of=2026-06-01"] {
            assert_eq!(app.get(&app.admin, &format!("/api/v1/{query}")).await.status, 400, "{query}");
        }
        let headers = [("Accept", "text/csv")];
        assert_eq!(app.call(&app.admin, "GET", "/api/v1/governance/frameworks?figures=true", &headers, None).await.status, 400);
    }
}
