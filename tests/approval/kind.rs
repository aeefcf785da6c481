//! Kinds of record: what is declared in a line holds for each of them, by every door.

use super::*;
use crate::on_both;
use steward::resource::ResourceType;

/// Kinds that are approved, each with the state in which it waits.
const KINDS: &[(&str, &str)] = &[
    ("finance/budgets", "submitted"),
    ("finance/budget-transfers", "submitted"),
    ("finance/carry-forwards", "submitted"),
    ("finance/investment-cases", "submitted"),
    ("vendors/requisitions", "submitted"),
    ("vendors/purchase-orders", "submitted"),
    ("vendors/contracts", "in_review"),
    ("vendors/amendments", "draft"),
    ("vendors/awards", "proposed"),
    ("vendors/invoices", "matched"),
    ("infrastructure/changes", "assessed"),
    ("infrastructure/maintenance-windows", "planned"),
    ("governance/exceptions", "submitted"),
    ("security/policy-versions", "in_review"),
    ("security/recovery-plans", "draft"),
    ("strategy/strategic-plans", "in_review"),
    ("projects/time-entries", "submitted"),
    ("projects/project-changes", "assessed"),
    ("projects/demands", "qualified"),
    ("teams/positions", "planned"),
];

/// All that a person acts by: another account, a program and a token of the account that acted.
async fn faces(app: &TestApp, person: &str, account_that_acted: &Actor) -> Vec<Actor> {
    let other = account(app, person, "administrator", None).await;
    let robot = program(app, person, "administrator").await;
    let token = token(app, account_that_acted, &["*.*:*"]).await;
    vec![account_that_acted.clone(), other, robot, token]
}

fn has(codes: &[String], code: &str) -> bool {
    codes.iter().any(|each| each.ends_with(&format!(" {code}")))
}

async fn in_bulk(app: &TestApp, actor: &Actor, definition: &ResourceType, id: &str) -> Value {
    let operation = json!({"op": "transition", "collection": definition.path, "id": id, "if_match": "*", "body": {"to": "approved"}});
    app.post(actor, "/api/v1/platform/bulk", &json!({"operations": [operation]})).await.body["results"][0].clone()
}

async fn try_kind(app: &TestApp, definition: &'static ResourceType, waits: &str, faces: &[Vec<Actor>; 2], [ann, dee, ben]: [&Colleague; 3]) {
    let made = app.make_ready(definition, &format!("k{}", app.next_number())).await;
    let id = made["id"].as_str().unwrap().to_owned();
    app.bring(definition, &id, &[waits]).await;
    app.prepare(definition, &id, "approved").await;
    let path = at(definition.path, &id);
    let by = app.get(&app.admin, &path).await.body["updated_by"].as_str().unwrap().to_owned();
    let whose = usize::from(by != app.admin.id.unwrap().to_string());
    for face in &faces[whose] {
        let refused = app.transition(face, &path, "approved").await;
        assert!(refused.status == 409 && has(&refused.broken(), "four_eyes"), "{path}: {}", refused.text);
        let refused = in_bulk(app, face, definition, &id).await;
        let named = |each: &Value| each["code"] == "four_eyes";
        assert!(refused["status"] == 409 && refused["problem"]["errors"].as_array().unwrap().iter().any(named), "{path}: {refused}");
    }
    let headers = [("Content-Type", "application/x-ndjson")];
    let imports = format!("/api/v1/platform/imports?collection={}", definition.path);
    let imported = app.call(&ben.actor, "POST", &imports, &headers, Some(json!({"id": id, "state": "approved"}).to_string())).await;
    assert!(matches!(imported.status, 409 | 422), "{path}: {}", imported.text);
    let given = delegation(app, &ann.person, json!({"step": definition.permission("approve"), "deputy_id": dee.person})).await;
    let refused = app.transition(&ben.actor, &path, "approved").await;
    assert!(refused.status == 409 && has(&refused.broken(), "delegation") && refused.text.contains("Ann Lee"), "{path}: {}", refused.text);
    assert_eq!(app.get(&app.admin, &path).await.body["state"], json!(waits));
    let answers = futures_util::future::join_all([&ann.actor, &dee.actor].map(|actor| app.transition(actor, &path, "approved"))).await;
    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 1), "{path}: {} {}", answers[0].text, answers[1].text);
    let written = approvals(app, &id).await;
    assert_eq!((written.len(), &written[0]["delegation_id"]), (1, &json!(given)), "{path}");
    // What may be deleted comes back as approved as it was, and not anew.
    if app.delete(&ben.actor, &path, "*").await.status == 204 {
        let restored = app.post(&ben.actor, &format!("/api/v1/platform/resources/{id}/restore"), &json!({})).await;
        assert_eq!(restored.status, 200, "{path}: {}", restored.text);
        assert_eq!(approvals(app, &id).await.len(), 1, "{path}");
    }
    let given = at("governance/delegations", &given);
    assert_eq!(app.patch(&app.admin, &given, "*", &json!({"revocation_reason": "Done."})).await.status, 200);
    assert_eq!(app.transition(&app.admin, &given, "revoked").await.status, 200);
}

on_both! {
    every_kind_that_is_approved_is_approved_by_the_same_rules_by_every_door(app) {
        let second = app.second_admin().await;
        let people = [app.person_of_admin().await, app.person_of_second().await];
        let faces = [faces(app, &people[0], &app.admin).await, faces(app, &people[1], &second).await];
        let [ann, dee, ben] = [
            colleague(app, "Ann Lee", "administrator", None).await,
            colleague(app, "Dee Fox", "administrator", None).await,
            colleague(app, "Ben Ode", "administrator", None).await,
        ];
        for (path, waits) in KINDS {
            try_kind(app, app.served.store.definitions.get(path).unwrap(), waits, &faces, [&ann, &dee, &ben]).await;
        }
    }
}
