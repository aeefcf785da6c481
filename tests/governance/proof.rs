//! What shows that a requirement is met, who says so, and that nobody audits what they own.

use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

async fn made(app: &TestApp, collection: &str, body: Value) -> String {
    app.make(&format!("governance/{collection}"), &body).await["id"].as_str().unwrap().to_owned()
}

fn at(collection: &str, id: &str) -> String {
    format!("/api/v1/governance/{collection}/{id}")
}

/// A requirement under assessment, a control that is linked to it, and one that is not.
struct Judged {
    assessment: String,
    requirement: String,
    linked: String,
    other: String,
}

impl Judged {
    async fn set_up(app: &TestApp) -> Judged {
        let framework = made(app, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let requirement = made(app, "requirements", json!({"framework_id": framework, "code": "R1", "title": "R1"})).await;
        let body = json!({"name": "2026", "framework_id": framework, "scope": "All.", "starts_on": "2026-01-01", "ends_on": "2026-12-31"});
        let assessment = made(app, "assessments", body).await;
        let moved = app.transition(&app.admin, &at("assessments", &assessment), "in_progress").await;
        assert_eq!(moved.status, 200, "{}", moved.text);
        let control = async |code: &str| made(app, "controls", json!({"code": code, "name": code, "kind": "detective", "test_period_days": 365})).await;
        let (linked, other) = (control("LINKED").await, control("OTHER").await);
        made(app, "control-requirements", json!({"control_id": linked, "requirement_id": requirement, "extent": "full"})).await;
        Judged { assessment, requirement, linked, other }
    }

    async fn tested(&self, app: &TestApp, control: &str, kind: &str, on: &str, result: &str) -> String {
        made(app, "control-tests", json!({"control_id": control, "kind": kind, "tested_on": on, "result": result})).await
    }

    /// Tries to judge it compliant, and leaves nothing behind.
    async fn compliant(&self, app: &TestApp, more: Value) -> Answer {
        let mut body = json!({"assessment_id": self.assessment, "requirement_id": self.requirement, "result": "compliant"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        app.post(&app.admin, "/api/v1/governance/requirement-results?dry_run=true", &body).await
    }
}

/// Evidence about something that was accepted by another person than who collected it.
async fn accepted(app: &TestApp, subject: &str) -> String {
    let body = json!({"title": "Signed", "subject_id": subject, "url": "https://documents.example.org/x", "starts_on": "2026-01-01", "ends_on": "2026-05-31",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"});
    let id = made(app, "evidence", body).await;
    for (actor, state) in [(app.admin.clone(), "submitted"), (app.second_admin().await, "accepted")] {
        let moved = app.transition(&actor, &at("evidence", &id), state).await;
        assert_eq!(moved.status, 200, "{}", moved.text);
    }
    id
}

on_both! {
    a_requirement_is_compliant_by_the_latest_operating_test_of_a_linked_control_alone(app) {
        let judged = Judged::set_up(app).await;
        let refused = |answer: Answer| (answer.status, answer.broken());
        assert_eq!(refused(judged.compliant(app, json!({})).await), (409, vec!["/result evidence".to_owned()]));
        let of_other = judged.tested(app, &judged.other, "operating", "2026-06-01", "passed").await;
        assert_eq!(refused(judged.compliant(app, json!({"control_test_id": of_other})).await), (409, vec!["/control_test_id unrelated".to_owned()]));
        let design = judged.tested(app, &judged.linked, "design", "2026-06-01", "passed").await;
        assert_eq!(refused(judged.compliant(app, json!({"control_test_id": design})).await), (409, vec!["/control_test_id unrelated".to_owned()]));
        let passed = judged.tested(app, &judged.linked, "operating", "2026-05-01", "passed").await;
        assert_eq!(judged.compliant(app, json!({})).await.status, 201);
        assert_eq!(judged.compliant(app, json!({"control_test_id": passed})).await.status, 201);
        judged.tested(app, &judged.linked, "operating", "2026-06-10", "failed").await;
        assert_eq!(refused(judged.compliant(app, json!({})).await), (409, vec!["/result evidence".to_owned()]));
        assert_eq!(refused(judged.compliant(app, json!({"control_test_id": passed})).await), (409, vec!["/control_test_id unrelated".to_owned()]), "it was overtaken");
    }

    evidence_of_a_requirement_is_about_it_or_about_a_linked_control(app) {
        let judged = Judged::set_up(app).await;
        let about_other = accepted(app, &judged.other).await;
        let refused = judged.compliant(app, json!({"evidence_id": about_other})).await;
        assert_eq!((refused.status, refused.broken()), (409, vec!["/evidence_id unrelated".to_owned()]), "{}", refused.text);
        for subject in [&judged.linked, &judged.requirement] {
            let evidence = accepted(app, subject).await;
            let judged = judged.compliant(app, json!({"evidence_id": evidence})).await;
            assert_eq!(judged.status, 201, "{}", judged.text);
        }
    }

    who_judges_a_requirement_is_written_by_the_service(app) {
        let judged = Judged::set_up(app).await;
        let (me, other) = (app.person_of_admin().await, app.person_of_second().await);
        let body = json!({"assessment_id": judged.assessment, "requirement_id": judged.requirement, "result": "partly"});
        let mut forged = body.clone();
        forged["assessor_id"] = json!(other);
        assert_eq!(app.post(&app.admin, "/api/v1/governance/requirement-results", &forged).await.broken(), ["/assessor_id server_field"]);
        let made = app.post(&app.admin, "/api/v1/governance/requirement-results", &body).await;
        assert_eq!((made.status, &made.body["assessor_id"]), (201, &json!(me)), "{}", made.text);
        let path = at("requirement-results", &made.id());
        let second = app.second_admin().await;
        assert_eq!(app.patch(&second, &path, "*", &json!({"gap": "Contractors."})).await.body["assessor_id"], json!(me), "that judges nothing");
        assert_eq!(app.patch(&second, &path, "*", &json!({"result": "not"})).await.body["assessor_id"], json!(other));
    }

    an_auditor_who_comes_to_own_an_audited_control_is_told_of_until_somebody_else_does(app) {
        let person = async |name: &str| app.make("teams/people", &json!({"name": name, "email": format!("{name}@example.org")})).await["id"].as_str().unwrap().to_owned();
        let (ann, bob) = (person("Ann").await, person("Bob").await);
        let control = made(app, "controls", json!({"code": "C", "name": "Review of rights", "kind": "detective", "test_period_days": 365, "owner_id": bob})).await;
        let audit = made(app, "audits", json!({"code": "A", "name": "Access", "scope": "All.", "criteria": "Policy.", "lead_auditor_id": ann})).await;
        made(app, "audit-procedures", json!({"audit_id": audit, "title": "Leavers", "kind": "reperformance", "control_id": control})).await;
        let own = async |owner: &str| assert_eq!(app.patch(&app.admin, &at("controls", &control), "*", &json!({"owner_id": owner})).await.status, 200);
        let told = async || {
            let page = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={audit}")).await.body;
            page["data"].as_array().unwrap().iter().map(|each| (each["rule"].clone(), each["state"].clone(), each["detail"].clone())).collect::<Vec<_>>()
        };
        assert!(told().await.is_empty());
        own(&ann).await;
        let found = told().await;
        assert_eq!((&found[0].0, &found[0].1, found.len()), (&json!("governance.audits:independence"), &json!("open"), 1));
        assert!(found[0].2.as_str().unwrap().contains("Ann") && found[0].2.as_str().unwrap().contains("Review of rights"), "{found:?}");
        own(&bob).await;
        assert_eq!(told().await[0].1, json!("resolved"));
    }

    a_monitor_takes_the_filter_of_lists_beside_equalities(app) {
        let control = made(app, "controls", json!({"code": "C", "name": "C", "kind": "detective", "test_period_days": 365})).await;
        let monitor = async |filter: &str| {
            let body = json!({"name": "Owners", "control_id": control, "collection": "governance/controls", "filter_expression": filter,
                "assertion": {"kind": "at_least", "count": 1}});
            app.post(&app.admin, "/api/v1/governance/monitors", &body).await
        };
        for good in ["state=operating&kind=preventive", "state = \"operating\" AND NOT owner_id = null", "name : \"access\" OR test_period_days > 90"] {
            let made = monitor(good).await;
            assert_eq!(made.status, 201, "{good}: {}", made.text);
        }
        for bad in ["mood=good", "mood = \"good\"", "state = operating AND", "test_period_days > \"often\""] {
            let refused = monitor(bad).await;
            assert_eq!((refused.status, refused.broken()), (422, vec!["/filter_expression filter".to_owned()]), "{bad}: {}", refused.text);
        }
    }

    figures_say_that_they_are_partial_where_not_all_is_seen(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        for unit in [&ours, &theirs] {
            made(app, "controls", json!({"code": unit, "name": "C", "kind": "detective", "test_period_days": 365, "unit_id": unit})).await;
        }
        let here = app.actor("auditor", Some(&ours)).await;
        for figure in ["exceptions/debt", "findings/standing"] {
            let path = format!("/api/v1/governance/{figure}");
            let (all, some) = (app.get(&app.admin, &path).await, app.get(&here, &path).await);
            assert_eq!((&all.body["partial"], &some.body["partial"]), (&json!(false), &json!(true)), "{figure}: {} {}", all.text, some.text);
        }
        let framework = made(app, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let path = format!("/api/v1/governance/frameworks/{framework}/coverage");
        let (all, some) = (app.get(&app.admin, &path).await, app.get(&here, &path).await);
        assert_eq!((&all.body["partial"], &some.body["partial"]), (&json!(false), &json!(true)), "{} {}", all.text, some.text);
    }

    coverage_says_of_each_requirement_how_it_stands_and_why_on_any_day(app) {
        let judged = Judged::set_up(app).await;
        let framework = app.get(&app.admin, &at("requirements", &judged.requirement)).await.body["framework_id"].as_str().unwrap().to_owned();
        judged.tested(app, &judged.linked, "operating", "2026-05-01", "passed").await;
        for state in ["implemented", "operating"] {
            let moved = app.transition(&app.admin, &at("controls", &judged.linked), state).await;
            assert_eq!(moved.status, 200, "{}", moved.text);
        }
        judged.tested(app, &judged.linked, "operating", "2026-06-10", "failed").await;
        let on = async |query: &str| {
            let told = app.get(&app.admin, &format!("/api/v1/governance/frameworks/{framework}/coverage{query}")).await;
            assert_eq!(told.status, 200, "{}", told.text);
            let each = told.body["requirements"][0].clone();
            assert_eq!((told.body["requirements"].as_array().unwrap().len(), &each["code"]), (1, &json!("R1")));
            (each["status"].clone(), each["reason"].as_str().unwrap().to_owned(), each["control_id"].clone())
        };
        let linked = json!(judged.linked);
        let now = on("").await;
        assert_eq!((&now.0, &now.2), (&json!("not_met"), &linked), "{now:?}");
        assert!(now.1.contains("LINKED") && now.1.contains("2026-06-10"), "{}", now.1);
        let then = on("?as_of=2026-06-01").await;
        assert_ne!(then.0, json!("not_met"), "{then:?}");
        let before = on("?as_of=2026-04-01").await;
        assert_eq!(before.0, json!("not_assessed"), "{before:?}");
    }

    codes_of_requirements_that_differ_in_case_are_one(app) {
        let framework = made(app, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let code = async |code: &str| app.post(&app.admin, "/api/v1/governance/requirements", &json!({"framework_id": framework, "code": code, "title": "R"})).await;
        assert_eq!(code("AC-2").await.status, 201);
        for same in ["ac-2", " AC-2 "] {
            let twice = code(same).await;
            assert_eq!((twice.status, twice.broken()), (409, vec!["/framework_id duplicate".to_owned(), "/code duplicate".to_owned()]), "{}", twice.text);
        }
    }

    the_next_version_of_a_framework_has_its_requirements_in_their_groups_and_supersedes_it(app) {
        let framework = made(app, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let late = made(app, "requirements", json!({"framework_id": framework, "code": "R1", "title": "R1"})).await;
        let group = made(app, "requirements", json!({"framework_id": framework, "code": "S1", "title": "S1", "assessable": false})).await;
        // Older than the group that it is put into.
        assert_eq!(app.patch(&app.admin, &at("requirements", &late), "*", &json!({"parent_id": group})).await.status, 200);
        made(app, "requirements", json!({"framework_id": framework, "parent_id": group, "code": "R2", "title": "R2"})).await;
        assert_eq!(app.transition(&app.admin, &at("frameworks", &framework), "published").await.status, 200);
        let draft = app.post(&app.admin, &format!("{}/new-version", at("frameworks", &framework)), &json!({"version": "2"})).await;
        assert_eq!((draft.status, &draft.body["state"], &draft.body["supersedes_id"]), (201, &json!("draft"), &json!(framework)), "{}", draft.text);
        let copies = app.get(&app.admin, &format!("/api/v1/governance/requirements?framework_id={}&sort=code", draft.id())).await.body["data"].clone();
        let column = |name: &str| copies.as_array().unwrap().iter().map(|each| each[name].clone()).collect::<Vec<_>>();
        assert_eq!(column("code"), [json!("R1"), json!("R2"), json!("S1")]);
        let copy = copies[2]["id"].clone();
        assert_eq!(column("parent_id"), [copy.clone(), copy.clone(), Value::Null]);
        assert_ne!(copy, json!(group));
        assert_eq!(app.transition(&app.admin, &at("frameworks", &draft.id()), "published").await.status, 200);
        assert_eq!(app.get(&app.admin, &at("frameworks", &framework)).await.body["state"], json!("superseded"));
    }

    what_hangs_on_a_requirement_follows_it_into_the_next_version(app) {
        let framework = made(app, "frameworks", json!({"name": "Law", "version": "1"})).await;
        let requirement = async |code: &str| made(app, "requirements", json!({"framework_id": framework, "code": code, "title": code})).await;
        let (met, excluded, changed) = (requirement("R1").await, requirement("R2").await, requirement("R3").await);
        assert_eq!(app.transition(&app.admin, &at("frameworks", &framework), "published").await.status, 200);
        let control = async |code: &str| made(app, "controls", json!({"code": code, "name": code, "kind": "detective", "test_period_days": 365})).await;
        let (first, second) = (control("C1").await, control("C2").await);
        let link = async |control: &str, requirement: &str| made(app, "control-requirements", json!({"control_id": control, "requirement_id": requirement, "extent": "full"})).await;
        link(&first, &met).await;
        link(&first, &changed).await;
        made(app, "control-tests", json!({"control_id": first, "kind": "operating", "tested_on": "2026-06-01", "result": "passed"})).await;
        for state in ["implemented", "operating"] {
            assert_eq!(app.transition(&app.admin, &at("controls", &first), state).await.status, 200, "{state}");
        }
        let root = app.root_unit().await;
        made(app, "applicability-statements", json!({"requirement_id": excluded, "unit_id": root, "applicable": false, "reason": "We have none."})).await;
        let other = made(app, "frameworks", json!({"name": "Standard", "version": "1"})).await;
        let of_other = made(app, "requirements", json!({"framework_id": other, "code": "S1", "title": "S1"})).await;
        let mapping = json!({"from_requirement_id": met, "to_requirement_id": of_other, "relationship": "equal", "strength": 9, "provenance": "Us."});
        made(app, "mappings", mapping).await;
        let covered = async |framework: &str| app.get(&app.admin, &format!("{}/coverage", at("frameworks", framework))).await.body["coverage_percent"].clone();
        assert_eq!(covered(&framework).await, json!(100));

        let draft = app.post(&app.admin, &format!("{}/new-version", at("frameworks", &framework)), &json!({"version": "2"})).await.id();
        let copies = app.get(&app.admin, &format!("/api/v1/governance/requirements?framework_id={draft}&sort=code")).await.body["data"].clone();
        assert_eq!([0, 1, 2].map(|at| copies[at]["predecessor_id"].clone()), [json!(met), json!(excluded), json!(changed)]);
        // What the draft has of its own stays.
        link(&second, copies[2]["id"].as_str().unwrap()).await;
        assert_eq!(app.transition(&app.admin, &at("frameworks", &draft), "published").await.status, 200);
        assert_eq!((covered(&draft).await, covered(&framework).await), (json!(50), json!(100)), "one of two that apply");
        let page = app.get(&app.admin, &format!("/api/v1/governance/mappings?to_requirement_id={of_other}&from_requirement_id={}", copies[0]["id"].as_str().unwrap())).await;
        assert_eq!(page.body["data"][0]["state"], json!("draft"), "{}", page.text);
        let links = app.get(&app.admin, &format!("/api/v1/governance/control-requirements?requirement_id={}", copies[2]["id"].as_str().unwrap())).await;
        assert_eq!((links.body["data"].as_array().unwrap().len(), &links.body["data"][0]["control_id"]), (1, &json!(second)), "{}", links.text);
    }

    a_refusal_names_what_has_no_name_by_what_it_lies_within(app) {
        let body = app.sample("security/attestation-campaigns", "named").await;
        let version = app.get(&app.admin, &format!("/api/v1/security/policy-versions/{}", body["policy_version_id"].as_str().unwrap())).await.body;
        let policy = app.get(&app.admin, &format!("/api/v1/security/policies/{}", version["policy_id"].as_str().unwrap())).await.body;
        let campaign = app.make("security/attestation-campaigns", &body.into()).await;
        let refused = app.transition(&app.admin, &format!("/api/v1/security/attestation-campaigns/{}", campaign["id"].as_str().unwrap()), "open").await;
        let name = format!("Policy version of policy \\\"{}\\\"", policy["title"].as_str().unwrap());
        assert!(refused.status == 409 && refused.text.contains(&name), "{name}: {}", refused.text);
    }

    a_refused_deletion_names_what_refers_by_its_title_and_says_that_facts_stay(app) {
        let control = made(app, "controls", json!({"code": "C", "name": "Review of rights", "kind": "detective", "test_period_days": 365})).await;
        let audit = made(app, "audits", json!({"code": "A", "name": "Access", "scope": "All.", "criteria": "Policy."})).await;
        made(app, "audit-procedures", json!({"audit_id": audit, "title": "Leavers", "kind": "reperformance", "control_id": control})).await;
        made(app, "control-tests", json!({"control_id": control, "kind": "design", "tested_on": "2026-06-01", "result": "passed"})).await;
        let refused = app.delete(&app.admin, &at("controls", &control), "*").await;
        assert_eq!((refused.status, refused.broken()), (409, vec![" in_use".to_owned(), " in_use".to_owned()]), "{}", refused.text);
        for told in ["Audit procedure \\\"Leavers\\\"", "Control test (governance/control-tests/", "What happened stays on record"] {
            assert!(refused.text.contains(told), "{told}: {}", refused.text);
        }
        for title in 0..20 {
            made(app, "audit-procedures", json!({"audit_id": audit, "title": format!("P{title}"), "kind": "reperformance", "control_id": control})).await;
        }
        let refused = app.delete(&app.admin, &at("controls", &control), "*").await;
        assert!(refused.text.contains("There is more that refers to it"), "{}", refused.text);
    }

    evidence_covers_no_day_that_is_still_to_come(app) {
        let control = made(app, "controls", json!({"code": "C", "name": "C", "kind": "detective", "test_period_days": 365})).await;
        let body = json!({"title": "Signed", "subject_id": control, "url": "https://documents.example.org/x", "starts_on": "2026-01-01", "ends_on": "2026-06-16",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"});
        let id = made(app, "evidence", body).await;
        assert_eq!(app.transition(&app.admin, &at("evidence", &id), "submitted").await.broken(), ["/ends_on future"]);
        assert_eq!(app.patch(&app.admin, &at("evidence", &id), "*", &json!({"ends_on": "2026-06-15"})).await.status, 200);
        assert_eq!(app.transition(&app.admin, &at("evidence", &id), "submitted").await.status, 200);
    }

    an_integrity_check_stays_as_recorded_and_passes_only_where_both_values_agree(app) {
        let mut body = app.sample("governance/integrity-checks", "kept").await;
        body.insert("result".into(), json!("passed"));
        let refused = app.post(&app.admin, "/api/v1/governance/integrity-checks", &body.clone().into()).await;
        assert_eq!((refused.status, refused.broken()), (422, vec!["/result contradiction".to_owned()]), "{}", refused.text);
        body.insert("actual".into(), body["expected"].clone());
        let path = at("integrity-checks", &made(app, "integrity-checks", body.into()).await);
        assert_eq!(app.patch(&app.admin, &path, "*", &json!({"result": "failed"})).await.status, 405);
        assert_eq!(app.delete(&app.admin, &path, "*").await.status, 405);
    }
}
