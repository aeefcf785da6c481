//! Changes: who decides, when they are made, and what they need before.

use super::{alter, approve, depend, device, device_type, go, made, refused, told, try_to_make};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use serde_json::{Value, json};

/// A change on the evening of 1 July 2026, with more fields.
async fn change(app: &TestApp, more: Value) -> String {
    let mut body = json!({"title": "Change", "risk": "low", "impact": "low", "starts_at": "2026-07-01T19:00:00Z", "ends_at": "2026-07-01T20:00:00Z", "review": "It went well."});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    made(app, "changes", body).await
}

/// Moves a change as the second administrator.
async fn second(app: &TestApp, id: &str, to: &str) -> Answer {
    app.transition(&app.second_admin().await, &format!("/api/v1/infrastructure/changes/{id}"), to).await
}

/// Moves a change through states, approvals by the second administrator.
async fn walk(app: &TestApp, id: &str, states: &[&str]) {
    for state in states {
        let moved = if *state == "approved" { second(app, id, state).await } else { go(app, "changes", id, state).await };
        assert_eq!(moved.status, 200, "{state}: {}", moved.text);
    }
}

async fn tier_one(app: &TestApp) -> String {
    made(app, "services", json!({"code": "SHOP", "name": "Shop", "kind": "business", "criticality_tier": 1})).await
}

on_both! {
    a_normal_change_is_assessed_and_approved_by_another_before_it_is_scheduled(app) {
        let id = change(app, json!({"risk": null, "impact": null, "starts_at": null, "ends_at": null, "review": null})).await;
        walk(app, &id, &["submitted"]).await;
        let early = go(app, "changes", &id, "scheduled").await;
        assert_eq!(early.status, 409);
        assert!(early.broken().contains(&"/kind assessment".to_owned()), "{}", early.text);
        assert_eq!(go(app, "changes", &id, "assessed").await.broken(), ["/risk required", "/impact required"]);
        assert_eq!(alter(app, "changes", &id, json!({"risk": "medium", "impact": "high"})).await.status, 200);
        walk(app, &id, &["assessed"]).await;
        assert_eq!(told(&go(app, "changes", &id, "approved").await), refused(409, " four_eyes"));
        walk(app, &id, &["approved"]).await;
        assert_eq!(told(&alter(app, "changes", &id, json!({"implementation_plan": "Another."})).await), refused(409, "/implementation_plan approved"));
        assert_eq!(told(&alter(app, "changes", &id, json!({"kind": "standard"})).await), refused(409, "/kind approved"));
        assert_eq!(go(app, "changes", &id, "scheduled").await.broken(), ["/starts_at required", "/ends_at required"]);
        assert_eq!(alter(app, "changes", &id, json!({"starts_at": "2026-07-01T19:00:00Z", "ends_at": "2026-07-01T20:00:00Z"})).await.status, 200);
        walk(app, &id, &["scheduled", "implementing", "implemented"]).await;
        assert_eq!(told(&go(app, "changes", &id, "reviewed").await), refused(409, "/review required"));
        assert_eq!(alter(app, "changes", &id, json!({"review": "It went well."})).await.status, 200);
        walk(app, &id, &["reviewed", "closed"]).await;
    }

    a_standard_change_goes_straight_to_its_schedule_under_a_model_in_force(app) {
        let bare = change(app, json!({"kind": "standard"})).await;
        walk(app, &bare, &["submitted"]).await;
        assert_eq!(told(&go(app, "changes", &bare, "scheduled").await), refused(409, "/change_model_id required"));
        let model = async |code: &str, expires: Value| {
            let id = made(app, "change-models", json!({"code": code, "name": code, "expires_on": expires})).await;
            assert_eq!(approve(app, "change-models", &id, "authorized").await.status, 200);
            id
        };
        // It is made on 1 July: the model lasts until then.
        for (code, expires, held) in [("PAST", json!("2026-06-14"), false), ("BEFORE", json!("2026-06-30"), false), ("DAY", json!("2026-07-01"), true), ("OPEN", Value::Null, true)] {
            let id = change(app, json!({"kind": "standard", "change_model_id": model(code, expires).await})).await;
            walk(app, &id, &["submitted"]).await;
            let scheduled = go(app, "changes", &id, "scheduled").await;
            assert_eq!(told(&scheduled), if held { (200, vec![]) } else { refused(409, "/change_model_id expired") }, "{code}");
            if code == "DAY" {
                let later = json!({"starts_at": "2026-07-02T19:00:00Z", "ends_at": "2026-07-02T20:00:00Z"});
                assert_eq!(told(&alter(app, "changes", &id, later).await), refused(409, "/change_model_id expired"), "nor does it slip beyond");
            }
        }
        let normal = json!({"title": "Change", "change_model_id": model("OTHER", Value::Null).await});
        assert_eq!(told(&try_to_make(app, "changes", normal).await), refused(422, "/change_model_id kind"));
    }

    an_emergency_is_made_first_and_approved_afterwards_by_another(app) {
        let (implementer, person) = (app.person_of_admin().await, app.person_of_second().await);
        let second = app.second_admin().await;
        let id = change(app, json!({"kind": "emergency", "implementer_id": implementer})).await;
        walk(app, &id, &["submitted"]).await;
        assert_eq!(told(&go(app, "changes", &id, "scheduled").await), refused(409, "/approval_due_at required"));
        for (due, said) in [("2026-06-15T09:00:00Z", "/approval_due_at range"), ("2026-07-15T20:00:01Z", "/approval_due_at range")] {
            assert_eq!(alter(app, "changes", &id, json!({"approval_due_at": due})).await.status, 200);
            assert_eq!(told(&go(app, "changes", &id, "scheduled").await), refused(409, said), "{due}");
        }
        assert_eq!(alter(app, "changes", &id, json!({"approval_due_at": "2026-07-03T17:00:00Z"})).await.status, 200);
        walk(app, &id, &["scheduled", "implementing", "implemented", "reviewed"]).await;
        assert_eq!(told(&alter(app, "changes", &id, json!({"approval_due_at": "2026-08-03T17:00:00Z"})).await), refused(409, "/approval_due_at approved"));
        assert_eq!(told(&go(app, "changes", &id, "closed").await), refused(409, "/emergency_approved_at required"));
        // Nobody types that another approved it.
        for typed in [json!({"emergency_approved_at": "2026-06-15T09:00:00Z"}), json!({"emergency_approver_id": person})] {
            let said = alter(app, "changes", &id, typed).await;
            assert!(said.status == 422 && said.broken()[0].ends_with(" server_field"), "{}", said.text);
        }
        let approval = format!("/api/v1/infrastructure/changes/{id}/emergency-approval");
        assert_eq!(told(&app.post(&app.admin, &approval, &json!({})).await), refused(409, "/emergency_approver_id four_eyes"), "who implements it");
        // Until it is approved, what was done is noted down.
        assert_eq!(alter(app, "changes", &id, json!({"rollback_plan": "Start the snapshot."})).await.status, 200);
        let approved = app.post(&second, &approval, &json!({})).await;
        assert_eq!((approved.status, &approved.body["emergency_approver_id"]), (200, &json!(person)), "{}", approved.text);
        assert!(approved.body["emergency_approved_at"].is_string());
        assert_eq!(told(&app.post(&second, &approval, &json!({})).await), refused(409, "/emergency_approver_id approved"), "once");
        for typed in [json!({"rollback_plan": null}), json!({"requester_id": person}), json!({"implementation_plan": "Another."})] {
            let said = alter(app, "changes", &id, typed).await;
            assert!(said.status == 409 && said.broken()[0].ends_with(" approved"), "{}", said.text);
        }
        walk(app, &id, &["closed"]).await;
        // One that had the time to be approved before needs nothing afterwards.
        let calm = change(app, json!({"kind": "emergency"})).await;
        walk(app, &calm, &["submitted", "assessed", "approved", "scheduled", "implementing", "failed", "rolled_back", "reviewed", "closed"]).await;
        let normal = json!({"title": "Change", "kind": "normal", "approval_due_at": "2026-07-03T17:00:00Z"});
        assert_eq!(told(&try_to_make(app, "changes", normal).await), refused(422, "/kind emergency"));
        let forgotten = change(app, json!({"kind": "emergency", "implementer_id": implementer, "approval_due_at": "2026-06-15T09:30:00Z"})).await;
        walk(app, &forgotten, &["submitted", "scheduled", "implementing", "implemented"]).await;
        app.wait(3600);
        let second = app.log_in_as(&second.id.unwrap().to_string());
        let late = app.post(&second, &format!("/api/v1/infrastructure/changes/{forgotten}/emergency-approval"), &json!({})).await;
        assert_eq!(told(&late), refused(409, "/approval_due_at too_late"));
    }

    an_emergency_that_was_approved_before_stays_as_it_was_approved(app) {
        let machine = made(app, "virtual-machines", json!({"name": "vm"})).await;
        let id = change(app, json!({"kind": "emergency", "rollback_plan": "Back."})).await;
        walk(app, &id, &["submitted", "assessed", "approved", "scheduled"]).await;
        assert_eq!(told(&alter(app, "changes", &id, json!({"target_id": machine})).await), refused(409, "/target_id approved"));
        assert_eq!(alter(app, "changes", &id, json!({"review": "It is under way."})).await.status, 200);
    }

    a_change_model_is_authorised_by_another_and_stays_as_it_is(app) {
        let author = app.person_of_second().await;
        let id = made(app, "change-models", json!({"code": "STD", "name": "Patches", "rollback_plan": "Start the snapshot."})).await;
        let typed = try_to_make(app, "change-models", json!({"code": "TYPED", "name": "Typed", "authorized_on": "2026-06-01"})).await;
        assert_eq!(told(&typed), refused(422, "/authorized_on server_field"));
        let under = change(app, json!({"kind": "standard", "change_model_id": id})).await;
        walk(app, &under, &["submitted"]).await;
        assert_eq!(told(&go(app, "changes", &under, "scheduled").await), refused(409, "/change_model_id not_authorized"));
        assert_eq!(told(&go(app, "change-models", &id, "authorized").await), refused(409, " four_eyes"));
        let authorized = approve(app, "change-models", &id, "authorized").await;
        assert_eq!((&authorized.body["authorized_on"], &authorized.body["approver_id"]), (&json!("2026-06-15"), &json!(author)), "{}", authorized.text);
        assert_eq!(alter(app, "change-models", &id, json!({"rollback_plan": null})).await.status, 409);
        walk(app, &under, &["scheduled"]).await;
        // What is revised is authorised anew, and nothing is made under it meanwhile.
        let draft = go(app, "change-models", &id, "draft").await;
        assert_eq!((draft.status, &draft.body["authorized_on"], &draft.body["approver_id"]), (200, &Value::Null, &Value::Null), "{}", draft.text);
        assert_eq!(told(&go(app, "changes", &under, "implementing").await), refused(409, "/change_model_id not_authorized"));
        assert_eq!(alter(app, "change-models", &id, json!({"rollback_plan": "Restore the copy."})).await.status, 200);
        let third = app.actor("administrator", None).await;
        let renewed = app.transition(&third, &format!("/api/v1/infrastructure/change-models/{id}"), "authorized").await;
        assert_eq!((renewed.status, &renewed.body["authorized_on"]), (200, &json!("2026-06-15")), "{}", renewed.text);
        walk(app, &under, &["implementing"]).await;
    }

    a_change_is_not_implemented_within_a_freeze_whenever_it_was_planned(app) {
        let root = app.root_unit().await;
        let id = change(app, json!({})).await;
        walk(app, &id, &["submitted", "assessed", "approved", "scheduled"]).await;
        let freeze = made(app, "freeze-periods", json!({"name": "Now", "unit_id": root, "starts_at": "2026-06-15T08:00:00Z", "ends_at": "2026-06-15T10:00:00Z"})).await;
        let early = go(app, "changes", &id, "implementing").await;
        assert_eq!(told(&early), refused(409, "/implementation_starts_at freeze"));
        assert!(early.text.contains("\\\"Now\\\""), "{}", early.text);
        assert_eq!(alter(app, "freeze-periods", &freeze, json!({"ends_at": "2026-06-15T09:00:00Z"})).await.status, 200);
        walk(app, &id, &["implementing"]).await;
    }

    what_happened_is_neither_ahead_nor_the_wrong_way_round(app) {
        for (body, said) in [
            (json!({"implementation_ends_at": "2099-01-01T00:00:00Z"}), "/implementation_ends_at future"),
            (json!({"implementation_starts_at": "2026-06-16T09:00:00Z"}), "/implementation_starts_at future"),
            (json!({"committed_at": "2026-06-15T08:00:00Z", "implementation_ends_at": "2026-06-15T07:00:00Z"}), "/implementation_ends_at before_start"),
        ] {
            let mut all = json!({"title": "Change"});
            all.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
            assert_eq!(told(&try_to_make(app, "changes", all).await), refused(422, said));
        }
        let restored = json!({"title": "Slow", "started_at": "2026-06-15T06:00:00Z", "detected_at": "2026-06-15T08:00:00Z", "restored_at": "2026-06-15T07:00:00Z"});
        assert_eq!(told(&try_to_make(app, "incidents", restored).await), refused(422, "/restored_at before_start"));
    }

    a_change_of_a_host_and_one_of_its_machine_collide(app) {
        let model = device_type(app).await;
        let host = device(app, &model, "host").await;
        let machine = made(app, "virtual-machines", json!({"name": "vm", "device_id": host})).await;
        let of = async |title: &str, target: &str| {
            let id = change(app, json!({"title": title, "target_id": target})).await;
            walk(app, &id, &["submitted", "assessed", "approved", "scheduled"]).await;
            id
        };
        let (below, above) = (of("Firmware", &host).await, of("Patch", &machine).await);
        for (id, other) in [(&below, "\"Patch\""), (&above, "\"Firmware\"")] {
            let told = conflicts(app, id).await;
            assert!(told.len() == 1 && told[0].contains(other), "{told:?}");
        }
        walk(app, &below, &["cancelled"]).await;
        assert!(conflicts(app, &above).await.is_empty());
    }

    in_a_freeze_only_an_emergency_is_scheduled(app) {
        let root = app.root_unit().await;
        let (ours, theirs) = (app.unit("OURS", &root).await, app.unit("THEIRS", &root).await);
        let [shop, report] = [tier_one(app).await, made(app, "services", json!({"code": "REPORT", "name": "Reports", "kind": "business"})).await];
        let freeze = async |name: &str, unit: &str, from: &str, to: &str, service: Option<&str>| {
            made(app, "freeze-periods", json!({"name": name, "unit_id": unit, "starts_at": from, "ends_at": to, "service_id": service})).await
        };
        freeze("Closing", &root, "2026-07-01T19:30:00Z", "2026-07-02T07:00:00Z", None).await;
        freeze("Reports", &root, "2026-07-05T00:00:00Z", "2026-07-06T00:00:00Z", Some(&report)).await;
        freeze("Theirs", &theirs, "2026-07-10T00:00:00Z", "2026-07-11T00:00:00Z", None).await;
        let schedule = async |more: Value| {
            let mut body = json!({"unit_id": ours});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let id = change(app, body).await;
            walk(app, &id, &["submitted", "assessed", "approved"]).await;
            (go(app, "changes", &id, "scheduled").await, id)
        };
        let frozen = refused(409, "/starts_at freeze");
        let (inside, _) = schedule(json!({})).await;
        assert_eq!(told(&inside), frozen);
        assert!(inside.text.contains("Closing"), "{}", inside.text);
        // One that ends when the freeze begins, or begins when it ends, is outside.
        for (from, to, expected) in [
            ("2026-07-01T18:30:00Z", "2026-07-01T19:30:00Z", (200, vec![])),
            ("2026-07-02T07:00:00Z", "2026-07-02T08:00:00Z", (200, vec![])),
            ("2026-07-01T12:00:00Z", "2026-07-03T12:00:00Z", frozen.clone()),
            ("2026-07-02T06:59:59Z", "2026-07-02T08:00:00Z", frozen.clone()),
            ("2026-07-05T10:00:00Z", "2026-07-05T11:00:00Z", (200, vec![])),
            ("2026-07-10T10:00:00Z", "2026-07-10T11:00:00Z", (200, vec![])),
        ] {
            assert_eq!(told(&schedule(json!({"starts_at": from, "ends_at": to})).await.0), expected, "{from}");
        }
        let sunday = json!({"starts_at": "2026-07-05T10:00:00Z", "ends_at": "2026-07-05T11:00:00Z", "service_id": report});
        assert_eq!(told(&schedule(sunday).await.0), frozen);
        let other = json!({"starts_at": "2026-07-05T10:00:00Z", "ends_at": "2026-07-05T11:00:00Z", "service_id": shop, "rollback_plan": "Back.", "implementer_id": app.person_of_admin().await});
        assert_eq!(told(&schedule(other).await.0), (200, vec![]));
        let (emergency, id) = schedule(json!({"kind": "emergency"})).await;
        assert_eq!(told(&emergency), (200, vec![]));
        walk(app, &id, &["implementing"]).await;
        // A scheduled change does not slip into a freeze, and a freeze that is declared later stops it.
        let (fine, id) = schedule(json!({"starts_at": "2026-07-20T10:00:00Z", "ends_at": "2026-07-20T11:00:00Z"})).await;
        assert_eq!(fine.status, 200);
        assert_eq!(told(&alter(app, "changes", &id, json!({"starts_at": "2026-07-01T20:00:00Z", "ends_at": "2026-07-01T21:00:00Z"})).await), frozen);
        freeze("Late", &ours, "2026-07-20T00:00:00Z", "2026-07-21T00:00:00Z", None).await;
        assert_eq!(told(&go(app, "changes", &id, "implementing").await), frozen);
    }

    a_change_to_a_service_of_tier_one_can_be_undone_and_is_not_approved_by_who_makes_it(app) {
        let shop = tier_one(app).await;
        let (admin, approver) = (app.person_of_admin().await, app.person_of_second().await);
        let id = change(app, json!({"service_id": shop})).await;
        assert_eq!(told(&go(app, "changes", &id, "submitted").await), refused(409, "/rollback_plan rollback_plan"));
        assert_eq!(alter(app, "changes", &id, json!({"rollback_plan": "Start the snapshot."})).await.status, 200);
        walk(app, &id, &["submitted", "assessed"]).await;
        assert_eq!(told(&second(app, &id, "approved").await), refused(409, "/implementer_id required"));
        assert_eq!(alter(app, "changes", &id, json!({"implementer_id": approver})).await.status, 200);
        assert_eq!(told(&second(app, &id, "approved").await), refused(409, "/implementer_id implementer"));
        assert_eq!(alter(app, "changes", &id, json!({"implementer_id": admin})).await.status, 200);
        walk(app, &id, &["approved", "scheduled"]).await;
        assert_eq!(told(&alter(app, "changes", &id, json!({"implementer_id": approver})).await), refused(409, "/implementer_id approved"));
        assert_eq!(told(&alter(app, "changes", &id, json!({"rollback_plan": null})).await), refused(409, "/rollback_plan approved"));
        walk(app, &id, &["implementing"]).await;
        // The second tier asks for none of that.
        let calm = made(app, "services", json!({"code": "CALM", "name": "Calm", "kind": "business", "criticality_tier": 2})).await;
        let id = change(app, json!({"service_id": calm})).await;
        walk(app, &id, &["submitted", "assessed", "approved"]).await;
    }

    the_services_that_a_target_carries_count_as_those_that_are_named(app) {
        let shop = tier_one(app).await;
        let cluster = made(app, "clusters", json!({"name": "C", "kind": "virtualisation"})).await;
        let machine = made(app, "virtual-machines", json!({"name": "vm", "cluster_id": cluster})).await;
        made(app, "dependencies", json!({"from_id": shop, "to_id": machine, "kind": "requires"})).await;
        let root = app.root_unit().await;
        made(app, "freeze-periods", json!({"name": "Sale", "starts_at": "2026-07-01T00:00:00Z", "ends_at": "2026-07-02T00:00:00Z", "service_id": shop, "unit_id": root})).await;
        for target in [&shop, &machine, &cluster] {
            let id = change(app, json!({"target_id": target})).await;
            assert_eq!(told(&go(app, "changes", &id, "submitted").await), refused(409, "/rollback_plan rollback_plan"));
            assert_eq!(alter(app, "changes", &id, json!({"rollback_plan": "Start the snapshot.", "implementer_id": app.person_of_admin().await})).await.status, 200);
            walk(app, &id, &["submitted", "assessed", "approved"]).await;
            assert_eq!(told(&go(app, "changes", &id, "scheduled").await), refused(409, "/starts_at freeze"));
        }
    }

    two_changes_of_one_thing_at_one_time_are_told_of(app) {
        let [one, two] = [made(app, "virtual-machines", json!({"name": "one"})).await, made(app, "virtual-machines", json!({"name": "two"})).await];
        let first = change(app, json!({"title": "First", "target_id": one})).await;
        let second = change(app, json!({"title": "Second", "target_id": two, "target_ids": [one], "starts_at": "2026-07-01T19:30:00Z", "ends_at": "2026-07-01T21:00:00Z"})).await;
        let later = change(app, json!({"title": "Later", "target_id": one, "starts_at": "2026-07-01T21:00:00Z", "ends_at": "2026-07-01T22:00:00Z"})).await;
        for id in [&first, &second, &later] {
            walk(app, id, &["submitted", "assessed", "approved", "scheduled"]).await;
        }
        let told = conflicts(app, &second).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("\"First\"") && !told[0].contains("Later"), "{told:?}");
        assert!(conflicts(app, &later).await.is_empty());
        walk(app, &first, &["cancelled"]).await;
        assert_eq!(alter(app, "changes", &second, json!({"review": "Look."})).await.status, 200);
        assert!(conflicts(app, &second).await.is_empty());
    }

    a_freeze_that_is_declared_over_a_scheduled_change_is_told_of_until_it_is_moved(app) {
        let id = change(app, json!({})).await;
        walk(app, &id, &["submitted", "assessed", "approved", "scheduled"]).await;
        let freeze = made(app, "freeze-periods", json!({"name": "Summer", "starts_at": "2026-07-01T00:00:00Z", "ends_at": "2026-07-02T00:00:00Z"})).await;
        let told = conflicts(app, &id).await;
        assert!(told.len() == 1 && told[0].contains("\"Summer\""), "{told:?}");
        assert_eq!(alter(app, "freeze-periods", &freeze, json!({"starts_at": "2026-07-03T00:00:00Z", "ends_at": "2026-07-04T00:00:00Z"})).await.status, 200);
        assert!(conflicts(app, &id).await.is_empty());
    }

    a_change_is_made_at_the_time_for_which_it_was_approved_or_is_approved_anew(app) {
        let id = change(app, json!({})).await;
        walk(app, &id, &["submitted", "assessed", "approved"]).await;
        let later = json!({"starts_at": "2026-07-08T19:00:00Z", "ends_at": "2026-07-08T20:00:00Z"});
        assert_eq!(told(&alter(app, "changes", &id, later.clone()).await), refused(409, "/starts_at approved"));
        assert_eq!(told(&alter(app, "changes", &id, json!({"ends_at": "2026-07-01T23:00:00Z"})).await), refused(409, "/ends_at approved"));
        walk(app, &id, &["scheduled"]).await;
        assert_eq!(told(&alter(app, "changes", &id, later.clone()).await), refused(409, "/starts_at approved"));
        // Sent back it may be moved, and is approved once more by somebody who had no hand in it.
        let path = format!("/api/v1/infrastructure/changes/{id}");
        walk(app, &id, &["assessed"]).await;
        assert_eq!(alter(app, "changes", &id, later).await.status, 200);
        assert_eq!(go(app, "changes", &id, "scheduled").await.status, 409, "it is not approved for that");
        let third = app.actor("administrator", None).await;
        let approved = app.transition(&third, &path, "approved").await;
        assert_eq!((approved.status, &approved.body["starts_at"]), (200, &json!("2026-07-08T19:00:00.000000Z")), "{}", approved.text);
        walk(app, &id, &["scheduled"]).await;
        // What nobody has approved by itself still moves within its model.
        let model = made(app, "change-models", json!({"code": "STD", "name": "Patches"})).await;
        assert_eq!(approve(app, "change-models", &model, "authorized").await.status, 200);
        let standard = change(app, json!({"kind": "standard", "change_model_id": model})).await;
        walk(app, &standard, &["submitted", "scheduled"]).await;
        assert_eq!(alter(app, "changes", &standard, json!({"ends_at": "2026-07-01T21:00:00Z"})).await.status, 200);
    }

    the_services_of_every_target_count(app) {
        let (shop, host) = (tier_one(app).await, made(app, "virtual-machines", json!({"name": "host"})).await);
        depend(app, &shop, "requires", &host, None).await;
        let id = change(app, json!({"target_ids": [host]})).await;
        assert!(go(app, "changes", &id, "submitted").await.broken().contains(&"/rollback_plan rollback_plan".to_owned()));
    }
}

/// What the open conflicts of a change say.
async fn conflicts(app: &TestApp, id: &str) -> Vec<String> {
    let told = app.get(&app.admin, &format!("/api/v1/platform/conflicts?subject_id={id}&state=open")).await;
    told.body["data"].as_array().unwrap().iter().map(|conflict| conflict["detail"].as_str().unwrap().to_owned()).collect()
}
