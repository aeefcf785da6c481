//! The doors: bulk, import and restore hold to the same rules as a single move.

use super::*;
use crate::on_both;

on_both! {
    what_a_bulk_makes_it_does_not_approve_and_its_moves_stay_within_the_limit(app) {
        let ann = colleague(app, "Ann Lee", "administrator", None).await;
        delegation(app, &ann.person, json!({"cumulative_limit": euros("100.00")})).await;
        let made = json!({"op": "create", "collection": "strategy/initiatives", "body": {"code": "I-0", "name": "I-0", "estimated_cost": euros("1.00")}});
        let moved = |id: &str| json!({"op": "transition", "collection": "strategy/initiatives", "id": id, "if_match": "*", "body": {"to": "approved"}});
        for atomic in [true, false] {
            let bulk = app.post(&ann.actor, "/api/v1/platform/bulk", &json!({"atomic": atomic, "operations": [made, moved("$0")]})).await;
            let problem = &bulk.body["results"][1]["problem"];
            assert_eq!((&problem["status"], &problem["errors"][0]["code"]), (&json!(409), &json!("four_eyes")), "{}", bulk.text);
        }
        let ids = [initiative(app, "I-1", euros("60.00"), None).await, initiative(app, "I-2", euros("60.00"), None).await];
        let operations = json!({"operations": [moved(&ids[0]), moved(&ids[1])]});
        let bulk = app.post(&ann.actor, "/api/v1/platform/bulk", &operations).await;
        assert_eq!((&bulk.body["results"][0]["status"], &bulk.body["results"][1]["status"]), (&json!(200), &json!(409)), "{}", bulk.text);
        assert_eq!(bulk.body["results"][1]["problem"]["errors"][0]["code"], json!("limit"));
        let rehearsed = app.post(&ann.actor, "/api/v1/platform/bulk?dry_run=true", &json!({"operations": [moved(&initiative(app, "I-3", euros("40.00"), None).await)]})).await;
        assert_eq!(rehearsed.body["results"][0]["status"], json!(200), "{}", rehearsed.text);
        let last = initiative(app, "I-4", euros("40.00"), None).await;
        assert_eq!(approve(app, &ann.actor, &last).await.status, 200, "a rehearsal uses nothing up");
    }

    an_import_approves_nothing(app) {
        let id = initiative(app, "I-1", euros("1.00"), None).await;
        let headers = [("Content-Type", "application/x-ndjson")];
        for row in [json!({"code": "I-2", "name": "I-2", "state": "approved"}), json!({"id": id, "code": "I-1", "name": "I-1", "state": "approved"})] {
            let second = app.second_admin().await;
            let answer = app.call(&second, "POST", "/api/v1/platform/imports?collection=strategy/initiatives", &headers, Some(row.to_string())).await;
            assert_eq!(answer.status, 422, "{}", answer.text);
        }
        assert_eq!(app.get(&app.admin, &at("strategy/initiatives", &id)).await.body["state"], json!("proposed"));
    }

    what_is_approved_is_not_deleted_and_a_restored_record_waits_for_another_person_than_who_restored_it(app) {
        let [ann, ben] = [colleague(app, "Ann Lee", "administrator", None).await, colleague(app, "Ben Ode", "administrator", None).await];
        delegation(app, &ann.person, json!({"cumulative_limit": euros("100.00")})).await;
        delegation(app, &ben.person, json!({})).await;
        let [approved, waiting] = [initiative(app, "I-1", euros("100.00"), None).await, initiative(app, "I-2", euros("100.00"), None).await];
        assert_eq!(approve(app, &ann.actor, &approved).await.status, 200);
        assert_eq!(app.delete(&ann.actor, &at("strategy/initiatives", &approved), "*").await.broken(), [" not_deletable"]);
        assert_eq!(app.delete(&ann.actor, &at("strategy/initiatives", &waiting), "*").await.status, 204);
        let restored = app.post(&ann.actor, &format!("/api/v1/platform/resources/{waiting}/restore"), &json!({})).await;
        assert_eq!(restored.status, 200, "{}", restored.text);
        assert_eq!(app.get(&app.admin, &at("strategy/initiatives", &approved)).await.body["state"], json!("approved"));
        assert_eq!(approvals(app, &approved).await.len(), 1);
        assert_eq!(approve(app, &ann.actor, &waiting).await.broken(), [" four_eyes", " limit"]);
        assert_eq!(approve(app, &ben.actor, &waiting).await.status, 200);
    }
}
